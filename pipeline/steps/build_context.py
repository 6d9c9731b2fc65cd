"""The context of a build: what all its later steps share."""

from dataclasses import dataclass

from pipeline.records.previous_release import PreviousRelease
from pipeline.records.workspace import Workspace
from pipeline.steps.convert import Conversion
from pipeline.system.progress import Progress


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The workspace of a build, how it converts records, the release that it continues from, and its progress."""

    workspace: Workspace
    conversion: Conversion
    previous: PreviousRelease
    progress: Progress
