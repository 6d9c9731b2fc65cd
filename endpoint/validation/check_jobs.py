"""Jobs: a process for each request, a limited number at a time on the whole server, killed at its deadline."""

import json
import logging
import os
import signal
import socket
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.http.problems import Problem
from endpoint.validation.check_job import fork_jobs
from endpoint.validation.check_limits import MIB, CheckLimits
from endpoint.validation.orders import COME, FETCHED, RESULT, TRY_AGAIN, Order
from pipeline.findings.accounting import Verdict
from pipeline.system.fork_server import ForkedChild, fork_elsewhere
from pipeline.system.processes import CannotStart

_LOOK_EVERY = 0.25
_SECONDS_TO_COME = 30.0
"""So long may the process that forks jobs be getting ready."""

_SECONDS_TO_RETRY = "5"
_LOCALLY = "Split the data, or check them on your own computer: practicegraph validate FILE."
_ENDED_BY_LIMIT = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGALRM)

_log = logging.getLogger(__name__)


class CheckAbandoned(Exception):
    """The client has gone before its report was made."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a job made: the report, open for reading, and the two words on the data."""

    file: IO[bytes]
    size: int
    conforms: bool
    verdict: Verdict

    @property
    def accepted(self) -> bool:
        """Return whether the data are accepted."""
        return self.verdict is Verdict.ACCEPTED


class JobSlot:
    """A slot among the jobs: for one order, or for other work that takes about as much."""

    def __init__(self, connection: socket.socket, limits: CheckLimits) -> None:
        self._connection = connection
        self._limits = limits
        self._result: dict[str, Any] | None = None

    def run(self, order: Order, is_disconnected: Callable[[], bool]) -> Report:
        """Send an order and return the report on it."""
        self.send(order)
        return self.report(order, is_disconnected)

    def send(self, order: Order) -> None:
        """Send an order."""
        self._connection.sendall(order.to_line())

    def wait(self, seconds: float) -> bool:
        """Return whether the job ends within some seconds."""
        if self._result is None:
            self._connection.settimeout(seconds)
            with suppress(TimeoutError, BlockingIOError):
                message = self._connection.recv(4096)
                if not message:
                    raise _out_of_order()
                self._result = json.loads(message)
        return self._result is not None

    def report(self, order: Order, is_disconnected: Callable[[], bool]) -> Report:
        """Return the report on an order; raise Problem where there is none, CheckAbandoned where nobody waits."""
        while not self.wait(_LOOK_EVERY):
            if is_disconnected():
                raise CheckAbandoned
        assert self._result is not None
        folder, ended = Path(order.folder), self._result
        result = folder / RESULT
        if ended["is_late"] and order.url and not (folder / FETCHED).exists():
            raise Problem(
                "address-unreachable",
                "The data did not come in time. Check the address, or send the data themselves.",
            )
        if ended["is_late"]:
            raise Problem(
                "check-deadline", f"The check was stopped after {self._limits.seconds:g} s. {_LOCALLY}"
            )
        if ended["code"] in (TRY_AGAIN, -signal.SIGKILL):  # what ends it from outside is no limit of its own
            raise no_room()
        if ended["code"] != 0 or not result.exists():
            raise self._broken(ended["code"], folder)
        return self._report(json.loads(result.read_text(encoding="utf-8")), folder)

    def _memory(self) -> Problem:
        megabytes = self._limits.memory // MIB
        return Problem("check-memory", f"The check needs more than {megabytes:,} MB of memory. {_LOCALLY}")

    def _broken(self, code: int, folder: Path) -> Problem:
        if -code in _ENDED_BY_LIMIT:
            return self._memory()
        _log.error("A validation job for %s ended with code %d.", folder, code)
        return Problem("check-failed", "The check broke off, which is a fault of ours. It has been noted.")

    def _report(self, result: dict[str, Any], folder: Path) -> Report:
        name = result.get("problem")
        if name == "check-memory":
            raise self._memory()
        if name == "data-too-large":
            raise Problem(name, f"{result['sentence']} {_LOCALLY}")
        if name is not None:
            raise Problem(name, result["sentence"], findings=result.get("findings", ()))
        path = folder / "report"
        return Report(path.open("rb"), path.stat().st_size, result["conforms"], Verdict(result["verdict"]))


class Jobs:
    """The jobs of a server; ``queue`` is that of the process that forks them, one of our own if None."""

    def __init__(self, limits: CheckLimits, queue: ConnectionQueue | None = None) -> None:
        self.limits = limits
        self._queue = queue
        self._starting = threading.Lock()

    @contextmanager
    def slot(self) -> Iterator[JobSlot]:
        """Yield a slot; raise Problem at once if none is free: waiting would block the thread of a page."""
        try:
            connection = self._running_queue().connect()
        except (OSError, CannotStart) as error:
            raise _out_of_order() from error
        with connection:
            connection.settimeout(_SECONDS_TO_COME)
            try:
                answer = connection.recv(len(COME), socket.MSG_WAITALL)
            except OSError as error:
                raise _out_of_order() from error
            if answer != COME:
                raise _busy("As many checks as this server does at once are under way")
            yield JobSlot(connection, self.limits)

    def wake(self) -> None:
        """Let the process that forks jobs get ready, since one will come soon; one of our own is left asleep."""
        if self._queue is not None:
            with suppress(OSError):
                self._queue.connect().close()

    def _running_queue(self) -> ConnectionQueue:
        with self._starting:
            if self._queue is None:
                self._queue = self._start()
        return self._queue

    def _start(self) -> ConnectionQueue:
        """Start a process that forks jobs, and ends with this one; return its queue."""
        queue, limits = ConnectionQueue(), asdict(self.limits)
        with queue.accepting as accepting:
            child = fork_elsewhere(
                "pg-checks", fork_jobs, (limits,), accepting.fileno(), needs=fork_jobs.__module__
            )
        weakref.finalize(self, _stop, child, queue, os.getpid())
        return queue


def _stop(child: ForkedChild, queue: ConnectionQueue, owner: int) -> None:
    """End a process of ours; one that has been forked from us must leave it alone."""
    if os.getpid() == owner:
        child.end()
        queue.close()


def no_room() -> Problem:
    """Return the problem of a machine that has no room for a check: no process, or no place for its files."""
    return _busy("The server has no room for this check at the moment")


def _out_of_order() -> Problem:
    return _busy("The process that does checks is being replaced")


def _busy(why: str) -> Problem:
    sentence = f"{why}; try again in {_SECONDS_TO_RETRY} s."
    return Problem("service-busy", sentence, {"Retry-After": _SECONDS_TO_RETRY})
