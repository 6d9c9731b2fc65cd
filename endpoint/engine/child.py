"""A query child: it waits for one question at a time, answers it within its limits, or dies of it."""

import logging
import os
import re
import resource
import selectors
import signal
import socket
import threading
from pathlib import Path

from pyoxigraph import Store

from endpoint.engine import wire_frames
from endpoint.engine.board import Board
from endpoint.engine.keeper import Kept
from endpoint.engine.query_results import Frames, ListenerGone, NotInThisFormat, write_result
from endpoint.engine.question import Limits, Question
from endpoint.engine.wire_frames import Kind
from endpoint.monitoring.memory import keep_free_memory
from endpoint.syntax.explanations import explain, explain_failure, explain_syntax
from endpoint.syntax.query_checks import read
from endpoint.syntax.sparql_problems import Problem
from pipeline.system.confinement import NotOffered, refuse_network_and_programs

_SECONDS_TO_ASK = 5.0
_WHEN_IDLE = (signal.SIGTERM,)

_log = logging.getLogger(__name__)


class Child:
    """A process's own view of being a query child; questions at the store that is ``kept`` need no other."""

    def __init__(
        self, listener: socket.socket, board: Board, slot: int, limits: Limits, kept: Kept | None
    ) -> None:
        self._listener = listener
        self._board = board
        self._slot = slot
        self._limits = limits
        self._watched = selectors.DefaultSelector()
        self._kept = kept
        self._path = ""
        self._store: Store | None = None

    def run(self, store: Path) -> None:
        """Confine this process, open the store that is served now, and answer until it has become slow.

        SIGTERM ends it only while it waits: what it has begun to answer comes to its end first.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, _WHEN_IDLE)
        self._confine()
        threading.Thread(target=self._die_when_abandoned, daemon=True).start()
        try:
            self._open(str(store))
        except _NoStore as error:
            _log.error("Questions at this release will fail: %s", error)
        self._allow_memory(self._limits.memory)
        usual = os.getpriority(os.PRIO_PROCESS, 0)
        while os.getpriority(os.PRIO_PROCESS, 0) <= usual:
            self._board.ready(self._slot)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _WHEN_IDLE)
            connection, _ = self._listener.accept()
            signal.pthread_sigmask(signal.SIG_BLOCK, _WHEN_IDLE)
            with connection:
                self._serve(connection)

    def _confine(self) -> None:
        os.environ["RUST_BACKTRACE"] = "0"
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        keep_free_memory()
        try:
            refuse_network_and_programs()
        except NotOffered as reason:
            _log.critical("Query children run WITHOUT the network filter of the kernel: %s", reason)

    def _open(self, path: str) -> Store:
        """Return the store at a path; the one that was open before stays so until no answer needs it."""
        if self._kept is not None and path == self._kept.path:
            return self._kept.store
        if self._store is None or path != self._path:
            self._allow_memory(None)
            try:
                self._store = Store.read_only(path)
            except OSError as error:
                raise _NoStore(f"{path} cannot be opened: {error}") from error
            self._path = path
            self._allow_memory(self._limits.memory)
        return self._store

    def _allow_memory(self, further: int | None) -> None:
        """Limit the address space to so many bytes more than are in use; None takes the limit away."""
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = hard if further is None else _address_space() + further
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(_SECONDS_TO_ASK)
            kind, content = wire_frames.Conversation(connection).receive()
            if kind is not Kind.QUESTION:
                return
            question = Question.from_bytes(content)
            connection.settimeout(None)
            self._board.busy(self._slot)
            # The default action of SIGALRM is death, which reaches into any computation.
            signal.setitimer(signal.ITIMER_REAL, min(question.seconds, self._limits.seconds))
            wire_frames.send(connection, Kind.STARTED)
            self._answer(connection, question)
        except (OSError, wire_frames.BrokenConversation) as error:
            _log.info("A question was left before its answer was complete: %s", error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _answer(self, connection: socket.socket, question: Question) -> None:
        # A web process says no more after its question, so what can be read then is that it has gone.
        self._watched.register(connection, selectors.EVENT_READ)
        writer = Frames(connection, is_xml=question.format in ("xml", "rdf"))
        try:
            self._perform(question, writer)
            ending = writer.ending()
        except ListenerGone:
            raise
        except Exception as error:
            ending = wire_frames.framed(Kind.REFUSED, self._problem(error, question.query).to_bytes())
        finally:
            self._watched.unregister(connection)
        connection.sendall(ending)

    def _perform(self, question: Question, writer: Frames) -> None:
        """Read a query, and do with it what the question asks for; raise Problem where it is refused."""
        reading = read(question.query)
        if question.task == "explain":
            raise explain(question.message, question.query, reading)
        if question.task == "read":
            writer.begin(reading)
            return
        writer.begin(reading.brief())
        try:
            write_result(self._open(question.store), question, reading, writer)
        except SyntaxError as error:
            raise explain_syntax(str(error), question.query, reading) from error

    def _problem(self, error: Exception, query: str) -> Problem:
        """Return what an error means for the client."""
        if isinstance(error, Problem):
            return error
        if isinstance(error, MemoryError):
            return self._limits.over_memory()
        if isinstance(error, NotInThisFormat):
            return Problem("format-not-available", f"{error} Ask for another format.")
        if isinstance(error, _NoStore):
            return Problem(
                "store-unavailable", "The release's store cannot be read; the operator has been told."
            )
        return explain_failure(str(error), query)

    def _die_when_abandoned(self) -> None:
        """End this process as soon as the one that asks has gone: nothing else stops a computation."""
        while True:
            if self._watched.select():
                os.kill(os.getpid(), signal.SIGKILL)


class _NoStore(OSError):
    """The store of the release that was asked for cannot be opened."""


def _address_space() -> int:
    """Return how many bytes of address space this process uses; a generous guess where that is not told."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmSize:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    return 2 * 1024 * 1024 * 1024
