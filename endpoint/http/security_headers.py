"""Security headers: what keeps browsers from doing harm with an answer, and lets the scripts of other sites read it.

Browsers ask for the latter before a script sends a request (Fetch standard, CORS).
"""

import re

from flask import Response, request

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_EMBEDDED_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
"""For pages in frames of other sites. Only these may be in frames, and they run no script."""

_MOST_HEADERS = 50
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_USUAL = (
    "Accept",
    "Accept-Language",
    "Authorization",
    "Cache-Control",
    "Content-Encoding",
    "Content-Type",
    "If-Modified-Since",
    "If-None-Match",
    "Pragma",
    "Range",
    "X-Request-Id",
    "X-Requested-With",
)

ASKED = "Access-Control-Request-Headers"
"""The request header with the names that a script wants to send; answers vary with it."""


def guard(response: Response) -> Response:
    """Add to every answer what keeps browsers from doing harm with it, and lets programs read it."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Access-Control-Allow-Origin", "*")
    headers.setdefault(
        "Access-Control-Expose-Headers", "Link, ETag, Content-Location, Content-Range, Retry-After"
    )
    if request.method == "OPTIONS":
        response.vary.add(ASKED)
        for name, value in preflight_headers("GET, HEAD, OPTIONS", request.headers.get(ASKED, "")).items():
            headers.setdefault(name, value)
    if request.endpoint == "static":
        named = request.args.get("v")
        headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    return response


def embeddable(response: Response) -> Response:
    """Return a response that other sites may show in a frame."""
    response.headers["Content-Security-Policy"] = _EMBEDDED_POLICY
    return response


def preflight_headers(methods: str, asked: str) -> dict[str, str]:
    """Return the headers of an answer: the methods, the usual request headers, and all others that are asked for.

    No request header gives a client any right here, so none needs to be kept out.
    """
    usual = {name.lower() for name in _USUAL}
    names = [name.strip() for name in asked.split(",")[:_MOST_HEADERS]]
    others = [name for name in names if _HEADER.fullmatch(name) and name.lower() not in usual]
    return {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": ", ".join((*_USUAL, *others)),
        "Access-Control-Max-Age": "86400",
    }
