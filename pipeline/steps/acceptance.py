"""Acceptance: the numbers of a build, and whether its data may be published."""

from pipeline.findings.accounting import Accounting
from pipeline.model.errors import DataRefused
from pipeline.records.workspace import Workspace
from pipeline.steps.account import account
from pipeline.steps.prepare import PreparedSources
from pipeline.steps.publish import Publication
from pipeline.steps.settings import BuildSettings


def numbers_of(prepared: PreparedSources, workspace: Workspace, publication: Publication) -> Accounting:
    """Return what became of every row that came in."""
    counts = publication.counts
    return account(
        prepared.sources,
        workspace.staging,
        workspace.journal,
        quarantined=publication.withheld_rows,
        practices=counts.practices,
        withdrawn=counts.withdrawn,
        held_back=counts.held_back,
    )


def demand_acceptance(
    settings: BuildSettings, publication: Publication, numbers: Accounting, *, offer: bool
) -> None:
    """Raise DataRefused when nothing may be published because of the data; offer suggestions if there are any."""
    hint = " “--suggest FILE” writes the suggested corrections to a file." if offer else ""
    if settings.strict and not numbers.accepted(strict=True):
        raise DataRefused(
            f"Nothing was published: --strict allows no violation and no warning, and there are "
            f"{numbers.violations} and {numbers.warnings}. Correct them, or build without --strict.{hint}"
        )
    if not publication.counts.practices + publication.counts.held_back:
        raise DataRefused(
            f"Nothing was published: no row of the sources can be. Correct the findings above.{hint}",
            options=("--suggest", "corrections-suggested.csv") if offer else (),
        )
    if not settings.allow_withdrawals:
        publication.demand_few_withdrawals()
