"""Stored reports: a folder for each under a name that nobody can guess, gone when its time is over."""

import errno
import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from endpoint.http.problems import Problem
from endpoint.validation.check_limits import MIB

_TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_FACTS = "stored.json"
_COMING = ".coming-"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report and the data it is about; ``until`` is when it goes, in seconds since 1970."""

    token: str
    folder: Path
    until: float
    conforms: bool
    accepted: bool


class Reports:
    """The reports of one server, shared by all its web processes: nothing of them is in memory."""

    def __init__(self, folder: Path | None = None, *, minutes: float = 60.0, most_mb: int = 512) -> None:
        self.minutes = minutes
        self._base = folder
        self._most = most_mb * MIB

    @cached_property
    def _folder(self) -> Path:
        if self._base is None:
            own = Path(tempfile.mkdtemp(prefix="practicegraph-reports-"))
            weakref.finalize(self, _remove_own, own, os.getpid())
            return own
        self._base.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._base

    def open(self) -> None:
        """Make the folder if it is missing, and delete expired reports; raise OSError if it cannot be used."""
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        self.sweep()

    def keep(self, made: Path, *, conforms: bool, accepted: bool) -> StoredReport:
        """Take a folder that a job has made, and return the report that it is from now on.

        Raises Problem where it cannot be stored.
        """
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        until = time.time() + self.minutes * 60
        coming = self._folder / f"{_COMING}{token}"
        facts = {"until": until, "conforms": conforms, "accepted": accepted}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(made, coming)
            (coming / _FACTS).write_text(json.dumps(facts), encoding="utf-8")
            self._make_room(_size(coming))
            coming.rename(self._folder / token)
        except OSError as error:
            shutil.rmtree(coming, ignore_errors=True)
            _log.exception("A report could not be stored.")
            sentence = (
                "The server has no room for the report. Ask for it in another form, such as JSON, or later."
            )
            raise Problem("service-busy", sentence, {"Retry-After": "60"}) from error
        return StoredReport(token, self._folder / token, until, conforms, accepted)

    def find(self, token: str) -> StoredReport | None:
        """Return the report with this name, None where there is none or none any more."""
        if not _TOKEN.fullmatch(token):
            return None
        facts = _facts(self._folder / token)
        if facts is None or facts["until"] <= time.time():
            return None
        return StoredReport(token, self._folder / token, **facts)

    def delete(self, stored: StoredReport) -> None:
        """Delete a report and its data at once."""
        _remove(stored.folder)

    def sweep(self) -> None:
        """Delete the reports whose time is over, and what a killed process has left."""
        if self._base is None and "_folder" not in self.__dict__:
            return
        now = time.time()
        for folder in self._all():
            facts = _facts(folder)
            until = facts["until"] if facts is not None else _modified_time(folder) + self.minutes * 60
            if until <= now:
                _remove(folder)

    def _make_room(self, size: int) -> None:
        """Delete the oldest reports until there is room for one more of a size."""
        sizes = {folder: _size(folder) for folder in self._all() if not folder.name.startswith(_COMING)}
        taken = sum(sizes.values()) + size
        for folder in sorted(sizes, key=_modified_time):
            if taken <= self._most:
                return
            _log.warning("A stored report was deleted before its time, to make room for another.")
            _remove(folder)
            taken -= sizes[folder]

    def _all(self) -> Iterator[Path]:
        """Yield the folders of reports, and of those that are being stored; other files are left alone."""
        with suppress(OSError):
            for entry in tuple(self._folder.iterdir()):
                if _TOKEN.fullmatch(entry.name.removeprefix(_COMING)) and entry.is_dir():
                    yield entry


def _facts(folder: Path) -> dict[str, Any] | None:
    try:
        facts: dict[str, Any] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts


def _remove(folder: Path) -> None:
    """Delete a folder; it is renamed first, so that nobody finds half of it."""
    gone = folder.with_name(f"{_COMING}{secrets.token_urlsafe(_TOKEN_BYTES)}")
    with suppress(OSError):
        folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def _remove_own(folder: Path, owner: int) -> None:
    """Delete a folder that goes with the process that made it; one that was forked from it leaves it alone."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _modified_time(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def _size(folder: Path) -> int:
    """Return the bytes of all files below a folder, as far as they are still there."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(path, name).lstat().st_size
    return total
