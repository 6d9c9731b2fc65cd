"""Results: a query run on a store, and what it gives written in the format that was asked for."""

import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Protocol

from pyoxigraph import (
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

from endpoint.engine import wire_frames
from endpoint.engine.json_ld_results import FORMATS as JSON_LD_FORMATS
from endpoint.engine.json_ld_results import NoJsonLd, names_of, write_json_ld
from endpoint.engine.question import Question
from endpoint.engine.wire_frames import FrameKind
from endpoint.syntax.query_checks import Reading
from pipeline.rdf.vocabulary import RDF, XSD
from pipeline.rdf.vocabulary import prefixes as usual_prefixes
from pipeline.rdf.xml_characters import SENTENCE, is_xml

_LOOKED_AT = 1000
"""Triples of a graph that are looked at for the prefixes it needs; a larger graph declares them all."""

_WRITTEN_SHORT = {
    *(XSD + name for name in ("string", "integer", "decimal", "double", "boolean")),
    *(RDF + name for name in ("type", "langString")),
}
"""What Turtle writes without its name."""

_LOCAL_NAME = re.compile(r"[^/#:]*$")
_ENDS_IN_XML_NAME = re.compile(r"[^\W\d][\w.-]*$")


class ListenerClosed(OSError):
    """The web process does not listen any more."""


class NotInThisFormat(Exception):
    """The format that was asked for has no way to write this result; the sentence says why."""


class Writer(Protocol):
    """A binary file that can be written to."""

    def write(self, content: bytes) -> int:
        """Take some bytes."""

    def flush(self) -> None:
        """Do what is to be done from time to time."""


def is_graph_format(format_name: str) -> bool:
    """Return whether a format is one of graphs, not of results."""
    return QueryResultsFormat.from_extension(format_name) is None


def writable_in_xml(content: bytes) -> bytes:
    """Return a part of an XML answer; raise NotInThisFormat where it has characters that XML cannot have."""
    if not is_xml(content):
        raise NotInThisFormat(SENTENCE)
    return content


class Frames:
    """A binary file that passes on what is written to it, a full frame at a time."""

    def __init__(self, connection: socket.socket, *, is_xml: bool) -> None:
        self._connection = connection
        self._is_xml = is_xml
        self._waiting = bytearray()
        self._ahead = b""

    def begin(self, reading: Reading, *, is_brief: bool = False) -> None:
        """Let what was read of the query go ahead of the first frame."""
        self._ahead = wire_frames.frame_bytes(FrameKind.READING, reading.to_bytes(is_brief=is_brief))

    def write(self, content: bytes) -> int:
        """Take some bytes."""
        self._waiting += content
        while len(self._waiting) >= wire_frames.BODY_LIMIT:
            self._send(bytes(self._waiting[: wire_frames.BODY_LIMIT]))
            del self._waiting[: wire_frames.BODY_LIMIT]
        return len(content)

    def flush(self) -> None:
        """Do nothing: a frame goes out when it is full, and the last one when the answer is complete."""

    def unsent(self) -> bytes | None:
        """Return the answer if no part has been sent yet, else nothing."""
        return bytes(self._waiting) if self._ahead else None

    def ending(self, hints: str = "") -> bytes:
        """Return what is left, and the end of the answer with hints on its query, as they are to be sent."""
        last = (
            wire_frames.frame_bytes(FrameKind.BODY, self._allowed_content(bytes(self._waiting)))
            if self._waiting
            else b""
        )
        return self._ahead + last + wire_frames.frame_bytes(FrameKind.END, hints.encode())

    def _send(self, content: bytes) -> None:
        try:
            self._connection.sendall(
                self._ahead + wire_frames.frame_bytes(FrameKind.BODY, self._allowed_content(content))
            )
        except OSError as error:
            raise ListenerClosed(str(error)) from error
        self._ahead = b""

    def _allowed_content(self, content: bytes) -> bytes:
        return writable_in_xml(content) if self._is_xml else content


def write_result(store: Store, question: Question, reading: Reading, writer: Frames) -> None:
    """Run a query that was read and write all of its result; raise SyntaxError or what else the engine says.

    The engine may still hold back the last bytes; ``writer.ending()`` has them.
    """
    result = store.query(
        question.query,
        base_iri=question.base_iri,
        use_default_graph_as_union=question.union and not reading.names_dataset,
        default_graph=_nodes(question.default_graphs),
        named_graphs=_nodes(question.named_graphs),
    )
    write_answer(result, question, reading, writer)


def write_answer(
    result: QuerySolutions | QueryBoolean | Iterator[Triple],
    question: Question,
    reading: Reading,
    writer: Writer,
) -> None:
    """Write a result, of any store, in the format of the question; raise NotInThisFormat if it has none."""
    if isinstance(result, QuerySolutions | QueryBoolean):
        result.serialize(writer, QueryResultsFormat.from_extension(question.format))  # type: ignore[arg-type]
    elif question.format == "nt" and isinstance(result, QueryTriples):
        result.serialize(writer, RdfFormat.N_TRIPLES)  # type: ignore[arg-type]
    elif question.format in JSON_LD_FORMATS:
        try:
            write_json_ld(result, question.format, writer.write)
        except NoJsonLd as reason:
            raise NotInThisFormat(str(reason)) from reason
    else:
        _write_graph(result, question.format, reading.namespaces(), writer)


def _write_graph(
    result: Iterator[Triple], format_name: str, own_prefixes: Mapping[str, str], writer: Writer
) -> None:
    triples = _with_xml_names(result) if format_name == "rdf" else result
    first = tuple(islice(triples, _LOOKED_AT))
    prefixes = {**usual_prefixes(), **own_prefixes}
    if len(first) < _LOOKED_AT:
        prefixes = _used(prefixes, first)
    serialize(chain(first, triples), writer, RdfFormat.from_extension(format_name), prefixes=prefixes)  # type: ignore[arg-type]


def _used(prefixes: Mapping[str, str], triples: Iterable[Triple]) -> dict[str, str]:
    """Return the prefixes that a small graph needs, so that it is not dwarfed by those that it does not."""
    names = set(chain.from_iterable(map(names_of, triples))) - _WRITTEN_SHORT
    spaces = set(map(_space, names))
    return {prefix: space for prefix, space in prefixes.items() if space in spaces}


@lru_cache(maxsize=4096)
def _space(name: str) -> str:
    """Return an IRI up to what a prefixed name could end with."""
    return _LOCAL_NAME.sub("", name)


def _with_xml_names(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield the triples; raise NotInThisFormat at a predicate that cannot be the name of an XML element."""
    for triple in triples:
        if not _ENDS_IN_XML_NAME.search(triple.predicate.value):
            raise NotInThisFormat(f"RDF/XML has no form for the predicate {triple.predicate}.")
        yield triple


def _nodes(iris: tuple[str, ...] | None) -> list[Any] | None:
    return None if iris is None else [NamedNode(iri) for iri in iris]
