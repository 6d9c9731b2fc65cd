"""Reading: all sources of a build into the staging, with the facts about each file."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.findings.finding_messages import finding_of
from pipeline.findings.messages import say, shorten_list
from pipeline.model.errors import SourceError, UsageError
from pipeline.model.finding import Finding, Place
from pipeline.records.corrections.applying import NO_CORRECTIONS, Corrector
from pipeline.records.corrections.joining import join_practices
from pipeline.records.workspace import Workspace
from pipeline.sources.files.own_headings import with_headings
from pipeline.sources.files.source import Source
from pipeline.sources.folder import FilesSource, in_their_order
from pipeline.sources.readers import read_source
from pipeline.system.progress import Progress

_MOST_RANGES = 100


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source after reading: its name in places, the SHA-256 and size of its bytes, its rows and blank rows."""

    name: str
    sha256: str
    size: int
    rows: int
    blank: int


NamedFile = tuple[Path, str]
"""A file, and what places call it."""


def source_names(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the name of each file in places: its own, with as many folders as it needs to differ from the others."""
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


def paths_by_name(paths: Sequence[Path]) -> dict[str, str]:
    """Return for each name that places use the path of the file."""
    unique = list(dict.fromkeys(paths))
    return dict(zip(source_names(unique), map(str, unique), strict=True))


def names_of(chosen: Sequence[Path], sources: Sequence[Path]) -> frozenset[str]:
    """Return the names in places of some chosen sources; sources of an earlier build keep their own name."""
    names = {path.resolve(): name for path, name in zip(sources, source_names(sources), strict=True)}
    return frozenset(names.get(path.resolve(), path.name) for path in chosen)


def own_texts(chosen: Sequence[Path], sources: Sequence[Path], *, or_older: bool) -> frozenset[str]:
    """Return the names of the sources whose texts the publisher wrote; raise UsageError for one that is no source.

    They may be those of an older build, too, if it says so.
    """
    given = {path.resolve() for path in sources}
    for path in chosen:
        if path.resolve() not in given and not or_older:
            raise UsageError(
                f"{path} is none of the sources. Name one of them, or build with --add if it was one before."
            )
    return names_of(chosen, sources)


def named_files(paths: Sequence[Path]) -> list[NamedFile]:
    """Return each file once, in the order in which rows replace one another, with its name."""
    unique = in_their_order(list(dict.fromkeys(paths)))
    return list(zip(unique, source_names(unique), strict=True))


def read_named(
    files: Sequence[NamedFile],
    workspace: Workspace,
    progress: Progress,
    corrector: Corrector = NO_CORRECTIONS,
) -> tuple[SourceSummary, ...]:
    """Stage the rows of all files, corrected, and note the findings; raise SourceError for an unreadable file."""
    with with_headings(corrector.headings):
        return tuple(
            read
            for path, name in files
            for read in _read_source(read_source(path, name), workspace, progress, corrector)
        )


def _read_source(
    source: Source, workspace: Workspace, progress: Progress, corrector: Corrector
) -> Iterator[SourceSummary]:
    """Stage the rows of a file, or of each file of a folder or archive that can be read."""
    if not isinstance(source, FilesSource):
        yield _read(source, workspace, progress, corrector)
        return
    for finding in source.findings:
        workspace.journal.add(finding)
    for member in source.members:
        before = workspace.staging.last
        try:
            yield _read(member, workspace, progress, corrector)
        except SourceError as error:
            workspace.staging.remove_after(before)
            source.skipped.append((member.name, error))
    for finding in source.skip_findings():
        workspace.journal.add(finding)


def _read(source: Source, workspace: Workspace, progress: Progress, corrector: Corrector) -> SourceSummary:
    for finding in source.findings:
        workspace.note(finding)
    for row in progress.track(source.rows(), say("Reading {file}", file=source.name)):
        workspace.headers.see(row)
        workspace.staging.add(corrector.correct(row, workspace.journal.add))
    for finding in source.late:
        workspace.note(finding)
    return SourceSummary(source.name, source.sha256, source.bytes, source.row_count, source.blank)


def gather(workspace: Workspace, corrector: Corrector) -> None:
    """Join the rows of each practice, as they and the corrections have it, and note what names nothing."""
    workspace.staging.gather(
        (*table, finding.message) for table, finding in workspace.headers.untitled_tables()
    )
    read = (*_unmatched_rows(workspace), *_without_zeros(workspace), *_unused_rows(workspace))
    for finding in (*read, *corrector.lines.findings, *corrector.unused_lines(workspace.staging.headings())):
        workspace.journal.add(finding)
    has_release = workspace.ledger.public_count() > 0
    for finding in join_practices(corrector.lines, workspace.staging, workspace.ledger):
        if has_release:  # else the slugs that lines name may be those of a release that is not here
            workspace.journal.add(finding)


def _unused_rows(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each table with rows that say again what others say, or that corrected rows replace."""
    rows: dict[tuple[Place, str], list[str]] = defaultdict(list)
    for _, place, state in workspace.staging.remarks("unused"):
        rows[Place(place.file, place.sheet), state].append(place.origin.rpartition("#")[2].rpartition("!")[2])
    for (table, state), names in rows.items():
        key = "rows-replaced" if state == "replaced" else "rows-repeated"
        yield finding_of(key, table, rows=shorten_list(_ranges(names), _MOST_RANGES))


def _ranges(names: Sequence[str]) -> list[str]:
    """Return row numbers as ranges, ``2-4``, in their order; other texts stay as they are."""
    ranges: list[list[str]] = []
    for name in names:
        last = ranges[-1][-1] if ranges else ""
        if name.isdecimal() and last.isdecimal() and int(name) == int(last) + 1:
            ranges[-1][1:] = [name]
        else:
            ranges.append([name])
    return ["-".join(each) for each in ranges]


def _without_zeros(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each id that another row has without its leading zeros, which spreadsheets take away."""
    for _, place, identifier, other in workspace.staging.remarks("without_zeros"):
        yield finding_of("id-zeros-lost", place, identifier=identifier, other=other)


def _unmatched_rows(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each corrected row whose original is in no source: it counts as its own row."""
    for _, place, origin in workspace.staging.remarks("unmatched"):
        yield finding_of("origin-not-found", place, origin=origin)
