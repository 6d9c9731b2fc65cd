"""The keeper: the store of the release that is served, read into memory that query children share.

Queries are answered there in a third of the time that they take on the disk.
"""

import logging
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from pyoxigraph import RdfFormat, Store, parse

from endpoint.engine import processes
from pipeline.release.folder.manifest import read_manifest

STORE = "store"
"""Where in the folder of a release its store is."""

_QUADS = RdfFormat.N_QUADS
_LONGEST_PAUSE = 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A store in memory, and the path of the one on the disk that it was read from."""

    path: str
    store: Store


class Keeper:
    """Keeps up with the releases below a folder, those of at most so many triples; larger ones stay on the disk.

    A process of its own reads the store: who opens one has threads from then on, and who has threads should
    not fork.
    """

    def __init__(self, served: Callable[[], Path], most: int) -> None:
        self.kept: Kept | None = None
        self._served = served
        self._backoff = processes.Backoff(_LONGEST_PAUSE)
        self._most = most
        self._seen = ""
        self._reading: _Reading | None = None

    def look(self) -> bool:
        """Begin to read the store that is served where that is another one now; tell whether ``kept`` has changed."""
        path = self._served() / STORE
        if str(path) == self._seen or self._reading is not None or not self._backoff.is_due():
            return False
        self._seen = str(path)
        if _triples(path) <= self._most:
            self._reading = _begin_to_read(path)
            if self._reading is None:
                self._backoff.fail()
                self._seen = ""
        if self._reading is not None:
            return False
        before, self.kept = self.kept, None
        return before is not None

    def has_ended(self, pid: int, status: int) -> bool:
        """Tell whether a process was the one that reads; if it came to its end, ``kept`` is what it read."""
        reading = self._reading
        if reading is None or reading.pid != pid:
            return False
        self._reading = None
        # What was kept goes first, so that its memory is free for what comes.
        self.kept = None
        self.kept = reading.kept() if status == 0 else None
        reading.file.close()
        if self.kept is not None:
            self._backoff.reset()
        else:
            self._backoff.fail()
            self._seen = ""
            _log.error("The store %s is asked on the disk: it could not be read into memory.", reading.path)
        return True

    def wait(self, seconds: float) -> None:
        """Wait until what is being read has been read, at most so many seconds."""
        if self._reading is not None and (status := processes.wait(self._reading.pid, seconds)) is not None:
            self.has_ended(self._reading.pid, status)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A process that reads a store from the disk and writes its quads into a file without a name."""

    path: Path
    file: IO[bytes]
    pid: int

    def kept(self) -> Kept | None:
        """Return what was read, None where it cannot be."""
        store = Store()
        with suppress(OSError, SyntaxError):
            self.file.seek(0)
            # The store's own way of loading would give blank nodes other names each time.
            store.extend(parse(self.file, format=_QUADS, lenient=True))
            return Kept(str(self.path), store)
        return None


def _begin_to_read(path: Path) -> _Reading | None:
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 — it is closed when it has been read
        write = partial(_write_quads, path, file)
        return _Reading(path, file, processes.fork("pg-reader", write, when_parent_dies=signal.SIGKILL))
    except OSError as error:
        _log.error("The store %s is asked on the disk: it cannot be read into memory now: %s", path, error)
        return None


def _write_quads(path: Path, file: IO[bytes]) -> None:
    try:
        Store.read_only(str(path)).dump(file, _QUADS)
        file.flush()
    except OSError as error:
        _log.error("%s cannot be read: %s", path, error)
        os._exit(1)


def _triples(path: Path) -> int | float:
    """Return how many triples the release of a store has, more than any limit where it does not say so."""
    try:
        return int(read_manifest(path.parent).counts["quads"])
    except (ValueError, KeyError, TypeError):
        return float("inf")
