"""Several files as one source: a folder with all below it, a pattern such as ``data/*.xlsx``, a ZIP archive."""

import glob
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath

from pipeline.findings.finding_messages import finding_of
from pipeline.findings.messages import shorten_list
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.rows import Row
from pipeline.sources.files.archive import blocks, open_archive
from pipeline.sources.files.opening import printable_name
from pipeline.sources.files.source import Source

_SHOWN = 8
_OURS = "current"
"""The link in the folder of our own releases, which are no source of the next one."""

_NO_RECORDS = re.compile(r"corrections(-suggested.*)?\.csv")
"""Names of files that may be beside records and are given to a build in another way."""

_OURS_TO_COPY = "corrections-suggested"
"""How the names of files begin that a build writes to be copied from; they are not sources and are not reported."""

_OF_QUARANTINE = ".written.json"
"""In the folder of withheld rows, which may be empty."""

_WITHHELD = re.compile(r"(?P<stem>.+\.quarantine)(?:-(?P<number>[0-9]{1,9}))?\.csv")
"""Names of files with withheld rows; ``-2`` are those withheld once more."""

_TABLES = frozenset((".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".ods", ".jsonl", ".ndjson", ".zip"))
"""Suffixes of files that hardly are anything but records."""

Reader = Callable[[Path, str], Source]


class FilesSource:
    """Several files read one after the other; ``members`` gives each as a source of its own.

    ``files`` are the path of each with the name that places call it by; those of an archive are there as long as
    this source.
    """

    def __init__(
        self,
        name: str,
        named: Iterable[tuple[Path, str]],
        reader: Reader,
        suffixes: Collection[str],
        *,
        may_be_empty: bool = False,
    ) -> None:
        files, left_out = list[tuple[Path, str]](), list[str]()
        for path, own in named:
            if path.suffix.lower() in suffixes and not _NO_RECORDS.fullmatch(path.name):
                files.append((path, own))
            elif not path.name.startswith(_OURS_TO_COPY):
                left_out.append(own)
        names = shorten_list(left_out, _SHOWN)
        if not files and not may_be_empty:
            others = f", only {names}" if left_out else ""
            raise SourceError(f"{name} is a folder or archive without files that can be read{others}.")
        self.name = name
        self.findings: tuple[Finding, ...] = ()
        if left_out:
            self.findings = (finding_of("files-left-out", Place(name), number=len(left_out), names=names),)
        self.sha256 = ""
        self.bytes = self.row_count = self.blank = 0
        self.skipped: list[tuple[str, SourceError]] = []
        self.files = tuple(files)
        self._reader = reader
        self._late: list[Finding] = []

    @property
    def members(self) -> Iterator[Source]:
        """Yield each file as a source, opened when its turn comes; one that cannot be is ``skipped``."""
        self.skipped = []
        for path, name in self.files:
            try:
                member = self._reader(path, name)
            except SourceError as error:
                self.skipped.append((name, error))
            else:
                yield member

    @property
    def late(self) -> tuple[Finding, ...]:
        """Return all findings on the files, in order."""
        return tuple(self._late)

    def rows(self) -> Iterator[Row]:
        """Yield the rows of all files."""
        self.bytes = self.row_count = self.blank = 0
        self._late = []
        digest = sha256()
        for member in self.members:
            self._late += member.findings
            try:
                yield from member.rows()
            except SourceError as error:
                self.skipped.append((member.name, error))
            self._late += member.late
            self.row_count += member.row_count
            self.blank += member.blank
            self.bytes += member.bytes
            digest.update(f"{member.name}\n{member.sha256}\n".encode())
        self.sha256 = digest.hexdigest()
        self._late += self.skip_findings()

    def skip_findings(self) -> Iterator[Finding]:
        """Yield a finding on each file that could not be read; raise SourceError where that holds for all."""
        if self.files and len(self.skipped) == len(self.files):
            reasons = " ".join(str(error) for _, error in self.skipped[:_SHOWN])
            raise SourceError(f"{self.name} is a folder or archive without files that can be read. {reasons}")
        for name, error in self.skipped:
            severity = self._severity(name)
            yield finding_of("file-unreadable", Place(name), severity=severity, reason=error.sentence)

    def _severity(self, name: str) -> Severity:
        """Return a violation for a table whose records are lost, a warning for what may be no file of records."""
        path = next(path for path, known in self.files if known == name)
        is_table = path.suffix.lower() in _TABLES and path.stat().st_size
        return Severity.VIOLATION if is_table else Severity.WARNING


def open_folder(path: Path, name: str, reader: Reader, suffixes: Collection[str]) -> FilesSource:
    """Return the files of known kinds in a folder and below it, in the order of their names."""
    try:
        paths = in_their_order(sorted(_files_below(path)))
    except OSError as error:
        raise SourceError(f"{name} cannot be listed: {error.strerror}. Check its permissions.") from error
    named = [(file, printable_name(f"{name}/{file.relative_to(path).as_posix()}")) for file in paths]
    may_be_empty = (path / _OF_QUARANTINE).is_file()
    return FilesSource(name, named, reader, suffixes, may_be_empty=may_be_empty)


def _files_below(path: Path) -> Iterator[Path]:
    """Yield the files below a folder, without hidden ones, locks of office programs, and releases of ours."""

    def fail(error: OSError) -> None:
        raise error

    for folder, folders, files in os.walk(path, onerror=fail):
        here = Path(folder)
        folders[:] = [
            each for each in folders if not each.startswith(".") and not (here / each / _OURS).is_symlink()
        ]
        yield from (here / each for each in files if not each.startswith((".", "~$")))


def _is_hidden(parts: Iterable[str]) -> bool:
    """Return whether a file is hidden, a lock of an office program, or what macOS adds to archives."""
    return any(part.startswith((".", "~$", "__MACOSX")) and not part.startswith("..") for part in parts)


def is_folder(path: Path) -> bool:
    """Return whether a path names a folder; what cannot be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_pattern(path: Path) -> bool:
    """Return whether a path that names no file is a pattern of files."""
    return glob.has_magic(str(path)) and not path.exists()


def open_pattern(path: Path, name: str, reader: Reader, suffixes: Collection[str]) -> FilesSource:
    """Return the files of known kinds that a pattern names, ``**`` standing for any folders."""
    fixed, matches = _matches(path)
    named = [
        (match, printable_name(str(PurePosixPath(fixed.name, match.relative_to(fixed).as_posix()))))
        for match in in_their_order(matches)
    ]
    if not named:
        raise SourceError(f"{name} names no file. Check the pattern.")
    return FilesSource(name, named, reader, suffixes)


def files_of(path: Path) -> list[Path]:
    """Return the files that a folder or a pattern stands for by name; of any other path, itself."""
    if is_folder(path):
        return sorted(_files_below(path))
    return _matches(path)[1] if is_pattern(path) else [path]


def _matches(pattern: Path) -> tuple[Path, list[Path]]:
    """Return the fixed part of a pattern, and the files that it names."""
    parts = pattern.parts
    fixed = Path(*parts[: next(n for n, part in enumerate(parts) if glob.has_magic(part))])
    named = sorted(fixed.glob(str(pattern.relative_to(fixed))))
    return fixed, [path for path in named if path.is_file() and not _is_hidden(path.relative_to(fixed).parts)]


def open_zip(path: Path, name: str, reader: Reader, suffixes: Collection[str]) -> FilesSource:
    """Return the files of known kinds in a ZIP archive, unpacked under names of ours into a folder of ours."""
    folder = Path(tempfile.mkdtemp(prefix="practicegraph-"))
    try:
        named = sorted(_unpack(path, name, folder, suffixes), key=lambda pair: pair[1])
        source = FilesSource(name, named, reader, suffixes)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(source, shutil.rmtree, folder, ignore_errors=True)
    return source


def _unpack(path: Path, name: str, folder: Path, suffixes: Collection[str]) -> Iterator[tuple[Path, str]]:
    with open_archive(path, name) as archive:
        if "[Content_Types].xml" in archive.namelist():
            raise SourceError(
                f"{name} is an Office document, not an archive. If it is a workbook, name it .xlsx."
            )
        for number, member in enumerate(archive.infolist()):
            inner = PurePosixPath(member.filename)
            if member.is_dir() or _is_hidden(inner.parts):
                continue
            suffix = inner.suffix.lower() if inner.suffix.lower() in suffixes else ""
            target = folder / f"{number}{suffix}"
            if suffix:  # others need not be unpacked
                with target.open("wb") as file:
                    file.writelines(blocks(archive, member, name))
            yield target, printable_name(f"{name}/{member.filename}")


def in_their_order(paths: Sequence[Path]) -> list[Path]:
    """Return the paths as they are, but the files of withheld rows of one source by their numbers.

    Patterns and folders name ``-2`` first, and of two corrections of a row the later one holds.
    """
    ordered = list(paths)
    places: dict[Path, list[int]] = {}
    for position, path in enumerate(paths):
        if match := _WITHHELD.fullmatch(path.name):
            places.setdefault(path.with_name(match["stem"]), []).append(position)
    for positions in places.values():
        by_number = sorted((paths[position] for position in positions), key=_number)
        for position, path in zip(positions, by_number, strict=True):
            ordered[position] = path
    return ordered


def _number(path: Path) -> int:
    match = _WITHHELD.fullmatch(path.name)
    return int(match["number"] or 1) if match else 1
