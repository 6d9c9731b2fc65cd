"""Sequences of releases for the tests of histories: real conversion, publication and release, without the gate."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

from building import practice

from pipeline.findings.header_findings import Headers
from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import Deployment
from pipeline.records.corrections.applying import NO_CORRECTIONS
from pipeline.records.previous_release import PreviousRelease, open_previous_release
from pipeline.records.workspace import Workspace
from pipeline.release.folder.build_facts import PublishedRelease, ReleaseSettings
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.release_writer import ReleaseWriter
from pipeline.steps.batch import Fragments
from pipeline.steps.build_context import BuildContext
from pipeline.steps.convert import Conversion, convert
from pipeline.steps.finish import finish
from pipeline.steps.judge import BatchContext, JudgedPractice
from pipeline.steps.practice_rows import gathered_practices
from pipeline.steps.prepare import PreparedSources
from pipeline.steps.publish import Publisher
from pipeline.system.clock import latest_time
from pipeline.system.progress import Progress

Records = Mapping[str, Mapping[str, str]]


def release(
    output: Path,
    records: Records,
    now: str,
    *,
    base: str = "http://localhost:8000",
    merged: Sequence[tuple[str, str]] = (),
) -> PublishedRelease:
    """Publish records, by their ids, at a time; ``merged`` are slugs that go on in others."""
    deployment = Deployment(base)
    with Workspace(output) as workspace, ReleaseWriter(output, base, ReleaseSettings(keep=1)) as writer:
        last = open_previous_release(output, deployment)
        last.load_ledger(workspace.ledger, None)
        now = latest_time(now, workspace.ledger.latest())
        last.load_history(workspace.history, workspace.ledger, now)
        conversion = Conversion(deployment, TextPolicy.EXCERPT, now)
        for old, new in merged:
            workspace.ledger.redirect(old, new)
        context, shared = (
            BuildContext(workspace, conversion, last, Progress()),
            BatchContext(conversion, Headers(), 0),
        )
        publisher = Publisher(writer, context, shared)
        publisher.take(_accepted(records, workspace, last, shared))
        publication = publisher.finish()
        numbers = PreparedSources((), NO_CORRECTIONS).account(
            workspace, quarantined=0, practices=len(records)
        )
        return finish(writer, publication, context, (), numbers, {})


def _accepted(
    records: Records, workspace: Workspace, last: PreviousRelease, context: BatchContext
) -> Fragments:
    for number, (identifier, changed) in enumerate(sorted(records.items())):
        texts = practice(identifier, **changed)
        workspace.staging.add(Row(Place("practices.csv", row=number + 2), texts, {}, texts))
    workspace.staging.gather()
    fragments = Fragments(ReleaseFragment(context.conversion.deployment.base))
    for given in gathered_practices(workspace, last):
        fragments.publish(JudgedPractice(given, convert(given, context.conversion), ()), context)
    fragments.release.seal()
    return fragments


def ledger_of(output: Path) -> dict[str, dict[str, str]]:
    text = (output / "current" / "ledger.csv").read_text(encoding="utf-8")
    return {entry["slug"]: entry for entry in csv.DictReader(StringIO(text, newline=""))}
