"""Accounting of a run: what became of every row that came in."""

from collections.abc import Sequence

from pipeline.findings.accounting import Accounting
from pipeline.model.finding import Severity
from pipeline.records.journal import Journal
from pipeline.records.staging import Staging
from pipeline.steps.read import SourceRead


def account(
    read: Sequence[SourceRead],
    staging: Staging,
    journal: Journal,
    *,
    quarantined: int,
    practices: int,
    withdrawn: int = 0,
    held_back: int = 0,
) -> Accounting:
    """Return what became of every row that came in."""
    counts = staging.counts()
    return Accounting(
        rows_in=sum(source.rows for source in read),
        used=counts.used - quarantined,
        repeated=counts.unused,
        blank=sum(source.blank for source in read),
        quarantined=quarantined + counts.aside,
        practices=practices,
        withdrawn=withdrawn,
        held_back=held_back,
        violations=journal.counts[Severity.VIOLATION],
        warnings=journal.counts[Severity.WARNING],
        infos=journal.counts[Severity.INFO],
        shacl_results=journal.shacl_results,
    )
