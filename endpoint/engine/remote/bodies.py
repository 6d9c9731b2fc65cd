"""Bodies: the answer of a remote store as it arrives, and as it is passed to the client.

The store is asked for results as JSON and for graphs as triples, which are read here and written in the format
that the client wants: so every format is right whatever the store makes of it, and one that breaks off is noticed.
"""

from collections.abc import Callable, Iterator
from http.client import HTTPResponse

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from endpoint.engine.query_results import writable_in_xml
from pipeline.exchange.access import RemoteFault, next_part

_PART = 64 * 1024
_GATHERED = 4 * 1024 * 1024
"""Bytes of an answer that are kept until it is known what release they are of; of a longer one, the end waits."""

_SYNTAXES = {
    "application/n-triples": RdfFormat.N_TRIPLES,
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
_TRUTH = "__ASK_RETVAL"
"""The variable in which Virtuoso 7 answers ASK, which has no variables in the standard."""

_TRUE, _FALSE = b'{"head":{},"boolean":true}', b'{"head":{},"boolean":false}'


class ResponseReader:
    """The body of a response as a file that looks, before each part, whether to continue."""

    def __init__(self, response: HTTPResponse, look: Callable[[], None]) -> None:
        self.content_type = response.headers.get_content_type()
        self._response = response
        self._look = look

    def read(self, size: int = _PART) -> bytes:
        """Return the next bytes."""
        self._look()
        return next_part(self._response, size)


class BufferedOutput:
    """A file that keeps what is written to it, and passes it on only when there is much of it, or at the end."""

    def __init__(self, put: Callable[[bytes], None], *, is_xml: bool) -> None:
        self.has_passed_on = False
        self._put = put
        self._is_xml = is_xml
        self._buffer = bytearray()

    def write(self, content: bytes) -> int:
        """Take some bytes."""
        self._buffer += writable_in_xml(content) if self._is_xml else content
        if len(self._buffer) > _GATHERED:
            self._pass_on(len(self._buffer) - _PART)
        return len(content)

    def flush(self) -> None:
        """Do nothing: what is kept is passed on when it is known to be whole."""

    def finish(self) -> None:
        """Pass on all that is kept."""
        self._pass_on(len(self._buffer))

    def _pass_on(self, size: int) -> None:
        self.has_passed_on = True
        for start in range(0, size, _PART):
            self._put(bytes(self._buffer[start : min(start + _PART, size)]))
        del self._buffer[:size]


def results(source: ResponseReader) -> QuerySolutions | QueryBoolean:
    """Return the results that a response contains; raise RemoteFault where it contains another thing."""
    if not source.content_type.endswith("json"):
        raise RemoteFault(500, f"It answers as {source.content_type}, not with results in JSON.")
    parsed = parse_query_results(source, format=QueryResultsFormat.JSON)  # type: ignore[arg-type]
    if isinstance(parsed, QuerySolutions) and [name.value for name in parsed.variables] == [_TRUTH]:
        is_true = any(row[_TRUTH] is not None and row[_TRUTH].value == "1" for row in parsed)
        return parse_query_results(_TRUE if is_true else _FALSE, format=QueryResultsFormat.JSON)
    return parsed


def triples(source: ResponseReader) -> Iterator[Triple]:
    """Return the triples that a response contains; raise RemoteFault where it contains another thing."""
    syntax = _SYNTAXES.get(source.content_type)
    if syntax is None:
        raise RemoteFault(500, f"It answers as {source.content_type}, not with a graph.")
    return (quad.triple for quad in parse(source, syntax))  # type: ignore[arg-type]
