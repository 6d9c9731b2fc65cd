"""Engines: where the sources of a build are read and its batches processed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.release import ReleaseSettings, ReleaseWriter
from pipeline.sources.folder import Reader
from pipeline.sources.readers import read_source
from pipeline.steps.convert import PracticeRows
from pipeline.steps.judge import BatchContext
from pipeline.steps.local_engine import run_batches
from pipeline.steps.read import NamedFile

Result = TypeVar("Result")


class Engine(Protocol):
    """What reads the sources of a build and processes its batches."""

    def expanded(self, sources: Sequence[Path]) -> Sequence[Path]:
        """Return the sources without patterns that name several files; most engines leave those."""
        ...

    def reader(self, files: Sequence[NamedFile]) -> Reader:
        """Return what opens these files, each with its name in places, in their order."""
        ...

    def run(
        self, work: Callable[..., Result], practices: Iterable[PracticeRows], context: BatchContext
    ) -> Iterator[Result]:
        """Yield the results of ``work(batch, context)`` in the order of the practices."""
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

    def reader(self, files: Sequence[NamedFile]) -> Reader:
        """Return what opens a file when its turn comes."""
        return read_source

    def run(
        self, work: Callable[..., Result], practices: Iterable[PracticeRows], context: BatchContext
    ) -> Iterator[Result]:
        """Yield the results of ``work(batch, context)`` in the order of the practices."""
        return run_batches(work, practices, context, self._jobs)

    def writer(self, output: Path, base_iri: str, settings: ReleaseSettings) -> ReleaseWriter:
        """Return what writes a release folder."""
        return ReleaseWriter(output, base_iri, settings)
