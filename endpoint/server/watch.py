"""Watching ``current``: a release is served only after it has been found sound."""

import contextlib
import logging
import os
from functools import partial
from pathlib import Path

from endpoint.server.status import RefusedRelease, Status
from pipeline.model.errors import EnvironmentFault, PracticegraphError
from pipeline.release.inspection import newest_good, verify
from pipeline.system.process_groups import Backoff
from pipeline.system.processes import CannotStart, Process, spawn

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
        self._last_target: Path | None = None
        self._check: Process | None = None
        self._backoff = Backoff(_LONGEST_PAUSE)

    def start(self) -> Path:
        """Serve the newest sound release and return it; raise EnvironmentFault if there is none."""
        with contextlib.suppress(OSError):
            self._last_target = self._target()
        release = _run_in_child(partial(newest_good, self._output))
        self._status.serve(release)
        if release != self._last_target:
            _log.critical(
                "%s is damaged or missing. The release %s is served instead.", self._link, release.name
            )
            name = self._last_target.name if self._last_target else "current"
            self._status.refuse(RefusedRelease(name, "It was damaged or missing at the start."))
        return release

    def look(self) -> None:
        """Begin to check ``current`` if it has changed, and serve it once it has been found sound."""
        if self._check is not None:
            self._take_verdict(self._check)
        if self._check is None and self._backoff.is_due():
            self._follow()

    def _follow(self) -> None:
        try:
            target = self._target()
        except OSError as error:
            self._report(
                f"{self._link} leads nowhere ({error.strerror}). Build the site again, or run rollback."
            )
            return
        if target == self._last_target:
            self._report("")
        elif target == self._status.served_release():
            # A bad release was taken back: what is served is what is current again.
            self._last_target = target
            self._status.refuse(None)
        else:
            self._begin_check(target)

    def _begin_check(self, target: Path) -> None:
        try:
            self._check = spawn("pg-verify", partial(_check, target, self._status))
            self._last_target = target
        except CannotStart as error:
            self._try_later(target, str(error))

    def _take_verdict(self, check: Process) -> None:
        """Serve the release that was checked, if the check has ended and found it sound."""
        if check.code is None:
            return
        assert self._last_target is not None
        self._check = None
        if check.code not in (0, _DAMAGED):
            self._try_later(self._last_target, f"Its check {check.ending()}.")
            return
        self._backoff.reset()
        self._report("")
        if check.code == 0:
            self._status.refuse(None)
            self._status.serve(self._last_target)
            _log.info("Now serving the release %s.", self._last_target.name)

    def _try_later(self, target: Path, reason: str) -> None:
        """Let the same release be checked again after a pause."""
        self._last_target = None
        self._backoff.fail()
        self._report(f"The new release {target.name} could not be checked. {reason} It is tried again.")
        _log.error("The new release %s could not be checked. %s", target.name, reason)

    def _target(self) -> Path:
        return Path(os.path.realpath(self._link, strict=True))


def _check(release: Path, status: Status) -> None:
    try:
        problems = verify(release)
    except OSError as error:
        problems = (f"It cannot be read: {error}.",)
    if problems:
        _log.critical("The new release %s is damaged and is not served: %s", release.name, problems[0])
        status.refuse(RefusedRelease(release.name, problems[0]))
        os._exit(_DAMAGED)


def _run_in_child(find: partial[Path]) -> Path:
    """Return what a function finds in its own process; else raise EnvironmentFault."""
    reader, writer = os.pipe()
    with os.fdopen(reader, encoding="utf-8") as answers:
        try:
            child = spawn("pg-verify", partial(_send_result, find, writer))
        finally:
            os.close(writer)
        verdict, _, text = answers.read().partition(" ")
    child.wait()
    if verdict != "found":
        raise EnvironmentFault(text or "The release could not be checked; see the log.")
    return Path(text)


def _send_result(find: partial[Path], writer: int) -> None:
    try:
        answer = f"found {find()}"
    except PracticegraphError as error:
        answer = f"failed {error}"
    with os.fdopen(writer, "w", encoding="utf-8") as questioner:
        questioner.write(answer)
