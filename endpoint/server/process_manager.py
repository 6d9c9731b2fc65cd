"""The process manager: it keeps web processes, supervisor and checker alive, and ends them in order."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Sequence

from endpoint.server.watch import Watch
from pipeline.model.errors import EnvironmentFault
from pipeline.system.process_groups import Service
from pipeline.system.processes import CannotStart, Signals, reap

_LOOK_EVERY = 1.0
_SWEEP_EVERY = 15.0
_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 15.0
_PAUSE = 0.1

READY = b"ready\n"


class ProcessManager:
    """The processes of one server; those named first are the last to be stopped.

    ``sweep`` is called now and then; ``report`` with a sentence while no process can be started.
    """

    def __init__(
        self,
        services: Sequence[Service],
        watch: Watch,
        *,
        sweep: Callable[[], None],
        report: Callable[[str], object],
    ) -> None:
        self._services = services
        self._watch = watch
        self._sweep = sweep
        self._swept = time.monotonic()
        self._report = report

    def start(self, ready: int, count: int, is_ready: Callable[[], bool]) -> None:
        """Start every process and wait until enough of them have reported through a pipe, and all is ready.

        Raise EnvironmentFault with the sentence of the first one that writes another thing, or where one ends.
        """
        until = time.monotonic() + _SECONDS_TO_START
        lines: list[bytes] = []
        try:
            for service in self._services:
                service.tend()
            while len(lines) < count or not is_ready():
                reap()
                needed = (service for service in self._services if service.must_start)
                has_failed, is_late = any(service.has_ended() for service in needed), time.monotonic() > until
                self._tend_replaceable()
                if select.select([ready], [], [], _PAUSE)[0]:
                    lines += os.read(ready, 65536).splitlines(keepends=True)
                for line in lines:
                    if line != READY:
                        raise EnvironmentFault(line.decode().strip())
                if has_failed:
                    raise EnvironmentFault("A process did not start; see the log.")
                if is_late:
                    raise EnvironmentFault(
                        f"The server was not ready after {_SECONDS_TO_START:g} seconds. A large store takes long to be "
                        "loaded into memory: give “--in-memory” a smaller number."
                    )
        except EnvironmentFault:
            self.stop()
            raise

    def _tend_replaceable(self) -> None:
        for service in self._services:
            if not service.must_start:
                service.tend()

    def run(self, signals: Signals) -> None:
        """Replace what ends until a signal says to stop."""
        while not signals.wait(_LOOK_EVERY):
            reap()
            self._tend()
            self._watch.look()
            if time.monotonic() - self._swept > _SWEEP_EVERY:
                self._swept = time.monotonic()
                with contextlib.suppress(OSError):
                    self._sweep()

    def _tend(self) -> None:
        """Let each service replace what it lacks; if the system starts no process, continue with the existing ones."""
        fault = ""
        for service in self._services:
            try:
                service.tend()
            except CannotStart as error:
                fault = f"{service.name}: {error}"
        # A service that waits before it tries again raises nothing: the fault is over when all are complete.
        if fault or all(service.is_complete() for service in self._services):
            self._report(fault)

    def stop(self) -> None:
        """Ask every process to end, in the order opposite to their start; end by force those that do not."""
        for service in reversed(self._services):
            service.signal(signal.SIGTERM)
            until = time.monotonic() + _SECONDS_TO_END
            while service.is_running() and time.monotonic() < until:
                reap()
                time.sleep(0.02)
            service.signal(signal.SIGKILL)
