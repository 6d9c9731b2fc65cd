"""Processes: forking, waiting and reaping as the two parents here do it, the server and the supervisor."""

import contextlib
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Self

from endpoint.engine import prctl

Run = Callable[[], None]

_PAUSE = 0.01
_FIRST_PAUSE = 0.1

_NAMES = {int(number): number.name for number in signal.Signals}

_log = logging.getLogger(__name__)


class Signals:
    """Signals as things to wait for: between entering and leaving, the named ones and SIGCHLD only wake."""

    def __init__(self, *stopping: signal.Signals) -> None:
        self._stopping = frozenset(stopping)
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before: dict[signal.Signals, object] = {}
        self._wakeup = -1

    def __enter__(self) -> Self:
        self._wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (*self._stopping, signal.SIGCHLD):
            self._before[number] = signal.signal(number, _only_wake)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float) -> bool:
        """Wait for a signal, at most so many seconds; tell whether one was a signal to stop."""
        select.select([self._reader], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            return not self._stopping.isdisjoint(os.read(self._reader, 512))
        return False


def _only_wake(_number: int, _frame: FrameType | None) -> None:
    return


class Backoff:
    """When to try again what has failed: after a pause that doubles with each failure, up to a limit."""

    def __init__(self, longest: float = 5.0) -> None:
        self._longest = longest
        self._pause = 0.0
        self._not_before = 0.0

    def is_due(self) -> bool:
        """Tell whether the pause is over."""
        return time.monotonic() >= self._not_before

    def fail(self) -> None:
        """Begin a longer pause."""
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), self._longest)
        self._not_before = time.monotonic() + self._pause

    def reset(self) -> None:
        """Begin with short pauses again."""
        self._pause = self._not_before = 0.0


def fork(name: str, run: Run, *, when_parent_dies: signal.Signals) -> int:
    """Return the id of a new process that runs a function under a name and ends with it.

    It has the signals at their defaults, but leaves an interrupt at the terminal to its parent, and gets a
    signal when its parent dies. A signal that comes before the new process is set up waits until it is.
    Raise OSError where the system starts no more processes.
    """
    parent = os.getpid()
    with contextlib.suppress(OSError):  # a log on a full disk is no reason to stop
        sys.stdout.flush()
        sys.stderr.flush()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
    except OSError:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        raise
    if pid:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return pid
    status = 70
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        prctl.set_name(name)
        prctl.die_with_parent(when_parent_dies)
        if os.getppid() == parent:
            run()
        status = 0
    except BaseException:
        _log.exception("%s (process %d) ended by an error of its own", name, os.getpid())
    finally:
        os._exit(status)


def reap() -> Iterator[tuple[int, int]]:
    """Yield the id and the wait status of each child that has ended; to have none is no error."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status


def wait(pid: int, seconds: float) -> int | None:
    """Return the wait status of a child once it has ended, None where it has not after so many seconds."""
    until = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > until:
            return None
        time.sleep(_PAUSE)


def cpu_seconds(pid: int) -> float | None:
    """Return the CPU seconds that another process has used, None where that is not told (or it has gone)."""
    with contextlib.suppress(OSError):
        # The clock of a process by its id, as <linux/posix-timers.h> builds it.
        return time.clock_gettime((~pid << 3) | 2)
    return None


def ending(status: int) -> str:
    """Return how a process ended, in words, from its wait status."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"was ended by {_NAMES.get(number, f'signal {number}')}"
    return f"ended with status {os.WEXITSTATUS(status)}"
