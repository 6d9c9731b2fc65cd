"""The supervisor: it keeps enough query children alive, and replaces those that die."""

import contextlib
import logging
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from endpoint.engine.child import Child
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.memory_store import STORE, MemoryStore, load_memory_store
from endpoint.engine.question import QueryLimits
from endpoint.engine.worker_status import WorkerStatus
from pipeline.system.process_groups import ProcessGroup
from pipeline.system.processes import CannotStart, Process, Signals, reap

_LOOK_EVERY = 0.05
_LOOK_EVERY_IDLE = 0.25
_SPARE_FOR = 5.0
_LOW_PRIORITY = 10

_BY_SIGNAL: Mapping[int, str] = {
    signal.SIGALRM: "deadline",
    signal.SIGKILL: "abandoned",
    signal.SIGTERM: "spare",
}
"""What else kills a child is what the engine does when its memory or its stack is at an end."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Supervisor:
    """A family of query children that accept from one queue; ``first_slot`` is where their slots begin.

    With ``to_load`` they share a copy in memory of the store at that path, which is read before the first one
    starts.
    """

    queue: ConnectionQueue
    served_release: Callable[[], Path]
    limits: QueryLimits
    status: WorkerStatus
    first_slot: int = 0
    to_load: Path | None = None
    report: Callable[[str], object] = bool
    _group: ProcessGroup = field(init=False)
    _slow: set[Process] = field(init=False, default_factory=set)
    _last_need: float = field(init=False, default=0.0)

    def run(self) -> None:
        """Keep the family alive until SIGTERM comes, then until its children have answered what they have begun.

        Raise EnvironmentFault where the store cannot be read into memory.
        """
        memory = None if self.to_load is None else load_memory_store(self.to_load)
        run = partial(self._run_child, memory)
        self._group = ProcessGroup("pg-query", run, own_session=True, report=self.report)
        is_stopping = False
        with Signals(signal.SIGTERM) as signals:
            while not is_stopping or self._group.workers:
                if signals.wait(_LOOK_EVERY if any(self._busy()) else _LOOK_EVERY_IDLE):
                    is_stopping = True
                    self._group.signal(signal.SIGTERM)
                reap()
                self._handle_ended()
                self._slow_down_busy_ones()
                if not is_stopping:
                    self._keep_enough()

    def _run_child(self, memory: MemoryStore | None, number: int) -> None:
        slot = self.first_slot + number
        Child(self.queue, self.status, slot, self.limits, memory).run(self.served_release() / STORE)

    def _slots(self) -> Mapping[Process, int]:
        return {worker: self.first_slot + number for number, worker in self._group.workers.items()}

    def _busy(self) -> list[float]:
        """Return for how many seconds each child has been busy."""
        return [self.status.busy_for(slot) for slot in self._slots().values()]

    def _keep_enough(self) -> None:
        wanted = self.limits.children + sum(seconds > self.limits.spare_after for seconds in self._busy())
        with contextlib.suppress(CannotStart):
            self._group.fill(min(wanted, self.limits.most))
        self._scale_down(wanted)

    def _handle_ended(self) -> None:
        for number, worker in self._group.pop_ended():
            slot = self.first_slot + number
            ending = _ending(worker, was_ready=self.status.is_ready(slot))
            self.status.end(slot, worker.pid, ending)
            self._slow.discard(worker)
            if ending == "fault":
                self._group.backoff.fail()
                _log.error("Query child %d %s, which no query did to it.", worker.pid, worker.ending())
                continue
            self._group.backoff.reset()
            if ending in ("deadline", "memory"):
                _log.warning("Query child %d %s.", worker.pid, worker.ending())

    def _stop_idle(self, workers: Iterable[Process]) -> None:
        """Stop one of some children that is idle; should it take a question this very moment, when that is answered."""
        slots = self._slots()
        for worker in workers:
            if self.status.is_ready(slots[worker]) and not self.status.busy_for(slots[worker]):
                worker.signal(signal.SIGTERM)
                return

    def _slow_down_busy_ones(self) -> None:
        for worker, slot in self._slots().items():
            is_slow = worker not in self._slow and self._has_spent(worker, slot) > self.limits.slow_after
            if is_slow and worker.lower_priority(_LOW_PRIORITY):
                self._slow.add(worker)

    def _has_spent(self, worker: Process, slot: int) -> float:
        """Return how many seconds of computing a child has spent on its question.

        It is not the time on the clock: that also passes for a modest query on a crowded machine.
        """
        state = self.status.state(slot)
        if not state.busy or time.monotonic() - state.busy <= self.limits.slow_after:
            return 0.0
        used = _cpu_seconds(worker.pid)
        return time.monotonic() - state.busy if used is None else used - state.used

    def _scale_down(self, wanted: int) -> None:
        """Stop an idle child if there have been more than are wanted for a while."""
        now = time.monotonic()
        if len(self._group.workers) <= wanted:
            self._last_need = now
        elif now - self._last_need > _SPARE_FOR:
            self._stop_idle(self._group.workers.values())


def _ending(worker: Process, *, was_ready: bool) -> str:
    """Return how a child has ended, as one of ENDINGS; before it was ready no query can have done it."""
    code = worker.code or 0
    if code == 0:
        return "retired"
    if code == -signal.SIGTERM:
        return "spare"
    if code > 0 or not was_ready:
        return "fault"
    return _BY_SIGNAL.get(-code, "memory")


def _cpu_seconds(pid: int) -> float | None:
    """Return the CPU seconds that a process has used, None where the system does not say (or it has gone)."""
    with contextlib.suppress(OSError):
        # The clock of a process by its id, as <linux/posix-timers.h> builds it.
        return time.clock_gettime((~pid << 3) | 2)
    return None
