"""The Spark engine of a build: its sources are read, its batches processed and its parts written by a cluster."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from uuid import uuid4

from pyspark.sql import SparkSession

from pipeline.findings.messages import say, shorten_list
from pipeline.records.corrections.applying import Corrector
from pipeline.records.workspace import Workspace
from pipeline.release.folder.build_facts import ReleaseSettings
from pipeline.release.folder.manifest import MANIFEST
from pipeline.release.release_writer import ReleaseWriter
from pipeline.spark.cluster_practices import ClusterPractices
from pipeline.spark.cluster_staging import ClusterStaging
from pipeline.spark.parts_release import fetch, releases_in_parts
from pipeline.spark.parts_writer import PartsWriter
from pipeline.spark.session import spark_session
from pipeline.spark.spark_batches import run_batches_on_spark, run_staged_batches
from pipeline.spark.spark_sources import files_at, is_for_driver
from pipeline.spark.stage import Stage
from pipeline.spark.staged_files import read_through_driver
from pipeline.spark.storage import Storage, hold_lock, not_usable, spark_faults
from pipeline.steps.build_context import BuildContext
from pipeline.steps.engine import Engine
from pipeline.steps.judge import BatchContext
from pipeline.steps.practice_rows import PROCESSING, tracked_practices
from pipeline.steps.read import NamedFile, SourceSummary
from pipeline.steps.settings import BuildSettings
from pipeline.system.cluster_addresses import address_of
from pipeline.system.progress import Progress, show_step

Result = TypeVar("Result")
_STAGE, _RELEASE = ".stage", "release-"
_MOST_NAMES = 3


class SparkEngine(Engine):
    """An engine for ``build``, whose releases are folders of this machine."""

    _stage: Stage | None = None

    def __init__(self, session: SparkSession) -> None:
        self._session = session

    def expand(self, sources: Sequence[Path]) -> Sequence[Path]:
        """Return the sources, an address of a folder or a pattern replaced by the files there."""
        return [file for source in sources for file in files_at(self._session, source)]

    def read(
        self, files: Sequence[NamedFile], workspace: Workspace, progress: Progress, corrector: Corrector
    ) -> tuple[SourceSummary, ...]:
        """Stage the rows of files, which the executors read at once."""
        return tuple(read_through_driver(self._session, files, workspace, progress, corrector))

    def run(
        self, work: Callable[..., Result], build: BuildContext, context: BatchContext
    ) -> Iterator[Result]:
        """Yield the results of ``work(batch, context)`` in the order of the practices."""
        practices, stage = tracked_practices(build), self._stage
        return run_batches_on_spark(self._session.sparkContext, work, practices, context, stage)


class PartsEngine(SparkEngine):
    """An engine whose release is written in parts by the executors, into a folder on the storage of the cluster."""

    def __init__(self, session: SparkSession, storage: Storage, assemble: Path | None) -> None:
        super().__init__(session)
        self._storage = storage
        self._stage: Stage = Stage(session, storage.at(_STAGE), whole=assemble is not None)
        self._assemble = assemble
        self._writer: PartsWriter | None = None

    def read(
        self, files: Sequence[NamedFile], workspace: Workspace, progress: Progress, corrector: Corrector
    ) -> tuple[SourceSummary, ...]:
        """Stage the rows of files on the cluster, where they stay, if the driver need not see them."""
        if corrector.lines.joinings or any(is_for_driver(path) for path, _ in files):
            return super().read(files, workspace, progress, corrector)
        staging = ClusterStaging(self._session, self._stage)
        workspace.staging = staging
        name = shorten_list([name for _, name in files], _MOST_NAMES)
        with show_step(progress, say("Reading {file}", file=name)):
            return tuple(staging.read(files, workspace, corrector))

    def run(
        self, work: Callable[..., Result], build: BuildContext, context: BatchContext
    ) -> Iterator[Result]:
        """Yield what is small of the results; their contents stay on the stage."""
        staging = build.workspace.staging
        if not isinstance(staging, ClusterStaging):
            return super().run(work, build, context)
        practices = ClusterPractices(self._session, self._stage, build.previous)
        numbers = practices.gather(staging, build.workspace.ledger)
        results = run_staged_batches(
            self._session.sparkContext, work, practices, numbers, context, self._stage
        )
        return build.progress.track(results, PROCESSING, len(numbers))

    def writer(self, output: Path, base_iri: str, settings: ReleaseSettings) -> ReleaseWriter:
        """Return what writes the parts."""
        self._writer = PartsWriter(
            self._session, self._stage, self._storage, output, base_iri, settings, self._assemble
        )
        return self._writer

    def complete(self, scratch: Path) -> bool:
        """Write the manifest, which completes the release; return False where there is nothing new."""
        if self._writer is None or self._writer.manifest is None:
            return False
        self._storage.remove(_STAGE)
        self._writer.manifest.write(scratch)
        self._storage.upload(scratch / MANIFEST)
        return True


@contextmanager
def spark_engine(master: str) -> Iterator[SparkEngine]:
    """Yield an engine on a Spark master; see spark_session for what is raised."""
    with spark_session(master) as session, spark_faults(session, f"The build on {master} failed"):
        yield SparkEngine(session)


@contextmanager
def parts_engine(settings: BuildSettings) -> Iterator[tuple[SparkEngine, Path]]:
    """Yield an engine that writes to an address, and a folder for the build that has the current release from there.

    Once the build has ended well, its quarantine and last its manifest are written, and the oldest releases removed.
    """
    address = address_of(settings.output)
    with spark_session(settings.spark_master) as session, spark_faults(session, not_usable(address)):
        storage, folder = Storage(session, address), f"{_RELEASE}{uuid4().hex[:12]}"
        with hold_lock(storage), TemporaryDirectory(prefix="practicegraph-") as name:
            for left in storage.folders():
                if left.startswith(_RELEASE) and not storage.exists(left, MANIFEST):
                    storage.remove(left)  # of a build that was killed
            scratch, known, complete = Path(name), releases_in_parts(storage), False
            if known:
                fetch(session, storage, known[0], scratch)
            engine = PartsEngine(session, Storage(session, storage.at(folder)), settings.assemble)
            try:
                yield engine, scratch
                for file in (scratch / "quarantine").glob("*"):
                    storage.upload(file, "quarantine")
                complete = engine.complete(scratch)
            finally:
                if not complete:
                    storage.remove(folder)
            for old in known[settings.keep - 1 :] if complete else ():
                storage.remove(old.folder)
