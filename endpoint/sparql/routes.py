"""Routes: the one address of the endpoint, and what each request to it gets."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.wrappers.response import Response as AnyResponse

from endpoint import observed
from endpoint.cache import Cache, Kept
from endpoint.children.client import Abandoned, Asker, Children, QuestionFailed
from endpoint.children.question import Limits, Question
from endpoint.jsonld import CONTEXT_PATH
from endpoint.negotiation import Offer
from endpoint.release import Release
from endpoint.responses import make_body, respond
from endpoint.service import current_release, rendered
from endpoint.sparql import checks, formats, front, hints, page, protocol
from endpoint.sparql.answers import entity_tag, key_of, not_modified, response_of
from endpoint.sparql.asking import Asking, Found, Landed, Places, Stream
from endpoint.sparql.checks import Reading
from endpoint.sparql.description import describe_service
from endpoint.sparql.errors import error_response, problem_of, wants_page
from endpoint.sparql.problems import Problem

_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_OTHER_METHODS = ("PUT", "PATCH", "DELETE")
_GONE_CLIENT = 499
"""What logs call a request whose client did not wait; nobody reads the response."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\\]*")
_REMEMBERED = 2000
"""Characters of a query up to which what can be told of it is remembered."""

_LOGGED = 500
_EXPOSED = (
    "ETag, Retry-After, Content-Disposition, Allow, Accept-Post, Server-Timing, X-Request-Id, X-Query-Hint"
)


def blueprint(
    query_socket: Path,
    *,
    asker: Asker | None = None,
    limits: Limits | None = None,
    in_flight: int = 8,
    cache: Cache[Landed] | None = None,
) -> Blueprint:
    """Return the routes of the endpoint, over an asker or else the query children that listen on a socket.

    Without a cache nothing is kept, and only questions under way are shared.
    """
    asker = asker or Children(query_socket, limits or Limits())
    endpoint = _Endpoint(Asking(asker, Places(in_flight), Cache(0) if cache is None else cache))
    routes = Blueprint("sparql", __name__)
    routes.add_url_rule(
        "/sparql",
        "sparql",
        endpoint.respond,
        methods=(*_METHODS, *_OTHER_METHODS),
        provide_automatic_options=False,
    )
    routes.after_request(_say_how_to_use)
    return routes


@dataclass(frozen=True, slots=True)
class _Endpoint:
    asking: Asking

    def respond(self) -> AnyResponse:
        """Answer one request."""
        if request.method == "OPTIONS":
            return Response(status=204)
        release = current_release()
        query: str | None = None
        try:
            operation = _operation()
            if operation is None:
                return _description(release)
            query = operation.query
            response = self._answer(operation, release)
        except Problem as problem:
            response = _error(problem, release, query)
            _note(problem.name, problem=problem.name, query=(query or "")[:_LOGGED])
        except Abandoned:
            response = Response(status=_GONE_CLIENT)
            _note("abandoned", query=(query or "")[:_LOGGED])
        return response

    def _answer(self, operation: protocol.Operation, release: Release) -> AnyResponse:
        reading = _reading(operation.query)
        offer = formats.chosen(reading.form, request.headers.get("Accept"), operation.formats)
        limits = self._limits(operation)
        question = _question(operation, reading, offer, release, limits.seconds)
        key = None if reading.changes else key_of(question, self._version(release))
        # The page speaks the reader's language: its tag is known once it is written.
        has_tag = key is not None and request.method != "POST" and offer.format != "html"
        tag = entity_tag(key, offer) if key is not None and has_tag else None
        unchanged = not_modified(tag) if tag is not None else None
        if unchanged is not None:
            _note("not-modified")
            return _dated(unchanged, tag)
        began = time.perf_counter()
        try:
            found = self.asking.ask(question, key, _client_has_gone())
            response = self._response(operation.query, reading, found, offer, release, (key, tag))
        except Abandoned:
            raise
        except QuestionFailed as failure:
            raise problem_of(failure, operation.query, reading, limits) from failure
        self._count(found)
        response.headers["Server-Timing"] = _timing(found, time.perf_counter() - began)
        _note("answered", form=reading.form, format=offer.format, cache=found.how)
        return _hinted(_dated(response, tag), reading, release)

    def _version(self, release: Release) -> str:
        """Return the name of the data that are asked, for what is kept of them."""
        return self.asking.asker.version(release.name, release.base)

    def _limits(self, operation: protocol.Operation) -> Limits:
        """Return what this query may spend: a client may ask for less time than there is, not for more."""
        limits = self.asking.limits
        if operation.seconds is None or operation.seconds >= limits.seconds:
            return limits
        return replace(limits, seconds=operation.seconds)

    def _response(
        self,
        query: str,
        reading: Reading,
        found: Found,
        offer: Offer,
        release: Release,
        names: tuple[str | None, str | None],
    ) -> Response:
        key, tag = names
        if offer.format == "html":
            response = page.results(
                query,
                reading.form,
                _Whole(found.content),
                release,
                hints=hints.unknown_terms(release, reading.own_names),
            )
            if key is not None and request.method != "POST":
                response.add_etag()
                response.headers["Cache-Control"] = "no-cache"
                response.make_conditional(request)
            return response
        keep = partial(self.asking.cache.keep, key) if key is not None else _forget
        response = response_of(found.content, offer, tag, keep)
        if tag is not None and isinstance(found.content, Kept):
            front.say_repeatable(request.environ, key or "", self._version(release))
        return response

    def _count(self, found: Found) -> None:
        row = observed.row()
        if row is not None:
            row.answer(found.how)
            row.cache(self.asking.cache.size, len(self.asking.cache))


