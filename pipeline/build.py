"""The build: sources in, a published release out. Its steps stand here in their order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from pipeline.findings.accounting import Accounting
from pipeline.findings.messages import say
from pipeline.findings.translation import translate_findings
from pipeline.model.errors import UsageError
from pipeline.model.finding import Finding
from pipeline.rdf.iris import Deployment, base_iri
from pipeline.records.corrections.suggesting import suggested_lines, write_suggestions
from pipeline.records.previous_release import open_previous_release
from pipeline.records.workspace import Workspace, sweep
from pipeline.release.folder.build_facts import ReleaseSettings
from pipeline.release.folder.build_lock import BuildLock
from pipeline.release.folder.write_faults import translate_os_errors
from pipeline.steps.build_context import BuildContext, go_on_from
from pipeline.steps.convert import Conversion
from pipeline.steps.engine import Engine, process
from pipeline.steps.finish import finish
from pipeline.steps.last_build import LastBuild
from pipeline.steps.prepare import prepare
from pipeline.steps.publish import BuildOutcome
from pipeline.steps.read import named_files, own_texts
from pipeline.steps.settings import BuildSettings
from pipeline.system.cluster_addresses import address_of, is_address
from pipeline.system.garbage import rarely_collecting
from pipeline.system.progress import Progress

Report = Callable[[Iterable[Finding], Accounting], None]


def build(
    sources: Sequence[Path],
    settings: BuildSettings,
    progress: Progress | None = None,
    report: Report | None = None,
) -> BuildOutcome:
    """Build a release of the sources; ``report`` is given all findings, also when the data are refused.

    Raises DataRefused when the data stop it, UsageError when a setting fits no source, EnvironmentFault when the
    machine does; the last release stays.
    """
    progress = progress or Progress()
    if is_address(settings.output):
        return _build_at_address(sources, settings, progress, report)
    with (
        BuildLock(settings.output, settings.lock_wait, progress.note),
        translate_os_errors(settings.output),
    ):
        last = LastBuild(sources, settings)
        repeated = last.outcome()
        if repeated is None:
            with _engine(settings) as engine:
                return _build_anew(sources, settings, progress, report, engine, last)
        progress.note(
            say(
                "The sources, the settings and the program are those of the last build, so it is not done again. "
                "To build all the same, add --force."
            )
        )
        if report is not None:
            report(last, repeated.accounting)
        return repeated


def _build_at_address(
    sources: Sequence[Path], settings: BuildSettings, progress: Progress, report: Report | None
) -> BuildOutcome:
    """Build a release in parts, which a cluster writes to an address."""
    if not settings.spark_master:
        raise UsageError(f"Only “--engine spark” writes to {address_of(settings.output)}.")
    with spark_package().parts_engine(settings) as (engine, folder):
        outcome = _build_anew(sources, replace(settings, output=folder), progress, report, engine)
    quarantine = tuple(settings.output / path.relative_to(folder) for path in outcome.quarantine)
    return replace(outcome, quarantine=quarantine, suggestions=None)


def _build_anew(
    sources: Sequence[Path],
    settings: BuildSettings,
    progress: Progress,
    report: Report | None,
    engine: Engine,
    last: LastBuild | None = None,
) -> BuildOutcome:
    """Build a release, whatever the last build was."""
    deployment = Deployment(base_iri(settings.base_iri))
    own = own_texts(settings.own_texts, sources, or_older=settings.add)
    output = settings.output
    with rarely_collecting(), Workspace(sweep(output)) as workspace:
        previous = open_previous_release(output, deployment)
        now = go_on_from(previous, workspace, settings, progress)
        conversion = Conversion(deployment, settings.text, now, own)
        context = BuildContext(workspace, conversion, previous, progress)
        published_before = (row for _, rows in previous.rows() for row in rows) if settings.add else ()
        files = named_files(engine.expand(sources))
        prepared = prepare(files, workspace, progress, settings.corrections, published_before, engine.read)
        with engine.writer(output, deployment.base, ReleaseSettings(keep=settings.keep)) as writer:
            publication = process(context, prepared, writer, engine)
            counts, quarantine = publication.counts, publication.quarantine
            numbers = prepared.account(
                workspace,
                quarantined=publication.withheld_rows,
                practices=counts.practices,
                withdrawn=counts.withdrawn,
                held_back=counts.held_back,
            )
            if report is not None:
                report(workspace.journal, numbers)
            findings = translate_findings(workspace.journal, settings.language)
            suggested = suggested_lines(findings, workspace.staging)
            if settings.suggest is not None:
                write_suggestions(suggested, settings.suggest)
            offer = bool(suggested) and settings.suggest is None
            publication.demand_acceptance(settings, numbers, offer=offer)
            if settings.dry_run:
                return BuildOutcome(None, numbers, counts)
            workspace.delete_rows()
            published = finish(writer, publication, context, prepared.inputs, numbers, settings.dataset)
        quarantine.suggest(suggested)
        given = [*sources, *filter(None, (settings.corrections,))]
        written = quarantine.publish(output / "quarantine", given, settings.language)
        outcome = BuildOutcome(published, numbers, counts, written, quarantine.suggestions)
        if last is not None:
            last.remember(outcome, workspace.journal, joins=bool(prepared.corrector.lines.joinings))
    return outcome


@contextmanager
def _engine(settings: BuildSettings) -> Iterator[Engine]:
    if not settings.spark_master:
        yield Engine(settings.jobs)
        return
    with spark_package().spark_engine(settings.spark_master) as engine:
        yield engine


def spark_package() -> ModuleType:
    """Return what runs on Spark, loaded where it is asked for: PySpark is an extra."""
    try:
        from pipeline import spark
    except ImportError as error:
        raise UsageError(
            "The Spark engine needs PySpark. Install it with “pip install 'practicegraph[spark]'”."
        ) from error
    return spark
