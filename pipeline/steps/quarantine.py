"""Quarantine: withheld rows as files that can be corrected and built again together with their originals."""

import csv
import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from pipeline.model.rows import Row

ORIGIN = "_origin"
PROBLEMS = "_problems"
_SEEN = ".written.json"


class Quarantine:
    """The withheld rows of one build, gathered by the file they first came from."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, str]]] = {}
        self._columns: dict[str, dict[str, None]] = {}
        self._suggested: Sequence[dict[str, str]] = ()
        self.suggestions: Path | None = None

    def __len__(self) -> int:
        """Return how many rows are withheld."""
        return sum(len(rows) for rows in self._rows.values())

    def add(self, row: Row, problems: Sequence[str]) -> None:
        """Withhold a row, with the sentences that say why."""
        origin = row.origin or row.place.origin
        raw = {name: text for name, text in row.raw.items() if name not in (ORIGIN, PROBLEMS)}
        stem = _stem(origin)
        self._columns.setdefault(stem, {}).update(dict.fromkeys(raw))
        self._rows.setdefault(stem, []).append({**raw, ORIGIN: origin, PROBLEMS: " | ".join(problems)})

    def suggest(self, lines: Sequence[dict[str, str]]) -> None:
        """Put the lines of a corrections file beside the withheld rows."""
        self._suggested = lines

    def publish(self, folder: Path, sources: Sequence[Path]) -> tuple[Path, ...]:
        """Write the files into a folder and return them; files that a person may have edited stay as they are.

        A file of an earlier build goes when it is unchanged and was no source of this build.
        """
        folder.mkdir(parents=True, exist_ok=True)
        used = {source.resolve() for source in sources}
        written = _written(folder)
        for name in [name for name, digest in written.items() if _is_unchanged(folder / name, digest)]:
            if (folder / name).resolve() not in used:
                (folder / name).unlink()
                del written[name]
        paths = []
        for stem, rows in sorted(self._rows.items()):
            path = _free(folder, f"{stem}.quarantine")
            _write(path, [*self._columns[stem], ORIGIN, PROBLEMS], rows)
            written[path.name] = _digest(path)
            paths.append(path)
        if self._suggested:
            self.suggestions = _free(folder, "corrections-suggested")
            _write(self.suggestions, list(self._suggested[0]), self._suggested)
            written[self.suggestions.name] = _digest(self.suggestions)
        (folder / _SEEN).write_text(json.dumps(written, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        return tuple(paths)


def _stem(origin: str) -> str:
    """Return the name of the file an origin is in, without suffix and folders: ``practices.csv#17`` → practices."""
    return Path(origin.rpartition("#")[0].replace("\\", "/")).stem or "rows"


def _free(folder: Path, stem: str) -> Path:
    """Return the first name for a CSV file that nothing has in a folder: ``stem.csv``, ``stem-2.csv`` …"""
    names = chain((f"{stem}.csv",), (f"{stem}-{number}.csv" for number in count(2)))
    return next(path for path in map(folder.joinpath, names) if not path.exists())


def _write(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig", errors="surrogatepass") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _written(folder: Path) -> dict[str, str]:
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
