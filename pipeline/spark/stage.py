"""The stage: what batches make of a release, on the storage of the cluster until the parts are written.

It is a table with a row for each batch (Parquet), so that each part is made from the one column that it needs. What
Spark sorts is in columns that it reads itself, without Python.
"""

import pickle
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from pyspark import RDD
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as sql
from pyspark.sql.types import StructType

from pipeline.model.errors import PracticegraphError
from pipeline.release.contents.line_sorting import blocks_in
from pipeline.release.contents.rendered_nodes import RenderedNode
from pipeline.release.fragment import ReleaseFragment
from pipeline.spark.storage import Storage
from pipeline.steps.batch import Fragments
from pipeline.system.worker_pool import TaskFailed

NumberedResult = tuple[int, Any]
"""A number that says the order, and what a batch became: verdicts and fragments, or why there are none."""

AFTER_ALL = 1 << 62
_POOL = "spark.scheduler.pool"
BLOCK = "subject string, lines binary"
_BLOCKS = "array<struct<subject: string, lines: binary>>"
_TABLE = (
    f"number long, small binary, practices {_BLOCKS}, provenance {_BLOCKS}, rows string, "
    "entries array<struct<sort_key: string, slug: string, packed: binary>>, whole binary"
)
_StageRow = tuple[int, bytes, *tuple[Any, ...]]


class Stage:
    """Keeps the fragments of batches, so that neither driver nor executors hold them in memory.

    Columns: ``number`` is that of the first practice, ``small`` what the flow of a build needs, ``practices`` and
    ``provenance`` are blocks of these graphs, whose last line has no line feed, ``rows`` lines of source rows,
    ``entries`` those of the index; ``whole`` is the pickled fragment, if an ordinary release is to be made of it.
    """

    def __init__(self, session: SparkSession, address: str, *, whole: bool) -> None:
        self._session = session
        self._address = address
        self._whole = whole
        self._written: list[str] = []
        self._schemas: dict[str, StructType] = {}

    def keep(self, outcomes: RDD[NumberedResult]) -> list[NumberedResult]:
        """Keep what a job makes of batches, which Spark then does once; return what is small of it."""
        address, whole = f"{self._address}/{uuid4().hex}", self._whole
        rows = outcomes.map(lambda item: _row(item, whole))
        self._session.createDataFrame(rows, _TABLE, verifySchema=False).write.parquet(address)
        self._written.append(address)
        # Small results need not wait for other batches: of pools that are even, Spark takes the first by name.
        self._session.sparkContext.setLocalProperty(_POOL, "collected")
        small = self._read([address]).select("number", "small").collect()
        self._session.sparkContext.setLocalProperty(_POOL, None)
        return [(row.number, pickle.loads(row.small)) for row in small]  # noqa: S301 — this build wrote them

    def add(self, fragment: ReleaseFragment) -> None:
        """Keep a fragment that the driver has made."""
        self.keep(self._session.sparkContext.parallelize([(AFTER_ALL, (None, Fragments(fragment)))], 1))

    def save(self, table: DataFrame, name: str, *folders: str) -> DataFrame:
        """Keep a table under a name, and return it as it is read from there, so that nothing is computed twice.

        Rows with different values in the columns ``folders`` are stored in different folders.
        """
        table.write.partitionBy(*folders).parquet(f"{self._address}/{name}")
        self._schemas[name] = table.schema
        return self.saved_table(name)

    def append(self, table: DataFrame, name: str) -> None:
        """Add rows to a table that was kept."""
        table.write.mode("append").parquet(f"{self._address}/{name}")

    def saved_table(self, name: str, folders: str = "", numbers: Sequence[int] | None = None) -> DataFrame:
        """Return a table that was kept, or only the folders of some numbers."""
        base = f"{self._address}/{name}"
        paths = [base] if numbers is None else [f"{base}/{folders}={number}" for number in numbers]
        return self._session.read.schema(self._schemas[name]).option("basePath", base).parquet(*paths)

    def folders(self, name: str, column: str) -> list[int]:
        """Return the numbers of the folders of a table in order."""
        names = Storage(self._session, f"{self._address}/{name}").folders()
        return sorted(int(each.removeprefix(f"{column}=")) for each in names if each.startswith(column))

    def table(self, *columns: str) -> DataFrame:
        """Return columns of all fragments, in any order."""
        table = self._read(self._written) if self._written else self._session.createDataFrame([], _TABLE)
        return table.where("practices IS NOT NULL").select(*columns)

    def items(self, column: str) -> DataFrame:
        """Return what a column has lists of, as a table."""
        return self.table(column).select(sql.explode(column).alias("item")).select("item.*")

    def _read(self, addresses: list[str]) -> DataFrame:
        return self._session.read.schema(_TABLE).parquet(*addresses)

    def fragments(self) -> Iterator[ReleaseFragment]:
        """Yield all fragments with their contents, if these are on the stage as a whole."""
        for row in self.table("whole").toLocalIterator():
            yield pickle.loads(row.whole)  # noqa: S301 — this build wrote them


def _row(item: NumberedResult, whole: bool) -> _StageRow:
    number, outcome = item
    if isinstance(outcome, TaskFailed | PracticegraphError):
        return number, pickle.dumps(outcome), None, None, None, None, None
    verdicts, fragments = outcome
    release: ReleaseFragment = fragments.release
    nodes = (
        (subject, RenderedNode.from_bytes(packed).lines) for subject, packed in blocks_in([release.nodes])
    )
    return (
        number,
        pickle.dumps((verdicts, fragments.without_contents())),
        [(subject, lines[:-1]) for subject, lines in nodes],
        [(subject, lines[:-1]) for subject, lines in blocks_in([release.provenance])],
        "".join(fragments.rows).removesuffix("\n") or None,
        [entry[:3] for entry in release.index.entries],
        pickle.dumps(release) if whole else None,
    )
