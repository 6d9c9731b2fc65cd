"""The forker: a process that has all rules and tables ready, and forks a job from itself for each check.

It has one thread, so that its children are whole copies of it. A connection is a place: a web process takes
one before it reads a request, sends an order on it, and is told how the job ended. One that hangs up ends its
job. What runs and what waits is counted here, for all web processes together.
"""

import gc
import json
import logging
import os
import selectors
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from endpoint.engine import processes
from endpoint.validation.check_limits import Limits
from endpoint.validation.orders import BUSY, COME, TRY_AGAIN, Order
from pipeline.model.errors import EnvironmentFault

_LOOK_EVERY = 5.0

_LONGEST_ORDER = 1 << 20

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Place:
    """A place that a web process has taken: waiting for an order, for its turn, or for its job to end."""

    connection: socket.socket
    received: bytes = b""
    order: Order | None = None
    pid: int = 0
    until: float = 0.0
    is_late: bool = False


@dataclass(slots=True)
class Forker:
    """Takes orders on a listening socket and forks a job for each.

    The first of ``steps`` is done when somebody connects, the others one by one while nobody waits.
    """

    listener: socket.socket
    limits: Limits
    work: Callable[[Order], None]
    steps: Sequence[Callable[[], None]]
    lifeline: int | None = None
    report: Callable[[str], object] = bool
    _places: list[_Place] = field(init=False, default_factory=list)
    _watched: selectors.BaseSelector = field(init=False, default_factory=selectors.DefaultSelector)
    _is_wanted: bool = field(init=False, default=False)
    _backoff: processes.Backoff = field(init=False, default_factory=processes.Backoff)
    _done: int = field(init=False, default=0)
    _is_leaving: bool = field(init=False, default=False)

    def run(self) -> None:
        """Serve until SIGTERM, or until the other end of the ``lifeline`` is closed; end all jobs then."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        os.set_blocking(reader, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._leave)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        self._watched.register(reader, selectors.EVENT_READ, partial(_drain, reader))
        self._watched.register(self.listener, selectors.EVENT_READ, self._accept)
        if self.lifeline is not None:
            self._watched.register(self.lifeline, selectors.EVENT_READ, self._leave)
        self.listener.setblocking(False)
        try:
            while not self._is_leaving:
                for key, _ in self._watched.select(self._patience()):
                    key.data()
                if self._is_wanted and not self._done and self._backoff.is_due():
                    self._get_ready()
                self._bury()
                self._end_late_ones()
                self._start_waiting_ones()
                if self._may_get_readier():
                    self._get_ready()
        finally:
            for place in self._places:
                self._end(place)

    def _patience(self) -> float:
        """Return the seconds until something must be done even if nothing happens."""
        if self._may_get_readier():
            return 0.0
        ends = [place.until for place in self._places if place.pid and not place.is_late]
        return max(0.0, min([_LOOK_EVERY, *(end - time.monotonic() for end in ends)]))

    def _leave(self, *_: Any) -> None:
        self._is_leaving = True

    def _may_get_readier(self) -> bool:
        """Tell whether there is a step left, and nobody whom it would keep waiting."""
        is_begun = 0 < self._done < len(self.steps)
        return is_begun and not self._places and self._backoff.is_due()

    def _get_ready(self) -> None:
        """Do the next step; what it has loaded is shared with all jobs from now on."""
        step = self.steps[self._done]
        try:
            step()
        except (OSError, sqlite3.OperationalError, EnvironmentFault) as error:
            _log.error("The process for checks is not ready yet, for want of room: %s", error)
            self._backoff.fail()
            return
        self._done += 1
        gc.collect()
        gc.freeze()

    def _accept(self) -> None:
        with suppress(OSError):
            connection, _ = self.listener.accept()
            self._is_wanted = True
            if len(self._places) >= self.limits.jobs + self.limits.waiting:
                with connection:
                    connection.sendall(BUSY)
                return
            connection.sendall(COME)
            connection.setblocking(False)
            place = _Place(connection)
            self._places.append(place)
            self._watched.register(connection, selectors.EVENT_READ, partial(self._hear, place))

    def _hear(self, place: _Place) -> None:
        """Read an order, or learn that nobody waits any more."""
        try:
            part = place.connection.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        place.received += part
        if not part or len(place.received) > _LONGEST_ORDER:
            self._end(place)
            self._leave_place(place)
        elif place.order is None and place.received.endswith(b"\n"):
            place.order = Order(**json.loads(place.received))

    def _start_waiting_ones(self) -> None:
        running = sum(place.pid > 0 for place in self._places)
        for place in tuple(self._places):
            if place.order is not None and not place.pid and running < self.limits.jobs:
                running += 1
                self._start(place, partial(self._be_job, place.order))

    def _start(self, place: _Place, job: Callable[[], None]) -> None:
        """Start a job; where no process can be started its client is told at once, and may try again."""
        try:
            place.pid = processes.fork("pg-check", job, when_parent_dies=signal.SIGKILL)
        except OSError as error:
            _log.error("No process for a check can be started: %s", error.strerror)
            self.report(f"No process for checks can be started ({error.strerror}); it is tried again.")
            self._tell(place, TRY_AGAIN)
            self._leave_place(place)
        else:
            place.until = time.monotonic() + self.limits.seconds
            self.report("")

    def _be_job(self, order: Order) -> None:
        os.setsid()
        self._watched.close()
        self.listener.close()
        for place in self._places:
            place.connection.close()
        self.work(order)

    def _bury(self) -> None:
        for pid, status in processes.reap():
            place = next((place for place in self._places if place.pid == pid), None)
            if place is not None:
                self._tell(place, os.waitstatus_to_exitcode(status))
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)  # what the job has started and left behind
                self._leave_place(place)

    def _tell(self, place: _Place, code: int) -> None:
        """Tell the client of a job how it has ended."""
        told = {"code": code, "is_late": place.is_late}
        with suppress(OSError):
            place.connection.sendall(json.dumps(told).encode())

    def _end_late_ones(self) -> None:
        for place in self._places:
            if place.pid and not place.is_late and time.monotonic() > place.until:
                place.is_late = True
                self._end(place)

    def _end(self, place: _Place) -> None:
        """End a job with all that it has started."""
        if place.pid:
            with suppress(ProcessLookupError):
                os.killpg(place.pid, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(place.pid, signal.SIGKILL)

    def _leave_place(self, place: _Place) -> None:
        self._watched.unregister(place.connection)
        place.connection.close()
        self._places.remove(place)


def _drain(reader: int) -> None:
    with suppress(BlockingIOError):
        os.read(reader, 512)


def warn_of_threads() -> None:
    """Log where this process has threads, of which a forked one would have none."""
    with suppress(OSError):
        count = len(list(Path("/proc/self/task").iterdir()))
        if count > 1:
            _log.error("The process that forks checks has %d threads; its children may hang.", count)
