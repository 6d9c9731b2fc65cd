"""Datatypes in shapes: names that XML Schema and RDF do not have, and classes in their place."""

import re

from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extractOne

from pipeline.findings.messages import Sentence, say
from pipeline.gate.adapter.lexical_forms import XSD_DATATYPES
from pipeline.model.finding import Suggestion
from pipeline.rdf.vocabulary import RDF, RDFS, XSD

_RDF_DATATYPES = ("HTML", "JSON", "PlainLiteral", "XMLLiteral", "dirLangString", "langString")
_KNOWN = {f"xsd:{name}": XSD + name for name in XSD_DATATYPES} | {
    f"rdf:{name}": RDF + name for name in _RDF_DATATYPES
}
_LIKE = (
    (re.compile(r"(?i)https?://(?:www\.)?w3\.org/(?:2001|1999)/XMLSchema(?:-datatypes)?[#/]*(\w*)"), "xsd:"),
    (re.compile(r"(?i)https?://(?:www\.)?w3\.org/1999/02/22-rdf-syntax-ns[#/]*(\w*)"), "rdf:"),
)
_ALIKE = 60
LITERAL = RDFS + "Literal"


def is_datatype(iri: str) -> bool:
    """Return whether an IRI is a datatype of XML Schema or RDF."""
    return iri in _KNOWN.values()


def short_datatype(iri: str) -> str:
    """Return a datatype of XML Schema or RDF with its prefix, any other IRI in angle brackets."""
    return next((name for name, known in _KNOWN.items() if known == iri), f"<{iri}>")


def unknown_datatype(iri: str) -> tuple[Sentence, Suggestion | None] | None:
    """Return the finding on a datatype that does not exist, with a suggestion; None for one that may exist."""
    alike = next(((prefix, hit[1]) for like, prefix in _LIKE if (hit := like.fullmatch(iri))), None)
    if alike is None or is_datatype(iri):
        return None
    prefix, name = alike
    meant = _meant(prefix, name)
    if meant is None:
        message = say("There is no datatype <{iri}>, so it was not applied. Check the spelling.", iri=iri)
        return message, None
    message = say(
        "There is no datatype <{iri}>, so it was not applied. Did you mean {other}?",
        iri=iri,
        other=meant.value,
    )
    return message, meant


def _meant(prefix: str, name: str) -> Suggestion | None:
    same = next((known for known in _KNOWN if known.lower() == f"{prefix}{name}".lower()), None)
    if same is not None:
        return Suggestion(same, 0.99)
    names = [known for known in _KNOWN if known.startswith(prefix)]
    other = extractOne(f"{prefix}{name[:60]}", names, scorer=ratio, score_cutoff=_ALIKE) if name else None
    return Suggestion(other[0], round(other[1] / 100, 2)) if other is not None else None
