"""``practicegraph validate``: the findings that a build would make, without a build."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from pipeline.accounting import Accounting
from pipeline.cli import options
from pipeline.cli.shown import progress
from pipeline.findings import Finding
from pipeline.reports import FORMATS, write_report
from pipeline.validation import validate as validate_sources


@click.command()
@options.sources
@click.option(
    "--format", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="Report format."
)
@click.option("--strict", is_flag=True, help="Do not accept warnings either.")
@options.jobs
@click.pass_context
def validate(ctx: click.Context, sources: tuple[Path, ...], format: str, strict: bool, jobs: int) -> None:
    """Say what is wrong or doubtful in SOURCE files, row by row; nothing is published.

    \b
    Exit codes: 0 accepted, 1 not accepted, 2 usage, 3 the environment.

    \b
    Example:
      practicegraph validate practices.csv --format json > findings.json
    """

    def report(findings: Iterable[Finding], numbers: Accounting) -> None:
        write_report(
            findings,
            numbers,
            format,
            sys.stdout,
            conforms=numbers.conforms,
            accepted=numbers.accepted(strict),
        )

    numbers = validate_sources(sources, report, jobs, progress())
    ctx.exit(0 if numbers.accepted(strict) else 1)
