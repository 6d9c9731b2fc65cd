"""The front: requests for answers that are kept, answered before the framework has been asked."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from endpoint.cache import Cache, Kept
from endpoint.metrics import Row
from endpoint.sparql.asking import Landed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REPEATABLE = "practicegraph.repeatable"
_MOST_REMEMBERED = 1024
_LONGEST = 4096
"""Characters of a request up to which it is remembered."""

_NOT_REPEATED = ("server-timing", "x-request-id", "date")
_TIMING = ("Server-Timing", 'cache;desc="hit", query;dur=0')

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a request was answered with: its header, and the key under which its body is kept."""

    release: str
    key: str
    headers: Headers
    tag: str
    is_gzipped: bool


def say_repeatable(environ: "WSGIEnvironment", key: str, release: str) -> None:
    """Say of a request that the same one gets the same answer, as long as its body is kept under a key."""
    environ[_REPEATABLE] = (key, release)


class Front:
    """A WSGI application that answers what its cache holds, and leaves the rest to another one."""

    def __init__(
        self, application: "WSGIApplication", cache: Cache[Landed], release: Callable[[], str]
    ) -> None:
        self._application = application
        self._cache = cache
        self._release = release
        self._known: OrderedDict[tuple[str, ...], _Known] = OrderedDict()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        asked = _asked(environ)
        if asked is None:
            return self._application(environ, start_response)
        known = self._known.get(asked)
        if known is not None and _is_new_or_known(environ, known.tag):
            body = self._body(known)
            if body is not None:
                return _answer(known, body, environ, start_response)
            self._known.pop(asked, None)

        def start(status: str, headers: Headers, *more: Any) -> Callable[[bytes], object]:
            if status.startswith("200 ") and _REPEATABLE in environ:
                self._remember(asked, headers, *environ[_REPEATABLE])
            return start_response(status, headers, *more)

        return self._application(environ, start)

    def _body(self, known: _Known) -> bytes | None:
        if known.release != self._release():
            return None
        kept: Kept | None = self._cache.find(known.key)
        if kept is None:
            return None
        return kept.gzipped if known.is_gzipped else kept.plain

    def _remember(self, asked: tuple[str, ...], headers: Headers, key: str, release: str) -> None:
        by_name = {name.lower(): value for name, value in headers}
        if "set-cookie" in by_name:
            return
        repeated = [(name, value) for name, value in headers if name.lower() not in _NOT_REPEATED]
        is_gzipped = by_name.get("content-encoding") == "gzip"
        self._known[asked] = _Known(release, key, repeated, by_name["etag"], is_gzipped)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)


def _asked(environ: "WSGIEnvironment") -> tuple[str, ...] | None:
    """Return what of a request decides on its answer, None where that may be anything."""
    path = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] != "GET" or not path.endswith("/sparql"):
        return None
    accept = environ.get("HTTP_ACCEPT", "*/*")
    asked = (path, environ.get("QUERY_STRING", ""), accept, environ.get("HTTP_ACCEPT_ENCODING", ""))
    return asked if sum(map(len, asked)) <= _LONGEST else None


def _is_new_or_known(environ: "WSGIEnvironment", tag: str) -> bool:
    """Tell whether a client has nothing of an answer yet, or exactly what it would get."""
    return tag in environ.get("HTTP_IF_NONE_MATCH", tag)


def _answer(
    known: _Known, body: bytes, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    counts: Row | None = environ.get("practicegraph.row")
    if "HTTP_IF_NONE_MATCH" in environ:
        _count(counts, "not-modified")
        headers = [pair for pair in known.headers if not pair[0].lower().startswith("content-")]
        start_response("304 NOT MODIFIED", headers)
        return ()
    _count(counts, "answered", "hit")
    environ.get("practicegraph.notes", {}).update(cache="hit")
    start_response("200 OK", [*known.headers, _TIMING])
    return (body,)


def _count(counts: Row | None, outcome: str, how: str | None = None) -> None:
    if counts is not None:
        counts.query(outcome)
        if how is not None:
            counts.answer(how)
