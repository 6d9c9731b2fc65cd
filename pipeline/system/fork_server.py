"""A fork server: a process with one thread, which forks children for a process that has several.

A process with several threads cannot fork safely, and to start a program afresh takes as long as all its imports.
"""

import atexit
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.system.processes import CannotStart, Process, Signals, has_one_thread, reap, spawn

_START = "import sys; sys.path[:] = sys.argv[1:]; from pipeline.system.fork_server import serve; serve()"
_IDLE = 60.0
"""Seconds after which a server that nobody needs ends itself."""

_LONGEST_ORDER = 1 << 17
_STARTED = b"started"


@dataclass(frozen=True, slots=True)
class ForkedChild:
    """A child that the server has forked, and the socket of the process that waits for it."""

    status: socket.socket

    def wait(self) -> int | None:
        """Return the exit code, negative for the signal that ended it; None if the server has ended before it."""
        code = self.status.recv(16)
        return int(code) if code else None

    def end(self) -> int | None:
        """End it if it still runs, and return its exit code when it has ended, unless it was returned before."""
        with self.status, suppress(OSError):
            self.status.shutdown(socket.SHUT_WR)
            return self.wait()
        return None


class _Server:
    """A fork server as the process sees it that has started it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-I", "-c", _START, *filter(None, sys.path)]
            # openpyxl loads numpy where it is, which starts threads: a process with threads cannot fork safely.
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment
            )

    def fork(self, order: bytes, output: int) -> ForkedChild | None:
        """Return a child that writes to ``output``; None if the server has ended."""
        here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            try:
                socket.send_fds(self._socket, [order], [output, there.fileno()])
            except (BrokenPipeError, ConnectionResetError):
                here.close()
                return None
        if here.recv(16) != _STARTED:
            here.close()
            return None
        return ForkedChild(here)

    def close(self) -> None:
        """Let the server end, and reap it if it is a child of this process."""
        self._socket.close()
        if self.owner == os.getpid():
            self._process.wait()
        else:
            self._process.returncode = 0  # it is for its parent to reap


_server: _Server | None = None
_lock = threading.Lock()


def fork_elsewhere(
    name: str, function: Callable[..., object], arguments: Sequence[Any], output: int, *, needs: str
) -> ForkedChild:
    """Return a child under a name, without the memory of this process, that runs a function of a module and ends.

    The function gets the descriptor ``output`` and the arguments, which pass as JSON. The server loads the module
    that it ``needs`` once for all children. Raises CannotStart where no child starts.
    """
    paths = [path for path in sys.path if path]
    place = (function.__module__, function.__qualname__)
    order = json.dumps([paths, str(Path.cwd()), name, *place, arguments, needs]).encode()
    with _lock:
        for _ in range(2):  # a server may end itself just as it is needed again
            child = _running().fork(order, output)
            if child is not None:
                return child
            end_fork_server()
    raise CannotStart(ChildProcessError(0, "the fork server has ended"))


def fork_anywhere(
    name: str, function: Callable[..., object], arguments: Sequence[Any], output: int, *, needs: str
) -> Process | ForkedChild:
    """Return such a child, forked here if this process has one thread: it has everything loaded and begins at once."""
    try:
        if has_one_thread():
            return spawn(name, partial(function, output, *arguments))
        return fork_elsewhere(name, function, arguments, output, needs=needs)
    except OSError as error:
        raise CannotStart(error) from error


def _running() -> _Server:
    global _server
    if _server is not None and _server.owner != os.getpid():
        end_fork_server()
    if _server is None:
        _server = _Server()
    return _server


@atexit.register
def end_fork_server() -> None:
    """End the server of this process, if there is one; the next child gets another."""
    global _server
    if _server is not None:
        _server.close()
        _server = None


# The other side


def serve() -> None:
    """Fork a child for each order on standard input; end when nobody can send any, or when idle for a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the process that is served
    connection = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)
    waiting: list[Process] = []
    with Signals() as ends:
        while True:
            ready, _, _ = select.select([connection.fileno(), ends.fileno()], [], [], _IDLE)
            ends.wait(0)
            reap()
            waiting = [each for each in waiting if each.code is None]
            if connection.fileno() in ready:
                order, descriptors, _, _ = socket.recv_fds(connection, _LONGEST_ORDER, 2)
                if not order:
                    return
                waiting.append(_fork(order, descriptors, connection))
            elif not ready and not waiting:
                return


def _fork(order: bytes, descriptors: Sequence[int], connection: socket.socket) -> Process:
    """Return a process that waits for the child; it is the child's parent, so that it can end it at any time."""
    output, status = descriptors
    paths, folder, name, module, function, arguments, needs = json.loads(order)
    sys.path[:] = paths
    importlib.import_module(needs)
    run = partial(getattr(importlib.import_module(module), function), output, *arguments)
    child = partial(_run, run, folder, status)
    try:
        return spawn("pg-fork-waiter", partial(_wait_for, name, child, connection, output, status))
    finally:
        for each in descriptors:
            os.close(each)


def _wait_for(
    name: str, run: Callable[[], object], connection: socket.socket, output: int, status: int
) -> None:
    """Be the parent of the child: say that it has started, end it when nobody waits for it, and say how it ended."""
    connection.close()
    child = spawn(name, run)
    os.close(output)
    with socket.socket(fileno=status) as waiting, suppress(OSError):
        waiting.send(_STARTED)
        ended = os.pidfd_open(child.pid)
        ready, _, _ = select.select([waiting.fileno(), ended], [], [])
        waiting.send(str(child.wait() if ended in ready else child.end()).encode())


def _run(run: Callable[[], object], folder: str, status: int) -> None:
    os.close(status)
    with suppress(OSError):
        os.chdir(folder)
    run()
