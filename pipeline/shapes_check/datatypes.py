"""Datatypes in shapes: names that XML Schema and RDF do not have, and classes in their place."""

import re

from pipeline.gate.adapter.lexical_forms import XSD_DATATYPES
from pipeline.model.finding import Suggestion
from pipeline.rdf.vocabulary import RDF, RDFS, XSD
from pipeline.shapes_check.shacl_terms import nearest

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


def is_missing(iri: str) -> bool:
    """Return whether an IRI is of XML Schema or RDF, or would be, and is none of their datatypes."""
    return not is_datatype(iri) and any(like.fullmatch(iri) for like, _ in _LIKE)


def suggest_datatype(iri: str) -> Suggestion | None:
    """Return the datatype that is meant by one that there is not."""
    prefix, name = next((prefix, hit[1]) for like, prefix in _LIKE if (hit := like.fullmatch(iri)))
    return (
        nearest(prefix + name, [known for known in _KNOWN if known.startswith(prefix)], _ALIKE)
        if name
        else None
    )
