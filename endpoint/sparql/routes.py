"""Routes: the one address of the endpoint, and what each request to it gets."""

import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.wrappers.response import Response as AnyResponse

from endpoint.children.client import Abandoned, Children, QuestionFailed
from endpoint.children.question import Limits, Question
from endpoint.negotiation import Offer
from endpoint.release import Release
from endpoint.service import current_release
from endpoint.sparql import checks, formats, page, protocol
from endpoint.sparql.answers import entity_tag, response_of
from endpoint.sparql.checks import Reading
from endpoint.sparql.description import describe_service
from endpoint.sparql.errors import error_response, problem_of, wants_page
from endpoint.sparql.problems import Problem
from pipeline.vocabulary import prefixes

_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_OTHER_METHODS = ("PUT", "PATCH", "DELETE")
_GONE_CLIENT = 499
"""What logs call a request whose client did not wait; nobody reads the response."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\\]*")


def blueprint(query_socket: Path, *, limits: Limits | None = None, in_flight: int = 8) -> Blueprint:
    """Return the routes of the endpoint, over the query children that listen on a socket."""
    endpoint = _Endpoint(Children(query_socket, limits or Limits(), in_flight=in_flight))
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
    children: Children

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
            return self._answer(operation, release)
        except Problem as problem:
            return _error(problem, release, query)

    def _answer(self, operation: protocol.Operation, release: Release) -> AnyResponse:
        reading = checks.read(operation.query)
        offer = formats.chosen(reading.form, request.headers.get("Accept"), operation.formats)
        question = _question(operation, reading, offer, release, self.children.limits.seconds)
        tag = (
            None
            if reading.changes or request.method == "POST"
            else entity_tag(question, release.path.name, offer)
        )
        if tag is not None and tag in request.if_none_match.as_set(include_weak=True):
            return _with_tag(Response(status=304), tag)
        try:
            answer = self.children.ask(question, _client_has_gone)
            if offer.format == "html":
                response = page.results(operation.query, reading.form, answer, release)
            else:
                response = response_of(answer, offer)
        except Abandoned:
            return Response(status=_GONE_CLIENT)
        except QuestionFailed as failure:
            raise problem_of(failure, operation.query, reading, self.children.limits) from failure
        return _with_tag(response, tag)


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
        prefixes=_prefixes(reading) if is_graph else {},
    )


def _prefixes(reading: Reading) -> dict[str, str]:
    """Return the prefixes to write a graph with: the usual ones, and the query's own that are absolute."""
    own = {name: iri for name, iri in reading.prefixes.items() if _ABSOLUTE.fullmatch(iri)}
    return {**prefixes(), **own}


def _client_has_gone() -> bool:
    has_gone = request.environ.get("waitress.client_disconnected")
    return bool(has_gone and has_gone())


def _with_tag(response: AnyResponse, tag: str | None) -> AnyResponse:
    if tag is None:
        response.headers["Cache-Control"] = "no-store" if request.method != "POST" else "no-cache"
        return response
    response.set_etag(tag)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _description(release: Release) -> AnyResponse:
    accept = request.headers.get("Accept")
    offer = formats.chosen("DESCRIBE", accept, request.args.getlist("format"))
    if offer.format == "html":
        return page.form(release)
    response = Response(describe_service(release, offer.format), content_type=offer.content_type)
    response.add_etag()
    response.headers["Cache-Control"] = "public, no-cache"
    return response.make_conditional(request)


def _error(problem: Problem, release: Release, query: str | None) -> AnyResponse:
    if wants_page():
        response = page.error(problem, release, query)
    else:
        response = error_response(problem, release.base, query)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _say_how_to_use(response: Response) -> Response:
    """Add what browsers and caches need to know of every answer."""
    headers = response.headers
    response.vary.add("Accept")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, Content-Disposition, Allow, Accept-Post"
    if request.method == "OPTIONS":
        headers["Allow"] = ", ".join(_METHODS)
        headers["Access-Control-Allow-Methods"] = ", ".join(_METHODS)
        headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
        headers["Access-Control-Max-Age"] = "86400"
    if response.mimetype in ("text/csv", "text/tab-separated-values"):
        suffix = "csv" if response.mimetype == "text/csv" else "tsv"
        headers["Content-Disposition"] = f'attachment; filename="results.{suffix}"'
    return response
