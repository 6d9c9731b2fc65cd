"""Staged files: an executor reads a file, corrects its rows, and yields them as rows of a table of the stage."""

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding
from pipeline.model.rows import Row
from pipeline.records.corrections.applying import Corrector
from pipeline.records.corrections.correction_lines import Correction
from pipeline.records.staged_rows import RowsInOrder, StagedRow, packed, place_of
from pipeline.sources.files.own_headings import with_headings
from pipeline.sources.files.source import Source
from pipeline.sources.readers import read_source
from pipeline.spark.components import relation_number
from pipeline.steps.read import SourceRead

ROWS = (
    "file int, number long, record long, place string, relations array<long>, staged binary, content binary, "
    "facts binary"
)
"""A row has its number in its file and that of the first row of its record; the last of each file has only facts."""

TableRow = tuple[object, ...]


@dataclass(slots=True)
class FileFacts:
    """What a build learns from a file besides its rows.

    ``first`` are the first rows of its tables, ``headings`` the columns with fields, by their fields, in all forms that
    rows have; ``corrected`` are the findings on corrections, and ``used`` the lines that were applied.
    """

    read: SourceRead | None = None
    refusal: str = ""
    rows: int = 0
    findings: tuple[Finding, ...] = ()
    corrected: list[Finding] = field(default_factory=list)
    late: tuple[Finding, ...] = ()
    first: list[Row] = field(default_factory=list)
    headings: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    used: frozenset[Correction] = frozenset()


def staged_file(name: str, file: int, corrector: Corrector, path: Path) -> Iterator[TableRow]:
    """Yield the rows of a file and what else a build learns from it."""
    facts = FileFacts()
    with with_headings(corrector.headings):
        try:
            source = read_source(path, name)
            facts.findings = source.findings
            yield from _rows(source, file, corrector, facts)
            facts.read = SourceRead(name, source.sha256, source.bytes, source.row_count, source.blank)
            facts.late, facts.used = source.late, corrector.used
        except SourceError as error:
            facts.refusal = error.sentence
    yield file, None, None, None, None, None, None, pickle.dumps(facts)


def _rows(source: Source, file: int, corrector: Corrector, facts: FileFacts) -> Iterator[TableRow]:
    in_order, tables = RowsInOrder(), set[tuple[str, str | None]]()
    headings = dict[tuple[tuple[str, str], ...], None]()
    for number, row in enumerate(source.rows(), 1):
        if (table := (row.place.file, row.place.sheet)) not in tables and row.place.row is not None:
            tables.add(table)
            facts.first.append(row)
        corrected = corrector.correct(row, facts.corrected.append)
        headings[tuple(corrected.columns.items())] = None
        yield table_row(corrected, in_order, file, number)
        facts.rows = number
    facts.headings = list(headings)


def table_row(row: Row, in_order: RowsInOrder, file: int, number: int) -> TableRow:
    """Return a row of the table for the row of a number in a file."""
    staged = in_order.staged(row, number, packed(row.texts), packed(row.raw))
    relations = list(map(relation_number, staged.relations()))
    stored = pickle.dumps(tuple(staged))
    return (
        file,
        number,
        staged.record,
        staged.place,
        relations,
        stored,
        pickle.dumps(_content(row, staged, number)),
        None,
    )


def _content(row: Row, staged: StagedRow, number: int) -> Row:
    """Return a row as the staging of one machine gives it back."""
    return replace(
        row,
        place=place_of(staged.place, row.place.character),
        texts=dict(row.texts),
        columns=dict(row.columns),
        raw=dict(row.raw),
        origin=staged.replaces,
        spots=dict(row.spots) if row.spots else None,
        is_further=staged.record != number,
        aside="",
        keys=(staged.id_key, staged.slug_key, staged.title_key),
    )
