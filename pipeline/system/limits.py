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
_LEAST = 0.05


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
    """Raise TimeIsUp in the block after some seconds of CPU time; in other threads than the main one, never."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeIsUp(f"it takes more than {seconds:.2g} s of computing.")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)  # again, should somebody catch it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class Allowance:
    """Seconds of CPU time for a series of steps; None for as many as they take."""

    def __init__(self, seconds: float | None) -> None:
        self._left = seconds

    @contextmanager
    def step(self) -> Iterator[None]:
        """Raise TimeIsUp in the block after half of the seconds that are left, so that each step gets some."""
        if self._left is None:
            yield
            return
        started = time.process_time()
        try:
            with computing_at_most(max(self._left / 2, _LEAST)):
                yield
        finally:
            self._left -= time.process_time() - started


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
