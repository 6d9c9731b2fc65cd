"""Formats: in which ones results and graphs are on offer, and which of them a request gets."""

from collections.abc import Mapping

from endpoint.negotiation import Offer, choose
from endpoint.sparql.problems import Problem

HTML = Offer("text/html", "html")

RESULTS = (
    Offer("application/sparql-results+json", "json"),
    Offer("application/sparql-results+xml", "xml"),
    Offer("text/csv", "csv"),
    Offer("text/tab-separated-values", "tsv"),
    HTML,
    Offer("application/json", "json"),
    Offer("application/xml", "xml"),
)
"""For SELECT and ASK; the two plain types are for clients that know no better."""

GRAPHS = (
    Offer("text/turtle", "ttl"),
    Offer("application/n-triples", "nt"),
    Offer("application/rdf+xml", "rdf"),
    HTML,
)
"""For CONSTRUCT and DESCRIBE, and for the description of the service."""

_OTHER_NAMES: Mapping[str, str] = {"turtle": "ttl", "ntriples": "nt", "rdfxml": "rdf"}


def offers(form: str) -> tuple[Offer, ...]:
    """Return what is on offer for a form of query."""
    return GRAPHS if form in ("CONSTRUCT", "DESCRIBE") else RESULTS


def chosen(form: str, accept: str | None, named: str | None) -> Offer:
    """Return the offer that a request gets; a format that it names (``format=``) beats its Accept header."""
    available = offers(form)
    if named is not None:
        return _named(named, available)
    offer = choose(accept, available)
    if offer is None:
        raise Problem("format-not-available", f"{form} comes as {_listed(available)}; accept one of these.")
    return offer


def _named(name: str, available: tuple[Offer, ...]) -> Offer:
    wanted = _OTHER_NAMES.get(name.lower(), name.lower())
    for offer in available:
        if wanted in (offer.format, offer.media_type):
            return offer
    names = ", ".join(dict.fromkeys(offer.format for offer in available))
    raise Problem("format-not-available", f"format={name} is not on offer for this query; there are {names}.")


def _listed(available: tuple[Offer, ...]) -> str:
    return ", ".join(offer.media_type for offer in available)
