"""Engines: where the sources of a build are read and its batches processed, and what each adds to the release."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pipeline.records.corrections.applying import Corrector
from pipeline.records.workspace import Workspace
from pipeline.release.folder.build_facts import ReleaseSettings
from pipeline.release.release_writer import ReleaseWriter
from pipeline.steps.batch import process_batch
from pipeline.steps.build_context import BuildContext
from pipeline.steps.judge import DUPLICATE, BatchContext, Judging, sample_of
from pipeline.steps.local_engine import run_batches
from pipeline.steps.practice_rows import tracked_practices
from pipeline.steps.prepare import PreparedSources
from pipeline.steps.publish import Publication, Publisher
from pipeline.steps.read import NamedFile, SourceSummary, read_named
from pipeline.system.progress import Progress

Result = TypeVar("Result")


class Engine:
    """What reads the sources of a build and processes its batches: the processes of this machine, or a cluster."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def expand(self, sources: Sequence[Path]) -> Sequence[Path]:
        """Return the sources without patterns that name several files; most engines leave those."""
        return sources

    def read(
        self, files: Sequence[NamedFile], workspace: Workspace, progress: Progress, corrector: Corrector
    ) -> tuple[SourceSummary, ...]:
        """Stage the rows of files, each read when its turn comes: see ``read_named``."""
        return read_named(files, workspace, progress, corrector)

    def run(
        self, work: Callable[..., Result], build: BuildContext, context: BatchContext
    ) -> Iterator[Result]:
        """Yield the results of ``work(batch, context)`` for the gathered practices, in their order."""
        return run_batches(work, tracked_practices(build), context, self._jobs)

    def writer(self, output: Path, base_iri: str, settings: ReleaseSettings) -> ReleaseWriter:
        """Return what writes the release of a build whose folder is ``output``."""
        return ReleaseWriter(output, base_iri, settings)


def process(
    context: BuildContext, prepared: PreparedSources, writer: ReleaseWriter, engine: Engine
) -> Publication:
    """Process all batches, and take in what each makes of the release."""
    workspace = context.workspace
    hashes = context.previous.hashes() | prepared.hashes
    sample = sample_of(workspace.staging.practice_count())
    shared = BatchContext(context.conversion, workspace.headers, sample, hashes)
    judging, publisher = Judging(workspace, shared), Publisher(writer, context, shared)
    for verdicts, fragments in engine.run(process_batch, context, shared):
        judging.add(verdicts)
        publisher.take(fragments)
    doubtful = judging.finish()
    publication = publisher.finish()
    writer.add_finding(DUPLICATE, filter(workspace.ledger.is_public, sorted(doubtful)))
    return publication
