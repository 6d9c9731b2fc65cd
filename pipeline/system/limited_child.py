"""Limited children: a parser of foreign files runs in its own process, within limits of the kernel."""

import faulthandler
import importlib
import json
import logging
import os
import signal
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cache
from typing import IO, Any

from pipeline.model.errors import SourceError
from pipeline.system.confinement import confine
from pipeline.system.fork_server import ForkedChild, fork_anywhere
from pipeline.system.limits import MIB, limit_computing, limit_memory, write_no_core
from pipeline.system.processes import CannotStart, Process

_NAME = "pg-parser"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Bytes of memory beyond what a child takes before it begins, and seconds of computing."""

    memory: int = 512 * MIB
    seconds: int = 20

    @classmethod
    def for_bytes(cls, size: int) -> "ChildLimits":
        """Return limits that any honest file with this many bytes of text stays far below."""
        return cls(512 * MIB + 16 * size, 20 + 2 * size // MIB)


def run_limited(
    work: Callable[..., Iterable[Any]], arguments: Sequence[str], limits: ChildLimits, name: str
) -> Iterator[Any]:
    """Yield what ``work(*arguments)`` yields in a child without network; both ways, only JSON passes.

    ``work`` is a function of a module, which the child imports. Raises SourceError, which begins with
    ``name``, for one that was raised there, for a limit that was reached, and for a crash.
    """
    order = (work.__module__, work.__qualname__, tuple(arguments), astuple(limits), name)
    with _start_child(order) as (pipe, child):
        ended = yield from _items(pipe)
        code = child.wait()
    if not ended:
        raise SourceError(f"{name} cannot be read: {_cause(code, limits)}")


@contextmanager
def _start_child(order: tuple[Any, ...]) -> Iterator[tuple[IO[bytes], Process | ForkedChild]]:
    """Start a child, and end it; give what it sends. Raises CannotStart if none starts."""
    try:
        reader, writer = os.pipe()
    except OSError as error:
        raise CannotStart(error) from error
    with os.fdopen(reader, "rb") as pipe:
        try:
            child = fork_anywhere(_NAME, serve, order, writer, needs=order[0])
        finally:
            os.close(writer)
        try:
            yield pipe, child
        finally:
            child.end()


def _items(lines: IO[bytes]) -> Generator[Any, None, bool]:
    """Yield the items of a child and return whether it finished; raise the error that it reports."""
    for line in lines:
        if not line.endswith(b"\n"):
            break
        kind, content = json.loads(line)
        if kind == "item":
            yield content
        elif kind == "end":
            return True
        elif kind == "unconfined":
            _warn_unconfined(content)
        else:
            raise SourceError(content)
    return False


@cache
def _warn_unconfined(reason: str) -> None:
    """Log once in each process that its parsers are not confined: they have no log of their own."""
    _log.critical("Parsers run WITHOUT the filter that keeps them from the network (seccomp): %s", reason)


def _cause(code: int | None, limits: ChildLimits) -> str:
    megabytes = f"{limits.memory // MIB:,} MB"
    number = -(code or 0)
    if number == signal.SIGXCPU:
        return f"reading it takes more than {limits.seconds} seconds of computing. Split or simplify it."
    if number == signal.SIGSEGV:
        return "it is nested too deep for its parser. Make it flatter."
    if number in (signal.SIGABRT, signal.SIGKILL):
        return f"its parser needs more than {megabytes} of memory, or it is nested too deep. Simplify it."
    return f"its parser ended without a word (code {code}). Save the file again."


def serve(
    writer: int, module: str, function: str, arguments: Sequence[str], limits: Sequence[int], name: str
) -> None:
    """Do the work as a child within limits and send what it yields; other output goes nowhere."""
    faulthandler.disable()  # the exit code shows a crash
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    warnings.simplefilter("ignore")
    memory, seconds = limits
    with os.fdopen(writer, "w", encoding="ascii") as pipe:
        work = getattr(importlib.import_module(module), function)
        write_no_core()
        limit_computing(seconds)
        limit_memory(memory)
        if fault := confine("A parser runs"):
            pipe.write(json.dumps(["unconfined", fault]) + "\n")
        pipe.write(json.dumps(_do(work, arguments, name, memory, pipe)) + "\n")


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
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return (
            "error",
            f"{name} is damaged, or not what its name says ({reason}). Save it again and give that.",
        )
    return "end", ""
