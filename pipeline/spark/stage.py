"""The stage: what batches make of a release, on the storage of the cluster until the parts are written.

It is a table with a row for each batch (Parquet), so that each part is made from the one column that it needs.
"""

import pickle
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from pyspark import RDD
from pyspark.sql import DataFrame, SparkSession

from pipeline.model.errors import PracticegraphError
from pipeline.release import ReleaseFragment
from pipeline.steps.batch import Fragments
from pipeline.system.worker_pool import TaskFailed

Numbered = tuple[int, Any]
"""A number that says the order, and what a batch became: verdicts and fragments, or why there are none."""

AFTER_ALL = 1 << 62
_TABLE = "number long, small binary, nodes binary, provenance binary, entries binary, rows string"


class Stage:
    """Keeps the fragments of batches, so that neither driver nor executors hold them in memory.

    Columns: ``number`` is that of the first practice, ``small`` what the flow of a build needs, ``nodes`` and
    ``provenance`` are sorted runs, ``entries`` the pickled rows of the index, ``rows`` lines of source rows.
    """

    def __init__(self, session: SparkSession, address: str) -> None:
        self._session = session
        self._address = address
        self._written: list[str] = []

    def keep(self, outcomes: RDD[Numbered]) -> list[Numbered]:
        """Keep what a job makes of batches, which Spark then does once; return what is small of it."""
        address = f"{self._address}/{uuid4().hex}"
        self._session.createDataFrame(outcomes.map(_row), _TABLE).write.parquet(address)
        rows = self._read([address]).select("number", "small").collect()
        self._written.append(address)
        return [(row.number, pickle.loads(row.small)) for row in rows]  # noqa: S301 — this build wrote them

    def add(self, fragment: ReleaseFragment) -> None:
        """Keep a fragment that the driver has made."""
        self.keep(self._session.sparkContext.parallelize([(AFTER_ALL, (None, Fragments(fragment)))], 1))

    def table(self, *columns: str) -> DataFrame:
        """Return columns of all fragments, in any order."""
        table = self._read(self._written) if self._written else self._session.createDataFrame([], _TABLE)
        return table.where("nodes IS NOT NULL").select(*columns)

    def _read(self, addresses: list[str]) -> DataFrame:
        return self._session.read.schema(_TABLE).parquet(*addresses)

    def fragments(self) -> Iterator[ReleaseFragment]:
        """Yield all fragments with their contents."""
        for row in self.table("small", "nodes", "provenance", "entries").toLocalIterator():
            _, fragments = pickle.loads(row.small)  # noqa: S301 — this build wrote them
            index = pickle.loads(row.entries)  # noqa: S301
            yield fragments.release.with_contents(bytes(row.nodes), bytes(row.provenance), index)


def _row(item: Numbered) -> tuple[int, bytes, bytes | None, bytes | None, bytes | None, str | None]:
    number, outcome = item
    if isinstance(outcome, TaskFailed | PracticegraphError):
        return number, pickle.dumps(outcome), None, None, None, None
    verdicts, fragments = outcome
    release, small = fragments.release, pickle.dumps((verdicts, fragments.without_contents()))
    rows = "".join(fragments.rows).removesuffix("\n") or None
    return number, small, release.nodes, release.provenance, pickle.dumps(release.index), rows
