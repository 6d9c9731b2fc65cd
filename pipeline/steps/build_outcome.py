"""The outcome of a build."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.findings.accounting import Accounting
from pipeline.release.folder.build_facts import Published
from pipeline.steps.publish import RecordCounts


@dataclass(frozen=True, slots=True)
class BuildOutcome:
    """What a build did: its release (none after a dry run), its numbers, and the quarantine files it wrote.

    ``suggestions`` is the file of corrections that the findings suggest.
    """

    published: Published | None
    accounting: Accounting
    counts: RecordCounts
    quarantine: tuple[Path, ...] = ()
    suggestions: Path | None = None
