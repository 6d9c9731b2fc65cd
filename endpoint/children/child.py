"""A query child: it waits for one question at a time, answers it within its limits, or dies of it."""

import json
import logging
import os
import re
import resource
import selectors
import signal
import socket
import threading
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from endpoint.children import frames
from endpoint.children.board import Board
from endpoint.children.frames import Kind
from endpoint.children.prctl import NotOffered
from endpoint.children.question import Limits, Question
from endpoint.children.seccomp import refuse_network_and_programs

RESULTS = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
GRAPHS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}

_SECONDS_TO_ASK = 5.0
_FIRST_STORE = "current/store"
_LOOKED_AT = 1000
"""Triples of a graph that are looked at for the prefixes it needs; a larger graph declares them all."""

_LOCAL_NAME = re.compile(r"[^/#:]*$")

_log = logging.getLogger(__name__)


class Child:
    """A process's own view of being a query child."""

    def __init__(self, listener: socket.socket, board: Board, slot: int, limits: Limits) -> None:
        self._listener = listener
        self._board = board
        self._slot = slot
        self._limits = limits
        self._watched = selectors.DefaultSelector()
        self._path = ""
        self._store: Store | None = None

    def run(self, output: Path) -> None:
        """Confine this process, open the store that is served now, and answer until it has become slow."""
        self._confine()
        first = output / _FIRST_STORE
        if first.is_dir():
            self._open(str(first.resolve()))
        threading.Thread(target=self._die_when_abandoned, daemon=True).start()
        self._allow_memory(self._limits.memory)
        usual = os.getpriority(os.PRIO_PROCESS, 0)
        while os.getpriority(os.PRIO_PROCESS, 0) <= usual:
            self._board.ready(self._slot)
            connection, _ = self._listener.accept()
            with connection:
                self._serve(connection)

    def _confine(self) -> None:
        os.environ["RUST_BACKTRACE"] = "0"
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            refuse_network_and_programs()
        except NotOffered as reason:
            _log.critical("Query children run WITHOUT the network filter of the kernel: %s", reason)

    def _open(self, path: str) -> Store:
        """Return the store at a path; the one that was open before stays so until no answer needs it."""
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
            kind, content = frames.receive(connection)
            if kind is not Kind.QUESTION:
                return
            question = Question.from_bytes(content)
            connection.settimeout(None)
            self._board.busy(self._slot)
            # The default action of SIGALRM is death, which reaches into any computation.
            signal.setitimer(signal.ITIMER_REAL, min(question.seconds, self._limits.seconds))
            frames.send(connection, Kind.STARTED)
            self._answer(connection, question)
        except (OSError, frames.BrokenConversation) as error:
            _log.info("A question was left before its answer was complete: %s", error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _answer(self, connection: socket.socket, question: Question) -> None:
        # A web process says no more after its question, so what can be read then is that it has gone.
        self._watched.register(connection, selectors.EVENT_READ)
        writer = _Frames(connection)
        refusal = ""
        try:
            _write(self._open(question.store), question, writer)
        except _Gone:
            raise
        except Exception as error:
            refusal = json.dumps({"kind": _kind(error), "message": str(error)})
        finally:
            self._watched.unregister(connection)
        if refusal:
            frames.send(connection, Kind.REFUSED, refusal.encode())
        else:
            writer.finish()

    def _die_when_abandoned(self) -> None:
        """End this process as soon as the one that asks has gone: nothing else stops a computation."""
        while True:
            if self._watched.select():
                os.kill(os.getpid(), signal.SIGKILL)


class _Gone(OSError):
    """The web process does not listen any more."""


class _NoStore(OSError):
    """The store of the release that was asked for cannot be opened."""


class _Frames:
    """A binary file that passes on what is written to it, a full frame at a time."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting = bytearray()

    def write(self, content: bytes) -> int:
        """Take some bytes."""
        self._waiting += content
        while len(self._waiting) >= frames.BODY_LIMIT:
            self._send(bytes(self._waiting[: frames.BODY_LIMIT]))
            del self._waiting[: frames.BODY_LIMIT]
        return len(content)

    def flush(self) -> None:
        """Do nothing: a frame goes out when it is full, and the last one when the answer is complete."""

    def finish(self) -> None:
        """Send what is left, and the word that the answer is complete."""
        if self._waiting:
            self._send(bytes(self._waiting))
        frames.send(self._connection, Kind.END)

    def _send(self, content: bytes) -> None:
        try:
            frames.send(self._connection, Kind.BODY, content)
        except OSError as error:
            raise _Gone(str(error)) from error


def _write(store: Store, question: Question, writer: _Frames) -> None:
    """Run the query and write its result in the format that was asked for."""
    result = store.query(
        question.query,
        base_iri=question.base_iri,
        use_default_graph_as_union=question.union,
        default_graph=_nodes(question.default_graphs),
        named_graphs=_nodes(question.named_graphs),
    )
    if isinstance(result, QuerySolutions | QueryBoolean):
        result.serialize(writer, RESULTS[question.format])  # type: ignore[arg-type]
    else:
        _write_graph(result, question.format, question.prefixes, writer)


def _write_graph(
    triples: QueryTriples, format_name: str, prefixes: Mapping[str, str], writer: _Frames
) -> None:
    if format_name == "nt":
        triples.serialize(writer, GRAPHS[format_name])  # type: ignore[arg-type]
        return
    first = tuple(islice(triples, _LOOKED_AT))
    used = _used(prefixes, first) if len(first) < _LOOKED_AT else dict(prefixes)
    serialize(chain(first, triples), writer, GRAPHS[format_name], prefixes=used)  # type: ignore[arg-type]


def _used(prefixes: Mapping[str, str], triples: Iterable[Triple]) -> dict[str, str]:
    """Return the prefixes that a small graph needs, so that it is not dwarfed by those that it does not."""
    spaces = {_LOCAL_NAME.sub("", str(node)[1:-1]) for triple in triples for node in _nodes_of(triple)}
    return {prefix: space for prefix, space in prefixes.items() if space in spaces}


def _nodes_of(triple: Triple) -> Iterator[NamedNode]:
    for node in (triple.subject, triple.predicate, triple.object):
        if isinstance(node, NamedNode):
            yield node
        elif isinstance(node, Literal):
            yield node.datatype


def _nodes(iris: tuple[str, ...] | None) -> list[Any] | None:
    return None if iris is None else [NamedNode(iri) for iri in iris]


def _kind(error: Exception) -> str:
    """Return what an error is about: syntax, memory, format (which cannot hold it), store, failure."""
    if isinstance(error, SyntaxError):
        return "syntax"
    if isinstance(error, MemoryError):
        return "memory"
    if isinstance(error, ValueError):
        return "format"
    if isinstance(error, _NoStore):
        return "store"
    return "failure"


def _address_space() -> int:
    """Return how many bytes of address space this process uses; a generous guess where that is not told."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmSize:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    return 2 * 1024 * 1024 * 1024
