"""A SPARQL 1.1 endpoint somewhere else, asked through SPARQLWrapper."""

from collections.abc import Sequence
from http.client import HTTPResponse
from urllib.request import Request

from SPARQLWrapper import POST, SPARQLWrapper

from pipeline.exchange.access import AGENT, Access
from pipeline.exchange.answer_formats import GRAPHS

MEDIA_TYPES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
"""Format → what it is called over HTTP."""


class _Wrapper(SPARQLWrapper):
    """SPARQLWrapper with the Accept header that was asked for, and without a guess at the form of the query.

    Its own guess is a regular expression, and one that is wrong would send a query as an update.
    """

    def __init__(self, endpoint: str, accept: str, form: str) -> None:
        self._accept = accept
        self._form = form
        super().__init__(endpoint, agent=AGENT)
        self.setMethod(POST)
        self.setOnlyConneg(True)

    def _parseQueryType(self, query: str) -> str:  # noqa: N802  # the library's name
        return self._form

    def _getAcceptHeader(self) -> str:  # noqa: N802  # the library's name
        return self._accept

    def request(self) -> Request:
        """Return the request as it goes over HTTP."""
        request: Request = self._createRequest()
        return request


class Endpoint:
    """An endpoint to ask, and to change where it allows that."""

    def __init__(self, access: Access) -> None:
        self._access = access

    @property
    def url(self) -> str:
        """Return the address of the endpoint."""
        return self._access.url

    def ask(
        self,
        query: str,
        format_name: str,
        *,
        seconds: float,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> HTTPResponse:
        """Return the response to a query, not yet read; raise RemoteFault if there is none.

        ``seconds`` is for each wait for the server, not for the whole answer.
        """
        request = self._query(query, format_name, default_graphs, named_graphs)
        return self._access.open(request, seconds)

    def read(self, query: str, format_name: str, *, seconds: float) -> bytes:
        """Return the whole answer to a query; raise RemoteFault if there is none."""
        return self._access.read(self._query(query, format_name), seconds)

    def update(self, update: str, *, seconds: float) -> None:
        """Send an update; raise RemoteFault if it was not done."""
        wrapper = _Wrapper(self._access.url, "*/*", "INSERT")
        wrapper.setQuery(update)
        self._access.read(wrapper.request(), seconds)

    def _query(
        self,
        query: str,
        format_name: str,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> Request:
        form = "CONSTRUCT" if format_name in GRAPHS else "SELECT"
        wrapper = _Wrapper(self._access.url, MEDIA_TYPES[format_name], form)
        wrapper.setQuery(query)
        for graph in default_graphs:
            wrapper.addDefaultGraph(graph)
        for graph in named_graphs:
            wrapper.addNamedGraph(graph)
        return wrapper.request()
