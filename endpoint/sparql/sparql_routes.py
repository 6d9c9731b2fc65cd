"""Routes: the one address of the endpoint, and what each request to it gets."""

import time
import zlib
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, request
from werkzeug.wrappers.response import Response as AnyResponse

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.engine.client import QueryAbandoned, QuestionFailed
from endpoint.hints.hint import sentences
from endpoint.http.cache import CachedBody
from endpoint.http.client_watch import client_watch
from endpoint.http.problems import Problem
from endpoint.http.responses import Body, make_body, respond
from endpoint.http.security_headers import ASKED, preflight_headers
from endpoint.monitoring import access_log
from endpoint.sparql import front, hints, protocol, result_formats, sparql_page
from endpoint.sparql.answers import not_modified, response_of
from endpoint.sparql.description_routes import add_description
from endpoint.sparql.front import hint_headers, timing
from endpoint.sparql.preparing import PreparedQuery, prepare
from endpoint.sparql.query_service import QueryService, ServedAnswer
from endpoint.sparql.service_description import describe_service
from endpoint.sparql.sparql_errors import error_response, problem_of, wants_page

_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
_OTHER_METHODS = ("PUT", "PATCH", "DELETE")
_GONE_CLIENT = 499
"""What logs call a request whose client did not wait; nobody reads the response."""

_LOGGED = 500
_EXPOSED = (
    "ETag, Retry-After, Content-Disposition, Allow, Accept-Post, Server-Timing, X-Request-Id, "
    "X-Query-Hint, X-Query-Hints"
)


_GZIP = 16 + zlib.MAX_WBITS
_AS_IS = ("", "identity")
_GZIPPED = ("gzip", "x-gzip")
_LONGEST_SHOWN = 40


def blueprint(asking: QueryService) -> Blueprint:
    """Return the routes of the endpoint, with a query backend."""
    endpoint = _Endpoint(asking)
    routes = Blueprint("sparql", __name__)
    routes.add_url_rule(
        "/sparql",
        "sparql",
        endpoint.respond,
        methods=(*_METHODS, *_OTHER_METHODS),
        provide_automatic_options=False,
    )
    routes.add_url_rule(
        "/sparql/",
        "without_slash",
        endpoint.respond_with_slash,
        methods=(*_METHODS, *_OTHER_METHODS),
        provide_automatic_options=False,
    )
    add_description(routes, asking)
    routes.after_request(_add_usage_headers)
    return routes


@dataclass(frozen=True, slots=True)
class _Endpoint:
    asking: QueryService

    def respond(self) -> AnyResponse:
        """Answer one request."""
        if request.method == "OPTIONS":
            return Response(status=204)
        release = current_release()
        query: str | None = None
        try:
            operation = _operation(self.asking.limits.query_bytes)
            if operation is None:
                return _description(release, self.asking)
            query = operation.query
            response = self._answer(operation, release)
        except Problem as problem:
            response = _error(problem, release, query)
            _note(problem.name, problem=problem.name, query=(query or "")[:_LOGGED])
        except QueryAbandoned:
            response = Response(status=_GONE_CLIENT)
            _note("abandoned", query=(query or "")[:_LOGGED])
        return response

    def respond_with_slash(self) -> AnyResponse:
        """Answer one request to the address with a slash at its end: readers are sent on, what is posted is answered.

        Some clients follow no redirect with a body, and no browser follows one before its request.
        """
        if request.method not in ("GET", "HEAD"):
            return self.respond()
        query = request.environ.get("QUERY_STRING", "")
        address = f"{request.script_root}/sparql{'?' if query else ''}{query}"
        headers = {"Location": address}
        return Response(f"{address}\n", 308, headers, content_type="text/plain; charset=utf-8")

    def _answer(self, operation: protocol.Operation, release: Release) -> AnyResponse:
        by_address = request.method != "POST"
        accept = request.headers.get("Accept")
        prepared = prepare(operation, accept, release, self.asking, by_address=by_address)
        unchanged = not_modified(prepared.tag) if prepared.tag is not None else None
        if unchanged is not None:
            _note("not-modified")
            return _set_caching(unchanged, prepared.tag)
        began = time.perf_counter()
        try:
            answer = front.prefetched_answer(request.environ, prepared) or self.asking.ask(
                prepared.question, prepared.key, client_watch(request.environ)
            )
            response = self._response(prepared, answer, release)
        except QueryAbandoned:
            raise
        except QuestionFailed as failure:
            raise problem_of(failure, prepared.limits) from failure
        self._count(answer)
        tag = None if answer.how == "off" else prepared.tag
        response.headers["Server-Timing"] = timing(answer, time.perf_counter() - began)
        _note("answered", form=prepared.form, format=prepared.offer.format, cache=answer.how)
        response.headers.extend(hint_headers(release, answer))
        return _set_caching(response, tag)

    def _response(self, prepared: PreparedQuery, answer: ServedAnswer, release: Release) -> Response:
        if prepared.offer.format == "html":
            response = sparql_page.results(
                prepared.question.query,
                prepared.form,
                answer.content,
                release,
                hints=sentences(hints.hints_of(release, answer.content)),
            )
            if answer.how != "off" and request.method != "POST":
                response.add_etag()
                response.headers["Cache-Control"] = "no-cache"
                response.make_conditional(request)
            return response
        differs = answer.how == "off"
        keep = (lambda _: None) if differs else partial(self.asking.cache.put, prepared.key)
        tag = None if differs else prepared.tag
        response = response_of(answer.content, prepared.offer, tag, keep)
        if tag is not None and isinstance(answer.content, CachedBody):
            front.mark_repeatable(request.environ, prepared)
        return response

    def _count(self, answer: ServedAnswer) -> None:
        row = access_log.row()
        if row is not None:
            row.answer(answer.how)
            row.cache(self.asking.cache.size, len(self.asking.cache))


