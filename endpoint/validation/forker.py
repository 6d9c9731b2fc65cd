"""The forker: a process that has all rules and tables ready, and forks a job from itself for each check.

It has one thread, so that its children are whole copies of it. A connection is a slot: a web process takes
one before it reads a request, sends an order on it, and receives the result of the job. One that disconnects ends its
job. What runs and what waits is counted here, for all web processes together.
"""

import gc
import json
import logging
import selectors
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.validation.check_limits import CheckLimits
from endpoint.validation.orders import BUSY, COME, RESULT, TRY_AGAIN, Order
from endpoint.validation.shapes_keeper import Keeper, Keepers
from pipeline.model.errors import EnvironmentFault
from pipeline.system.process_groups import Backoff
from pipeline.system.processes import CannotStart, Process, Signals, has_one_thread, reap, spawn

_LOOK_EVERY = 5.0

_LONGEST_ORDER = 1 << 20

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _JobSlot:
    """A slot that a web process has taken: waiting for an order, for its turn, or for its job to end."""

    connection: socket.socket
    received: bytes = b""
    order: Order | None = None
    process: Process | None = None
    keeper: Keeper | None = None
    until: float = 0.0
    is_late: bool = False

    def end(self) -> None:
        """End the job, if one runs, with all that it has started."""
        if self.process is not None:
            self.process.signal(signal.SIGKILL)


