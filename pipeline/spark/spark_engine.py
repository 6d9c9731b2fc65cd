"""The Spark engine of a build: its sources are read and its batches processed by a cluster."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pyspark.sql import SparkSession

from pipeline.sources.folder import Reader
from pipeline.spark.session import spark_session
from pipeline.spark.spark_batches import run_batches_on_spark
from pipeline.spark.spark_sources import SparkFiles, files_at
from pipeline.steps.convert import PracticeRows
from pipeline.steps.judge import BatchContext
from pipeline.steps.read import NamedFile

Result = TypeVar("Result")


class SparkEngine:
    """An engine for ``build``."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def expanded(self, sources: Sequence[Path]) -> Sequence[Path]:
        """Return the sources, an address of a folder or a pattern replaced by the files there."""
        return [file for source in sources for file in files_at(self._session, source)]

    def reader(self, files: Sequence[NamedFile]) -> Reader:
        """Return what opens these files, which the executors read at once."""
        return SparkFiles(self._session, files).open

    def run(
        self, work: Callable[..., Result], practices: Iterable[PracticeRows], context: BatchContext
    ) -> Iterator[Result]:
        """Yield the results of ``work(batch, context)`` in the order of the practices."""
        return run_batches_on_spark(self._session.sparkContext, work, practices, context)


@contextmanager
def spark_engine(master: str) -> Iterator[SparkEngine]:
    """Yield an engine on a Spark master; see spark_session for what is raised."""
    with spark_session(master) as session:
        yield SparkEngine(session)
