"""Checks of the ontology's own terms: what each must say of itself, and how it is named."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from pipeline.model.finding import Finding, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.material import Material

PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
CLASS_KINDS = (OWL.Class, RDFS.Datatype)

_CLASS_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_PROPERTY_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_JOINED = re.compile(r"[a-z](And|Or)[A-Z]")
_VAGUE = re.compile(r"^(Other|Misc|Miscellaneous|Unknown)")
_EXTENSION = re.compile(r"\.(html|jsonld|n3|nt|owl|rdf|ttl|xml)$")
_TEXTS = ((RDFS.label, "label"), (SKOS.definition, "definition"))


def own_terms(ontology: Graph) -> list[URIRef]:
    """Return the subjects of the ontology file that lie in our namespace, sorted."""
    return sorted(
        {
            term
            for term in ontology.subjects()
            if isinstance(term, URIRef) and term.startswith(vocabulary.ICGP)
        }
    )


def own_of_kind(ontology: Graph, *kinds: URIRef) -> list[URIRef]:
    """Return our terms that have one of the types."""
    return [term for term in own_terms(ontology) if any((term, RDF.type, kind) in ontology for kind in kinds)]


def check_terms(material: Material) -> Iterator[Finding]:
    """Yield what our terms lack, and names that mislead."""
    for term in own_terms(material.ontology):
        yield from _statements(material, term)
        yield from _name(material, term)
    yield from _labels(material)
    yield from _languages(material)


def _statements(material: Material, term: URIRef) -> Iterator[Finding]:
    graph, name = material.ontology, _short(term)
    if (term, RDF.type, None) not in graph:
        message = f"{name} has no type. Declare it as a class, a property or a datatype."
        yield material.finding(Severity.VIOLATION, "term-untyped", message, term)
    for predicate, what in _TEXTS:
        languages = {_language(text) for text in graph.objects(term, predicate)}
        if "en" not in languages:
            message = f"{name} has no {what} in English. Write one."
            yield material.finding(Severity.VIOLATION, f"{what}-missing", message, term)
        if any(not str(text).strip() for text in graph.objects(term, predicate)):
            message = f"A {what} of {name} is empty. Write it or remove it."
            yield material.finding(Severity.VIOLATION, f"{what}-empty", message, term)
    if (term, RDFS.isDefinedBy, URIRef(vocabulary.ONTOLOGY_IRI)) not in graph:
        message = f"{name} does not say that the ontology defines it. Add rdfs:isDefinedBy."
        yield material.finding(Severity.VIOLATION, "defined-by-missing", message, term)


def _name(material: Material, term: URIRef) -> Iterator[Finding]:
    graph, local = material.ontology, term.removeprefix(vocabulary.ICGP)
    types = set(graph.objects(term, RDF.type))
    is_class, is_property = bool(types & {*CLASS_KINDS}), bool(types & {*PROPERTY_KINDS})
    if is_class and not _CLASS_NAME.fullmatch(local):
        message = (
            f"The class {_short(term)} is not named in UpperCamelCase. Rename it before it is published."
        )
        yield material.finding(Severity.WARNING, "name-form", message, term)
    if is_property and not _PROPERTY_NAME.fullmatch(local):
        message = (
            f"The property {_short(term)} is not named in lowerCamelCase. Rename it before it is published."
        )
        yield material.finding(Severity.WARNING, "name-form", message, term)
    if _EXTENSION.search(local):
        message = f"{_short(term)} ends like a file name. An IRI names a term, not a file."
        yield material.finding(Severity.WARNING, "iri-with-extension", message, term)
    if is_class and (_JOINED.search(local) or _VAGUE.search(local)):
        message = f"The class {_short(term)} names more than one thing, or none. Give each thing its class."
        yield material.finding(Severity.WARNING, "class-name-vague", message, term)


def _labels(material: Material) -> Iterator[Finding]:
    owners: dict[tuple[str, str], list[URIRef]] = defaultdict(list)
    for term in own_terms(material.ontology):
        labels = [
            label for label in material.ontology.objects(term, RDFS.label) if isinstance(label, Literal)
        ]
        several = [language for language, n in Counter(map(_language, labels)).items() if n > 1]
        if several:
            message = f"{_short(term)} has several labels in {', '.join(several)}. Keep one a language."
            yield material.finding(Severity.VIOLATION, "label-several", message, term)
        for label in labels:
            owners[str(label).casefold(), _language(label)].append(term)
    for (text, language), terms in owners.items():
        for term in terms[1:]:
            both = f"{_short(terms[0])} and {_short(term)}"
            message = f'{both} have the same label "{text}" ({language}). Change one.'
            yield material.finding(Severity.VIOLATION, "label-repeated", message, term)


def _languages(material: Material) -> Iterator[Finding]:
    graph = material.ontology
    for predicate, what in _TEXTS:
        spoken = {
            term: {_language(text) for text in graph.objects(term, predicate)} for term in own_terms(graph)
        }
        wanted = set[str]().union(*spoken.values())
        for term, languages in spoken.items():
            if languages and (missing := wanted - languages):
                tongues = ", ".join(sorted(missing))
                message = f"{_short(term)} has no {what} in {tongues}, but others have. Translate it."
                yield material.finding(Severity.WARNING, f"{what}-language-missing", message, term)


def _language(text: Node) -> str:
    return (text.language or "") if isinstance(text, Literal) else ""


def _short(term: str) -> str:
    return "icgp:" + term.removeprefix(vocabulary.ICGP)