@dataclass(slots=True)
class Forker:
    """Takes orders on the connections of a queue and forks a job for each.

    The first of ``steps`` is done when somebody connects, the others one by one while nobody waits. Orders with
    shapes that are worth it go to keepers of these shapes, which ``keep`` is. Data at an address are fetched first,
    which ``fetch`` does in a process of its own.
    """

    queue: ConnectionQueue
    limits: CheckLimits
    work: Callable[[Order], None]
    steps: Sequence[Callable[[], None]]
    report: Callable[[str], object] = bool
    keep: Callable[[Order, socket.socket], None] | None = None
    fetch: Callable[[Order], None] | None = None
    _keepers: Keepers = field(init=False)
    _slots: list[_JobSlot] = field(init=False, default_factory=list)
    _selector: selectors.BaseSelector = field(init=False, default_factory=selectors.DefaultSelector)
    _is_needed: bool = field(init=False, default=False)
    _backoff: Backoff = field(init=False, default_factory=Backoff)
    _done: int = field(init=False, default=0)
    _is_stopping: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._keepers = Keepers(self.limits.shapes)

    def run(self) -> None:
        """Serve until SIGTERM; end all jobs then."""
        with Signals(signal.SIGTERM) as signals:
            self._selector.register(signals, selectors.EVENT_READ, partial(self._handle_signal, signals))
            self._selector.register(self.queue, selectors.EVENT_READ, self._accept)
            self.queue.accepting.setblocking(False)
            try:
                while not self._is_stopping:
                    self._run_once()
            finally:
                for slot in self._slots:
                    slot.end()
                self._keepers.end()

    def _run_once(self) -> None:
        for key, _ in self._selector.select(self._patience()):
            key.data()
        if self._is_needed and not self._done and self._backoff.is_due():
            self._get_ready()
        self._handle_ended()
        self._end_late_ones()
        self._keepers.end_spare_ones()
        self._start_waiting_ones()
        if self._may_get_readier():
            self._get_ready()

    def _handle_signal(self, signals: Signals) -> None:
        self._is_stopping |= signals.wait(0)

    def _patience(self) -> float:
        """Return the seconds until something must be done even if nothing happens."""
        if self._may_get_readier():
            return 0.0
        ends = [slot.until for slot in self._slots if slot.process is not None and not slot.is_late]
        return max(0.0, min([_LOOK_EVERY, *(end - time.monotonic() for end in ends)]))

    def _may_get_readier(self) -> bool:
        """Return whether there is a step left, and nobody whom it would keep waiting."""
        is_begun = 0 < self._done < len(self.steps)
        return is_begun and not self._slots and self._backoff.is_due()

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
            connection = self.queue.accept()
            self._is_needed = True
            if len(self._slots) >= self.limits.jobs + self.limits.waiting:
                with connection:
                    connection.sendall(BUSY)
                return
            connection.sendall(COME)
            connection.setblocking(False)
            slot = _JobSlot(connection)
            self._slots.append(slot)
            self._selector.register(connection, selectors.EVENT_READ, partial(self._handle_client, slot))

    def _handle_client(self, slot: _JobSlot) -> None:
        """Read an order, or learn that nobody waits any more."""
        try:
            part = slot.connection.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        slot.received += part
        if not part or len(slot.received) > _LONGEST_ORDER:
            slot.end()
            self._free(slot)
        elif slot.order is None and slot.received.endswith(b"\n"):
            slot.order = Order.from_line(slot.received)

    def _start_waiting_ones(self) -> None:
        running = sum(slot.process is not None for slot in self._slots)
        for slot in tuple(self._slots):
            if slot.order is not None and slot.process is None and running < self.limits.jobs:
                running += 1
                self._start(slot, slot.order)

    def _start(self, slot: _JobSlot, order: Order) -> None:
        """Start a job; if no process can be started, its client learns it at once and may try again."""
        try:
            if order.url and self.fetch is not None:
                slot.process = spawn(
                    "pg-fetch", partial(self._run_child, partial(self.fetch, order)), own_session=True
                )
            elif order.digest and self.keep is not None and self.limits.shapes:
                slot.keeper = self._keeper(order, self.keep)
                slot.process = slot.keeper.process
            else:
                slot.process = spawn(
                    "pg-check", partial(self._run_child, partial(self.work, order)), own_session=True
                )
        except CannotStart as error:
            _log.error("A check was left: %s", error)
            self.report(f"pg-checks: {error}")
            self._send_ending(slot, TRY_AGAIN)
            self._free(slot)
        else:
            slot.until = time.monotonic() + self.limits.seconds
            self.report("")

    def _keeper(self, order: Order, keep: Callable[[Order, socket.socket], None]) -> Keeper:
        """Give an order to a keeper of its shapes, and return that; where none is idle, start one."""
        keeper = self._keepers.find(order.digest)
        if keeper is not None and keeper.give(order):
            return keeper
        keeper = self._keepers.start(order, partial(self._run_child, partial(keep, order)))
        self._selector.register(keeper.connection, selectors.EVENT_READ, partial(self._handle_keeper, keeper))
        return keeper

    def _handle_keeper(self, keeper: Keeper) -> None:
        """Learn that the check of a keeper has ended, or else that the keeper itself is ending."""
        code = keeper.code()
        if code is None:
            self._selector.unregister(keeper.connection)
            return
        for slot in tuple(self._slots):
            if slot.keeper is keeper:
                self._send_ending(slot, code)
                self._free(slot)

    def _run_child(self, work: Callable[..., None], *given: socket.socket) -> None:
        self._close_inherited()
        work(*given)

    def _close_inherited(self) -> None:
        """Close what a child was forked with and has no need of."""
        self._selector.close()
        self.queue.close()
        self._keepers.close()
        for slot in self._slots:
            slot.connection.close()

    def _handle_ended(self) -> None:
        reap()
        for slot in tuple(self._slots):
            if slot.process is not None and slot.process.code is not None:
                self._end_step(slot, slot.process.code)
        for keeper in self._keepers:
            if keeper.process.code is not None:
                with suppress(KeyError):  # it was heard to end already
                    self._selector.unregister(keeper.connection)
                self._keepers.forget(keeper)

    def _end_step(self, slot: _JobSlot, code: int) -> None:
        """Tell the client of a job how it has ended; where data have come from an address, the check is next."""
        order = slot.order
        if order is not None and order.url and not code and not Path(order.folder, RESULT).exists():
            slot.order, slot.process = replace(order, url=""), None
            return
        self._send_ending(slot, code)
        self._free(slot)

    def _send_ending(self, slot: _JobSlot, code: int) -> None:
        """Tell the client of a job how it has ended."""
        message = {"code": code, "is_late": slot.is_late}
        with suppress(OSError):
            slot.connection.sendall(json.dumps(message).encode())

    def _end_late_ones(self) -> None:
        for slot in self._slots:
            if slot.process is not None and not slot.is_late and time.monotonic() > slot.until:
                slot.is_late = True
                slot.end()

    def _free(self, slot: _JobSlot) -> None:
        self._selector.unregister(slot.connection)
        slot.connection.close()
        self._slots.remove(slot)


def warn_of_threads() -> None:
    """Log if this process has threads, since a forked one would have none."""
    if not has_one_thread():
        _log.error("The process that forks checks has threads; its children may hang.")
