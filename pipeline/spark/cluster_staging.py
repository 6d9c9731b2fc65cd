"""The staging of a cluster: the rows of a build as tables of the stage, joined by executors.

Rows are divided into parts that have nothing to do with each other. In each part an executor joins them by the rules of
the staging of one machine, of which only what joins rows is there. The driver gets counts, and what findings need.
"""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from heapq import merge
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql

from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.records.corrections.applying import Corrector
from pipeline.records.staged_rows import RowsInOrder, StagedRow, at_column, place_text, title_place
from pipeline.records.staging import REMARKS, RowCounts, Staging
from pipeline.records.workspace import Workspace
from pipeline.sources.tables.columns import SEPARATOR
from pipeline.spark.connected_rows import apart
from pipeline.spark.stage import Stage
from pipeline.spark.staged_files import (
    NOT_READ,
    ROWS,
    FileFacts,
    TableRow,
    facts_in,
    note_facts,
    staged_table,
    table_row,
)
from pipeline.spark.storage import spark_faults
from pipeline.steps.read import NamedFile, SourceSummary
from pipeline.system.data_files import text_of

_FATES = "number long, record long, practice long, position long, is_of_source boolean, problem binary, facts binary"
_NUMBERED = text_of(__package__, "numbered_rows.sql")
_ROWS_OF_A_PART = 100_000
_SENT_AT_ONCE = 1000

UntitledTables = Sequence[tuple[str, str | None, str]]


@dataclass(slots=True)
class _PartFacts:
    """What a build learns from joining the rows of a part."""

    practices: int
    counts: RowCounts
    remarks: dict[str, list[tuple[Any, ...]]]


