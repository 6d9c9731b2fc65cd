"""Staging: the rows of a build on disk, grouped by the practices they describe."""

import json
import marshal
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.model.errors import TooMuchData
from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.recognition.identity import CUT_OFF, Keys, is_cut_off
from pipeline.records.staged_rows import (
    RowsInOrder,
    StagedRow,
    at_column,
    pack_texts,
    place_of,
    place_text,
    title_place,
)
from pipeline.sources.tables.columns import SEPARATOR
from pipeline.system.data_files import text_of
from pipeline.system.scratch_database import scratch_database

_HIGHEST = "\U0010ffff"
_INSERT = "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ROW = (
    "place, character, replaces, from_slug, texts, names, raw, corrections, spots, id_key, slug_key, title_key"
    ", record <> seq, merged, headed_in FROM row JOIN columns ON number = columns"
)


REMARKS = ("unused", "without_zeros", "unmatched")
"""Kinds of rows of which a build says something."""


class RowCounts(NamedTuple):
    """How many rows of the sources are used, repeated or replaced as a whole, and not records."""

    used: int
    unused: int
    aside: int


class Fate(NamedTuple):
    """What became of a row: its practice, and its position there; ``problem`` says why it is no record."""

    number: int
    record: int
    practice: int
    position: int
    is_of_source: bool
    problem: str


