"""Process groups: workers of one kind, restarted when they end, after ever longer pauses when they fail."""

import logging
import signal
import time
from collections.abc import Callable, Iterator

from pipeline.system.processes import CannotStart, Process, spawn

_FIRST_PAUSE = 0.1
_QUICK_END = 5.0

_log = logging.getLogger(__name__)


class Backoff:
    """When to try again what has failed: after a pause that doubles with each failure, up to a limit."""

    def __init__(self, longest: float = 5.0) -> None:
        self._longest = longest
        self._pause = 0.0
        self._not_before = 0.0

    def is_due(self) -> bool:
        """Return whether the pause is over."""
        return time.monotonic() >= self._not_before

    def fail(self) -> None:
        """Begin a longer pause."""
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), self._longest)
        self._not_before = time.monotonic() + self._pause

    def reset(self) -> None:
        """Begin with short pauses again."""
        self._pause = self._not_before = 0.0


class ProcessGroup:
    """Workers of one kind, each with a number; ``run`` is what the worker with a number does.

    ``report`` is called with a sentence when no worker can be started, and with nothing when that is over.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[int], object],
        *,
        when_parent_dies: signal.Signals = signal.SIGKILL,
        own_session: bool = False,
        report: Callable[[str], object] = bool,
    ) -> None:
        self.name = name
        self.workers: dict[int, Process] = {}
        self.backoff = Backoff()
        self._run = run
        self._when_parent_dies = when_parent_dies
        self._own_session = own_session
        self._report = report
        self._fault = ""

    def fill(self, count: int) -> None:
        """Start workers up to this number, unless a pause is on; raise CannotStart if none starts."""
        while len(self.workers) < count and self.backoff.is_due():
            number = next(number for number in range(count) if number not in self.workers)
            self.start(number)

    def start(self, number: int) -> None:
        """Start the worker with a number; raise CannotStart if that cannot be done, and begin a pause."""
        try:
            self.workers[number] = spawn(
                self.name,
                lambda: self._run(number),
                when_parent_dies=self._when_parent_dies,
                own_session=self._own_session,
            )
        except CannotStart as error:
            self.backoff.fail()
            self._note(f"{self.name}: {error}")
            raise
        self._note("")

    def pop_ended(self) -> Iterator[tuple[int, Process]]:
        """Yield each worker that has been reaped, with its number, which is free from now on."""
        for number, worker in tuple(self.workers.items()):
            if worker.code is not None:
                del self.workers[number]
                yield number, worker

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to every worker."""
        for worker in self.workers.values():
            worker.signal(number)

    def _note(self, fault: str) -> None:
        if fault != self._fault:
            self._fault = fault
            self._report(fault)
            if fault:
                _log.error("%s It is tried again.", fault)


class Service(ProcessGroup):
    """Workers that are replaced when they end, so that there are ``count`` of them at any time.

    Where ``must_start`` holds, one that ends before all are ready means that there is a fault.
    """

    must_start = True

    def __init__(self, name: str, run: Callable[[int], object], count: int = 1) -> None:
        super().__init__(name, run, when_parent_dies=signal.SIGTERM)
        self.count = count

    def tend(self) -> None:
        """Replace what has ended; raise CannotStart if that cannot be done now."""
        for _, worker in self.pop_ended():
            self.note_end(worker)
        self.fill(self.count)

    def is_complete(self) -> bool:
        """Return whether all workers are there."""
        return len(self.workers) >= self.count

    def is_running(self) -> bool:
        """Return whether any worker has not been reaped."""
        return any(worker.code is None for worker in self.workers.values())

    def has_ended(self) -> bool:
        """Return whether any worker has been reaped and not been replaced."""
        return any(worker.code is not None for worker in self.workers.values())

    def note_end(self, worker: Process) -> None:
        """Begin a pause if a worker has ended soon after its start, and log an end that was none of its own."""
        if time.monotonic() - worker.started < _QUICK_END:
            self.backoff.fail()
        else:
            self.backoff.reset()
        if worker.code:
            _log.error("%s (process %d) %s; it will be replaced.", self.name, worker.pid, worker.ending())
