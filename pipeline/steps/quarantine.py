"""Quarantine: withheld rows as files that can be corrected and built again together with their originals.

There is one file for each source, however often it is corrected and built: a build that reads it writes its rows
back, each with the problems that it has now. What a person has written in it is never lost.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from pipeline.findings.translation import in_language
from pipeline.model.errors import SourceError
from pipeline.model.rows import Row
from pipeline.sources.tables.delimited import DelimitedSource

ORIGIN = "_origin"
PROBLEMS = "_problems"
_SEEN = ".written.json"
_SUFFIX = ".quarantine"
_SUGGESTED, _NEW = "corrections-suggested", "corrections-suggested.new"

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Table:
    """A quarantine file as it is: its columns, its rows by origin in their order, and its delimiter."""

    columns: tuple[str, ...] = ()
    rows: Mapping[str, Cells] | None = None
    delimiter: str = ","


class Quarantine:
    """The withheld rows of one build, gathered by the file they first came from."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Cells]] = {}
        self._problems: dict[str, tuple[str, ...]] = {}
        self._suggested: Sequence[Cells] = ()
        self._count = 0
        self.suggestions: Path | None = None

    def __len__(self) -> int:
        """Return how many rows are withheld."""
        return self._count

    def add(self, row: Row, problems: Sequence[str]) -> None:
        """Withhold a row, with the sentences that say why."""
        origin = row.origin or row.place.origin
        raw = {name: text for name, text in row.raw.items() if name not in (ORIGIN, PROBLEMS)}
        rows = self._rows.setdefault(_stem(origin), {})
        key = origin.rpartition("/")[2] if _SUFFIX in origin else origin
        rows[key] = {**raw, ORIGIN: origin}
        self._problems[key] = tuple(problems)
        self._count += 1

    def suggest(self, lines: Sequence[Cells]) -> None:
        """Put the lines of a corrections file beside the withheld rows."""
        self._suggested = lines

    def publish(self, folder: Path, sources: Sequence[Path], language: str = "en") -> tuple[Path, ...]:
        """Bring the files of a folder up to date, and return those with withheld rows.

        Their problems are in the ``language`` of the steward, whose spreadsheet program decides on the delimiter.

        A file of an earlier build goes when it is unchanged and was no source of this build. In one that was a
        source, corrected rows stay, since they stand for their originals in later builds, too.
        """
        folder.mkdir(parents=True, exist_ok=True)
        written = _written_files(folder)
        for name in [name for name, digest in written.items() if _is_unchanged(folder / name, digest)]:
            if not _is_used(folder / name, sources):
                (folder / name).unlink()
                del written[name]
        used = {path.name.removesuffix(".csv") for path in folder.glob(f"*{_SUFFIX}.csv")}
        paths = [
            self._update(folder, stem, sources, written, language)
            for stem in sorted({*self._rows, *(name.removesuffix(_SUFFIX) for name in used)})
        ]
        if self._suggested:
            self._write_suggestions(folder, sources, written, "," if language == "en" else ";")
        (folder / _SEEN).write_text(json.dumps(written, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return tuple(filter(None, paths))

    def _update(
        self, folder: Path, stem: str, sources: Sequence[Path], written: dict[str, str], language: str
    ) -> Path | None:
        """Write the file of one source; return it if it has withheld rows."""
        path = folder / f"{stem}{_SUFFIX}.csv"
        new = {key: row | self._problems_of(key, language) for key, row in self._rows.get(stem, {}).items()}
        before = _read(path)
        if before.rows is None and not new:
            return None
        if before.rows is None and path.exists():
            path = _free(folder, f"{stem}{_SUFFIX}")  # a person has made something else of it
        is_used = _is_used(path, sources)
        rows = _merge_rows(before.rows or {}, new, is_used=is_used)
        if rows != before.rows:
            named = chain(before.columns, *new.values())
            columns = [*dict.fromkeys(name for name in named if name not in (ORIGIN, PROBLEMS))]
            delimiter = before.delimiter if before.rows else _delimiter_of(stem, sources, language)
            _write(path, [*columns, ORIGIN, PROBLEMS], rows.values(), delimiter)
            if not is_used:
                written[path.name] = _digest(path)
        return path if new else None

    def _problems_of(self, key: str, language: str) -> Cells:
        return {PROBLEMS: " | ".join(in_language(problem, language) for problem in self._problems[key])}

    def _write_suggestions(
        self, folder: Path, sources: Sequence[Path], written: dict[str, str], delimiter: str
    ) -> None:
        """Write the suggestions; beside a file of them that a person has edited, those that it lacks."""
        path, lines = folder / f"{_SUGGESTED}.csv", self._suggested
        if path.exists():
            known = {tuple(row.get(name, "") for name in ("column", "wrong")) for row in _rows_of(path)}
            lines = [line for line in lines if (line["column"], line["wrong"]) not in known]
            path = folder / f"{_NEW}.csv"
            path = _free(folder, _NEW) if _is_used(path, sources) else path
        if lines:
            self.suggestions = path
            _write(path, list(lines[0]), lines, delimiter)
            written[path.name] = _digest(path)


def _merge_rows(before: Mapping[str, Cells], new: Mapping[str, Cells], *, is_used: bool) -> dict[str, Cells]:
    """Return the rows of a file with the problems of now; what it says itself stays, unless this build read it."""
    merged: dict[str, Cells] = {}
    for origin, row in before.items():
        fresh = new.get(origin)
        if not is_used:
            merged[origin] = row
        elif fresh is None:
            merged[origin] = {**row, PROBLEMS: ""}
        else:
            merged[origin] = {**row, **fresh, ORIGIN: row.get(ORIGIN, "")}
    return {**merged, **{origin: row for origin, row in new.items() if origin not in merged}}


def _stem(origin: str) -> str:
    """Return the name of the file an origin is in, without suffix and folders: ``practices.csv#17`` → practices."""
    stem = Path(origin.rpartition("#")[0].replace("\\", "/")).stem or "rows"
    return stem.removesuffix(_SUFFIX)


def _is_used(path: Path, sources: Sequence[Path]) -> bool:
    """Return whether a build has read a file, by its name or in a folder."""
    here = path.resolve()
    return any(source.resolve() in (here, *here.parents) for source in sources)


def _free(folder: Path, stem: str) -> Path:
    """Return the first name for a CSV file that nothing has in a folder: ``stem.csv``, ``stem-2.csv`` …"""
    names = chain((f"{stem}.csv",), (f"{stem}-{number}.csv" for number in count(2)))
    return next(path for path in map(folder.joinpath, names) if not path.exists())


def _read(path: Path) -> _Table:
    """Return a quarantine file as a person may have left it, in any encoding and with any delimiter."""
    with suppress(SourceError, OSError):
        source = DelimitedSource(path, path.name)
        table = [(number, cells) for number, cells in source.cells() if any(cells)]
        if table and ORIGIN in table[0][1] and source.is_decoded_for_certain:
            columns = tuple(table[0][1])
            rows = (
                (f"{path.name}#{number}", dict(zip(columns, cells, strict=False)))
                for number, cells in table[1:]
            )
            return _Table(columns, {row.get(ORIGIN) or own: row for own, row in rows}, source.delimiter)
    return _Table()


def _rows_of(path: Path) -> Iterable[Cells]:
    with suppress(SourceError, OSError):
        (_, columns), *rows = DelimitedSource(path, path.name).cells()
        return [dict(zip(columns, cells, strict=False)) for _, cells in rows]
    return []


def _delimiter_of(stem: str, sources: Sequence[Path], language: str) -> str:
    """Return the delimiter of the table that rows came from, else what spreadsheet programs of a language expect."""
    for source in sources:
        if source.stem == stem and source.suffix.lower() in (".csv", ".txt"):
            with suppress(SourceError, OSError):
                return DelimitedSource(source, source.name).delimiter
    return "," if language == "en" else ";"


def _write(path: Path, columns: Sequence[str], rows: Iterable[Cells], delimiter: str) -> None:
    """Write a file as a whole or not at all, since the one before may hold somebody's work."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", newline="", encoding="utf-8-sig", errors="surrogatepass") as file:
        writer = csv.DictWriter(file, columns, restval="", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    draft.replace(path)


def _written_files(folder: Path) -> dict[str, str]:
    """Return which files earlier builds wrote, with the hashes of their bytes; none when the list is damaged."""
    try:
        known = json.loads((folder / _SEEN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in known.items()} if isinstance(known, dict) else {}


def _is_unchanged(path: Path, digest: str) -> bool:
    return path.is_file() and _digest(path) == digest


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
