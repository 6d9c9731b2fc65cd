"""A query child: it waits for one question at a time, answers it within its limits, or dies of it."""

import logging
import os
import selectors
import signal
import socket
import threading
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Store

from endpoint.engine import wire_frames
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.memory_store import MemoryStore
from endpoint.engine.query_results import Frames, ListenerClosed, NotInThisFormat, write_result
from endpoint.engine.question import QueryLimits, Question
from endpoint.engine.wire_frames import FrameKind
from endpoint.engine.worker_status import WorkerStatus
from endpoint.hints.empty_answers import empty_columns, is_empty
from endpoint.hints.empty_hints import empty_hints
from endpoint.hints.hint import as_json
from endpoint.hints.known_data import beside
from endpoint.http.problems import Problem
from endpoint.monitoring.memory import keep_free_memory
from endpoint.syntax.explanations import explain, explain_failure, explain_refusal, explain_syntax
from endpoint.syntax.query_checks import Reading, read
from endpoint.syntax.respelling import respell
from pipeline.system.confinement import confine
from pipeline.system.limits import limit_memory, write_no_core

_SECONDS_TO_ASK = 5.0
_SECONDS_FOR_HINTS = 0.5
_WHEN_IDLE = (signal.SIGTERM,)

_log = logging.getLogger(__name__)


class Child:
    """A process's own view of being a query child; questions at the store in ``memory`` need no other."""

    def __init__(
        self,
        queue: ConnectionQueue,
        status: WorkerStatus,
        slot: int,
        limits: QueryLimits,
        memory: MemoryStore | None,
    ) -> None:
        self._queue = queue
        self._status = status
        self._slot = slot
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self._memory = memory
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
        limit_memory(self._limits.memory)
        usual = os.getpriority(os.PRIO_PROCESS, 0)
        while os.getpriority(os.PRIO_PROCESS, 0) <= usual:
            self._status.ready(self._slot)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _WHEN_IDLE)
            connection = self._queue.accept()
            signal.pthread_sigmask(signal.SIG_BLOCK, _WHEN_IDLE)
            with connection:
                self._serve(connection)

    def _confine(self) -> None:
        os.environ["RUST_BACKTRACE"] = "0"
        write_no_core()
        keep_free_memory()
        confine("Query children run")

    def _open(self, path: str) -> Store:
        """Return the store at a path; the one that was open before stays so until no answer needs it."""
        if self._memory is not None and path == self._memory.path:
            return self._memory.store
        if self._store is None or path != self._path:
            limit_memory(None)
            try:
                self._store = Store.read_only(path)
            except OSError as error:
                raise _NoStore(f"{path} cannot be opened: {error}") from error
            self._path = path
            limit_memory(self._limits.memory)
        return self._store

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(_SECONDS_TO_ASK)
            kind, content = wire_frames.Conversation(connection).receive()
            if kind != FrameKind.QUESTION:
                return
            question = Question.from_bytes(content)
            connection.settimeout(None)
            self._status.busy(self._slot)
            # The default action of SIGALRM is death, which reaches into any computation.
            signal.setitimer(signal.ITIMER_REAL, min(question.seconds, self._limits.seconds))
            wire_frames.send(connection, FrameKind.STARTED, wire_frames.WORKER.pack(self._slot, os.getpid()))
            self._answer(connection, question)
        except (OSError, wire_frames.BrokenConversation) as error:
            _log.info("A question was left before its answer was complete: %s", error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _answer(self, connection: socket.socket, question: Question) -> None:
        # A web process says no more after its question, so what can be read then is that it has gone.
        self._selector.register(connection, selectors.EVENT_READ)
        writer = Frames(connection, is_xml=question.format in ("xml", "rdf"))
        try:
            ending = writer.ending(self._perform(question, writer))
        except ListenerClosed:
            raise
        except Exception as error:
            ending = wire_frames.frame_bytes(
                FrameKind.REFUSED, self._problem(error, question.query).to_bytes()
            )
        finally:
            self._selector.unregister(connection)
        connection.sendall(ending)

    def _perform(self, question: Question, writer: Frames) -> str:
        """Read a query, and do with it what the question asks for; raise Problem where it is refused.

        Return the hints on a query that finds nothing.
        """
        if question.task == "hint":
            writer.begin(Reading("SELECT"))
            return self._hints(question, tuple(question.message.split()))
        reading = self._read(question.query)
        if question.task == "explain":
            raise explain(question.message, question.query, reading)
        if question.task == "read":
            writer.begin(reading)
            return ""
        writer.begin(reading, is_brief=True)
        question = self._evaluate(question, reading, writer)
        answer = writer.unsent()
        if answer is None:
            return ""
        columns = empty_columns(answer, question.format)
        return self._hints(question, columns) if columns or is_empty(answer, question.format) else ""

    def _evaluate(self, question: Question, reading: Reading, writer: Frames) -> Question:
        """Write the answer to a question; return the question with its query as the engine has read it."""
        try:
            write_result(self._open(question.store), question, reading, writer)
        except SyntaxError as error:
            query = respell(question.query)
            if query == question.query:
                raise explain_syntax(str(error), query, reading) from error
            return self._evaluate(replace(question, query=query), reading, writer)
        return question

    def _hints(self, question: Question, columns: tuple[str, ...]) -> str:
        """Return hints on a query that finds nothing, or no value for some columns.

        There are none where little time is left: the answer matters more.
        """
        if signal.getitimer(signal.ITIMER_REAL)[0] < _SECONDS_FOR_HINTS:
            return ""
        address = question.base_iri or ""
        graphs = (*(question.default_graphs or ()), *(question.named_graphs or ()))
        try:
            store = self._open(question.store)
            profile = beside(question.store)
            return as_json(
                empty_hints(question.query, store, profile, address=address, graphs=graphs, columns=columns)
            )
        except Exception:
            _log.exception("A query that found nothing gets no hints")
            return ""

    def _read(self, query: str) -> Reading:
        """Read a query; raise Problem where it is refused."""
        try:
            return read(query)
        except Problem as problem:
            raise explain_refusal(problem, query) from problem

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
            if self._selector.select():
                os.kill(os.getpid(), signal.SIGKILL)


class _NoStore(OSError):
    """The store of the release that was asked for cannot be opened."""
