"""Limits: what the kernel lets this process take of memory and of computing."""

import re
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MIB = 1 << 20

_GUESS = 2048 * MIB
_TICK = 0.05
"""Seconds of CPU time after which a running block is looked at."""


def limit_memory(further: int | None, *, for_good: bool = False) -> None:
    """Limit the address space to a number of bytes beyond those in use, permanently or not; None removes the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = hard if further is None else address_space() + further
    if hard >= 0:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit if for_good else hard))


def limit_computing(seconds: int) -> None:
    """End this process by SIGXCPU after some seconds of CPU time, by SIGKILL five seconds later."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


class TimeIsUp(Exception):
    """Work takes longer than it may."""


@contextmanager
def computing_at_most(seconds: float | None) -> Iterator[None]:
    """Raise TimeIsUp in the block after some seconds, if it computes; in other threads than the main one, never."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    until = time.monotonic() + seconds

    def stop(*_: object) -> None:
        if time.monotonic() > until:
            raise TimeIsUp(f"it takes more than {seconds:.2g} s.")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, min(_TICK, seconds), _TICK)  # again, should somebody catch it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class Allowance:
    """Seconds for a series of steps; None for as many as they take."""

    def __init__(self, seconds: float | None) -> None:
        self._remaining = seconds

    @property
    def is_unlimited(self) -> bool:
        """Return whether steps may take as long as they need."""
        return self._remaining is None

    @contextmanager
    def share(self, part: float) -> Iterator[float | None]:
        """Yield how many seconds the block may take, a part of those that are left; take off those it does take."""
        if self._remaining is None:
            yield None
            return
        started = time.monotonic()
        try:
            yield max(self._remaining * part, _TICK)
        finally:
            self._remaining -= time.monotonic() - started

    @contextmanager
    def step(self) -> Iterator[None]:
        """Raise TimeIsUp in the block after half of the seconds that are left, so that each step gets some."""
        with self.share(0.5) as seconds, computing_at_most(seconds):
            yield


def write_no_core() -> None:
    """Let a crash leave no image of the memory on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unshared_memory(pid: int) -> int:
    """Return how many bytes a process shares with no other; a generous guess where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return _GUESS
    return sum(int(size) * 1024 for size in re.findall(r"^Private_\w+:\s+(\d+) kB$", text, re.MULTILINE))


def address_space() -> int:
    """Return how many bytes of address space this process uses; a generous guess where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():
        size = re.search(r"^VmSize:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        if size:
            return int(size[1]) * 1024
    return _GUESS
