"""Staged files: an executor reads a file, corrects its rows, and yields them as rows of a table."""

import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from pipeline.findings.messages import say
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding
from pipeline.model.rows import Row
from pipeline.records.corrections.applying import Corrector
from pipeline.records.corrections.correction_lines import Correction
from pipeline.records.staged_rows import RowsInOrder, StagedRow, pack_texts, place_of
from pipeline.records.workspace import Workspace
from pipeline.sources.files.own_headings import with_headings
from pipeline.sources.files.source import Source
from pipeline.sources.readers import read_source
from pipeline.spark.connected_rows import relation_number
from pipeline.spark.spark_sources import is_for_driver, read_by_executors
from pipeline.spark.storage import spark_faults
from pipeline.steps.read import NamedFile, SourceSummary, read_named
from pipeline.system.progress import Progress

ROWS = (
    "file int, number long, record long, place string, relations array<long>, staged binary, content binary, "
    "facts binary"
)
"""A row has its number in its file and that of the first row of its record; the last of each file has only facts."""

NOT_READ = "Spark could not read the sources"
TableRow = tuple[object, ...]


@dataclass(slots=True)
class FileFacts:
    """What a build learns from a file besides its rows.

    ``first`` are the first rows of its tables, ``headings`` the columns with fields, by their fields, in all forms that
    rows have; ``corrected`` are the findings on corrections, and ``used`` the lines that were applied.
    """

    read: SourceSummary | None = None
    refusal: str = ""
    rows: int = 0
    findings: tuple[Finding, ...] = ()
    corrected: list[Finding] = field(default_factory=list)
    late: tuple[Finding, ...] = ()
    first: list[Row] = field(default_factory=list)
    headings: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    used: frozenset[Correction] = frozenset()


def staged_table(session: SparkSession, files: Sequence[NamedFile], corrector: Corrector) -> DataFrame:
    """Return the table of the rows of files, each read by an executor; folders and archives are left out."""
    each = [
        read_by_executors(session, path, name, partial(staged_file, name, number, corrector))
        for number, (path, name) in enumerate(files)
        if not is_for_driver(path)
    ]
    rows = session.sparkContext.union(each) if each else session.sparkContext.emptyRDD()
    return session.createDataFrame(rows, ROWS, verifySchema=False)


def facts_in(session: SparkSession, table: DataFrame) -> dict[int, FileFacts]:
    """Return what the table says of each file, by its number."""
    with spark_faults(session, NOT_READ):
        rows = table.where("facts IS NOT NULL").select("file", "facts").collect()
    return {row.file: pickle.loads(row.facts) for row in rows}  # noqa: S301 — this build wrote them


def staged_file(name: str, file: int, corrector: Corrector, path: Path) -> Iterator[TableRow]:
    """Yield the rows of a file and what else a build learns from it."""
    facts = FileFacts()
    with with_headings(corrector.headings):
        try:
            source = read_source(path, name)
            facts.findings = source.findings
            yield from _rows(source, file, corrector, facts)
            facts.read = SourceSummary(name, source.sha256, source.bytes, source.row_count, source.blank)
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


def note_facts(facts: FileFacts, workspace: Workspace, corrector: Corrector) -> SourceSummary:
    """Note what reading a file has shown, as the driver would on reading it; raise SourceError where that failed."""
    for finding in facts.findings:
        workspace.note(finding)
    if facts.read is None:
        raise SourceError(facts.refusal)
    for row in facts.first:
        workspace.headers.see(row)
    for finding in facts.corrected:
        workspace.journal.add(finding)
    for finding in facts.late:
        workspace.note(finding)
    corrector.take_over(facts.used)
    return facts.read


def read_through_driver(
    session: SparkSession,
    files: Sequence[NamedFile],
    workspace: Workspace,
    progress: Progress,
    corrector: Corrector,
) -> Iterator[SourceSummary]:
    """Stage the rows of files on the driver, as executors have read them; folders and archives it reads itself."""
    table = staged_table(session, files, corrector).persist(StorageLevel.DISK_ONLY)
    known = facts_in(session, table)
    in_order = table.where("facts IS NULL").sort("file", "number")  # unsorted, a file would come as a whole
    rows = in_order.select("staged", "content").toLocalIterator()
    staging = workspace.staging
    for number, (path, name) in enumerate(files):
        if number not in known:
            yield from read_named([(path, name)], workspace, progress, corrector)
            continue
        read, before = note_facts(known[number], workspace, corrector), staging.last
        here = islice(rows, known[number].rows)
        for row in progress.track(here, say("Reading {file}", file=name)):
            staged = StagedRow._make(pickle.loads(row.staged))  # noqa: S301 — this build wrote it
            content = pickle.loads(row.content)  # noqa: S301 — this build wrote it
            staging.add_staged(content, staged._replace(record=before + staged.record))
        yield read
    table.unpersist()


def table_row(row: Row, in_order: RowsInOrder, file: int, number: int) -> TableRow:
    """Return a row of the table for the row of a number in a file."""
    staged = in_order.stage(row, number, pack_texts(row.texts), pack_texts(row.raw))
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
