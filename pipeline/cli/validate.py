"""``practicegraph validate``: the findings that a build would make, without a build."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.accounting import Accounting
from pipeline.cli import options
from pipeline.cli.shown import progress
from pipeline.findings import Finding
from pipeline.reading import paths_by_name
from pipeline.reports import FORMATS, report_format, save_report, write_report
from pipeline.reports.outcome import Outcome
from pipeline.validation import validate as validate_sources


@click.command()
@options.sources
@click.option(
    "--format", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="Report format."
)
@click.option("--strict", is_flag=True, help="Do not accept warnings either.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all findings to this file, too; its suffix gives the format.",
)
@options.corrections
@options.jobs
@click.pass_context
def validate(
    ctx: click.Context,
    /,
    sources: tuple[Path, ...],
    format: str,
    strict: bool,
    report: Path | None,
    corrections: Path | None,
    jobs: int,
) -> None:
    """Say what is wrong or doubtful in SOURCE files, row by row; nothing is published.

    \b
    Exit codes: 0 accepted, 1 not accepted, 2 usage, 3 the environment.

    \b
    Example:
      practicegraph validate practices.csv --format json > findings.json
    """

    if report is not None:
        report_format(report)

    def show(findings: Iterable[Finding], numbers: Accounting) -> None:
        outcome = Outcome(numbers, numbers.conforms, numbers.accepted(strict), paths_by_name(sources))
        write_report(findings, outcome, format, sys.stdout)
        if report is not None:
            save_report(findings, outcome, report)

    found = options.find_corrections(ctx, corrections)
    numbers = validate_sources(sources, show, jobs, progress(), found)
    ctx.exit(0 if numbers.accepted(strict) else 1)
