"""The workspace of one build: a folder beside the releases with what does not fit into memory."""

import pickle
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Generic, TypeVar

from pipeline.findings.header_findings import Headers
from pipeline.model.finding import Finding
from pipeline.records.history.history_log import HISTORY, Log
from pipeline.records.journal import Journal
from pipeline.records.ledger import Ledger
from pipeline.records.similar import TitleIndex
from pipeline.records.staging import Staging

Item = TypeVar("Item")
_PREFIX = ".work-"
_ROWS, _TITLES = "rows.sqlite", "titles.sqlite"
_BUFFER = 1 << 20


class Spool(Generic[Item]):
    """A sequence on disk: appended to, then read from its beginning as often as needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb", buffering=_BUFFER)
        self._pickler = pickle.Pickler(self._file, pickle.HIGHEST_PROTOCOL)
        self.length = 0

    def append(self, item: Item) -> None:
        """Add an item at the end."""
        self._pickler.dump(item)
        self._pickler.clear_memo()
        self.length += 1

    def __iter__(self) -> Iterator[Item]:
        """Yield the items in the order in which they were added."""
        self._file.flush()
        with self._path.open("rb", buffering=_BUFFER) as file:
            for _ in range(self.length):
                yield pickle.load(file)  # noqa: S301 — this process wrote the file into its own folder

    def close(self) -> None:
        """Close the file; it may then be deleted."""
        self._file.close()


def sweep(output: Path) -> Path:
    """Delete what builds that were killed have left in an output folder, and return the folder."""
    for left in output.glob(f"{_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    return output


class Workspace(AbstractContextManager["Workspace"]):
    """Staged rows, ledger, history, findings and words of titles; gone when the build ends, however it ends."""

    def __init__(self, parent: Path | None = None) -> None:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        self.staging = Staging(self.folder / _ROWS)
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.journal = Journal(self.folder / "findings.jsonl")
        self.headers = Headers()
        self.titles = TitleIndex(self.folder / _TITLES)
        self.history = Log(self.folder / HISTORY)
        self._closing = [self.staging.close, self.ledger.close, self.journal.close, self.titles.close]
        self._closing.append(self.history.close)

    def note(self, finding: Finding) -> None:
        """Write a finding on a source down, or hold it back until it is known what follows from it."""
        if not self.headers.holds(finding):
            self.journal.add(finding)

    def spool(self, name: str) -> Spool[Any]:
        """Return a new sequence on disk, which is closed with the workspace."""
        made: Spool[Any] = Spool(self.folder / name)
        self._closing.append(made.close)
        return made

    def delete_rows(self) -> None:
        """Delete rows and words of titles, which nothing needs any more once all records are judged.

        They take three times the space of the sources, which the release needs then.
        """
        self.staging.close()
        self.titles.close()
        for name in (_ROWS, _TITLES):
            (self.folder / name).unlink(missing_ok=True)

    def __exit__(self, *_: object) -> None:
        """Delete everything."""
        for close in self._closing:
            close()
        shutil.rmtree(self.folder, ignore_errors=True)
