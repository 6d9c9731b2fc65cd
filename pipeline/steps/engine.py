"""Engines: where the sources of a build are read and its batches processed."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.records.corrections.applying import Corrector
from pipeline.records.workspace import Workspace
from pipeline.release.folder.build_facts import ReleaseSettings
from pipeline.release.release_writer import ReleaseWriter
from pipeline.steps.build_context import BuildContext
from pipeline.steps.gathered import tracked_practices
from pipeline.steps.judge import BatchContext
from pipeline.steps.local_engine import run_batches
from pipeline.steps.read import NamedFile, SourceRead, read_named
from pipeline.system.progress import Progress

Result = TypeVar("Result")


class Engine(Protocol):
    """What reads the sources of a build and processes its batches."""

    def expanded(self, sources: Sequence[Path]) -> Sequence[Path]:
        """Return the sources without patterns that name several files; most engines leave those."""
        ...

    def read(
        self, files: Sequence[NamedFile], workspace: Workspace, progress: Progress, corrector: Corrector
    ) -> tuple[SourceRead, ...]:
        """Stage the rows of files: see ``read_named``."""
        ...

    def run(
        self, work: Callable[..., Result], build: BuildContext, context: BatchContext
    ) -> Iterator[Result]:
        """Yield the results of ``work(batch, context)`` for the gathered practices, in their order."""
        ...

    def writer(self, output: Path, base_iri: str, settings: ReleaseSettings) -> ReleaseWriter:
        """Return what writes the release of a build whose folder is ``output``."""
        ...


class LocalEngine:
    """The processes of this machine."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def expanded(self, sources: Sequence[Path]) -> Sequence[Path]:
        """Return the sources as they are."""
        return sources

    def read(
        self, files: Sequence[NamedFile], workspace: Workspace, progress: Progress, corrector: Corrector
    ) -> tuple[SourceRead, ...]:
        """Stage the rows of files, each read when its turn comes."""
        return read_named(files, workspace, progress, corrector)

    def run(
        self, work: Callable[..., Result], build: BuildContext, context: BatchContext
    ) -> Iterator[Result]:
        """Yield the results of ``work(batch, context)`` for the gathered practices, in their order."""
        return run_batches(work, tracked_practices(build), context, self._jobs)

    def writer(self, output: Path, base_iri: str, settings: ReleaseSettings) -> ReleaseWriter:
        """Return what writes a release folder."""
        return ReleaseWriter(output, base_iri, settings)
