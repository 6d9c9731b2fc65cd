"""The parent: it keeps web processes and the supervisor of query children alive, and ends them in order."""

import contextlib
import logging
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from endpoint.engine import processes
from endpoint.server.watch import Watch
from pipeline.model.errors import EnvironmentFault

_LOOK_EVERY = 1.0
_SWEEP_EVERY = 15.0
_QUICK_DEATH = 5.0
_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 15.0

READY = b"ready\n"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Role:
    """What a process is there for; ``count`` of them run at any time, each with a number below that."""

    name: str
    run: Callable[[int], None]
    count: int = 1
    pids: dict[int, "_Life"] = field(default_factory=dict)
    backoff: processes.Backoff = field(default_factory=processes.Backoff)


@dataclass(frozen=True, slots=True)
class _Life:
    """The number that a process has in its role, and since when it lives."""

    number: int
    began: float


class Parent:
    """The processes of one server; those named first are the last to be stopped. ``sweep`` is called now and then."""

    def __init__(
        self,
        roles: tuple[Role, ...],
        watch: Watch,
        sweep: Callable[[], None],
        report: Callable[[str], None],
    ) -> None:
        self._report = report
        self._roles = roles
        self._watch = watch
        self._sweep = sweep
        self._swept = time.monotonic()
        self._backoff = processes.Backoff()

    def start(self, ready: int, count: int) -> None:
        """Start every process and wait until so many have written that they are ready to a pipe.

        Raise EnvironmentFault with the sentence of the first one that writes another thing or dies.
        """
        try:
            self._start_missing(time.monotonic())
        except OSError as error:
            self.stop()
            raise EnvironmentFault(
                f"No process can be started ({error.strerror}). Allow more processes or memory."
            ) from error
        until = time.monotonic() + _SECONDS_TO_START
        told = b""
        while told.count(b"\n") < count and time.monotonic() < until:
            if select.select([ready], [], [], 0.1)[0]:
                told += os.read(ready, 65536)
            elif self._bury():
                break
        lines = told.splitlines(keepends=True)
        failed = [line for line in lines if line != READY]
        if failed or len(lines) < count:
            self.stop()
            raise EnvironmentFault(
                failed[0].decode().strip() if failed else "A process did not start; see the log."
            )

    def run(self, signals: processes.Signals) -> None:
        """Replace what dies until a signal says to stop."""
        while not signals.wait(_LOOK_EVERY):
            self._bury()
            self._fill()
            self._watch.look()
            if time.monotonic() - self._swept > _SWEEP_EVERY:
                self._swept = time.monotonic()
                with contextlib.suppress(OSError):
                    self._sweep()

    def stop(self) -> None:
        """Ask every process to end, in the order opposite to their start; end by force those that do not."""
        for role in reversed(self._roles):
            _kill(role, signal.SIGTERM)
            until = time.monotonic() + _SECONDS_TO_END
            while role.pids and time.monotonic() < until:
                self._bury()
                time.sleep(0.02)
            _kill(role, signal.SIGKILL)

    def _fill(self) -> None:
        """Start what is missing; where the system starts no more processes go on with those that there are."""
        if not self._backoff.is_due():
            return
        try:
            self._start_missing(time.monotonic())
        except OSError as error:
            self._backoff.fail()
            self._report(
                f"No process can be started ({error.strerror}); the others go on, and it is tried again."
            )
            _log.error("No process can be started (%s); it is tried again.", error.strerror)
        else:
            self._backoff.reset()
            self._report("")

    def _start_missing(self, now: float) -> None:
        for role in self._roles:
            while len(role.pids) < role.count and role.backoff.is_due():
                number = min(set(range(role.count)) - {life.number for life in role.pids.values()})
                run = partial(role.run, number)
                pid = processes.fork(role.name, run, when_parent_dies=signal.SIGTERM)
                role.pids[pid] = _Life(number, now)

    def _bury(self) -> bool:
        """Take note of the processes that have ended; tell whether there were any."""
        ended = tuple(processes.reap())
        for pid, status in ended:
            if self._watch.has_ended(pid, status):
                continue
            for role in self._roles:
                if pid in role.pids:
                    self._note(role, pid, status)
        return bool(ended)

    def _note(self, role: Role, pid: int, status: int) -> None:
        lived = time.monotonic() - role.pids.pop(pid).began
        role.backoff.fail() if lived < _QUICK_DEATH else role.backoff.reset()
        if status:
            _log.error("%s (process %d) %s; it will be replaced.", role.name, pid, processes.ending(status))


def _kill(role: Role, number: signal.Signals) -> None:
    for pid in tuple(role.pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
