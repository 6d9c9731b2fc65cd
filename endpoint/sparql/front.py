"""The front: most requests with a query are answered here, before the framework has been asked.

A cached answer is sent as before. Any other is requested here too, and sent under the header that
the framework wrote for an answer of the same sort. All else, from pages to problems, is the framework's.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from endpoint.catalogue.open_release import Release
from endpoint.engine.client import QuestionFailed
from endpoint.hints.hint import sentences
from endpoint.http.cache import CachedBody
from endpoint.http.client_watch import client_watch
from endpoint.http.problems import Problem
from endpoint.monitoring.metrics import CounterRow
from endpoint.sparql import hints, protocol
from endpoint.sparql.answers import encode_body
from endpoint.sparql.preparing import PreparedQuery, prepare
from endpoint.sparql.query_service import QueryService, ServedAnswer, Stream

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REPEATABLE = "practicegraph.repeatable"
_PREFETCHED = "practicegraph.prefetched"
_MOST_REMEMBERED = 1024
_LONGEST = 4096
"""Characters of a request up to which it is remembered."""

_OF_ONE_ANSWER = (
    "server-timing",
    "x-request-id",
    "x-query-hint",
    "x-query-hints",
    "date",
    "etag",
    "content-length",
)

Headers = list[tuple[str, str]]
RequestKey = tuple[str, str, str, str]
"""Path, query string, Accept and Accept-Encoding."""


@dataclass(frozen=True, slots=True)
class _CachedAnswer:
    """What a request was answered with: its header, and the key under which its body is kept."""

    version: str
    key: str
    headers: Headers
    tag: str
    is_gzipped: bool


@dataclass(frozen=True, slots=True)
class _Before:
    """The answer found under a key, or the reason for none, for the framework to continue with."""

    key: str
    outcome: ServedAnswer | QuestionFailed

    def close(self) -> None:
        """Let go of what still computes."""
        if isinstance(self.outcome, ServedAnswer) and isinstance(self.outcome.content, Stream):
            self.outcome.content.close()


def mark_repeatable(environ: "WSGIEnvironment", prepared: PreparedQuery) -> None:
    """Say of a request that the same one gets the same answer, as long as its body is kept."""
    environ[_REPEATABLE] = prepared


def prefetched_answer(environ: "WSGIEnvironment", prepared: PreparedQuery) -> ServedAnswer | None:
    """Return what was found before the framework was asked, None for nothing; raise what was raised."""
    before: _Before | None = environ.get(_PREFETCHED)
    # Between the two the next release may have come: then what was found is no answer any more.
    if before is None or before.key != prepared.key:
        return None
    del environ[_PREFETCHED]
    if isinstance(before.outcome, QuestionFailed):
        raise before.outcome
    return before.outcome


def timing(answer: ServedAnswer, seconds: float) -> str:
    """Return where an answer came from and how long it took, as Server-Timing has it."""
    return f'cache;desc="{answer.how}", query;dur={seconds * 1000:.2f}'


def hint_headers(release: Release, answer: ServedAnswer) -> Headers:
    """Return the headers with the hints on a query, as sentences and as JSON; none if there are no hints."""
    written = hints.hints_of(release, answer.content)
    if not written:
        return []
    text = " ".join(" ".join(sentences(written)).split())
    return [("X-Query-Hint", text.encode("ascii", "backslashreplace").decode()), ("X-Query-Hints", written)]


class Front:
    """A WSGI application that answers what it can, and leaves the rest to another one."""

    def __init__(
        self, application: "WSGIApplication", asking: QueryService, release: Callable[[], Release]
    ) -> None:
        self._application = application
        self._asking = asking
        self._release = release
        self._cache: OrderedDict[RequestKey, _CachedAnswer] = OrderedDict()
        self._headers: dict[tuple[str, bool], Headers] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        request_key = _request_key(environ)
        if request_key is None or request_key[0] not in ("/sparql", f"{_root(self._release().base)}/sparql"):
            return self._application(environ, start_response)
        answer = self._from_cache(request_key, environ, start_response) or self._query(
            request_key, environ, start_response
        )
        if answer is not None:
            return answer

        def start(status: str, headers: Headers, *more: Any) -> Callable[[bytes], object]:
            if status.startswith("200 ") and _REPEATABLE in environ:
                self._remember_headers(request_key, headers, environ[_REPEATABLE])
            return start_response(status, headers, *more)

        try:
            return self._application(environ, start)
        finally:
            left: _Before | None = environ.pop(_PREFETCHED, None)
            if left is not None:
                left.close()

    def _from_cache(
        self, request_key: RequestKey, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes] | None:
        """Answer a request as before; return None where that cannot be."""
        entry = self._cache.get(request_key)
        if entry is None or entry.tag not in environ.get("HTTP_IF_NONE_MATCH", entry.tag):
            return None
        release = self._release()
        cached = self._asking.cache.get(entry.key)
        is_current = entry.version == self._asking.backend.version(release.name, release.base)
        body = (cached.gzipped if entry.is_gzipped else cached.plain) if cached else None
        if body is None or not is_current:
            self._cache.pop(request_key, None)
            return None
        if "HTTP_IF_NONE_MATCH" in environ:
            self._note(environ, "not-modified")
            headers = [pair for pair in entry.headers if not pair[0].lower().startswith("content-")]
            start_response("304 NOT MODIFIED", headers)
            return (b"",)
        answer = ServedAnswer(CachedBody(body), "hit")
        self._note(environ, "answered", answer)
        start_response("200 OK", [*entry.headers, ("Server-Timing", timing(answer, 0))])
        return (body,)

    def _query(
        self, request_key: RequestKey, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes] | None:
        """Ask and answer; return None, and store the result, if the framework must do the rest."""
        if "HTTP_IF_NONE_MATCH" in environ or not self._headers:
            return None
        release = self._release()
        try:
            operation = protocol.operation(
                "GET", request_key[1].encode("latin-1"), "", b"", self._asking.limits.query_bytes
            )
            if operation is None:
                return None
            prepared = prepare(operation, request_key[2], release, self._asking, by_address=True)
        except Problem:
            return None
        if prepared.tag is None:
            return None
        began = time.perf_counter()
        try:
            answer = self._asking.ask(prepared.question, prepared.key, client_watch(environ))
        except QuestionFailed as failure:
            environ[_PREFETCHED] = _Before(prepared.key, failure)
            return None
        written = self._render(request_key, prepared, answer)
        if written is None:
            environ[_PREFETCHED] = _Before(prepared.key, answer)
            return None
        headers, tag, body, is_gzipped = written
        headers += hint_headers(release, answer)
        self._remember(
            request_key, _CachedAnswer(prepared.version, prepared.key, list(headers), tag, is_gzipped)
        )
        headers.append(("Server-Timing", timing(answer, time.perf_counter() - began)))
        self._note(environ, "answered", answer, prepared)
        start_response("200 OK", headers)
        return (body,)

    def _render(
        self, request_key: RequestKey, prepared: PreparedQuery, answer: ServedAnswer
    ) -> tuple[Headers, str, bytes, bool] | None:
        """Return the header, the tag and the body of an answer, and whether it is compressed.

        Return None where the framework has not yet written a header for this sort of answer.
        """
        if not isinstance(answer.content, CachedBody) or answer.how == "off":
            return None
        keep = partial(self._asking.cache.put, prepared.key)
        body, is_gzipped = encode_body(answer.content, request_key[3], keep)
        written = self._headers.get((prepared.offer.media_type, is_gzipped))
        if written is None:
            return None
        tag = f'"{prepared.tag}-gzip"' if is_gzipped else f'"{prepared.tag}"'
        return [("ETag", tag), ("Content-Length", str(len(body))), *written], tag, body, is_gzipped

    def _remember_headers(self, request_key: RequestKey, headers: Headers, prepared: PreparedQuery) -> None:
        """Learn from an answer of the framework what it writes for this request, and for this sort."""
        by_name = {name.lower(): value for name, value in headers}
        if "set-cookie" in by_name:
            return
        is_gzipped = by_name.get("content-encoding") == "gzip"
        sort = (prepared.offer.media_type, is_gzipped)
        self._headers[sort] = [pair for pair in headers if pair[0].lower() not in _OF_ONE_ANSWER]
        repeated = [pair for pair in headers if pair[0].lower() not in ("server-timing", "x-request-id")]
        self._remember(
            request_key, _CachedAnswer(prepared.version, prepared.key, repeated, by_name["etag"], is_gzipped)
        )

    def _remember(self, request_key: RequestKey, entry: _CachedAnswer) -> None:
        self._cache[request_key] = entry
        while len(self._cache) > _MOST_REMEMBERED:
            self._cache.popitem(last=False)

    def _note(
        self,
        environ: "WSGIEnvironment",
        outcome: str,
        answer: ServedAnswer | None = None,
        prepared: PreparedQuery | None = None,
    ) -> None:
        """Count how a query ended, and note it for the access log."""
        counts: CounterRow | None = environ.get("practicegraph.row")
        if counts is None:
            return
        counts.query(outcome)
        noted = environ["practicegraph.notes"]
        if answer is not None:
            counts.answer(answer.how)
            noted["cache"] = answer.how
        if prepared is not None:
            counts.cache(self._asking.cache.size, len(self._asking.cache))
            noted.update(form=prepared.form, format=prepared.offer.format)


@lru_cache(maxsize=8)
def _root(base: str) -> str:
    """Return the path of a base IRI, below which a deployment answers too."""
    return urlsplit(base).path


def _request_key(environ: "WSGIEnvironment") -> RequestKey | None:
    """Return the parts of a request that decide on its answer, None if it is not a query by GET."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if environ["REQUEST_METHOD"] != "GET" or not path.endswith("/sparql") or "query=" not in query:
        return None
    accept = environ.get("HTTP_ACCEPT", "*/*")
    request_key = (path, query, accept, environ.get("HTTP_ACCEPT_ENCODING", ""))
    return request_key if sum(map(len, request_key)) <= _LONGEST and "text/html" not in accept else None
