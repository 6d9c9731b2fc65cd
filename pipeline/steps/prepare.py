"""Preparation: sources read, corrected and joined into practices. Every flow begins here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.findings.accounting import Accounting
from pipeline.model.finding import Severity
from pipeline.model.rows import Row
from pipeline.records.corrections.applying import Corrector, open_corrections
from pipeline.records.workspace import Workspace
from pipeline.steps.read import NamedFile, SourceSummary, gather, read_named
from pipeline.system.progress import Progress

ReadFiles = Callable[[Sequence[NamedFile], Workspace, Progress, Corrector], tuple[SourceSummary, ...]]


@dataclass(frozen=True, slots=True)
class PreparedSources:
    """Sources whose rows are staged in a workspace and joined into practices.

    ``sources`` are the files that were read; ``corrector`` is the corrections file as it was applied.
    """

    sources: tuple[SourceSummary, ...]
    corrector: Corrector

    @property
    def inputs(self) -> tuple[SourceSummary, ...]:
        """Return all files that count as input: the sources, and the corrections file if there is one."""
        lines = self.corrector.lines
        corrections = (SourceSummary(lines.name, lines.sha256, lines.size, 0, 0),) if lines.sha256 else ()
        return (*self.sources, *corrections)

    @property
    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each input by its name."""
        return {source.name: source.sha256 for source in self.inputs}

    def account(
        self,
        workspace: Workspace,
        *,
        quarantined: int,
        practices: int,
        withdrawn: int = 0,
        held_back: int = 0,
    ) -> Accounting:
        """Return what became of every row that came in."""
        counts, journal = workspace.staging.counts(), workspace.journal
        return Accounting(
            rows_in=sum(source.rows for source in self.sources),
            used=counts.used - quarantined,
            repeated=counts.unused,
            blank=sum(source.blank for source in self.sources),
            quarantined=quarantined + counts.aside,
            practices=practices,
            withdrawn=withdrawn,
            held_back=held_back,
            violations=journal.counts[Severity.VIOLATION],
            warnings=journal.counts[Severity.WARNING],
            infos=journal.counts[Severity.INFO],
            shacl_results=journal.shacl_results,
        )


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
