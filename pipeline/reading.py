"""Reading: all sources of a build into the staging, with the facts about each file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.findings import Finding, Severity
from pipeline.progress import Progress
from pipeline.readers import read_source
from pipeline.readers.source import Source
from pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SourceRead:
    """A source after reading: its name in places, the SHA-256 and size of its bytes, its rows and blank rows."""

    name: str
    sha256: str
    size: int
    rows: int
    blank: int


def source_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return what places call each file: its name, with so many of its folders as tell it from the others."""
    names = []
    for path in paths:
        parts = path.parts
        depth = 1
        while depth < len(parts) and any(
            other != path and other.parts[-depth:] == parts[-depth:] for other in paths
        ):
            depth += 1
        names.append("/".join(parts[-depth:]))
    return tuple(names)


def read_sources(paths: Sequence[Path], workspace: Workspace, progress: Progress) -> tuple[SourceRead, ...]:
    """Stage the rows of all files and note what was found on the way; raise SourceError for an unreadable one."""
    unique = list(dict.fromkeys(paths))
    return tuple(
        _read(read_source(path, name), workspace, progress)
        for path, name in zip(unique, source_names(unique), strict=True)
    )


def _read(source: Source, workspace: Workspace, progress: Progress) -> SourceRead:
    for finding in source.findings:
        workspace.journal.add(finding)
    for row in progress.track(source.rows(), f"Reading {source.name}"):
        workspace.staging.add(row)
    for finding in source.late:
        workspace.journal.add(finding)
    return SourceRead(source.name, source.sha256, source.bytes, source.row_count, source.blank)


def unmatched_corrections(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each corrected row whose original is in no source: it counts as a row of its own."""
    for place, origin in workspace.staging.unmatched_corrections():
        message = (
            f"The row it corrects, {origin}, is in none of the sources, so it counts as a row of its own. "
            "Build it together with the file it came from."
        )
        yield Finding(Severity.INFO, "origin-not-found", message, place)
