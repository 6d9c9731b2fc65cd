"""Gathered practices: the joined rows of each practice with its slug, cut into batches."""

from collections.abc import Iterator
from itertools import islice

from pipeline.findings.messages import say
from pipeline.records.previous_release import PreviousRelease
from pipeline.records.workspace import Workspace
from pipeline.steps.build_context import BuildContext
from pipeline.steps.convert import PracticeRows, identify

Batch = tuple[PracticeRows, ...]
PROCESSING = say("Processing the practices")


def gathered_practices(
    workspace: Workspace, previous: PreviousRelease | None = None
) -> Iterator[PracticeRows]:
    """Yield the practices by their first row, each with its slug and, if it was published, its provenance."""
    for number, rows in workspace.staging.practices():
        practice = identify(rows, workspace.ledger, number)
        if previous is not None and practice.before is not None and practice.before.run:
            practice = practice._replace(provenance=previous.provenance_of(practice.slug))
        yield practice


def tracked_practices(build: BuildContext) -> Iterator[PracticeRows]:
    """Yield the practices of a build, and show how many are processed."""
    workspace = build.workspace
    practices = gathered_practices(workspace, build.previous)
    return build.progress.track(practices, PROCESSING, workspace.staging.practice_count())


def batches_of(practices: Iterator[PracticeRows], size: int) -> Iterator[Batch]:
    """Yield practices in batches of a size."""
    while batch := tuple(islice(practices, size)):
        yield batch
