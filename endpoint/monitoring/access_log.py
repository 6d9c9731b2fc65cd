"""Observing: every request gets an id, is counted and timed, and leaves one line in the access log."""

import json
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import has_request_context, request

from endpoint.monitoring.metrics import CounterRow

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NOTES = "practicegraph.notes"
_ID = "practicegraph.request_id"

_SECRET = re.compile("(/validate/report/)[^/]+")
"""What alone keeps others from a stored report, which the log leaves out."""

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LONGEST = 1000
"""Characters of a value in the log; a whole line stays below what a pipe takes at once, so lines never mix."""
_LONGEST_LINE = 4096

_ROUTES = {
    "sparql": "sparql",
    "practices": "page",
    "": "page",
    "static": "static",
    "dumps": "download",
    "validate": "validate",
    "healthz": "operations",
    "readyz": "operations",
    "metrics": "operations",
}

_log = logging.getLogger(__name__)

Notes = dict[str, str | float]


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def request_id() -> str:
    """Return the id of this request, empty if requests are not observed."""
    return str(request.environ.get(_ID, "")) if has_request_context() else ""


def notes() -> Notes:
    """Return what the log has about this request besides the fields of every request."""
    noted: Notes = request.environ.get(_NOTES, {})
    return noted


def row() -> CounterRow | None:
    """Return where this process counts, None if requests are not observed."""
    counters: CounterRow | None = request.environ.get("practicegraph.row")
    return counters


class AccessLog:
    """A file, or the standard output, to which one JSON object a line is appended."""

    def __init__(self, path: str) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._file = 1 if path == "-" else os.open(path, flags, 0o640)

    def write(self, fields: dict[str, Any]) -> None:
        """Append one line; if the log cannot be written, the request is answered all the same."""
        line = json.dumps(fields).replace("\x7f", "\\u007f") + "\n"
        if len(line) > _LONGEST_LINE:
            fields_of_line = {
                name: value for name, value in fields.items() if name not in ("query", "agent", "referer")
            }
            line = json.dumps({**fields_of_line, "target": str(fields["target"])[:200]}) + "\n"
        try:
            os.write(self._file, line.encode())
        except OSError as error:
            _log.error("The access log cannot be written: %s", error)


class MonitoringMiddleware:
    """A WSGI application whose requests are observed."""

    def __init__(self, application: "WSGIApplication", counts: CounterRow, log: AccessLog | None) -> None:
        self._application = application
        self._counts = counts
        self._log = log

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request and observe it to its last byte."""
        timer = _RequestTimer(environ, self._counts, self._log)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
            timer.status = int(status[:3])
            headers.append(("X-Request-Id", timer.id))
            return start_response(status, headers, *more)

        try:
            body = self._application(environ, start)
        except Exception:
            # Not even the page of the error could be made. The server beneath would take what is an OSError
            # for a fault of the connection, and close it without a word.
            _log.exception("Request %s failed", timer.id)
            start("500 INTERNAL SERVER ERROR", [("Content-Type", "text/plain; charset=utf-8")])
            body = (f"Something went wrong on this server. Request {timer.id}\n".encode(),)
        return timer.through(body)


class _RequestTimer:
    """One request, from its beginning to its end."""

    def __init__(self, environ: "WSGIEnvironment", counts: CounterRow, log: AccessLog | None) -> None:
        self._began = time.perf_counter()
        self._environ = environ
        self._counts = counts
        self._log = log
        given = environ.get("HTTP_X_REQUEST_ID", "")
        self.id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        self.status = 0
        self._notes: Notes = {}
        self._bytes = 0
        environ[_ID] = self.id
        environ[_NOTES] = self._notes
        environ["practicegraph.row"] = counts

    def through(self, body: Iterable[bytes]) -> Iterable[bytes]:
        """Return the body as it was, watched."""
        return _TimedBody(body, self)

    def count(self, part: bytes) -> None:
        """Take note of a part of the body that was sent."""
        self._bytes += len(part)

    def finish(self) -> None:
        """Count and log the request; its answer is sent, or will not be."""
        took = time.perf_counter() - self._began
        route = route_of(self._environ.get("PATH_INFO", ""))
        self._counts.request(route, self.status, took)
        if self._log is not None:
            self._log.write(self._fields(route, took))

    def _fields(self, route: str, took: float) -> dict[str, Any]:
        environ = self._environ
        path, query = _SECRET.sub(r"\1…", environ.get("PATH_INFO", "")), environ.get("QUERY_STRING", "")
        now = datetime.now(UTC)
        return {
            "time": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
            "request_id": self.id,
            "client": environ.get("REMOTE_ADDR", ""),
            "method": environ.get("REQUEST_METHOD", "")[:20],
            "target": (path + (f"?{query}" if query else ""))[:_LONGEST],
            "route": route,
            "status": self.status,
            "bytes": self._bytes,
            "seconds": round(took, 6),
            "agent": environ.get("HTTP_USER_AGENT", "")[:200],
            **self._notes,
        }


class _TimedBody:
    """The body of an answer; its end, or its being given up, ends the request."""

    def __init__(self, body: Iterable[bytes], timer: _RequestTimer) -> None:
        self._body = body
        self._timer = timer

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            self._timer.count(part)
            yield part

    def close(self) -> None:
        """Close the body."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._timer.finish()


def route_of(path: str) -> str:
    """Return what sort of address a path is, one of a few."""
    return _ROUTES.get(path[1:].partition("/")[0], "document")


class OneLine(logging.Filter):
    """A filter that escapes control characters in messages; it lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Escape a record's message and say that it is to be written."""
        message = record.getMessage()
        record.msg = _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", message)
        record.args = ()
        return True
