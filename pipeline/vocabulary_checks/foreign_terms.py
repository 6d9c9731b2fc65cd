"""Terms of other vocabularies: a term that its vocabulary does not define is misspelt."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pyoxigraph import NamedNode
from rdflib import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, TIME, VANN, VOID, XSD, URIRef

from pipeline.model.finding import Finding, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.loaded_vocabulary import GRAPH, LoadedVocabulary

_DEFINED = (DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, TIME, VANN, VOID, XSD)


def unknown_terms(loaded: LoadedVocabulary) -> Iterator[Finding]:
    """Yield the terms in use that their namespace, as rdflib or the list of known terms has it, does not define."""
    used = loaded.store.quads_for_pattern(None, NamedNode(vocabulary.RDF + "type"), NamedNode(GRAPH + "Used"))
    for term in sorted(quad.subject.value for quad in used if isinstance(quad.subject, NamedNode)):
        if not _is_known(term):
            message = f"{term} is not a known term of its namespace. Correct the spelling, or pin the term."
            place = loaded.places.get(term)
            yield Finding(Severity.VIOLATION, "foreign-term-unknown", message, place, term)


def _is_known(term: str) -> bool:
    for namespace in _DEFINED:
        if term.startswith(str(namespace)):
            return term == str(namespace) or URIRef(term) in namespace or term in _pinned()
    return term in _pinned() or term in _namespaces() or not term.startswith(_namespaces())


@cache
def _pinned() -> frozenset[str]:
    text = files(__package__).joinpath("known_terms.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _namespaces() -> tuple[str, ...]:
    return tuple({re.sub(r"[^/#]*$", "", pinned) for pinned in _pinned()})
