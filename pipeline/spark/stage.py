"""The stage: what batches make of a release, on the storage of the cluster until the parts are written."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from pyspark import RDD, SparkContext

from pipeline.model.errors import PracticegraphError
from pipeline.release import ReleaseFragment
from pipeline.steps.batch import Fragments
from pipeline.system.worker_pool import TaskFailed

Numbered = tuple[int, Any]
"""A number that says the order, and what a batch became: verdicts and fragments, or why there are none."""

_AFTER_ALL = 1 << 62


class Stage:
    """Keeps the fragments of batches, so that neither driver nor executors hold them in memory."""

    def __init__(self, spark: SparkContext, address: str) -> None:
        self._spark = spark
        self._address = address
        self._kept: list[tuple[int, str]] = []

    def keep(self, outcomes: RDD[Numbered], first: int) -> list[Numbered]:
        """Keep what a job makes of batches, which Spark then does once; return what is small of it.

        ``first`` is the number of its first practice.
        """
        address = f"{self._address}/{uuid4().hex}"
        outcomes.saveAsPickleFile(address, 1)
        small: list[Numbered] = self._spark.pickleFile(address).map(_without_contents).collect()
        self._kept.append((first, address))
        return small

    def add(self, fragment: ReleaseFragment) -> None:
        """Keep a fragment that the driver has made."""
        self.keep(self._spark.parallelize([(_AFTER_ALL, (None, Fragments(fragment)))], 1), _AFTER_ALL)

    def fragments(self) -> RDD[tuple[int, Fragments]]:
        """Return all fragments, each with a number that says the order."""
        kept = [self._spark.pickleFile(address) for _, address in sorted(self._kept)]
        return self._spark.union(kept or [self._spark.parallelize([], 1)]).flatMap(_with_fragments)


def _without_contents(item: Numbered) -> Numbered:
    number, outcome = item
    if isinstance(outcome, TaskFailed | PracticegraphError):
        return item
    verdicts, fragments = outcome
    return number, (verdicts, fragments.without_contents())


def _with_fragments(item: Numbered) -> Iterator[tuple[int, Fragments]]:
    number, outcome = item
    if not isinstance(outcome, TaskFailed | PracticegraphError):
        yield number, outcome[1]
