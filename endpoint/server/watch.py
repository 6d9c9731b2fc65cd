"""Watching ``current``: a release is served only after it has been found sound."""

import contextlib
import logging
import os
import signal
from functools import partial
from pathlib import Path

from endpoint.engine import processes
from endpoint.server.status import Refused, Status
from pipeline.model.errors import EnvironmentFault, PracticegraphError
from pipeline.release import newest_good, verify

_LONGEST_PAUSE = 60.0
_DAMAGED = 1
"""How a check ends that has found a release damaged."""

_log = logging.getLogger(__name__)


class Watch:
    """The release of an output folder that is served: the newest sound one that ``current`` has pointed at.

    Checking opens stores, so it is done in processes of their own: the parent of the server must stay free
    of threads, since it forks.
    """

    def __init__(self, output: Path, status: Status) -> None:
        self._link = output / "current"
        self._output = output
        self._status = status
        self._report = status.reporter("release")
        self._seen: Path | None = None
        self._checking: tuple[int, Path] | None = None
        self._backoff = processes.Backoff(_LONGEST_PAUSE)

    def start(self) -> Path:
        """Serve the newest sound release and return it; raise EnvironmentFault where there is none."""
        with contextlib.suppress(OSError):
            self._seen = self._target()
        found = _asked_of_child(partial(newest_good, self._output))
        self._status.serve(found)
        if found != self._seen:
            _log.critical(
                "%s is damaged or missing. The release %s is served instead.", self._link, found.name
            )
            name = self._seen.name if self._seen else "current"
            self._status.refuse(Refused(name, "It was damaged or missing at the start."))
        return found

    def look(self) -> None:
        """Begin to check ``current`` if it has changed since it was last looked at."""
        if self._checking is not None or not self._backoff.is_due():
            return
        try:
            target = self._target()
        except OSError as error:
            self._report(
                f"{self._link} leads nowhere ({error.strerror}). Build the site again, or run rollback."
            )
            return
        if target == self._seen:
            self._report("")
        elif target == self._status.served():
            # A bad release was taken back: what is served is what is current again.
            self._seen = target
            self._status.refuse(None)
        else:
            self._begin_check(target)

    def _begin_check(self, target: Path) -> None:
        check = partial(_check, target, self._status)
        try:
            pid = processes.fork("pg-verify", check, when_parent_dies=signal.SIGKILL)
        except OSError as error:
            self._try_later(target, f"no process can be started ({error.strerror})")
        else:
            self._seen, self._checking = target, (pid, target)

    def _try_later(self, target: Path, reason: str) -> None:
        """Let the same release be checked again after a pause."""
        self._seen = None
        self._backoff.fail()
        self._report(f"The new release {target.name} could not be checked: {reason}. It is tried again.")
        _log.error("The new release %s could not be checked: %s.", target.name, reason)

    def has_ended(self, pid: int, status: int) -> bool:
        """Tell whether a process was a check of this watch; if it found the release sound, serve it."""
        if self._checking is None or self._checking[0] != pid:
            return False
        _, target = self._checking
        self._checking = None
        if status == 0:
            self._status.refuse(None)
            self._status.serve(target)
            _log.info("Now serving the release %s.", target.name)
        if os.waitstatus_to_exitcode(status) in (0, _DAMAGED):
            self._backoff.reset()
            self._report("")
        else:
            self._try_later(target, f"its check {processes.ending(status)}")
        return True

    def _target(self) -> Path:
        return Path(os.path.realpath(self._link, strict=True))


def _check(release: Path, status: Status) -> None:
    try:
        problems = verify(release)
    except OSError as error:
        problems = (f"It cannot be read: {error}.",)
    if problems:
        _log.critical("The new release %s is damaged and is not served: %s", release.name, problems[0])
        status.refuse(Refused(release.name, problems[0]))
        os._exit(_DAMAGED)


def _asked_of_child(find: partial[Path]) -> Path:
    """Return what a function finds in a process of its own; else raise EnvironmentFault."""
    reader, writer = os.pipe()
    try:
        pid = processes.fork("pg-verify", partial(_tell, find, writer), when_parent_dies=signal.SIGKILL)
    except OSError as error:
        raise EnvironmentFault(
            f"No process can be started ({error.strerror}). Allow more processes or memory."
        ) from error
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
