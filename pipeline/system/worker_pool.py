"""A pool of workers: processes that do one kind of work on many tasks. One that dies costs no more than its task."""

import json
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from socket import socketpair
from typing import Any, Generic, Self, TypeVar

from pipeline.model.errors import PracticegraphError
from pipeline.system.processes import CannotStart, Process, has_one_thread, spawn

Task = TypeVar("Task")
Result = TypeVar("Result")

_NAME = "pg-batch"
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from pipeline.system.worker_pool import serve; serve(int(sys.argv[2]))"
)


class TaskFailed(Exception):
    """A task has ended the process that worked on it, or raised what nobody expects; the text says which."""


class WorkerPool(Generic[Task, Result]):
    """Runs ``work`` in processes, each with one task at a time; a context that ends them.

    Work and tasks are pickled. Processes are forked where this one has a single thread, else started afresh; they
    never run the main module, so that scripts and notebooks need no guard in it.
    """

    def __init__(self, work: Callable[[Task], Result], count: int) -> None:
        self._work = work
        self._count = count
        self._workers: list[_Worker] = []
        self._pending: deque[_Pending] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def results(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Result | TaskFailed]]:
        """Yield each task with its result or failure, in order; only few tasks are taken before they are needed.

        Raises what the work raises as a PracticegraphError.
        """
        source = iter(tasks)
        while True:
            self._fill(source)
            if not self._pending:
                return
            first = self._pending[0]
            if first.is_done:
                self._pending.popleft()
                yield first.task, first.outcome
            else:
                self._receive()

    def _fill(self, source: Iterator[Task]) -> None:
        """Give tasks to idle workers, unless too many results wait for an earlier one."""
        while len(self._pending) < 2 * self._count:
            idle = next((worker for worker in self._workers if worker.pending is None), None)
            if idle is None and len(self._workers) == self._count:
                return
            try:
                task = next(source)
            except StopIteration:
                return
            if idle is None:
                idle = _Worker(self._work)
                self._workers.append(idle)
            self._pending.append(idle.begin(task))

    def _receive(self) -> None:
        """Wait until a worker is done, or has died."""
        busy = {worker.connection: worker for worker in self._workers if worker.pending is not None}
        for connection in wait(list(busy)):
            worker = busy[connection]  # type: ignore[index]
            if not worker.receive():
                self._workers.remove(worker)


class _Pending:
    """A task that a worker has, and what has become of it."""

    def __init__(self, task: Any) -> None:
        self.task = task
        self.outcome: Any = None
        self.is_done = False


class _Worker:
    """A worker as this process sees it."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.pending: _Pending | None = None
        here, there = socketpair()
        self.connection = Connection(here.detach())
        with there:
            try:
                self._process = _fork(there.fileno()) if has_one_thread() else _afresh(there.fileno())
            except OSError as error:
                raise CannotStart(error) from error
        self._send(work)

    def begin(self, task: Any) -> _Pending:
        """Give it a task."""
        self.pending = _Pending(task)
        self._send(task)
        return self.pending

    def _send(self, message: Any) -> None:
        with suppress(OSError):  # if it has died, that shows when its answer is received
            self.connection.send(message)

    def receive(self) -> bool:
        """Take what has become of its task; return whether it lives on."""
        assert self.pending is not None
        pending, self.pending = self.pending, None
        pending.is_done = True
        try:
            outcome = self.connection.recv()
        except (EOFError, OSError):
            pending.outcome = TaskFailed(f"its process {self.end().ending()}")
            return False
        if isinstance(outcome, PracticegraphError):
            raise outcome
        pending.outcome = outcome
        return True

    def end(self) -> Process:
        """End the process, unless it has ended by itself."""
        self.connection.close()
        if isinstance(self._process, Process):
            self._process.end()
            return self._process
        self._process.kill()
        return Process(_NAME, self._process.pid, code=self._process.wait())


def _fork(descriptor: int) -> Process:
    return spawn(_NAME, partial(serve, descriptor))


def _afresh(descriptor: int) -> "subprocess.Popen[bytes]":
    paths = json.dumps([path for path in sys.path if path])
    command = [sys.executable, "-c", _START, paths, str(descriptor)]
    return subprocess.Popen(command, pass_fds=(descriptor,), stdin=subprocess.DEVNULL)


def serve(descriptor: int) -> None:
    """Do the work on one task after another, until the other side closes the connection: the side of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(descriptor) as connection, suppress(EOFError, OSError):
        work = connection.recv()
        while True:
            connection.send(attempt(work, connection.recv()))


def attempt(work: Callable[[Task], Result], task: Task) -> Result | TaskFailed | PracticegraphError:
    """Return the result of work on a task, or the error that it raises."""
    try:
        return work(task)
    except PracticegraphError as error:
        return error
    except Exception as error:
        failed = TaskFailed(" ".join(f"{type(error).__name__}: {error}".split())[:200])
        failed.__cause__ = error
        return failed
