"""``practicegraph check``: is our own vocabulary in order, and is the dataset ready to be published."""

import os
import sys

import click

from pipeline.findings.reports.text import write_findings
from pipeline.model.finding import Severity
from pipeline.rdf.iris import DEFAULT_BASE
from pipeline.system.config import dataset_settings
from pipeline.vocabulary_checks.vocabulary_rules import run_checks


@click.command()
@click.option("--publish", is_flag=True, help="Also list the settings that a publisher still has to make.")
@click.pass_context
def check(ctx: click.Context, publish: bool) -> None:
    """Check ontology, topic and country schemes, shapes and JSON-LD context.

    \b
    Exit codes: 0 nothing wrong, 1 violations were found.

    \b
    Example:
      practicegraph check --publish
    """
    findings = run_checks(publish, {"base-iri": _base_iri(ctx), **dataset_settings(ctx.obj or {})})
    write_findings(findings, sys.stdout)
    violations = sum(finding.severity is Severity.VIOLATION for finding in findings)
    others = len(findings) - violations
    click.echo(
        f"{violations} violation{'s' * (violations != 1)}, {others} other finding{'s' * (others != 1)}."
    )
    ctx.exit(1 if violations else 0)


def _base_iri(ctx: click.Context) -> str:
    """Return the base IRI that a build would take here."""
    build = (ctx.find_root().default_map or {}).get("build", {})
    return os.environ.get("PRACTICEGRAPH_BUILD_BASE_IRI") or str(build.get("base_iri", DEFAULT_BASE))
