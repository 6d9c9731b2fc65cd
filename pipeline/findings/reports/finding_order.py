"""Findings in an order of their own: by weight, or by file and record; on disk."""

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

from pipeline.findings.messages import without_surrogates
from pipeline.findings.reports.grouping import PRACTICE_NAME
from pipeline.findings.translation import place_in
from pipeline.model.finding import Finding, Severity
from pipeline.system.data_files import text_of


@dataclass(frozen=True, slots=True)
class About:
    """All findings on one record of one file, or on the file as a whole.

    ``name`` is the record's title; ``slug`` tells it from others of that title where it is known.
    """

    file: str
    name: str
    slug: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity:
        """Return the severity of the worst finding."""
        return min((finding.severity for finding in self.findings), key=attrgetter("weight"))


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many records of a file have findings, and how many of these a violation."""

    file: str
    records: int
    failed: int


class OrderedFindings(AbstractContextManager["OrderedFindings"]):
    """Findings in a temporary database, which SQLite keeps on disk once it grows."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(text_of(__package__, "ordered.sql"))
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO finding VALUES (NULL, ?, ?, ?, ?, ?, ?)", map(_row, findings))
        self._db.executescript(text_of(__package__, "ordered_records.sql"))

    def __exit__(self, *_: object) -> None:
        """Delete the database."""
        self._db.close()

    def __len__(self) -> int:
        """Return how many findings there are."""
        return int(self._db.execute("SELECT count(*) FROM finding").fetchone()[0])

    def worst_first(self) -> Iterator[Finding]:
        """Yield the most urgent findings first, those that are equally urgent in the order of their making."""
        for (content,) in self._db.execute("SELECT content FROM finding ORDER BY urgency, seq"):
            yield _finding(content)

    def counts(self) -> Iterator[FileCounts]:
        """Yield the counts of each file, in the order in which files were first met."""
        query = (
            "SELECT file, count(DISTINCT record), count(DISTINCT CASE WHEN weight = 0 THEN record END)"
            " FROM finding GROUP BY file ORDER BY min(seq)"
        )
        return (FileCounts(*row) for row in self._db.execute(query))

    def records(self, file: str | None = None) -> Iterator[About]:
        """Yield the findings record by record, of one file or of all, records in the order first met."""
        query = (
            "SELECT finding.file, record, content FROM finding JOIN record USING (file, record)"
            " WHERE :file IS NULL OR finding.file = :file ORDER BY first, seq"
        )
        rows_in_order = self._db.execute(query, {"file": file})
        for (name, record), rows in groupby(rows_in_order, key=lambda row: (row[0], row[1])):
            findings = tuple(_finding(content) for _, _, content in rows)
            slug = record.rpartition("/")[2] if "://" in record else ""
            yield About(name, _name(findings), slug, findings)


def _row(finding: Finding) -> tuple[object, ...]:
    """Return weight, urgency, file, spot (the row, line or pointer in it), record and the finding itself."""
    place = finding.place
    file = place.file if place is not None else ""
    spot = None
    if place is not None and (place.row, place.line, place.pointer) != (None, None, None):
        record = place.record
        spot = f"{record.sheet}!{record.row}!{record.line}!{record.pointer}"
    return (
        finding.severity.weight,
        finding.urgency,
        without_surrogates(file),
        without_surrogates(spot) if spot is not None else None,
        without_surrogates(_practice(finding.focus)) if finding.focus is not None else None,
        pickle.dumps(finding),
    )


def _practice(focus: str) -> str:
    """Return the practice that a focus node belongs to: itself, its period, or its record."""
    return focus.partition("#")[0].replace("/doc/practice/", "/practice/")


def _finding(content: bytes) -> Finding:
    finding: Finding = pickle.loads(content)  # noqa: S301 — this process wrote it
    return finding


def _name(findings: Iterable[Finding]) -> str:
    """Return the practice's title as messages show it, else nothing."""
    named = (PRACTICE_NAME.match(finding.message) for finding in findings)
    return next((match[0].removesuffix(": ")[1:-1] for match in named if match), "")


def where_in(about: About, language: str) -> str:
    """Return what tells a record from others of its name, in brackets: its slug, or its place in the file."""
    place = about.findings[0].place
    if about.slug or place is None:
        return f"({about.slug})" if about.slug else ""
    bare = place_in(replace(place.record, file=""), language).removeprefix(", ")
    return f"({bare})" if bare else ""