class ClusterStaging(Staging):
    """Rows that executors read and join, for a build without lines that join practices on purpose.

    It has no database: what is inherited and asks for one fails.
    """

    def __init__(self, session: SparkSession, stage: Stage) -> None:
        self.most = None
        self._session = session
        self._stage = stage
        self._files: list[FileFacts] = []
        self._own = FileFacts()
        self._waiting: list[TableRow] = []
        self._rows_in_order = RowsInOrder()
        self._parts: list[_PartFacts] = []

    def close(self) -> None:
        """Do nothing: the stage is removed with what is on it."""

    def read(
        self, files: Sequence[NamedFile], workspace: Workspace, corrector: Corrector
    ) -> Iterator[SourceSummary]:
        """Have the executors read files, and note what that shows of each."""
        with spark_faults(self._session, NOT_READ):
            table = self._stage.save(staged_table(self._session, files, corrector), "rows")
        for _, facts in sorted(facts_in(self._session, table).items(), key=itemgetter(0)):
            yield note_facts(facts, workspace, corrector)
            self._files.append(facts)

    def add(self, row: Row) -> None:
        """Store a row that the driver has; it counts after those of files."""
        if not self._own.rows:
            self._files.append(self._own)
        self._own.rows += 1
        self._own.headings = [*dict.fromkeys((*self._own.headings, tuple(row.columns.items())))]
        self._waiting.append(table_row(row, self._rows_in_order, len(self._files) - 1, self._own.rows))
        if len(self._waiting) == _SENT_AT_ONCE:
            self._send()

    def _send(self) -> None:
        """Send the rows that wait to the stage."""
        if self._waiting:
            self._stage.append(self._session.createDataFrame(self._waiting, ROWS, verifySchema=False), "rows")
            self._waiting = []

    @property
    def rows(self) -> DataFrame:
        """Return all rows, numbered through all files."""
        first, files_there = 0, []
        for number, facts in enumerate(self._files):
            files_there.append((number, first))
            first += facts.rows
        table = self._session.createDataFrame(files_there, "file int, first long")
        return self._session.sql(_NUMBERED, rows=self._stage.saved_table("rows"), files=table)

    @property
    def fate_table(self) -> DataFrame:
        """Return what became of the rows that are used or aside: see Fate."""
        return self._stage.saved_table("fates").where("facts IS NULL")

    def gather(self, untitled: Iterable[tuple[str, str | None, str]] = ()) -> None:
        """Have the executors join the rows of each practice."""
        self._send()
        count = sum(facts.rows for facts in self._files)
        partitions = max(self._session.sparkContext.defaultParallelism, -(-count // _ROWS_OF_A_PART))
        rows = self.rows.select("number", "record", "relations", "staged")
        parts = apart(self._session, rows, "record", partitions, self._stage.save)
        in_order = parts.select("number", "record", "staged").sortWithinPartitions("number")
        joined = in_order.rdd.mapPartitions(partial(_join_rows, tuple(untitled)))
        self._stage.save(self._session.createDataFrame(joined, _FATES, verifySchema=False), "fates")
        facts = self._stage.saved_table("fates").where("facts IS NOT NULL").select("facts").collect()
        self._parts = [pickle.loads(row.facts) for row in facts]  # noqa: S301 — this build wrote them

    def headings(self) -> Iterator[str]:
        """Yield the headings of the columns with fields, each as its table has it."""
        known = dict.fromkeys(names for facts in self._files for names in facts.headings)
        for names in known:
            for _, header in names:
                yield from (header, *header.split(SEPARATOR))

    def practice_count(self) -> int:
        """Return how many practices the rows form."""
        return sum(part.practices for part in self._parts)

    def counts(self) -> RowCounts:
        """Return what became of the rows of the sources, in numbers."""
        return RowCounts(*map(sum, zip((0, 0, 0), *(part.counts for part in self._parts), strict=True)))

    def remarks(self, kind: str) -> Iterator[tuple[Any, ...]]:
        """Yield number and place of the rows of one of REMARKS, and what else its query selects."""
        return merge(*(part.remarks[kind] for part in self._parts))

    def aside(self) -> Iterator[tuple[Row, str]]:
        """Yield the rows that are no records, in file order, each with what is wrong with it."""
        fates = self.fate_table.where("problem IS NOT NULL").select("number", "position", "problem")
        table = fates.join(self.rows.select("number", "content"), "number").sort("position", "number")
        for row in table.toLocalIterator() if self.counts().aside else ():
            yield _row(row.content), pickle.loads(row.problem)  # noqa: S301 — this build wrote it

    def records_of(self, practices: Sequence[int]) -> int:
        """Return how many rows of the sources some practices use."""
        if not practices:
            return 0
        used = self.fate_table.where("problem IS NULL AND is_of_source")
        return int(used.join(self._frame_of(practices), "practice").select("record").distinct().count())

    def title_places(self, practices: Sequence[int]) -> dict[int, tuple[Place, Place]]:
        """Return for some practices the place of the first row, and that of the title there."""
        if not practices:
            return {}
        used = self.fate_table.where("problem IS NULL").join(self._frame_of(practices), "practice")
        first = sql.min_by("number", sql.struct("position", "number")).alias("number")
        contents = self.rows.select("number", "content")
        table = used.groupBy("practice").agg(first).join(contents, "number").select("practice", "content")
        return {row.practice: title_place(_row(row.content)) for row in table.toLocalIterator()}

    def rows_at(self, places: Sequence[Place]) -> dict[Place, Row | None]:
        """Return the row that is at each of some places of sources: see Staging."""
        if not places:
            return {}
        texts = [(place_text(place.record),) for place in dict.fromkeys(places)]
        wanted = self._session.createDataFrame(texts, "place string").distinct()
        table = self.rows.select("number", "place", "content").join(wanted, "place").sort("number")
        there: dict[str, list[Row]] = {}
        for row in table.toLocalIterator():
            there.setdefault(row.place, []).append(_row(row.content))
        return {place: at_column(there.get(place_text(place.record), ()), place) for place in places}

    def _frame_of(self, practices: Sequence[int]) -> DataFrame:
        return self._session.createDataFrame([(number,) for number in set(practices)], "practice long")


def _join_rows(untitled: UntitledTables, rows: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    """Join the rows of a part; yield what became of each, and what a build learns from that."""
    with TemporaryDirectory() as folder, closing(Staging(Path(folder) / "rows.sqlite")) as staging:
        for row in rows:
            stored = StagedRow._make(pickle.loads(row.staged))  # noqa: S301 — this build wrote it
            staging.add_identity(row.number, stored._replace(record=row.record))
        staging.gather(untitled)
        for fate in staging.fates():
            *known, problem = fate
            yield (*known[:4], bool(known[4]), pickle.dumps(problem) if problem else None, None)
        remarks = {kind: list(staging.remarks(kind)) for kind in REMARKS}
        yield (*(None,) * 6, pickle.dumps(_PartFacts(staging.practice_count(), staging.counts(), remarks)))


def _row(content: bytes) -> Row:
    row: Row = pickle.loads(content)  # noqa: S301 — this build wrote it
    return row
