"""Validation: the steps of a build up to the gate, with the same findings, and nothing published."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pipeline.accounting import Accounting
from pipeline.clock import current_time, timestamp
from pipeline.convert import Conversion
from pipeline.corrections.applying import open_corrections
from pipeline.findings import Finding
from pipeline.iris import DEFAULT_BASE, Deployment
from pipeline.judging import Judged, judge
from pipeline.progress import Progress, Silent
from pipeline.reading import gather, read_sources
from pipeline.settings import FUTURE_YEARS
from pipeline.staging import Staging
from pipeline.tally import tally
from pipeline.texts import TextPolicy
from pipeline.understood import Understood
from pipeline.workspace import Workspace


def validate(
    sources: Sequence[Path],
    report: Callable[[Iterable[Finding], Accounting], None],
    jobs: int = 1,
    progress: Progress | None = None,
    corrections: Path | None = None,
    seen: Callable[[Understood], None] | None = None,
) -> Accounting:
    """Judge the records of the sources as a build into an empty folder would; ``report`` is given all findings.

    ``seen`` is shown each practice before that; the rows can be looked up until ``report`` returns.
    """
    shown = progress or Silent()
    now = current_time()
    conversion = Conversion(
        Deployment(DEFAULT_BASE), TextPolicy.FULL, now.year + FUTURE_YEARS, timestamp(now)
    )
    with Workspace() as workspace:
        corrector = open_corrections(corrections, shown)
        read = read_sources(sources, workspace, shown, corrector)
        gather(workspace, corrector)
        quarantined = accepted = 0
        for judged in judge(workspace, conversion, jobs, shown):
            if judged.is_withheld:
                quarantined += workspace.staging.count_of(judged.draft.number)
            accepted += not judged.is_withheld
            if seen is not None:
                seen(_understood(judged, workspace.staging))
        numbers = tally(
            read, workspace.staging, workspace.journal, quarantined=quarantined, practices=accepted
        )
        report(workspace.journal, numbers)
    return numbers


def _understood(judged: Judged, staging: Staging) -> Understood:
    practice, rows = judged.draft.converted.practice, staging.rows_of(judged.draft.number)
    return Understood(practice, rows, judged.is_withheld, staging.row_at)
