"""Staged rows: what joins a row with other rows, without what it contains.

Rows are joined by the records they belong to, the origins they replace, equal texts and identity keys. ``relations``
names all of these, so that a cluster can divide the rows of a build into parts that have nothing to do with each other.
"""

import json
import marshal
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.recognition.identity import CUT_OFF, Keys, keys_of


class StagedRow(NamedTuple):
    """The columns of the staging that rows are joined by: see ``staging.sql``."""

    record: int
    place: str
    origin: str | None
    replaces: str | None
    state: str
    problem: str
    from_slug: str | None
    digest: bytes
    id_key: str | None
    slug_key: str | None
    title_key: str | None
    lang: str

    def relations(self) -> Iterator[str]:
        """Yield texts of which a row has at least one in common with each row that may decide what becomes of it.

        Rows of one record belong together anyway. Rows with the same texts have the same keys, if they have any.
        """
        names = {name for name in (self.id_key, self.slug_key) if name is not None}
        yield from (f"name:{name}" for name in names)
        if self.id_key is not None and self.id_key.startswith("0"):
            yield f"name:{self.id_key.lstrip('0')}"
        yield from (f"start:{name[:CUT_OFF]}" for name in names if len(name) >= CUT_OFF)
        yield from (f"title:{key}" for key in (self.title_key,) if key is not None)
        yield from (f"origin:{origin}" for origin in (self.origin, self.replaces) if origin is not None)
        if not names and self.title_key is None:
            yield f"digest:{self.digest.hex()}"


class RowsInOrder:
    """Follows rows in file order: a further row has the number of its record and, if it names nobody, its keys."""

    def __init__(self) -> None:
        self._record, self._keys, self._digest = 0, Keys(None, None, None), b""
        self._place: Place | None = None

    def stage(self, row: Row, number: int, texts: bytes, raw: bytes) -> StagedRow:
        """Return what joins the row of a number with others; ``texts`` and ``raw`` are its own, packed."""
        # Rows without a title are the same only where they are so in what was not understood of them, too.
        digest = blake2b(texts if "title" in row.texts else texts + raw, digest_size=16).digest()
        keys = keys_of(row)
        if not row.is_further:
            self._record, self._keys, self._digest, self._place = number, keys, digest, row.place
        elif not keys.is_stated:
            keys = self._keys if self._keys.title is not None else keys
            digest = blake2b(self._digest + texts, digest_size=16).digest()
        is_same_place = row.is_further and row.place.row is not None and row.place == self._place
        return StagedRow(
            self._record,
            place_text(row.place),
            None if row.from_slug is not None or is_same_place else row.place.origin,
            None if is_same_place else row.origin,
            "aside" if row.aside else "used",
            row.aside,
            row.from_slug,
            digest,
            keys.identifier,
            keys.slug,
            keys.title,
            row.texts.get("lang", "en"),
        )


def pack_texts(texts: Mapping[str, str]) -> bytes:
    """Return texts as bytes that are the same for the same texts (version 2 of the format shares nothing)."""
    return marshal.dumps(dict(texts), 2)


def place_text(place: Place) -> str:
    """Return a place of a row as a text."""
    return json.dumps([place.file, place.sheet, place.row, place.line, place.pointer])


def place_of(text: str, character: int | None = None) -> Place:
    """Return the place that a text names; ``character`` is that of its line."""
    file, sheet, row, line, pointer = json.loads(text)
    start = line if character is not None else None
    return Place(file, sheet, row, line=line, pointer=pointer, character=character, record_line=start)


def at_column(rows: Iterable[Row], place: Place) -> Row | None:
    """Return that of the rows at a place which has the place's column, else the first: languages share a place."""
    there = list(rows)
    named = (row for row in there if any(row.columns.get(field) == place.column for field in row.texts))
    return next(named, there[0] if there else None)


def title_place(row: Row) -> tuple[Place, Place]:
    """Return the places of a row and of its title."""
    return row.place.record, row.place_of("title")