def _note(outcome: str, **noted: str) -> None:
    """Count how a query ended, and note it for the access log."""
    row = access_log.row()
    if row is not None:
        row.query(outcome)
        access_log.notes().update(noted)


def _operation(query_bytes: int) -> protocol.Operation | None:
    if request.method in _OTHER_METHODS:
        allowed = ", ".join(_METHODS)
        sentence = f"{request.method} does nothing here; use GET or POST."
        raise Problem("method-not-allowed", sentence, headers={"Allow": allowed})
    if (request.content_length or 0) > protocol.most_body_bytes(query_bytes):
        most = protocol.most_body_bytes(query_bytes)
        raise Problem(
            "query-too-long", f"The body has {request.content_length} bytes. At most {most} are accepted."
        )
    body = request.get_data(cache=False) if request.method == "POST" else b""
    body = decode_body(
        body, request.headers.get("Content-Encoding", ""), protocol.most_body_bytes(query_bytes)
    )
    query_string = request.environ.get("QUERY_STRING", "").encode("latin-1")
    content_type = request.headers.get("Content-Type", "")
    return protocol.operation(request.method, query_string, content_type, body, query_bytes)


def _set_caching(response: AnyResponse, tag: str | None) -> AnyResponse:
    """Set how long an answer is valid: until it is revalidated, or not at all."""
    if tag is not None:
        response.headers["Cache-Control"] = "public, no-cache"
    elif request.method == "POST":
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _description(release: Release, asking: QueryService) -> AnyResponse:
    accept = request.headers.get("Accept")
    offer = result_formats.of_description(accept, request.args.getlist("format"))
    if offer.format == "html":
        return sparql_page.form(release)
    key = (release.name, request.script_root, "service description", offer.format)

    def make() -> Body:
        is_remote = asking.backend.is_remote
        return make_body(describe_service(release, asking.limits, offer.format, is_remote=is_remote))

    return respond(rendered_body(key, make), offer.content_type, vary=("Accept",))


def _error(problem: Problem, release: Release, query: str | None) -> AnyResponse:
    if wants_page():
        response: AnyResponse = sparql_page.error(problem, release, query)
    else:
        response = error_response(problem, release.base, query)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _add_usage_headers(response: Response) -> Response:
    """Add what browsers and caches need to know of every answer."""
    headers = response.headers
    response.vary.update(("Accept", "Accept-Encoding"))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["Timing-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        del headers["Content-Type"]
        headers["Allow"] = ", ".join(_METHODS)
        headers.update(preflight_headers(", ".join(_METHODS), request.headers.get(ASKED, "")))
        response.vary.add(ASKED)
    if response.mimetype in ("text/csv", "text/tab-separated-values"):
        suffix = "csv" if response.mimetype == "text/csv" else "tsv"
        headers["Content-Disposition"] = f'attachment; filename="results.{suffix}"'
    return response


def decode_body(body: bytes, coding: str, most: int) -> bytes:
    """Return a body as it was before its coding; raise Problem for another coding than gzip, or beyond a size."""
    coding = coding.strip().lower()
    if coding in _AS_IS or not body:
        return body
    if coding not in _GZIPPED:
        raise Problem(
            "body-type-unknown",
            f"A body compressed as {coding[:_LONGEST_SHOWN]} cannot be read. Send it as gzip, or not compressed.",
            headers={"Accept-Encoding": "gzip"},
        )
    unpacker = zlib.decompressobj(_GZIP)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise Problem("request-not-understood", "The body is not gzip, as Content-Encoding says.") from None
    if len(plain) > most:
        raise Problem("query-too-long", f"The body has more than {most} bytes. At most {most} are accepted.")
    if not unpacker.eof or unpacker.unused_data:
        raise Problem("request-not-understood", "The body is no complete gzip. Compress it again.")
    return plain