class _Whole:
    """What was found, as an answer that is read to its end."""

    def __init__(self, content: Kept | Stream) -> None:
        self._content = content
        self.complete = isinstance(content, Kept)
        self.first = content.plain if isinstance(content, Kept) else b""

    def rest(self) -> Iterator[bytes]:
        """Yield what follows the first bytes."""
        if isinstance(self._content, Stream):
            yield from self._content.parts()

    def close(self) -> None:
        """Let go of what still computes."""
        if isinstance(self._content, Stream):
            self._content.close()


def _forget(_: Kept) -> None:
    return


@lru_cache(maxsize=512)
def _remembered(query: str) -> Reading:
    return checks.read(query)


def _reading(query: str) -> Reading:
    return _remembered(query) if len(query) <= _REMEMBERED else checks.read(query)


def _note(outcome: str, **noted: str) -> None:
    """Count how a query ended, and note it for the access log."""
    row = observed.row()
    if row is not None:
        row.query(outcome)
        observed.notes().update(noted)


def _timing(found: Found, seconds: float) -> str:
    return f'cache;desc="{found.how}", query;dur={seconds * 1000:.2f}'


def _hinted(response: AnyResponse, reading: Reading, release: Release) -> AnyResponse:
    """Say in a header which names of our own namespaces stand for nothing."""
    if reading.own_names:
        found = hints.unknown_terms(release, reading.own_names)
        if found:
            response.headers["X-Query-Hint"] = " ".join(found).encode("ascii", "backslashreplace").decode()
    return response


def _operation() -> protocol.Operation | None:
    if request.method in _OTHER_METHODS:
        allowed = ", ".join(_METHODS)
        sentence = f"{request.method} does nothing here; use GET or POST."
        raise Problem("method-not-allowed", sentence, headers={"Allow": allowed})
    if (request.content_length or 0) > protocol.MOST_BODY_BYTES:
        raise Problem(
            "query-too-long",
            f"The body has {request.content_length} bytes; at most {protocol.MOST_BODY_BYTES} are read.",
        )
    body = request.get_data(cache=False) if request.method == "POST" else b""
    query_string = request.environ.get("QUERY_STRING", "").encode("latin-1")
    return protocol.operation(request.method, query_string, request.headers.get("Content-Type", ""), body)


def _question(
    operation: protocol.Operation, reading: Reading, offer: Offer, release: Release, seconds: float
) -> Question:
    names_dataset = reading.names_dataset or operation.default_graphs is not None
    is_graph = reading.form in ("CONSTRUCT", "DESCRIBE")
    return Question(
        query=operation.query,
        format=("ttl" if is_graph else "json") if offer.format == "html" else offer.format,
        store=str(release.path / "store"),
        seconds=seconds,
        base_iri=f"{release.base}/sparql",
        union=not names_dataset,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        prefixes=_own_prefixes(reading) if is_graph else {},
        context=release.base + CONTEXT_PATH,
    )


def _own_prefixes(reading: Reading) -> dict[str, str]:
    """Return the prefixes of a query that are absolute, to write its graph with."""
    return {name: iri for name, iri in reading.prefixes.items() if _ABSOLUTE.fullmatch(iri)}


def _client_has_gone() -> Callable[[], bool]:
    """Return what tells whether the client has hung up, also while an answer streams after the request's end."""
    has_gone = request.environ.get("waitress.client_disconnected")
    return lambda: bool(has_gone and has_gone())


def _dated(response: AnyResponse, tag: str | None) -> AnyResponse:
    """Say for how long an answer is good: until it is asked whether it still is, or not at all."""
    if tag is not None:
        response.headers["Cache-Control"] = "public, no-cache"
    elif request.method == "POST":
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _description(release: Release) -> AnyResponse:
    accept = request.headers.get("Accept")
    offer = formats.chosen("DESCRIBE", accept, request.args.getlist("format"))
    if offer.format == "html":
        return page.form(release)
    key = (release.name, request.script_root, "service description", offer.format)
    body = rendered().kept(key)
    if body is None:
        body = make_body(describe_service(release, offer.format))
        rendered().keep(key, body)
    return respond(body, offer.content_type, vary=("Accept",))


def _error(problem: Problem, release: Release, query: str | None) -> AnyResponse:
    if wants_page():
        response: AnyResponse = page.error(problem, release, query)
    else:
        response = error_response(problem, release.base, query)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _say_how_to_use(response: Response) -> Response:
    """Add what browsers and caches need to know of every answer."""
    headers = response.headers
    response.vary.update(("Accept", "Accept-Encoding"))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["Timing-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        headers["Allow"] = ", ".join(_METHODS)
        headers["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
        headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match, X-Request-Id"
        headers["Access-Control-Max-Age"] = "86400"
    if response.mimetype in ("text/csv", "text/tab-separated-values"):
        suffix = "csv" if response.mimetype == "text/csv" else "tsv"
        headers["Content-Disposition"] = f'attachment; filename="results.{suffix}"'
    return response
