"""``practicegraph build``: sources in, a published release out."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.build import Report
from pipeline.build import build as build_release
from pipeline.cli import options
from pipeline.cli.console import progress
from pipeline.cli.retyping import command_line
from pipeline.findings.accounting import Accounting
from pipeline.findings.messages import Sentence, say, say_number
from pipeline.findings.reports import report_format, save_report
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.text import write_counts, write_findings
from pipeline.findings.translation import in_language, translate_findings
from pipeline.model.errors import DataRefused, UsageError
from pipeline.model.finding import Finding
from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import DEFAULT_BASE
from pipeline.release.dataset.publisher_settings import demand_forms
from pipeline.steps.publish import BuildOutcome, RecordCounts
from pipeline.steps.read import paths_by_name
from pipeline.steps.settings import BuildSettings
from pipeline.system.cluster_addresses import address_of, is_address
from pipeline.system.config import dataset_settings
from pipeline.vocabulary_checks.publication import is_public


@click.command()
@options.sources
@options.setting(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=options.DEFAULT_OUTPUT,
    help="Folder of the releases; with --engine spark also an address, such as s3a://bucket/practices, to which the "
    "cluster writes sorted N-Triples in parts, and catalogue, findings and ledger as Parquet.",
)
@options.setting("--base-iri", default=DEFAULT_BASE, help="Base address of the site and its IRIs.")
@click.option("--strict", is_flag=True, help="Publish nothing if there are violations or warnings.")
@click.option(
    "--add", is_flag=True, help="Keep the records of the previous release, and add or update these."
)
@click.option(
    "--allow-withdrawals", is_flag=True, help="Allow withdrawing all records missing from the sources."
)
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@click.option("--force", is_flag=True, help="Build even if nothing has changed since the last build.")
@options.jobs
@options.setting(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    help="Where records are processed: on this machine, or by a Spark cluster.",
)
@options.spark_master
@click.option(
    "--assemble",
    type=click.Path(file_okay=False, path_type=Path),
    help="With an address as --output: also make an ordinary release in this folder.",
)
@options.setting(
    "--text",
    type=click.Choice([policy.value for policy in TextPolicy]),
    default=TextPolicy.EXCERPT.value,
    help="How much of each text to publish. An excerpt is the first 100 words.",
)
@options.own_texts
@click.option(
    "--ledger",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ledger of an earlier release (slugs and dates), for an empty output folder.",
)
@options.language
@options.corrections
@click.option(
    "--suggest",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the suggested corrections to this new file.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all findings to this file. The suffix sets the format (.html, .json, .csv, .sarif …).",
)
@click.option(
    "--brief", is_flag=True, help="Show the number of findings for each rule instead of all findings."
)
@options.setting("--keep", type=click.IntRange(1), default=3, help="Number of releases to keep.")
@options.setting(
    "--lock-wait",
    type=click.FloatRange(0),
    default=30,
    help="Seconds to wait for another build in the same folder.",
)
@click.pass_context
def build(
    ctx: click.Context,
    /,
    sources: tuple[Path, ...],
    text: str,
    report: Path | None,
    brief: bool,
    lang: str,
    corrections: Path | None,
    suggest: Path | None,
    engine: str,
    spark_master: str,
    **settings: Any,
) -> None:
    """Build a release from SOURCE files and make it the current one.

    Good records are published; each withheld one is set aside in the folder "quarantine" with its problems.

    \b
    Exit codes: 0 a release is in place, 1 nothing was published because of the data,
    2 usage, 3 the environment.

    \b
    Example:
      practicegraph build practices.csv --output published --base-iri https://data.example.org
    """
    if report is not None:
        report_format(report)
    if suggest is not None and suggest.exists():
        raise UsageError(f"{suggest} is there already and may hold your work. Name a new file for --suggest.")
    if settings["assemble"] is not None and not is_address(settings["output"]):
        raise UsageError("--assemble needs an address as --output; a folder gets an ordinary release anyway.")
    said = dataset_settings(ctx.obj or {})
    demand_forms(said)
    chosen = BuildSettings(
        text=TextPolicy(text),
        dataset=said,
        corrections=options.find_corrections(ctx, corrections, sources),
        suggest=suggest,
        language=lang,
        spark_master=spark_master if engine == "spark" else "",
        **settings,
    )
    try:
        outcome = build_release(
            sources, chosen, progress(lang), _reporter(report, chosen.strict, sources, brief, lang)
        )
    except DataRefused as error:
        if error.options:
            command = command_line(ctx, sources, more=error.options)
            hint = in_language(say("Command: {command}", command=command), lang)
            raise DataRefused(f"{error}\n{hint}") from error
        raise
    for line in (*_summary(outcome, chosen), *_next_steps(ctx, outcome, chosen, sources)):
        click.echo(in_language(line, lang))


def _reporter(path: Path | None, strict: bool, sources: Sequence[Path], brief: bool, language: str) -> Report:
    """Return what shows the findings on stderr, and saves them where a file is named."""

    def report(findings: Iterable[Finding], numbers: Accounting) -> None:
        accepted = numbers.is_accepted(strict)
        outcome = ReportOutcome(numbers, numbers.conforms, accepted, paths_by_name(sources), language)
        if brief:
            write_counts(findings, sys.stderr)
        else:
            write_findings(translate_findings(findings, language), sys.stderr, language=language)
        for sentence in outcome.numbers():
            click.echo(sentence, err=True)
        if path is not None:
            save_report(findings, outcome, path)

    return report


def _summary(outcome: BuildOutcome, settings: BuildSettings) -> Iterator[str]:
    """Yield what was done."""
    changes = tuple(_changes(outcome.counts)) or (say("nothing new"),)
    if outcome.published is None:
        yield say("Dry run, nothing was written. A build would publish: {changes}.", changes=changes)
        return
    if not outcome.published.changed:
        yield say("Nothing has changed: release {name} stays in place.", name=outcome.published.name)
    else:
        yield say(
            "Published release {name} in {folder}: {changes}.",
            name=outcome.published.name,
            folder=address_of(settings.output) if is_address(settings.output) else str(settings.output),
            changes=changes,
        )
    if is_public(settings.base_iri) and not settings.dataset.get("publisher", "").strip():
        yield say("No publisher is named. “practicegraph check --publish” lists what to set.")
    if not outcome.published.is_current:
        yield say(
            "An older release is pinned and stays the current one; “practicegraph rollback --release” unpins it."
        )


def _changes(counts: RecordCounts) -> Iterator[Sentence]:
    """Yield how many records were added, changed and so on, leaving out what did not happen."""
    changes = (
        say_number("{number} added", "{number} added", counts.added),
        say_number("{number} changed", "{number} changed", counts.changed),
        say_number("{number} unchanged", "{number} unchanged", counts.unchanged),
        say_number("{number} merged", "{number} merged", counts.merged),
        say_number("{number} withdrawn", "{number} withdrawn", counts.withdrawn),
        say_number("{number} held back", "{number} held back", counts.held_back),
    )
    yield from (sentence for sentence in changes if sentence.number)


def _next_steps(
    ctx: click.Context, outcome: BuildOutcome, settings: BuildSettings, sources: Sequence[Path]
) -> Iterator[str]:
    """Yield what is left to do, each with the command to type."""
    if outcome.published is None:
        yield say("To publish: {command}", command=command_line(ctx, sources, without=["dry_run"]))
    for path in outcome.quarantine:
        yield say("Withheld rows: {path}. Correct them there.", path=str(path))
    if outcome.quarantine:
        folder = settings.output / "quarantine"
        is_given = any(
            source.resolve() in (folder.resolve(), *folder.resolve().parents) for source in sources
        )
        again = sources if is_given else (*sources, folder)
        yield say("Then build again: {command}", command=command_line(ctx, again))
    if outcome.suggestions is not None:
        beside = settings.corrections or _folder_of(sources[0]) / options.CORRECTIONS
        yield say(
            "Suggested corrections: {path}. Copy the lines that are right to {file}. Every build applies that file.",
            path=str(outcome.suggestions),
            file=str(beside),
        )


def _folder_of(source: Path) -> Path:
    return source if source.is_dir() else source.parent
