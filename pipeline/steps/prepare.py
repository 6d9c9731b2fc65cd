"""Preparation: sources read, corrected and joined into practices. Every flow begins here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.model.rows import Row
from pipeline.records.corrections.applying import Corrector, open_corrections
from pipeline.records.workspace import Workspace
from pipeline.steps.read import NamedFile, SourceRead, gather, read_named, read_of_corrections
from pipeline.system.progress import Progress

ReadFiles = Callable[[Sequence[NamedFile], Workspace, Progress, Corrector], tuple[SourceRead, ...]]


@dataclass(frozen=True, slots=True)
class PreparedSources:
    """Sources whose rows are staged in a workspace and joined into practices.

    ``sources`` are the files that were read; ``corrector`` is the corrections file as it was applied.
    """

    sources: tuple[SourceRead, ...]
    corrector: Corrector

    @property
    def inputs(self) -> tuple[SourceRead, ...]:
        """Return all files that count as input: the sources, and the corrections file if there is one."""
        return (*self.sources, *read_of_corrections(self.corrector))

    @property
    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each input by its name."""
        return {source.name: source.sha256 for source in self.inputs}


def prepare(
    files: Sequence[NamedFile],
    workspace: Workspace,
    progress: Progress,
    corrections: Path | None = None,
    more_rows: Iterable[Row] = (),
    read: ReadFiles = read_named,
) -> PreparedSources:
    """Stage the rows of files and ``more_rows``, corrected, join them into practices, and note the findings.

    ``read`` stages the rows of the files. Raises SourceError for a file that cannot be read, and UsageError for a
    corrections file that is not one.
    """
    corrector = open_corrections(corrections, progress)
    sources = read(files, workspace, progress, corrector)
    correct = partial(corrector.correct, report=workspace.journal.add)
    for row in more_rows:
        workspace.staging.add(correct(row))
    gather(workspace, corrector)
    return PreparedSources(sources, corrector)
