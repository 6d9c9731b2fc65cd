"""The context of a build: what all its later steps share."""

from dataclasses import dataclass

from pipeline.records.previous_release import PreviousRelease
from pipeline.records.workspace import Workspace
from pipeline.steps.convert import Conversion
from pipeline.steps.settings import BuildSettings
from pipeline.system.clock import current_time, latest_time, timestamp
from pipeline.system.progress import Progress

_STORE_LOST = (
    "The store of release {} is damaged: what changed in records that this build changes, and how the others "
    "were made, is not known any more."
)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The workspace of a build, how it converts records, the release that it continues from, and its progress."""

    workspace: Workspace
    conversion: Conversion
    previous: PreviousRelease
    progress: Progress


def go_on_from(
    previous: PreviousRelease, workspace: Workspace, settings: BuildSettings, progress: Progress
) -> str:
    """Load what is known of published records; return the time that the build counts as, never before theirs."""
    clock = timestamp(current_time())
    previous.load_ledger(workspace.ledger, settings.ledger)
    before = workspace.ledger.latest()
    now = latest_time(clock, before)
    if clock < before:
        progress.note(
            f"The clock says {clock}, but there are records of {before}: this build counts as one of {now}. "
            "Set the clock, or SOURCE_DATE_EPOCH."
        )
    if remark := previous.load_history(workspace.history, workspace.ledger, now):
        progress.note(f"The history {remark}.")
    if previous.path is not None and previous.store is None:
        progress.note(_STORE_LOST.format(previous.path.name))
    return now
