"""Negotiation of reports: the forms and languages in which they come, and what a request asks for."""

from collections.abc import Sequence

from flask import Response, request

from endpoint.http.negotiation import Offer, choose, choose_language
from endpoint.http.problems import Problem
from endpoint.language.interface_languages import reader
from pipeline.findings.translation import SPOKEN

OFFERS = (
    Offer("application/json", "json"),
    Offer("text/turtle", "turtle"),
    Offer("application/ld+json", "jsonld"),
    Offer("application/n-triples", "nt"),
    Offer("application/rdf+xml", "rdf"),
    Offer("text/html", "html"),
    Offer("text/csv", "csv"),
    Offer("application/sarif+json", "sarif"),
    Offer("application/xml", "junit"),
    Offer("text/xml", "junit"),
    Offer("text/plain", "text"),
)
"""The forms of a report; the first one where a client does not mind."""

NAMES = {
    "html": "HTML",
    "csv": "CSV",
    "json": "JSON",
    "turtle": "Turtle",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
    "rdf": "RDF/XML",
    "sarif": "SARIF",
    "junit": "JUnit",
    "text": "Text",
}
"""Form of a report → what people call it."""

FILE_SUFFIXES = {"csv": "csv", "sarif": "sarif", "junit": "xml"}
"""Forms that a browser cannot show → the suffix of the file it saves."""

_PARAMETER = "lang"


def choose_report_format(accept: str | None, named: Sequence[str]) -> Offer:
    """Return the form that a client asks for, by ``format=`` or else by Accept; raise Problem for none of ours."""
    for name in filter(None, named):
        offered = next((offer for offer in OFFERS if name.lower() in (offer.format, offer.media_type)), None)
        if offered is None:
            raise Problem(
                "format-unknown", f"A report does not come as “{name[:40]}”, but as {', '.join(NAMES)}."
            )
        return offered
    offer = choose(accept, OFFERS)
    if offer is None:
        types = ", ".join(offer.media_type for offer in OFFERS)
        raise Problem("format-unknown", f"A report comes as {types}; accept one of these.")
    return offer


def report_language() -> str:
    """Return the language of a report: that of ``lang=``, of the path, of Accept-Language, else English."""
    stated = choose_language(request.args.get(_PARAMETER), tuple(SPOKEN))
    if stated is not None:
        return stated
    if reader().is_fixed:
        return reader().interface
    return choose_language(request.headers.get("Accept-Language"), tuple(SPOKEN)) or "en"


def set_content_language(response: Response, language: str) -> None:
    """Add the language of an answer to its headers, and that it depends on the reader's language."""
    response.content_language.add(language)
    if not request.args.get(_PARAMETER) and not reader().is_fixed:
        response.vary.add("Accept-Language")
