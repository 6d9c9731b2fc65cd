"""Watching ``current``: a release is served only after it has been found sound."""

import contextlib
import json
import logging
import os
import signal
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from endpoint.engine import processes
from pipeline.model.errors import EnvironmentFault, PracticegraphError
from pipeline.release import newest_good, verify

_FRESHEN_EVERY = 6 * 3600.0

_REFUSED = "refused.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refused:
    """A release that was found damaged, and what is wrong with it."""

    name: str
    reason: str


def refused_release(view: Path) -> Refused | None:
    """Return the newer release that a watch does not serve, None where there is none."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return Refused(**json.loads((view / _REFUSED).read_text(encoding="utf-8")))
    return None


class Watch:
    """A folder of the server's own whose ``current`` always points at a sound release of an output folder.

    Checking opens stores, so it is done in processes of their own: the parent of the server must stay free
    of threads, since it forks.
    """

    def __init__(self, output: Path, own: Path) -> None:
        self.view = own / "served"
        self._own = own
        self._link = output / "current"
        self._output = output
        self._seen: Path | None = None
        self._checking: tuple[int, Path] | None = None
        self._served: Path | None = None
        self._freshened = time.monotonic()

    def start(self) -> Path:
        """Point at the newest sound release and return it; raise EnvironmentFault where there is none."""
        self._seen = self._target()
        found = _asked_of_child(partial(newest_good, self._output))
        self._point_at(found)
        if found != self._seen:
            _log.critical(
                "%s is damaged or missing. The release %s is served instead.", self._link, found.name
            )
            name = self._seen.name if self._seen else "current"
            _refuse(self.view, Refused(name, "It was damaged or missing at the start."))
        return found

    def look(self) -> None:
        """Begin to check ``current`` if it has changed since it was last looked at."""
        self._stay_fresh()
        target = self._target()
        if self._checking is None and target is not None and target != self._seen:
            self._seen = target
            if target == self._served:
                # A bad release was taken back: what is served is what is current again.
                (self.view / _REFUSED).unlink(missing_ok=True)
                return
            check = partial(_check, target, self.view)
            pid = processes.fork("pg-verify", check, when_parent_dies=signal.SIGKILL)
            self._checking = (pid, target)

    def has_ended(self, pid: int, status: int) -> bool:
        """Tell whether a process was a check of this watch; if it found the release sound, point at it."""
        if self._checking is None or self._checking[0] != pid:
            return False
        _, target = self._checking
        self._checking = None
        if status == 0:
            self._point_at(target)
            _log.info("Now serving the release %s.", target.name)
        return True

    def _target(self) -> Path | None:
        with contextlib.suppress(OSError):
            return self._link.resolve(strict=True)
        return None

    def _stay_fresh(self) -> None:
        """Touch the server's own files now and then, since old ones are swept from temporary folders."""
        if time.monotonic() - self._freshened > _FRESHEN_EVERY:
            self._freshened = time.monotonic()
            for path in (self._own, self.view, *self._own.iterdir(), *self.view.iterdir()):
                os.utime(path, follow_symlinks=False)

    def _point_at(self, release: Path) -> None:
        self._served = release
        self.view.mkdir(exist_ok=True)
        link = self.view / ".next"
        link.unlink(missing_ok=True)
        link.symlink_to(release)
        link.replace(self.view / "current")
        (self.view / _REFUSED).unlink(missing_ok=True)


def _check(release: Path, view: Path) -> None:
    problems = verify(release)
    if problems:
        _log.critical("The new release %s is damaged and is not served: %s", release.name, problems[0])
        _refuse(view, Refused(release.name, problems[0]))
        os._exit(1)


def _refuse(view: Path, refused: Refused) -> None:
    next_file = view / f"{_REFUSED}.next"
    next_file.write_text(json.dumps(asdict(refused)), encoding="utf-8")
    next_file.replace(view / _REFUSED)


def _asked_of_child(find: partial[Path]) -> Path:
    """Return what a function finds in a process of its own; else raise EnvironmentFault."""
    reader, writer = os.pipe()
    pid = processes.fork("pg-verify", partial(_tell, find, writer), when_parent_dies=signal.SIGKILL)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as answers:
        verdict, _, text = answers.read().partition(" ")
    os.waitpid(pid, 0)
    if verdict != "found":
        raise EnvironmentFault(text or "The release could not be checked; see the log.")
    return Path(text)


def _tell(find: partial[Path], writer: int) -> None:
    try:
        answer = f"found {find()}"
    except PracticegraphError as error:
        answer = f"failed {error}"
    with os.fdopen(writer, "w", encoding="utf-8") as questioner:
        questioner.write(answer)
