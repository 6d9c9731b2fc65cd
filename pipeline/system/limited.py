"""Limited children: a parser of foreign files runs in a process of its own, within limits of the kernel."""

import faulthandler
import importlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from pipeline.model.errors import EnvironmentFault, SourceError
from pipeline.system.confinement import NotOffered, refuse_network_and_programs

MIB = 1 << 20

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from pipeline.system.limited import serve; serve()"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory beyond what a child takes before it begins, and seconds of computing."""

    memory: int = 512 * MIB
    seconds: int = 20

    @classmethod
    def for_bytes(cls, size: int) -> "Limits":
        """Return limits that any honest file with so many bytes of text stays far below."""
        return cls(512 * MIB + 16 * size, 20 + 2 * size // MIB)


def run_limited(
    work: Callable[..., Iterable[Any]], arguments: Sequence[str], limits: Limits, name: str
) -> Iterator[Any]:
    """Yield what ``work(*arguments)`` yields in a child without network; both ways, only JSON passes.

    ``work`` is a function of a module, which the child imports. Raises SourceError, which begins with
    ``name``, for one that was raised there, for a limit that was reached, and for a crash.
    """
    order = _Order(work.__module__, work.__qualname__, tuple(arguments), limits, name)
    with _started(order) as child:
        ended = yield from _items(child.pipe)
        code = child.wait()
    if not ended:
        raise SourceError(f"{name} cannot be read: {_cause(code, limits)}")


@dataclass(frozen=True, slots=True)
class _Order:
    """What a child is to do: a function of a module with its arguments, within limits, for a file of a name."""

    module: str
    function: str
    arguments: tuple[str, ...]
    limits: Limits
    name: str


@dataclass(frozen=True, slots=True)
class _Child:
    """A child from this side: what it sends, and what waits for its end and returns its exit code."""

    pipe: IO[bytes]
    wait: Callable[[], int]


def _has_one_thread() -> bool:
    """Tell whether a copy of this process would be whole: of its threads, a fork has only the one that forks."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


@contextmanager
def _started(order: _Order) -> Iterator[_Child]:
    """Start a child in the way that this process can; raise EnvironmentFault where the system starts none."""
    with ExitStack() as stack:
        try:
            child = stack.enter_context(_forked(order) if _has_one_thread() else _spawned(order))
        except OSError as error:
            raise EnvironmentFault(
                f"{order.name} cannot be read now: no process can be started ({error.strerror}). "
                "Allow more processes or memory, and try again."
            ) from error
        yield child


@contextmanager
def _spawned(order: _Order) -> Iterator[_Child]:
    """Start a child afresh."""
    paths = json.dumps([path for path in sys.path if path])
    command = [sys.executable, "-I", "-c", _START, paths, json.dumps(astuple(order))]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None
        try:
            yield _Child(child.stdout, child.wait)
        finally:
            child.kill()


@contextmanager
def _forked(order: _Order) -> Iterator[_Child]:
    """Fork a child, which has everything loaded already and so begins at once."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        pid = os.fork()
    except OSError:
        os.close(reader)
        os.close(writer)
        raise
    if not pid:
        _be_child(order, reader, writer)
    os.close(writer)
    codes: list[int] = []

    def wait() -> int:
        if not codes:
            codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        return codes[0]

    try:
        with os.fdopen(reader, "rb") as pipe:
            yield _Child(pipe, wait)
    finally:
        if not codes:
            os.kill(pid, signal.SIGKILL)
            wait()


def _be_child(order: _Order, reader: int, writer: int) -> NoReturn:
    """Do the work as a forked child, whose own output goes nowhere, and leave without any clearing up."""
    code = 70
    try:
        faulthandler.disable()  # a crash is told by the exit code
        os.close(reader)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _work(order, writer)
        code = 0
    finally:
        os._exit(code)


def _items(lines: IO[bytes]) -> Generator[Any, None, bool]:
    """Yield the items of a child and return whether it came to its end; raise the error it tells of."""
    for line in lines:
        if not line.endswith(b"\n"):
            break
        kind, content = json.loads(line)
        if kind == "item":
            yield content
        elif kind == "end":
            return True
        else:
            raise SourceError(content)
    return False


def _cause(code: int, limits: Limits) -> str:
    megabytes = f"{limits.memory // MIB:,} MB"
    number = -code
    if number == signal.SIGXCPU:
        return f"reading it takes more than {limits.seconds} seconds of computing. Split or simplify it."
    if number == signal.SIGSEGV:
        return "it is nested too deep for its parser. Make it flatter."
    if number in (signal.SIGABRT, signal.SIGKILL):
        return f"its parser needs more than {megabytes} of memory, or it is nested too deep. Simplify it."
    return f"its parser ended without a word (code {code}). Save the file again."


def serve() -> None:
    """Do the work that the command line names and send what it yields; the side of a child started afresh."""
    module, function, arguments, (memory, seconds), name = json.loads(sys.argv[2])
    pipe = os.dup(1)
    os.dup2(2, 1)  # what a library prints goes nowhere, and never between the items
    _work(_Order(module, function, tuple(arguments), Limits(memory, seconds), name), pipe)


def _work(order: _Order, writer: int) -> None:
    warnings.simplefilter("ignore")
    with os.fdopen(writer, "w", encoding="ascii") as pipe:
        work = getattr(importlib.import_module(order.module), order.function)
        _confine(order.limits.memory, order.limits.seconds)
        kind, content = _do(work, order.arguments, order.name, order.limits.memory, pipe)
        pipe.write(json.dumps([kind, content]) + "\n")


def _confine(memory: int, seconds: int) -> None:
    with suppress(NotOffered):  # no parser used here has a need of the network: this is the second lock
        refuse_network_and_programs()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = address_space() + memory
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))


def _do(
    work: Callable[..., Iterable[Any]], arguments: Sequence[str], name: str, memory: int, pipe: IO[str]
) -> tuple[str, str]:
    """Send every item, and return the last word: the end, or an error as a sentence."""
    try:
        for item in work(*arguments):
            pipe.write(json.dumps(["item", item]) + "\n")
    except SourceError as error:
        return "error", str(error)
    except MemoryError:
        return (
            "error",
            f"{name} cannot be read: that needs more than {memory // MIB:,} MB of memory. Split it.",
        )
    except RecursionError:
        return "error", f"{name} cannot be read: it is nested too deep. Make it flatter."
    except Exception as error:  # whatever a parser raises on a broken file is about that file
        told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return "error", f"{name} is damaged, or not what its name says ({told}). Save it again and give that."
    return "end", ""


def address_space() -> int:
    """Return how many bytes of address space this process uses; a generous guess where that is not told."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmSize:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    return 2048 * MIB
