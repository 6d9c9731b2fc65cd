"""The supervisor in service and its successor, which reads a new release into memory before it takes over."""

import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.memory_store import STORE, count_triples
from endpoint.engine.question import QueryLimits
from endpoint.engine.supervisor import Supervisor
from endpoint.engine.worker_status import WorkerStatus
from pipeline.model.errors import EnvironmentFault
from pipeline.system.process_groups import Backoff, Service
from pipeline.system.processes import Process

_LONGEST_PAUSE = 60.0

_log = logging.getLogger(__name__)


class SupervisorGroup(Service):
    """One supervisor at most times, two while one takes over from the other, which ends when its queries have.

    The first one reads the release before anybody asks. One that replaces another starts at once, its children
    ask the store on the disk, and its successor reads; so whatever happens then keeps nobody waiting.
    """

    must_start = False

    def __init__(
        self,
        queue: ConnectionQueue,
        served_release: Callable[[], Path],
        limits: QueryLimits,
        *,
        others: Sequence[socket.socket | ConnectionQueue] = (),
        report: Callable[[str], object] = bool,
        report_memory: Callable[[str], object] = bool,
    ) -> None:
        super().__init__("pg-supervisor", self._supervise)
        self.status = WorkerStatus(2 * limits.most)
        self._queue = queue
        self._served_release = served_release
        self._limits = limits
        self._others = others
        self._report_children = report
        self._report_memory = report_memory
        self._serving: int | None = None
        self._retiring: int | None = None
        self._to_load: dict[int, Path | None] = {}
        self._loading_backoff = Backoff(_LONGEST_PAUSE)
        self._size_check = (Path(), False)
        self._is_first = True

    def is_ready(self) -> bool:
        """Return whether there are query children."""
        return self._serving is not None and self._has_children(self._serving)

    def tend(self) -> None:
        """Replace what has ended, begin a succession where another release is served; raise CannotStart."""
        for number, worker in self.pop_ended():
            self._handle_ended(number, worker)
        self._hand_over()
        if not self.backoff.is_due():
            return
        if self._serving is None:
            self._serving = self._begin(self._store_to_load() if self._is_first else None)
            self._is_first = False
        elif len(self.workers) == 1 and self._loading_backoff.is_due():
            wanted = self._store_to_load()
            if wanted != self._to_load[self._serving]:
                self._begin(wanted)

    def _store_to_load(self) -> Path | None:
        """Return the path of the store that should be in memory, None where it is too large for that."""
        path = self._served_release() / STORE
        if path != self._size_check[0]:
            self._size_check = (path, count_triples(path) <= self._limits.in_memory)
        return path if self._size_check[1] else None

    def _begin(self, to_load: Path | None) -> int:
        """Start a supervisor with a free number, which is returned."""
        number = 0 if 0 not in self.workers else 1
        self._clear(number)
        self._to_load[number] = to_load
        self.start(number)
        return number

    def _hand_over(self) -> None:
        """Let a successor that has children take the place of the one in service."""
        for number in self.workers:
            if number not in (self._serving, self._retiring) and self._has_children(number):
                if self._serving is not None:
                    self.workers[self._serving].signal(signal.SIGTERM)
                self._serving, self._retiring = number, self._serving
                self._loading_backoff.reset()
                self._report_memory("")
                place = "memory" if self._to_load[number] else "the disk"
                _log.info("Queries are answered from %s now.", place)

    def _handle_ended(self, number: int, worker: Process) -> None:
        self._clear(number)
        if number == self._retiring:
            self._retiring = None
        elif number == self._serving:
            self._serving = None
            self.note_end(worker)
        else:
            self._loading_backoff.fail()
            self._report_memory(
                "The release could not be read into memory; queries are answered from the disk. It is tried again."
            )
            _log.error("%s could not be read into memory; it is tried again.", self._to_load[number])

    def _clear(self, number: int) -> None:
        """Forget what the children of a supervisor were doing, who have ended with it."""
        for slot in self._slots(number):
            self.status.clear(slot)

    def _has_children(self, number: int) -> bool:
        return any(map(self.status.is_ready, self._slots(number)))

    def _slots(self, number: int) -> range:
        return range(number * self._limits.most, (number + 1) * self._limits.most)

    def _supervise(self, number: int) -> None:
        """Be a supervisor; its children must not reach what others than they are there for."""
        self._queue.accept_only()
        for other in self._others:
            other.close()
        supervisor = Supervisor(
            self._queue,
            self._served_release,
            self._limits,
            self.status,
            self._slots(number).start,
            self._to_load[number],
            self._report_children,
        )
        try:
            supervisor.run()
        except EnvironmentFault as error:
            _log.error("%s", error)
            os._exit(error.exit_code)
