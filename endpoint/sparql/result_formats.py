"""Formats: those in which results and graphs are available, and which one a request gets."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from endpoint.http import profiles
from endpoint.http.negotiation import Offer, choose, quality
from endpoint.http.problems import Problem

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
    Offer("application/ld+json", "jsonld"),
    Offer("application/rdf+xml", "rdf"),
    Offer("application/trig", "trig"),
    Offer("application/n-quads", "nq"),
    HTML,
    Offer("application/json", "jsonld"),
    Offer("application/xml", "rdf"),
    Offer("text/n3", "ttl"),
)
"""For CONSTRUCT and DESCRIBE, and for the description of the service."""

_PROFILES = {
    "compacted": Offer(profiles.content_type("compacted"), "jsonld"),
    "expanded": Offer(profiles.content_type("expanded"), "jsonld-expanded"),
    "flattened": Offer(profiles.content_type("flattened"), "jsonld-flattened"),
}

_OTHER_NAMES: Mapping[str, str] = {
    "turtle": "ttl",
    "n3": "ttl",
    "ntriples": "nt",
    "n-triples": "nt",
    "rdfxml": "rdf",
    "rdf+xml": "rdf",
    "json-ld": "jsonld",
    "nquads": "nq",
    "n-quads": "nq",
    "table": "html",
}
"""What libraries and people call the formats."""

_ELSEWHERE: Mapping[str, str] = {"xlsx": "/sparql/results.xlsx", "svg": "/sparql/chart.svg"}
"""Formats of a table that other addresses have."""


def offers(form: str) -> tuple[Offer, ...]:
    """Return what is on offer for a form of query."""
    return GRAPHS if form in ("CONSTRUCT", "DESCRIBE") else RESULTS


def choose_offer(form: str, accept: str | None, named: Sequence[str] = ()) -> Offer:
    """Return the offer that a request gets; a format that it names (``format=``) beats its Accept header.

    A name that nobody knows here is passed over where an Accept header says what is wanted: libraries send
    both, and some names of their own.
    """
    available = offers(form)
    for name in named:
        wanted = _OTHER_NAMES.get(name.lower(), name.lower())
        requested = next((offer for offer in available if wanted in (offer.format, offer.media_type)), None)
        if requested is not None:
            return _in_profile(requested, accept)
    if named and (accept is None or quality(accept, "x-unheard/of") > 0):
        names = ", ".join(dict.fromkeys(offer.format for offer in available))
        place = _ELSEWHERE.get(named[0].lower()) if form == "SELECT" else None
        raise Problem(
            "format-not-available",
            f"format={named[0]} is not on offer for {form}; there are {names}."
            + (f" It has an address of its own: {place}?query=…" if place else ""),
        )
    offer = _negotiate(accept, available is GRAPHS)
    if offer is None:
        types = ", ".join(offer.media_type for offer in available)
        raise Problem("format-not-available", f"{form} comes as {types}; accept one of these.")
    return _in_profile(offer, accept)


def of_description(accept: str | None, named: Sequence[str]) -> Offer:
    """Return the offer that a request for the description of the service gets; its JSON-LD has one form.

    Turtle is TriG as well, and N-Triples are N-Quads.
    """
    offer = choose_offer("DESCRIBE", accept, named)
    if offer.media_type.startswith(profiles.JSON_LD):
        return Offer(profiles.JSON_LD, "jsonld")
    return Offer(offer.media_type, {"trig": "ttl", "nq": "nt"}.get(offer.format, offer.format))


def _in_profile(offer: Offer, accept: str | None) -> Offer:
    """Return the offer of JSON-LD in the form that the Accept header asks for by ``profile=``, or the offer itself."""
    form = profiles.form_of(accept, None) if offer.media_type == profiles.JSON_LD else ""
    return _PROFILES.get(form, offer)


@lru_cache(maxsize=256)
def _negotiate(accept: str | None, is_graph: bool) -> Offer | None:
    return choose(accept, GRAPHS if is_graph else RESULTS)
