"""Embedding: pages made to be shown in frames of other sites. Only these may be, and they run no script."""

from flask import Response

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


def embeddable(response: Response) -> Response:
    """Return a response that other sites may show in a frame."""
    response.headers["Content-Security-Policy"] = _POLICY
    return response
