"""Validation: the steps of a build up to the gate, with the same findings, and nothing published."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pipeline.findings.accounting import Accounting
from pipeline.findings.messages import say
from pipeline.model.finding import Finding
from pipeline.model.practice import Practice, Understood
from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import DEFAULT_BASE, Deployment
from pipeline.records.workspace import Workspace
from pipeline.steps.convert import Conversion, PracticeRows
from pipeline.steps.judge import BatchContext, Judging, Verdicts, judge_batch, sample_of
from pipeline.steps.local_engine import run_batches
from pipeline.steps.practice_rows import gathered_practices
from pipeline.steps.prepare import prepare
from pipeline.steps.read import named_files
from pipeline.system.clock import current_time, timestamp
from pipeline.system.progress import Progress


def validate_records(
    sources: Sequence[Path],
    report: Callable[[Iterable[Finding], Accounting], None],
    jobs: int = 1,
    progress: Progress | None = None,
    corrections: Path | None = None,
    on_practice: Callable[[Understood], None] | None = None,
    most_rows: int | None = None,
) -> Accounting:
    """Judge the records of the sources as a build into an empty folder would; ``report`` is given all findings.

    ``on_practice`` gets each practice before that; the rows can be looked up until ``report`` returns. Raises
    TooMuchData for more than ``most_rows``.
    """
    progress = progress or Progress()
    conversion = Conversion(Deployment(DEFAULT_BASE), TextPolicy.FULL, timestamp(current_time()))
    with Workspace() as workspace:
        workspace.staging.most = most_rows
        prepared = prepare(named_files(sources), workspace, progress, corrections)
        total = workspace.staging.practice_count()
        context = BatchContext(conversion, workspace.headers, sample_of(total))
        judging = Judging(workspace, context)
        quarantined = accepted = 0
        practices = progress.track(gathered_practices(workspace), say("Applying the rules"), total)
        for verdicts, batch in run_batches(_validate_batch, practices, context, jobs):
            judging.add(verdicts)
            for number, practice, is_withheld in batch:
                quarantined += workspace.staging.records_of((number,)) if is_withheld else 0
                accepted += not is_withheld
                if on_practice is not None:
                    rows_of, row_at = workspace.staging.rows_of, workspace.staging.row_at
                    on_practice(Understood(practice, rows_of(number), is_withheld, row_at))
        judging.finish()
        numbers = prepared.account(workspace, quarantined=quarantined, practices=accepted)
        report(workspace.journal, numbers)
    return numbers


def _validate_batch(
    practices: Sequence[PracticeRows], context: BatchContext, failure: str = ""
) -> tuple[Verdicts, list[tuple[int, Practice, bool]]]:
    """Return what was found on some practices, and each of them by its number, withheld or not."""
    judged, verdicts = judge_batch(practices, context, failure)
    return verdicts, [(each.given.number, each.converted.practice, each.is_withheld) for each in judged]
