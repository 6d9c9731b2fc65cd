"""Limits of a request: how long its address and its headers may be, before anything reads them.

Everything that a web process does with a request before it is admitted takes a time that grows with these sizes.
"""

import json
from collections.abc import Iterable
from string import punctuation
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_HEAD = 64 * 1024
"""Bytes of a request before its body: the address with a query, and all headers."""

MOST_PATH = 2048
MOST_ARGUMENTS = 16 * 1024
"""Most characters after the question mark if there is no SPARQL query."""

MOST_PARAMETERS = 500
MOST_HEADER = 4096
"""Characters of each header that is read here."""

_HEADERS = {
    "HTTP_ACCEPT": "Accept",
    "HTTP_ACCEPT_ENCODING": "Accept-Encoding",
    "HTTP_ACCEPT_LANGUAGE": "Accept-Language",
    "HTTP_CONTENT_ENCODING": "Content-Encoding",
    "HTTP_HOST": "Host",
    "HTTP_IF_MATCH": "If-Match",
    "HTTP_IF_MODIFIED_SINCE": "If-Modified-Since",
    "HTTP_IF_NONE_MATCH": "If-None-Match",
    "HTTP_IF_RANGE": "If-Range",
    "HTTP_IF_UNMODIFIED_SINCE": "If-Unmodified-Since",
    "HTTP_RANGE": "Range",
    "CONTENT_TYPE": "Content-Type",
}

_ASCII_MARKS = punctuation + " "
_URI_TOO_LONG = "414 URI Too Long"
_HEADERS_TOO_LARGE = "431 Request Header Fields Too Large"


class RequestLimits:
    """A WSGI application that refuses long requests and passes the others on."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            # Raw bytes, which a browser would have escaped: all parsers behind this expect that.
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe=_ASCII_MARKS)
        if environ.get("HTTP_RANGE", "bytes").partition("=")[0].strip().lower() != "bytes":
            del environ["HTTP_RANGE"]  # RFC 9110: units that a server does not know are ignored
        refusal = _refusal(environ)
        if refusal is None:
            return self._application(environ, start_response)
        status, sentence = refusal
        body = problem_body(status, sentence)
        headers = [
            ("Content-Type", "application/problem+json"),
            ("Content-Length", str(len(body))),
            ("Access-Control-Allow-Origin", "*"),
            ("Cache-Control", "no-store"),
        ]
        start_response(status, headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)


def problem_body(status: str, sentence: str) -> bytes:
    """Return a problem of no kind of its own as JSON (RFC 9457)."""
    code, _, title = status.partition(" ")
    problem = {"type": "about:blank", "title": title, "status": int(code), "detail": sentence}
    return json.dumps(problem).encode() + b"\n"


def _refusal(environ: "WSGIEnvironment") -> tuple[str, str] | None:
    """Return the status and the sentence for a request that is too long, None for others."""
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if len(path) > MOST_PATH:
        return _URI_TOO_LONG, f"The path of the address has more than {MOST_PATH} characters."
    if len(query) > MOST_ARGUMENTS and not path.rstrip("/").endswith("/sparql"):
        return _URI_TOO_LONG, f"The query string has more than {MOST_ARGUMENTS} characters."
    if query.count("&") >= MOST_PARAMETERS:
        return _URI_TOO_LONG, f"The address has more than {MOST_PARAMETERS} parameters."
    for name, label in _HEADERS.items():
        if len(environ.get(name, "")) > MOST_HEADER:
            return _HEADERS_TOO_LARGE, f"The header {label} has more than {MOST_HEADER} characters."
    return None
