"""Answers: from what was found to an HTTP response that cannot look complete when it is not."""

import gzip
import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from flask import Response, request
from waitress.channel import ClientDisconnected
from werkzeug.http import parse_accept_header

from endpoint.engine.client import QuestionFailed
from endpoint.engine.question import Question
from endpoint.http.cache import CachedBody
from endpoint.http.negotiation import Offer
from endpoint.http.problems import Problem
from endpoint.http.responses import gzip_parts
from endpoint.sparql.query_service import Stream
from pipeline import __version__

MOST_BUFFERED = 32 * 1024 * 1024
"""Bytes of an answer that are kept together for a client that would not notice an answer cut short."""

_LEAST_COMPRESSED = 1000
_LEVEL_KEPT = 5
_LEVEL_STREAMED = 1

_log = logging.getLogger(__name__)


class _TruncatedAnswer(ClientDisconnected):
    """The answer ends here without its end.

    It is what waitress itself raises when a client has gone, so that waitress closes the connection without
    the last chunk and without a traceback in the log.
    """


def key_of(question: Question, release: str) -> str:
    """Return the key of an answer: it changes with all that can change its bytes."""
    dataset = (
        question.union,
        *(_as_set(graphs) for graphs in (question.default_graphs, question.named_graphs)),
    )
    digest = hashlib.sha256(
        repr((__version__, release, question.format, question.base_iri, dataset)).encode()
    )
    digest.update(question.query.encode())
    return digest.hexdigest()


def entity_tag(key: str, offer: Offer) -> str:
    """Return the strong entity tag of an answer in one media type, not compressed."""
    return hashlib.sha256(f"{key} {offer.media_type}".encode()).hexdigest()[:32]


def not_modified(tag: str) -> Response | None:
    """Return 304 where the client has this answer in a coding that it still accepts, else None."""
    if "If-None-Match" not in request.headers:
        return None
    has = request.if_none_match
    zipped = takes_gzip(request.headers.get("Accept-Encoding", ""))
    for variant in (f"{tag}-gzip", tag) if zipped else (tag,):
        if has.star_tag or has.contains_weak(variant):
            response = Response(status=304)
            response.set_etag(variant)
            return response
    return None


def response_of(
    content: CachedBody | Stream, offer: Offer, tag: str | None, keep: Callable[[CachedBody], None]
) -> Response:
    """Return an answer as a response: with its length where that is known, else in chunks.

    A client of HTTP/1.0 cannot tell the end of an answer from its being cut, so it gets all of it or none.
    ``keep`` is called with what should be kept in place of the content: compressed bytes are made once.
    """
    accepted = request.headers.get("Accept-Encoding", "")
    if isinstance(content, CachedBody):
        body, zipped = encode_body(content, accepted, keep)
        response = Response(body, content_type=offer.content_type)
    else:
        zipped = takes_gzip(accepted) and request.method != "HEAD"
        response = _stream_response(content, offer, zipped=zipped)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    if tag is not None:
        response.set_etag(f"{tag}-gzip" if zipped else tag)
    return response


def encode_body(content: CachedBody, accepted: str, keep: Callable[[CachedBody], None]) -> tuple[bytes, bool]:
    """Return the bytes to send to a client that accepts some codings, and whether they are compressed.

    ``keep`` is called with what should be kept in place of the content: compressed bytes are made once.
    """
    if len(content.plain) < _LEAST_COMPRESSED or not takes_gzip(accepted):
        return content.plain, False
    zipped = content.gzipped
    if zipped is None:
        zipped = gzip.compress(content.plain, _LEVEL_KEPT, mtime=0)
        keep(replace(content, gzipped=zipped))
    return zipped, True


def _stream_response(content: Stream, offer: Offer, *, zipped: bool) -> Response:
    if request.method == "HEAD":
        content.close()
        return Response(iter(()), content_type=offer.content_type)
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        whole_of = _whole(content.parts(), content.close, MOST_BUFFERED)
        return Response(
            gzip.compress(whole_of, _LEVEL_STREAMED) if zipped else whole_of, content_type=offer.content_type
        )
    parts = _chunks(content, request.full_path)
    response = Response(
        gzip_parts(parts, _LEVEL_STREAMED) if zipped else parts, content_type=offer.content_type
    )
    response.call_on_close(content.close)
    return response


def whole(content: CachedBody | Stream, most: int) -> bytes:
    """Return all bytes of an answer; raise QuestionFailed where it breaks off, Problem beyond a size."""
    if isinstance(content, CachedBody):
        return _whole(iter((content.plain,)), bool, most)
    return _whole(content.parts(), content.close, most)


def _whole(parts: Iterator[bytes], close: Callable[[], object], most: int) -> bytes:
    try:
        content = bytearray()
        for part in parts:
            content += part
            if len(content) > most:
                raise Problem(
                    "answer-too-large",
                    f"The answer has more than {most // (1024 * 1024)} MB, too many to be sent in one piece. "
                    "Ask with HTTP/1.1 and for a format other than HTML, or add a LIMIT.",
                )
        return bytes(content)
    finally:
        close()


def _chunks(content: Stream, asked: str) -> Iterator[bytes]:
    try:
        yield from content.parts()
    except QuestionFailed as failure:
        _log.warning("An answer was cut short by its %s: %.500s", failure, asked)
        raise _TruncatedAnswer from failure


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Return whether an Accept-Encoding header has a place for gzip."""
    return "gzip" in accepted and parse_accept_header(accepted)["gzip"] > 0


def _as_set(graphs: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if graphs is None else tuple(sorted(set(graphs)))