class Staging:
    """The rows of one build: added in file order, then gathered, then read back practice by practice.

    ``most`` is how many there may be, None for any number.
    """

    def __init__(self, path: Path) -> None:
        self.most: int | None = None
        self._db = scratch_database(path, text_of(__package__, "staging.sql"))
        self._columns: dict[tuple[tuple[str, str], ...], int] = {}
        self._joins: dict[int, int] = {}
        self._seq = 0
        self._in_order = RowsInOrder()

    def close(self) -> None:
        """Close the database; its file may then be deleted."""
        self._db.close()

    def add(self, row: Row) -> None:
        """Store a row; raise TooMuchData for one too many."""
        self.add_staged(row, None)

    def add_staged(self, row: Row, staged: StagedRow | None) -> None:
        """Store a row; ``staged`` is what joins it with others, None where that is not known yet."""
        if self._seq == self.most:
            raise TooMuchData(f"The data have more than {self.most:,} rows.")
        self._seq += 1
        texts, raw = pack_texts(row.texts), pack_texts(row.raw)
        staged = staged or self._in_order.stage(row, self._seq, texts, raw)
        corrections = json.dumps(row.corrections) if row.corrections else None
        spots = marshal.dumps(dict(row.spots), 2) if row.spots else None
        columns = self._columns_of(row)
        self._insert(
            self._seq, staged, row.place.character, row.headed_in, columns, corrections, spots, texts, raw
        )

    def add_identity(self, number: int, staged: StagedRow) -> None:
        """Store what joins a row with others under a number of its own, without what it contains."""
        self._insert(number, staged, None, "", 0, None, None, b"", b"")

    def _insert(self, number: int, staged: StagedRow, *contents: object) -> None:
        self._db.execute(_INSERT, (number, *staged, number, number, 0, *contents))

    @property
    def last(self) -> int:
        """Return the number of the row that was added last."""
        return self._seq

    def remove_after(self, number: int) -> None:
        """Remove the rows that were added after the one of a number; rows are not gathered yet."""
        self._db.execute("DELETE FROM row WHERE seq > ?", (number,))
        self._seq = number

    def _columns_of(self, row: Row) -> int:
        names = tuple(row.columns.items())
        if names not in self._columns:
            number = len(self._columns)
            self._db.execute("INSERT INTO columns VALUES (?, ?)", (number, json.dumps(dict(names))))
            self._columns[names] = number
        return self._columns[names]

    def gather(self, untitled: Iterable[tuple[str, str | None, str]] = ()) -> None:
        """Let corrected rows replace their originals, set repeated rows aside, join the rows of each practice.

        ``untitled`` are the tables without titles, by file and sheet, each with what to say about it.
        """
        self._run("staging_before_joining.sql")
        for seq, record, *keys in self._live_rows():
            practice = self._practice_of(seq, Keys(*keys), record)
            if practice != seq:
                self._db.execute("UPDATE row SET practice = ? WHERE seq = ?", (practice, seq))
        self._db.execute("CREATE INDEX row_practice ON row (practice, position, seq)")
        for old in self._joins:
            self._db.execute("UPDATE row SET practice = ? WHERE practice = ?", (self._whole(old), old))
        self._run("staging_after_joining.sql")
        for file, sheet, problem in untitled:
            aside = {"file": file, "sheet": sheet, "problem": problem}
            self._db.execute(text_of(__package__, "rows_untitled.sql"), aside)

    def _run(self, name: str) -> None:
        """Run a script in the transaction of the database, which Python would end."""
        self._db.executescript(f"BEGIN;\n{text_of(__package__, name)}")

    def _live_rows(self) -> list[tuple[int, int, str | None, str | None, str | None]]:
        query = "SELECT seq, record, id_key, slug_key, title_key FROM row WHERE state = 'used' ORDER BY position, seq"
        return self._db.execute(query).fetchall()

    def _practice_of(self, seq: int, keys: Keys, record: int) -> int:
        """Return the number of the practice that a row describes, after joining practices that it shows to be one."""
        practices = [
            *self._known_practices(keys),
            *(self._numbers("seq = ?", record, table="row") if record != seq else ()),
        ]
        known = sorted({self._whole(practice) for practice in practices})
        practice = known[0] if known else seq
        self._joins.update(dict.fromkeys(known[1:], practice))
        self._db.executemany(
            "INSERT INTO key VALUES (?, ?, ?) ON CONFLICT (text) DO UPDATE SET stated = max(stated, excluded.stated)",
            [(text, practice, keys.is_stated) for text in keys.texts()],
        )
        return practice

    def _whole(self, practice: int) -> int:
        """Return the number of the practice that one has been joined to."""
        while practice in self._joins:
            practice = self._joins[practice]
        return practice

    def _known_practices(self, keys: Keys) -> Iterator[int]:
        names = [name for name in (keys.identifier, keys.slug) if name is not None]
        texts = [text for name in names for text in (f"id:{name}", f"slug:{name}")]
        title = f"title:{keys.title}" if keys.title is not None else ""
        query = "SELECT text, practice, stated FROM key WHERE text IN (?, ?, ?, ?, ?)"
        for text, practice, stated in self._db.execute(
            query, (*texts, *[""] * (4 - len(texts)), title)
        ).fetchall():
            if text != title or not (stated and keys.is_stated):
                yield practice
        if keys.identifier is not None and len(keys.identifier) >= CUT_OFF:
            start = f"slug:{keys.identifier}"
            yield from self._numbers("text > ? AND text < ?", start, start + _HIGHEST)
        if keys.slug is not None and len(keys.slug) > CUT_OFF:
            yield from self._cut_off_ids(keys.slug)

    def _cut_off_ids(self, slug: str) -> Iterator[int]:
        between = (f"id:{slug[:CUT_OFF]}", f"id:{slug}")
        for text, practice in self._db.execute(
            "SELECT text, practice FROM key WHERE text BETWEEN ? AND ?", between
        ):
            if is_cut_off(text.removeprefix("id:"), slug):
                yield practice

    def _numbers(self, condition: str, *values: str | int, table: str = "key") -> Iterator[int]:
        query = f"SELECT practice FROM {table} WHERE {condition}"  # noqa: S608 — the conditions stand in this class
        for (practice,) in self._db.execute(query, values).fetchall():
            yield practice

    def with_keys(self, texts: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of the practices that have one of the keys."""
        numbers = (number for text in texts for number in self._numbers("text = ?", text))
        return tuple(dict.fromkeys(map(self._whole, numbers)))

    def title_keys(self) -> Iterator[str]:
        """Yield the keys of the practices that only their title identifies."""
        query = "SELECT text FROM key WHERE text LIKE 'title:%' AND NOT stated ORDER BY text"
        for (text,) in self._db.execute(query):
            yield text

    def join(self, earlier: Sequence[int], later: Sequence[int], *, is_merge: bool = False) -> None:
        """Join the rows of all these practices; those of later ones win."""
        number, *others = sorted({*earlier, *later})
        for practice in set(earlier) - set(later) if is_merge and later else ():
            self._db.execute("UPDATE row SET merged = 1 WHERE practice = ?", (practice,))
        # The later one may have been known by the keys of the earlier ones since they were joined before.
        for practice in earlier if set(later) - set(earlier) else ():
            self._db.execute("UPDATE row SET position = 0 WHERE practice = ?", (practice,))
        for other in others:
            self._db.execute("UPDATE row SET practice = ? WHERE practice = ?", (number, other))
            self._joins[other] = number

    def headings(self) -> Iterator[str]:
        """Yield the headings of the columns with fields, each as its table has it."""
        for (names,) in self._db.execute("SELECT names FROM columns ORDER BY number"):
            for header in json.loads(names).values():
                yield from (header, *header.split(SEPARATOR))

    def row_at(self, place: Place) -> Row | None:
        """Return the row that is at a place of a source; of several languages, that with the place's column."""
        self._db.execute("CREATE INDEX IF NOT EXISTS row_place ON row (place, seq)")
        query = f"SELECT {_ROW} WHERE place = ? ORDER BY seq"
        return at_column(map(_row, self._db.execute(query, (place_text(place.record),))), place)

    def practices(self) -> Iterator[tuple[int, tuple[Row, ...]]]:
        """Yield each practice's number and its rows in file order; practices by their first row."""
        stored_rows = self._db.execute(
            f"SELECT practice, {_ROW} WHERE state = 'used' ORDER BY practice, position, seq"
        )
        for practice, rows in groupby(stored_rows, key=itemgetter(0)):
            yield practice, tuple(_row(columns[1:]) for columns in rows)

    def rows_at(self, places: Sequence[Place]) -> dict[Place, Row | None]:
        """Return the rows that are at some places."""
        return {place: self.row_at(place) for place in places}

    def title_places(self, practices: Sequence[int]) -> dict[int, tuple[Place, Place]]:
        """Return for some practices the place of the first row, and that of the title there."""
        return {practice: title_place(self.rows_of(practice)[0]) for practice in practices}

    def records_of(self, practices: Sequence[int]) -> int:
        """Return how many rows of the sources some practices use."""
        query = "SELECT count(DISTINCT record) FROM row WHERE practice = ? AND state = 'used' AND from_slug IS NULL"
        return sum(self._db.execute(query, (practice,)).fetchone()[0] for practice in practices)

    def fates(self) -> Iterator[Fate]:
        """Yield what has become of the rows that are used or aside, in any order."""
        query = (
            "SELECT seq, record, practice, position, from_slug IS NULL, problem FROM row"
            " WHERE state IN ('used', 'aside')"
        )
        return map(Fate._make, self._db.execute(query))

    def practice_count(self) -> int:
        """Return how many practices the rows form."""
        query = "SELECT count(DISTINCT practice) FROM row WHERE state = 'used'"
        return int(self._db.execute(query).fetchone()[0])

    def rows_of(self, practice: int) -> tuple[Row, ...]:
        """Return the rows of one practice in file order."""
        stored_rows = self._db.execute(
            f"SELECT {_ROW} WHERE practice = ? AND state = 'used' ORDER BY position, seq", (practice,)
        )
        return tuple(map(_row, stored_rows))

    def counts(self) -> RowCounts:
        """Return what became of the rows of the sources, in numbers."""
        return RowCounts(*self._db.execute(text_of(__package__, "row_counts.sql")).fetchone())

    def remarks(self, kind: str) -> Iterator[tuple[Any, ...]]:
        """Yield number and place of the rows of one of REMARKS, and what else its query (``rows_*.sql``) selects."""
        for number, place, *more in self._db.execute(text_of(__package__, f"rows_{kind}.sql")):
            yield number, place_of(place), *more

    def aside(self) -> Iterator[tuple[Row, str]]:
        """Yield the rows that are no records, in file order, each with what is wrong with it."""
        query = f"SELECT problem, {_ROW} WHERE state = 'aside' ORDER BY position, seq"
        for problem, *columns in self._db.execute(query):
            yield _row(columns), problem


def _row(columns: Sequence[Any]) -> Row:
    place, character, replaces, from_slug, texts, names, raw, corrections, spots, *keys = columns[:12]
    is_further, is_merged, headed_in = columns[12:]
    return Row(
        place_of(place, character),
        _unpack_texts(texts),
        _columns(names),
        _unpack_texts(raw),
        replaces,
        from_slug,
        tuple(json.loads(corrections)) if corrections else (),
        marshal.loads(spots) if spots else None,  # noqa: S302 — this process wrote them
        bool(is_further),
        is_merged=bool(is_merged),
        headed_in=headed_in,
        keys=(keys[0], keys[1], keys[2]),
    )


def _unpack_texts(packed: bytes) -> dict[str, str]:
    texts: dict[str, str] = marshal.loads(packed)  # noqa: S302 — this process wrote them
    return texts


@lru_cache(maxsize=100)
def _columns(names: str) -> dict[str, str]:
    columns: dict[str, str] = json.loads(names)
    return columns
