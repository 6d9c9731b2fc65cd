"""Processes: forking, waiting and reaping as the two parents here do it, the server and the supervisor."""

import contextlib
import logging
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Self

from endpoint.children import prctl

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})

_NAMES = {int(number): number.name for number in signal.Signals}

_log = logging.getLogger(__name__)


class Signals:
    """Signals as things to wait for: between entering and leaving, SIGCHLD and the stop signals only wake."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before: dict[signal.Signals, object] = {}
        self._wakeup = -1

    def __enter__(self) -> Self:
        self._wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            self._before[number] = signal.signal(number, _only_wake)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._reader)
        os.close(self._writer)

    def wait(self, seconds: float) -> frozenset[signal.Signals]:
        """Return the signals that came, after the first one or after so many seconds."""
        select.select([self._reader], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            return frozenset(signal.Signals(number) for number in os.read(self._reader, 512))
        return frozenset()


def _only_wake(_number: int, _frame: FrameType | None) -> None:
    return


def fork(name: str, run: Callable[[], None], *, when_parent_dies: signal.Signals) -> int:
    """Return the id of a new process that runs a function under a name and never returns from here.

    It starts with the signals at their defaults, and gets one when its parent dies.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 70
    try:
        signal.set_wakeup_fd(-1)
        for number in (*STOP_SIGNALS, signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
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


def ending(status: int) -> str:
    """Return how a process ended, in words, from its wait status."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"was ended by {_NAMES.get(number, f'signal {number}')}"
    return f"ended with status {os.WEXITSTATUS(status)}"
