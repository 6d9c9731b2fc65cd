"""The build: sources in, a published release out. Its steps stand here in their order."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.findings.accounting import Accounting
from pipeline.findings.messages import say
from pipeline.findings.translation import translated
from pipeline.model.errors import DataRefused, UsageError
from pipeline.model.finding import Finding
from pipeline.rdf.iris import Deployment, base_iri
from pipeline.records.corrections.suggesting import suggested_lines, write_suggestions
from pipeline.records.previous_release import PreviousRelease, open_previous_release
from pipeline.records.workspace import Workspace, sweep
from pipeline.release import BuildLock, ReleaseSettings, ReleaseWriter
from pipeline.release.folder.write_faults import translate_os_errors
from pipeline.steps.account import account
from pipeline.steps.batch import process_batch
from pipeline.steps.build_context import BuildContext
from pipeline.steps.build_outcome import BuildOutcome
from pipeline.steps.convert import Conversion
from pipeline.steps.engine import Engine, LocalEngine
from pipeline.steps.finish import finish
from pipeline.steps.gathered import gathered_practices
from pipeline.steps.judge import DUPLICATE, BatchContext, Judging, sample_of
from pipeline.steps.last_build import LastBuild
from pipeline.steps.prepare import PreparedSources, prepare
from pipeline.steps.publish import Publication, Publisher
from pipeline.steps.read import named_files, names_of
from pipeline.steps.settings import BuildSettings
from pipeline.system.clock import current_time, latest_time, timestamp
from pipeline.system.progress import Progress, Silent

_STORE_LOST = (
    "The store of release {} is damaged: what changed in records that this build changes, and how the others "
    "were made, is not known any more."
)

_COLLECT_AFTER = (100_000, 50, 100)

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
    shown = progress or Silent()
    with BuildLock(settings.output, settings.lock_wait, shown.note), translate_os_errors(settings.output):
        last = LastBuild(sources, settings)
        repeated = last.outcome()
        if repeated is None:
            return _build_anew(sources, settings, shown, report, last)
        shown.note(
            say(
                "The sources, the settings and the program are those of the last build, so it is not done again. "
                "To build all the same, add --force."
            )
        )
        if report is not None:
            report(last, repeated.accounting)
        return repeated


def _build_anew(
    sources: Sequence[Path], settings: BuildSettings, shown: Progress, report: Report | None, last: LastBuild
) -> BuildOutcome:
    """Build a release, whatever the last build was."""
    deployment = Deployment(base_iri(settings.base_iri))
    own = _own_texts(settings, sources)
    output = settings.output
    with _rarely_collecting(), _engine(settings) as engine, Workspace(sweep(output)) as workspace:
        previous = open_previous_release(output, deployment)
        now = _go_on_from(previous, workspace, settings, shown)
        conversion = Conversion(deployment, settings.text, now, own)
        context = BuildContext(workspace, conversion, previous, shown)
        published_before = (row for _, rows in previous.rows() for row in rows) if settings.add else ()
        files = named_files(engine.expanded(sources))
        prepared = prepare(
            files, workspace, shown, settings.corrections, published_before, engine.reader(files)
        )
        with ReleaseWriter(output, deployment.base, ReleaseSettings(keep=settings.keep)) as writer:
            publication = _publish(context, prepared, writer, engine)
            numbers = _numbers(prepared, workspace, publication)
            if report is not None:
                report(workspace.journal, numbers)
            findings = translated(workspace.journal, settings.language)
            suggested = suggested_lines(findings, workspace.staging)
            if settings.suggest is not None:
                write_suggestions(suggested, settings.suggest)
            _refuse(settings, publication, numbers, offer=bool(suggested) and settings.suggest is None)
            counts, quarantine = publication.counts, publication.quarantine
            if settings.dry_run:
                return BuildOutcome(None, numbers, counts)
            published = finish(writer, publication, context, prepared.inputs, numbers, settings.dataset)
        quarantine.suggest(suggested)
        given = [*sources, *filter(None, (settings.corrections,))]
        written = quarantine.publish(output / "quarantine", given, settings.language)
        outcome = BuildOutcome(published, numbers, counts, written, quarantine.suggestions)
        last.remember(outcome, workspace.journal, joins=bool(prepared.corrector.lines.joinings))
    return outcome


def _publish(
    context: BuildContext, prepared: PreparedSources, writer: ReleaseWriter, engine: Engine
) -> Publication:
    """Process all batches, and take in what each makes of the release."""
    workspace, previous = context.workspace, context.previous
    total = workspace.staging.practice_count()
    hashes = previous.hashes() | prepared.hashes
    shared = BatchContext(context.conversion, workspace.headers, sample_of(total), hashes)
    judging, publisher = Judging(workspace, shared), Publisher(writer, context, shared)
    practices = context.progress.track(gathered_practices(workspace, previous), "Processing", total)
    for verdicts, fragments in engine.run(process_batch, practices, shared):
        judging.add(verdicts)
        publisher.take(fragments)
    doubtful = judging.finish()
    publication = publisher.finish()
    writer.add_finding(DUPLICATE, filter(workspace.ledger.is_public, sorted(doubtful)))
    return publication


@contextmanager
def _engine(settings: BuildSettings) -> Iterator[Engine]:
    if not settings.spark_master:
        yield LocalEngine(settings.jobs)
        return
    try:
        from pipeline.spark import spark_engine  # loaded where asked for: PySpark is an extra
    except ImportError as error:
        raise UsageError(
            "The Spark engine needs PySpark. Install it with “pip install 'practicegraph[spark]'”."
        ) from error
    with spark_engine(settings.spark_master) as engine:
        yield engine


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Let Python look for cycles less often: records leave none behind, and looking takes 3 % of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _go_on_from(
    previous: PreviousRelease, workspace: Workspace, settings: BuildSettings, shown: Progress
) -> str:
    """Load what is known of published records; return the time that the build counts as, never before theirs."""
    clock = timestamp(current_time())
    previous.load_ledger(workspace.ledger, settings.ledger)
    before = workspace.ledger.latest()
    now = latest_time(clock, before)
    if clock < before:
        shown.note(
            f"The clock says {clock}, but there are records of {before}: this build counts as one of {now}. "
            "Set the clock, or SOURCE_DATE_EPOCH."
        )
    if told := previous.load_history(workspace.history, workspace.ledger, now):
        shown.note(f"The history {told}.")
    if previous.path is not None and previous.store is None:
        shown.note(_STORE_LOST.format(previous.path.name))
    return now


def _own_texts(settings: BuildSettings, sources: Sequence[Path]) -> frozenset[str]:
    """Return the names of the sources whose texts the publisher wrote; raise UsageError for one that is no source."""
    given = {path.resolve() for path in sources}
    for path in settings.own_texts:
        if path.resolve() not in given and not settings.add:
            raise UsageError(
                f"{path} is none of the sources. Name one of them, or build with --add if it was one before."
            )
    return names_of(settings.own_texts, sources)


def _numbers(prepared: PreparedSources, workspace: Workspace, publication: Publication) -> Accounting:
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


def _refuse(settings: BuildSettings, publication: Publication, numbers: Accounting, *, offer: bool) -> None:
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
