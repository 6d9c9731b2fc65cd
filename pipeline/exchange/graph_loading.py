"""Loading a graph into a remote store, in parts, by the Graph Store Protocol or by SPARQL Update."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote
from urllib.request import Request

from pyoxigraph import BlankNode, Quad, RdfFormat, Triple, serialize

from pipeline.exchange.access import Access
from pipeline.exchange.endpoint import Endpoint
from pipeline.system.data_files import filled_text


class ByGraphStore:
    """The Graph Store Protocol: each part, of so many triples, is posted to the graph."""

    part = 5000

    def __init__(self, access: Access) -> None:
        self._access = access

    def add(self, graph: str, triples: bytes, *, seconds: float) -> None:
        """Add triples, which are N-Triples, to a graph; raise RemoteFault if they were not."""
        mark = "&" if "?" in self._access.url else "?"
        url = f"{self._access.url}{mark}graph={quote(graph, safe='')}"
        # Every store reads Turtle, not every one N-Triples, which is a part of it.
        request = Request(url, triples, {"Content-Type": "text/turtle"}, method="POST")  # noqa: S310  # http, as checked
        self._access.read(request, seconds)


class ByUpdate:
    """SPARQL Update: each part is an INSERT DATA, small enough for stores that compile it as a whole."""

    part = 500

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def add(self, graph: str, triples: bytes, *, seconds: float) -> None:
        """Add triples to a graph; not every store takes blank nodes in INSERT DATA, so they go in by a template."""
        name = "insert_nameless.ru" if b"_:" in triples else "insert.ru"
        self._endpoint.update(
            filled_text(__package__, name, graph=graph, triples=triples.decode()), seconds=seconds
        )


Loader = ByGraphStore | ByUpdate
"""A way to put triples into a graph of a remote store."""


def parts(quads: Iterable[Quad], size: int) -> Iterator[bytes]:
    """Yield triples as N-Triples in batches; those with blank nodes together, because their names end there."""
    named: list[Triple] = []
    nameless: list[Triple] = []
    for quad in quads:
        triple = quad.triple
        (nameless if _has_blank(triple) else named).append(triple)
        if len(named) == size:
            yield _to_ntriples(named)
            named = []
    for rest in (named, nameless):
        if rest:
            yield _to_ntriples(rest)


def _has_blank(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def _to_ntriples(triples: Iterable[Triple]) -> bytes:
    written = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert written is not None
    return written
