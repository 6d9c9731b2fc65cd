"""Answers: from the bytes of a query child to an HTTP response that cannot look complete when it is not."""

import hashlib
import logging
from collections.abc import Iterator

from flask import Response, request
from waitress.channel import ClientDisconnected

from endpoint.children.client import Answer, QuestionFailed
from endpoint.children.question import Question
from endpoint.negotiation import Offer
from endpoint.sparql.problems import Problem
from pipeline import __version__

MOST_BUFFERED = 32 * 1024 * 1024
"""Bytes of an answer that are kept together for a client that cannot be told of an answer cut short."""

_log = logging.getLogger(__name__)


class _Cut(ClientDisconnected):
    """The answer ends here without its end.

    It is what waitress itself raises when a client has gone, so that waitress closes the connection without
    the last chunk and without a traceback in the log.
    """


def entity_tag(question: Question, release: str, offer: Offer) -> str:
    """Return the strong entity tag of an answer: it changes with all that can change the bytes."""
    dataset = (question.union, question.default_graphs, question.named_graphs)
    key = repr((__version__, release, offer.media_type, question.base_iri, dataset, question.query))
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def response_of(answer: Answer, offer: Offer) -> Response:
    """Return an answer as a response: with its length where that is known, else in chunks.

    A client of HTTP/1.0 cannot tell the end of an answer from its being cut, so it gets all of it or none.
    """
    if answer.complete:
        answer.close()
        return Response(answer.first, content_type=offer.content_type)
    if request.method == "HEAD":
        answer.close()
        return Response(iter(()), content_type=offer.content_type)
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return Response(whole(answer, MOST_BUFFERED), content_type=offer.content_type)
    response = Response(_chunks(answer, request.full_path), content_type=offer.content_type)
    response.call_on_close(answer.close)
    return response


def whole(answer: Answer, most: int) -> bytes:
    """Return all bytes of an answer; raise QuestionFailed where it breaks off, Problem beyond a size."""
    with answer:
        content = bytearray(answer.first)
        for part in answer.rest():
            content += part
            if len(content) > most:
                raise Problem(
                    "answer-too-large",
                    f"The answer has more than {most // (1024 * 1024)} MB, too many to be sent in one piece. "
                    "Ask with HTTP/1.1 and for a format other than HTML, or add a LIMIT.",
                )
        return bytes(content)


def _chunks(answer: Answer, asked: str) -> Iterator[bytes]:
    try:
        yield answer.first
        yield from answer.rest()
    except QuestionFailed as failure:
        _log.warning("An answer was cut short by its %s: %.500s", failure, asked)
        raise _Cut from failure
