"""The supervisor: it keeps enough query children alive, whatever kills them."""

import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from endpoint.engine import processes
from endpoint.engine.board import Board
from endpoint.engine.child import Child
from endpoint.engine.keeper import STORE, Keeper
from endpoint.engine.question import Limits

_LOOK_EVERY = 0.05
_LOOK_EVERY_IDLE = 0.25
_KEPT_FOR = 5.0
_LOW_PRIORITY = 10
_WAIT_TO_KEEP = 1.0
_WAIT_TO_BEGIN = 5.0
_PAUSE_TO_BEGIN = 0.01

_BY_SIGNAL: Mapping[int, str] = {
    signal.SIGALRM: "deadline",
    signal.SIGKILL: "abandoned",
    signal.SIGTERM: "spare",
}
"""What else kills a child is what the engine does when its memory or its stack is at an end."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Supervisor:
    """A family of query children that wait on one socket; ``tell_ready`` is called once, when there are some."""

    listener: socket.socket
    served: Callable[[], Path]
    limits: Limits
    board: Board
    tell_ready: Callable[[], object] = bool
    report: Callable[[str], object] = bool
    _keeper: Keeper = field(init=False)
    _outdated: set[int] = field(init=False, default_factory=set)
    _slots: dict[int, int] = field(init=False, default_factory=dict)
    _slow: set[int] = field(init=False, default_factory=set)
    _backoff: processes.Backoff = field(init=False, default_factory=processes.Backoff)
    _needed: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """Begin without a store in memory."""
        self._keeper = Keeper(self.served, self.limits.in_memory)

    def run(self) -> None:
        """Keep the family alive until SIGTERM comes, then end it."""
        for slot in range(self.board.slots):
            self.board.clear(slot)
        with processes.Signals(signal.SIGTERM) as signals:
            self._begin()
            while True:
                self._bury()
                self._follow_release()
                busy = [self.board.busy_for(slot) for slot in self._slots.values()]
                wanted = self.limits.children + sum(seconds > self.limits.spare_after for seconds in busy)
                self._slow_down_busy_ones()
                self._give_birth(min(wanted, self.limits.most))
                self._let_one_go(wanted)
                if signals.wait(_LOOK_EVERY if any(busy) else _LOOK_EVERY_IDLE):
                    break
            self._end()

    def _begin(self) -> None:
        """Start the first children, with the store in memory unless that takes long, and tell when one is ready."""
        self._keeper.look()
        self._keeper.wait(_WAIT_TO_KEEP)
        self._give_birth(self.limits.children)
        until = time.monotonic() + _WAIT_TO_BEGIN
        while not any(map(self.board.is_ready, self._slots.values())) and time.monotonic() < until:
            time.sleep(_PAUSE_TO_BEGIN)
        self.tell_ready()

    def _bury(self) -> None:
        for pid, status in processes.reap():
            slot = self._slots.pop(pid, None)
            if slot is None:
                if self._keeper.has_ended(pid, status):
                    self._outdated = set(self._slots)
                continue
            ending = _ending(status) if self.board.is_ready(slot) or status == 0 else "fault"
            self.board.clear(slot)
            self.board.count(ending)
            self._slow.discard(pid)
            self._outdated.discard(pid)
            if ending == "fault":
                self._wait_longer(pid, status)
                continue
            self._backoff.reset()
            if ending in ("deadline", "memory"):
                _log.warning("Query child %d %s.", pid, processes.ending(status))

    def _wait_longer(self, pid: int, status: int) -> None:
        """Wait ever longer before the next birth while children end without ever having been of use."""
        self._backoff.fail()
        _log.error("Query child %d %s, which no query did to it.", pid, processes.ending(status))

    def _follow_release(self) -> None:
        """See to it that children have in memory what is served now, and do not hold what was served before."""
        if self._keeper.look():
            self._outdated = set(self._slots)
        if len(self._slots) >= self.limits.children:
            self._end_idle_one(self._outdated)

    def _end_idle_one(self, pids: Iterable[int]) -> None:
        """End one of some children that is idle; should it take a question this very moment, when that is answered."""
        slots = {pid: self._slots[pid] for pid in pids}
        idle = [
            pid for pid, slot in slots.items() if self.board.is_ready(slot) and not self.board.busy_for(slot)
        ]
        for pid in idle[:1]:
            os.kill(pid, signal.SIGTERM)

    def _slow_down_busy_ones(self) -> None:
        for pid, slot in self._slots.items():
            if pid not in self._slow and self._has_spent(pid, slot) > self.limits.slow_after:
                self._slow.add(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.setpriority(os.PRIO_PROCESS, pid, _LOW_PRIORITY)

    def _has_spent(self, pid: int, slot: int) -> float:
        """Return how many seconds of computing a child has spent on its question.

        It is not the time on the clock: that also passes for a modest query on a crowded machine.
        """
        doing = self.board.doing(slot)
        if not doing.busy or time.monotonic() - doing.busy <= self.limits.slow_after:
            return 0.0
        used = processes.cpu_seconds(pid)
        return time.monotonic() - doing.busy if used is None else used - doing.used

    def _give_birth(self, wanted: int) -> None:
        if not self._backoff.is_due():
            return
        free = sorted(set(range(self.limits.most)) - set(self._slots.values()))
        for slot in free[: max(wanted - len(self._slots), 0)]:
            self.board.clear(slot)
            child = Child(self.listener, self.board, slot, self.limits, self._keeper.kept)
            run = partial(child.run, self.served() / STORE)
            try:
                pid = processes.fork("pg-query", run, when_parent_dies=signal.SIGKILL)
            except OSError as error:
                self._backoff.fail()
                self.report(f"No process for queries can be started ({error.strerror}); it is tried again.")
                _log.error("No process for queries can be started (%s); it is tried again.", error.strerror)
                return
            self._slots[pid] = slot
        self.report("")

    def _let_one_go(self, wanted: int) -> None:
        """End an idle child if there have been more than are wanted for a while."""
        now = time.monotonic()
        if len(self._slots) <= wanted:
            self._needed = now
        elif now - self._needed > _KEPT_FOR:
            self._end_idle_one(self._slots)

    def _end(self) -> None:
        for pid in self._slots:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in tuple(self._slots):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _ending(status: int) -> str:
    """Return how a child that could work has ended, from its wait status, as one of ENDINGS."""
    if not os.WIFSIGNALED(status):
        return "retired" if status == 0 else "fault"
    return _BY_SIGNAL.get(os.WTERMSIG(status), "memory")
