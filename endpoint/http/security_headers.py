"""Security headers: what keeps browsers from doing harm with an answer, and lets the scripts of other sites read it."""

from flask import Response, request

from endpoint.http.preflight import ASKED, preflight_headers

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_EMBEDDED_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
"""For pages in frames of other sites. Only these may be in frames, and they run no script."""


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
