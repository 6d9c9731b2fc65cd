"""Errors of the web side: every status comes as a page for people, as text or problem+json for programs."""

import json

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from endpoint.catalogue.service import current_release
from endpoint.http.document_formats import HTML, OFFERS
from endpoint.http.negotiation import Offer, choose
from endpoint.http.responses import make_body, respond
from endpoint.pages.cards import suggest

_HTML = Offer("text/html", "html")
_PROBLEM = Offer("application/problem+json", "problem")
_DATA = tuple(Offer(kind.media_type, "problem") for kind in OFFERS if kind != HTML)
_OFFERS = (_PROBLEM, Offer("text/plain", "text"), *_DATA, _HTML)
"""The page is for browsers, which name HTML; a program that takes anything, rather reads data, or says nothing gets the
problem."""

_HEADERS = ("Allow", "Retry-After", "Location", "WWW-Authenticate", "Content-Range")


def answer_errors(app: Flask) -> None:
    """Make every error of an app answer in the form that the client reads."""
    app.register_error_handler(HTTPException, _answer)


def _answer(error: HTTPException) -> Response:
    status = error.code or 500
    sentence = _sentence(error)
    offer = choose(request.headers.get("Accept"), _OFFERS) or _PROBLEM
    if offer.format == "html":
        name = request.path.rstrip("/").rpartition("/")[2]
        near = suggest(current_release(), name) if status == 404 else ()
        text = render_template(
            "error.html", status=status, name=error.name, sentence=sentence, suggestions=near
        )
    elif offer.format == "text":
        text = f"{status} {error.name}\n{sentence}\n"
    else:
        problem = {"type": "about:blank", "title": error.name, "status": status, "detail": sentence}
        text = json.dumps(problem, ensure_ascii=False) + "\n"
    content_type = _PROBLEM.content_type if offer.format == "problem" else offer.content_type
    response = respond(make_body(text.encode()), content_type, status=status, vary=("Accept",))
    for name, value in error.get_headers():
        if name in _HEADERS:
            response.headers[name] = value
    return response


def _sentence(error: HTTPException) -> str:
    if isinstance(error, InternalServerError):
        return "Something went wrong on this server. It has been noted; please try again."
    return error.description or error.name
