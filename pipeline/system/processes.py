"""Processes: the one place that forks, signals the processes it has started, and takes note of their end."""

import contextlib
import ctypes
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn, Self

from pipeline.model.errors import EnvironmentFault
from pipeline.system.confinement import NotOffered, prctl

_SET_PDEATHSIG = 1
_SET_NAME = 15
_LONGEST_NAME = 15

_PAUSE = 0.01
_SIGNAL_NAMES = {int(number): number.name for number in signal.Signals}

_log = logging.getLogger(__name__)


class CannotStart(EnvironmentFault):
    """The system starts no more processes: there are too many, or memory is short."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"No process can be started ({error.strerror}). Allow more processes or free some memory."
        )


@dataclass(eq=False, slots=True)
class Process:
    """A child of this process.

    ``code`` is its exit code once it has been reaped: negative for the signal that ended it. Until then its id
    belongs to it alone, so that a signal can never reach another process. One with ``own_session`` gets its
    signals with all that it has started, and its own share of computing where the kernel shares by sessions.
    """

    name: str
    pid: int
    own_session: bool = False
    started: float = field(default_factory=time.monotonic)
    code: int | None = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self.code is None:
            try:
                (os.killpg if self.own_session else os.kill)(self.pid, number)
            except ProcessLookupError:  # it has not got as far as to lead a session
                os.kill(self.pid, number)

    def lower_priority(self, nice: int) -> bool:
        """Let other processes go first; return whether that is done, or has to be tried again a moment later.

        Niceness only counts within a session where the kernel shares time between sessions (autogroups).
        """
        if self.code is None:
            os.setpriority(os.PRIO_PROCESS, self.pid, nice)
            try:
                Path(f"/proc/{self.pid}/autogroup").write_text(str(nice), encoding="ascii")
            except BlockingIOError:  # a user may do this ten times a second
                return False
            except OSError:  # there are no autogroups, or they are not to be changed
                return True
        return True

    def wait(self, seconds: float | None = None) -> int | None:
        """Return the exit code once there is one, None if there is none after ``seconds``."""
        until = None if seconds is None else time.monotonic() + seconds
        options = os.WEXITED | os.WNOWAIT | (0 if until is None else os.WNOHANG)
        while self.code is None:
            ended = os.waitid(os.P_PID, self.pid, options)
            if ended is not None:
                _take_note(ended)
            elif until is not None and time.monotonic() > until:
                break
            else:
                time.sleep(_PAUSE)
        return self.code

    def end(self) -> int | None:
        """End the process if it still runs, and return its exit code when it has ended."""
        self.signal(signal.SIGKILL)
        return self.wait()

    def ending(self) -> str:
        """Return in words how the process has ended."""
        assert self.code is not None
        if self.code < 0:
            return f"was ended by {_SIGNAL_NAMES.get(-self.code, f'signal {-self.code}')}"
        return f"ended with status {self.code}"


_children: dict[int, Process] = {}
"""The children of this process that have not been reaped, by their ids."""


def spawn(
    name: str,
    run: Callable[[], object],
    *,
    when_parent_dies: signal.Signals = signal.SIGKILL,
    own_session: bool = False,
) -> Process:
    """Start a process that runs a function under a name and ends with it; raise CannotStart if none starts.

    It has its signals at their defaults, but leaves an interrupt at the terminal to its parent, and gets a
    signal when its parent dies. A signal that comes before it is set up waits until it is.
    """
    parent = os.getpid()
    with contextlib.suppress(OSError):  # a full disk under the log is no reason to stop
        sys.stdout.flush()
        sys.stderr.flush()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if not pid:
            _run_child(name, run, parent, when_parent_dies, own_session=own_session)
        child = _children[pid] = Process(name, pid, own_session)
    except OSError as error:
        raise CannotStart(error) from error
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return child


def _run_child(
    name: str,
    run: Callable[[], object],
    parent: int,
    when_parent_dies: signal.Signals,
    *,
    own_session: bool,
) -> NoReturn:
    code = os.EX_SOFTWARE
    try:
        _children.clear()
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if own_session:
            os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        set_name(name)
        with contextlib.suppress(NotOffered):
            prctl(_SET_PDEATHSIG, when_parent_dies)
        if os.getppid() == parent:
            run()
        code = 0
    except BaseException:
        _log.exception("%s (process %d) ended by an error of its own", name, os.getpid())
    finally:
        os._exit(code)


def reap() -> None:
    """Take note of every child that has ended: its Process has its exit code from now on."""
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            _take_note(ended)


def _take_note(ended: os.waitid_result) -> None:
    """Reap a child that has ended, after what it has started and left behind was ended too."""
    child = _children.pop(ended.si_pid, None)
    if child is not None and child.own_session:
        child.signal(signal.SIGKILL)
    os.waitpid(ended.si_pid, 0)
    if child is not None:
        child.code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


def set_name(name: str) -> None:
    """Give this process the name under which `ps` and `top` show it, where that can be done."""
    text = ctypes.create_string_buffer(name.encode()[:_LONGEST_NAME])
    with contextlib.suppress(NotOffered):
        prctl(_SET_NAME, ctypes.addressof(text))


def has_one_thread() -> bool:
    """Return whether a fork of this process would be whole: it has only the thread that forks."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1
    except OSError:
        return False


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

    def fileno(self) -> int:
        """Return what can be read when a signal has come, for a selector."""
        return self._reader

    def wait(self, seconds: float) -> bool:
        """Wait for a signal, at most ``seconds``; return whether one was a signal to stop."""
        select.select([self._reader], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            return not self._stopping.isdisjoint(os.read(self._reader, 512))
        return False


def _only_wake(_number: int, _frame: FrameType | None) -> None:
    return
