"""Dates of change: since when each practice and each list is as it is, so that harvesters may ask by date.

A list has two dates: one for all that its practices say, and one for its arrangement, which is what a page shows of
the practices on other pages: their number, their order, and the values of the filters.
The latest date among its practices does not tell: a list also changes when a practice leaves it.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from contextlib import closing
from hashlib import blake2b, sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sys import byteorder

from pipeline.release.contents.facet_bits import FacetBits
from pipeline.system.data_files import text_of

EVERYTHING = ("", "everything")
"""The facet and value of the list of all practices."""

BASE = ("", "base")
"""The facet and value of what every page and document depends on: software, vocabulary, facts on the dataset."""

BEGAN = ("", "began")
"""The facet and value of the date of the first release: what all pages depend on has changed if it is later."""

Digests = tuple[str, str, str, str]
"""Facet, value, a hash of all that a list of practices shows, and one of its arrangement."""

_PRACTICES = (
    "SELECT slug, changed, arrangement FROM practice JOIN temp.arranged USING (slug) ORDER BY position"
)
_LATEST = "SELECT position FROM practice ORDER BY changed DESC, position"
_FACETS = (
    "SELECT facet, value, slug, changed, arrangement, position FROM facet JOIN practice USING (slug) "
    "JOIN temp.arranged USING (slug) ORDER BY facet, value, position"
)


def write_change_dates(db: sqlite3.Connection, base: object, now: str, previous: Path | None) -> None:
    """Write since when each practice and list has been as it is; one that the previous index has alike keeps its date.

    ``base`` is what all pages depend on, as JSON can say it; ``previous`` is the index of the previous release.
    """
    _date_practices(db, now, previous)
    known = _previous_dates(previous)
    digests = {(facet, value): hashes for facet, value, *hashes in _digests(db, base, now[:4])}
    # A list that has lost its last practice has changed as well, and stays as it is from then on.
    emptied = {key: ["", ""] for key in known if key not in digests}
    rows = []
    for (facet, value), (digest, arrangement) in (digests | emptied).items():
        before, since, arranged_before, arranged = known.get((facet, value), ("", now, "", now))
        since = since if before == digest else now
        arranged = arranged if arranged_before == arrangement else now
        rows.append((facet, value, digest, since, arrangement, arranged))
    db.executemany("INSERT INTO changed VALUES (?, ?, ?, ?, ?, ?)", rows)
    positions = array("I", (position for (position,) in db.execute(_LATEST)))
    if byteorder == "big":
        positions.byteswap()
    db.execute("INSERT INTO ordered VALUES ('changed', ?)", (positions.tobytes(),))


def _date_practices(db: sqlite3.Connection, now: str, previous: Path | None) -> None:
    """Date the practices: a new one by its record, one that is as it was by the previous release, others now."""
    if previous is None:
        db.execute(
            "UPDATE practice SET changed = min(coalesce(nullif(modified, ''), :now), :now)", {"now": now}
        )
        return
    db.execute("UPDATE practice SET changed = ?", (now,))
    try:
        db.execute("ATTACH ? AS previous", (_address(previous),))
        db.execute(text_of(__package__, "index-changed.sql"), {"now": now})
        db.execute("DETACH previous")
    except sqlite3.Error:  # it cannot be read, or its software did not write dates
        return


def _digests(db: sqlite3.Connection, base: object, year: str) -> Iterator[Digests]:
    """Yield the hashes of each list; filters lead up to the present year, so all practices depend on it.

    The practices of each list pass by here, so its bits are written, too.
    """
    yield *BEGAN, "", ""
    common = sha256(json.dumps(base, sort_keys=True).encode()).hexdigest()
    yield *BASE, common, common
    db.create_function("digest_of", 1, _short_digest, deterministic=True)
    db.executescript(text_of(__package__, "index-arranged.sql"))
    yield *EVERYTHING, *_hashes(db.execute(_PRACTICES), year)
    bits = FacetBits(db)
    bits.write_years()
    for (facet, value), rows in groupby(db.execute(_FACETS), itemgetter(0, 1)):
        yield facet, value, *_hashes(row[2:5] for row in bits.marking(facet, value, rows))


def _short_digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _hashes(rows: Iterable[tuple[str, str, str]], apart: str = "") -> tuple[str, str]:
    content, arrangement = sha256(apart.encode()), sha256(apart.encode())
    for slug, changed, arranged in rows:
        content.update(f"{slug} {changed}\n{arranged}\n".encode())
        arrangement.update(f"{slug}\n{arranged}\n".encode())
    return content.hexdigest(), arrangement.hexdigest()


def _previous_dates(previous: Path | None) -> dict[tuple[str, str], tuple[str, str, str, str]]:
    """Return the dates of the previous release, none where it has no such table or cannot be read."""
    if previous is None:
        return {}
    try:
        with closing(sqlite3.connect(_address(previous), uri=True)) as db:
            rows = db.execute("SELECT facet, value, digest, since, arrangement, arranged FROM changed")
            return {(facet, value): (*dates,) for facet, value, *dates in rows}
    except sqlite3.Error:
        return {}


def _address(index: Path) -> str:
    return f"{index.resolve().as_uri()}?mode=ro&immutable=1"
