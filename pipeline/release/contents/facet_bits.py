"""Facet bits: the practices that have a value of a facet as a set of bits, so that a server need not gather it.

The bit of the practice at position ``n`` is bit ``n & 7`` of byte ``n >> 3``. The bytes are compressed by zlib.
"""

import sqlite3
import zlib
from array import array
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from pipeline.system.data_files import text_of

_FACETS = frozenset(
    {
        "topic",
        "country",
        "year",
        "status",
        "missing",
        "inferred",
        "finding",
        "title_language",
        "summary_language",
    }
)
"""The facets that the list is filtered by."""

_MOST_CITIES = 4096
"""Cities of less than this part of all practices have no bits, so that their number times their size stays linear."""

_ONE = ord("1")


def pack_positions(positions: Iterable[int], last: int) -> bytes:
    """Return the set of some positions, of which ``last`` is the highest possible one."""
    digits = bytearray(b"0") * (last + 1)
    for position in positions:
        digits[~position] = _ONE
    return zlib.compress(int(digits, 2).to_bytes(last // 8 + 1, "little"), 1)


def unpack_bits(marks: bytes) -> int:
    """Return a set as one whole number, whose bit ``n`` stands for position ``n``."""
    return int.from_bytes(zlib.decompress(marks), "little")


class FacetBits:
    """Writes the bits of an index whose practices have their positions."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._last: int = db.execute("SELECT max(position) FROM practice").fetchone()[0] or 0

    def write_years(self) -> None:
        """Write which practices began and ended in each year, as ``begun`` and ``ended``."""
        for (facet, value), rows in groupby(
            self._db.execute(text_of(__package__, "index-years.sql")), itemgetter(0, 1)
        ):
            deque(self._marking(facet, value, rows), maxlen=0)

    def marking(self, facet: str, value: str, rows: Iterable[Any]) -> Iterable[Any]:
        """Yield the rows of a value, whose last column is a position; its bits are written after the last one."""
        return self._marking(facet, value, rows) if facet in _FACETS or facet == "city" else rows

    def _marking(self, facet: str, value: str, rows: Iterable[Any]) -> Iterator[Any]:
        positions = array("I")
        for row in rows:
            positions.append(row[-1])
            yield row
        if facet != "city" or len(positions) * _MOST_CITIES >= self._last:
            self._db.execute(
                "INSERT INTO bits VALUES (?, ?, ?)", (facet, value, pack_positions(positions, self._last))
            )
