"""Preflight requests: what browsers ask before a script of another site sends a request (Fetch standard, CORS)."""

import re

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
