"""Checks across files: every term that is used exists, every term that exists can be used."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from rdflib import (
    DCAT,
    DCTERMS,
    FOAF,
    OWL,
    PROV,
    RDF,
    RDFS,
    SDO,
    SH,
    SKOS,
    TIME,
    VANN,
    VOID,
    XSD,
    Graph,
    Literal,
    URIRef,
)
from rdflib.collection import Collection
from rdflib.term import Node

from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.hierarchy import above
from pipeline.vocabulary_checks.labels import concepts
from pipeline.vocabulary_checks.material import Material
from pipeline.vocabulary_checks.terms import CLASS_KINDS, PROPERTY_KINDS, own_of_kind, own_terms

_DEFINED = (DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, TIME, VANN, VOID, XSD)
_INSTANCES = (vocabulary.TOPIC, vocabulary.COUNTRY, vocabulary.YEAR)
_PREFIXED_NAME = re.compile(r"\b([a-z]+):([A-Za-z][\w-]*)")


def check_usage(material: Material) -> Iterator[Finding]:
    """Yield terms that are used but not defined, not covered, or gone since publication."""
    used = sorted(_used_terms(material))
    defined = {str(subject) for graph in material.graphs() for subject in graph.subjects(RDF.type)}
    for term in used:
        yield from _own_use(material, term, defined)
        yield from _foreign_use(material, term)
    yield from _publication(material, defined)
    yield from _coverage_by_context(material)
    yield from _coverage_by_shapes(material)
    yield from _lists_of_shapes(material)


def _used_terms(material: Material) -> set[str]:
    used = set(_context_terms(material.context))
    for graph in material.graphs():
        for triple in graph:
            used.update(str(node) for node in triple if isinstance(node, URIRef))
            value = triple[2]
            if isinstance(value, Literal) and value.datatype:
                used.add(str(value.datatype))
    for query in material.shapes.objects(None, SH.select):
        used.update(_expanded(_PREFIXED_NAME.findall(str(query))))
    return used


def _expanded(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    prefixes = vocabulary.prefixes()
    for prefix, local in names:
        if prefix in prefixes:
            yield prefixes[prefix] + local


def _context_terms(context: Mapping[str, Any]) -> Iterator[str]:
    """Yield the absolute IRIs that a context maps keys and datatypes to, namespaces apart."""
    for value in context.values():
        for name in (value.get("@id"), value.get("@type")) if isinstance(value, dict) else (value,):
            if not isinstance(name, str) or name.startswith("@") or name.endswith(("#", "/")):
                continue
            prefix, _, local = name.partition(":")
            namespace = context.get(prefix)
            yield namespace + local if isinstance(namespace, str) else name


def _own_use(material: Material, term: str, defined: set[str]) -> Iterator[Finding]:
    ours = term.startswith((vocabulary.ICGP, *_INSTANCES)) and term not in (vocabulary.ICGP, *_INSTANCES)
    if ours and term not in defined:
        message = f"{term} is used, but the vocabulary does not define it. Define it or correct the spelling."
        yield material.finding(Severity.VIOLATION, "term-undefined", message, term)


def _foreign_use(material: Material, term: str) -> Iterator[Finding]:
    for namespace in _DEFINED:
        known = str(namespace)
        if term.startswith(known):
            if term != known and URIRef(term) not in namespace and term not in _other_terms():
                message = f"{term} is no term of {known}. Correct the spelling, or use a term that exists."
                yield material.finding(Severity.VIOLATION, "foreign-term-unknown", message, term)
            return
    if (
        term not in _other_terms()
        and term not in _other_namespaces()
        and term.startswith(_other_namespaces())
    ):
        message = f"{term} is not among the known terms of its namespace. Check it, then pin it."
        yield material.finding(Severity.VIOLATION, "foreign-term-unknown", message, term)


@cache
def _other_terms() -> frozenset[str]:
    text = files(__package__).joinpath("known_terms.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _other_namespaces() -> tuple[str, ...]:
    return tuple({re.sub(r"[^/#]*$", "", term) for term in _other_terms()})


def _publication(material: Material, defined: set[str]) -> Iterator[Finding]:
    for term in sorted(material.published - defined):
        message = f"{term} was published and is gone. Bring it back, marked owl:deprecated true if need be."
        yield material.finding(Severity.VIOLATION, "term-removed", message, term)
    terms = [*own_terms(material.ontology), *(c for graph in material.schemes() for c in concepts(graph))]
    for concept in sorted(set(map(str, terms)) - material.published):
        message = f"{concept} is not in the list of published terms. Add it when the version is published."
        yield material.finding(Severity.WARNING, "term-unlisted", message, concept)


def _coverage_by_context(material: Material) -> Iterator[Finding]:
    mapped = set(_context_terms(material.context))
    for term in own_of_kind(material.ontology, *CLASS_KINDS, *PROPERTY_KINDS):
        if str(term) not in mapped:
            message = f"The JSON-LD context has no key for {term}. Add one in a new version of the context."
            place = Place(material.context_name)
            yield Finding(Severity.WARNING, "context-lacks-term", message, place, str(term))


def _coverage_by_shapes(material: Material) -> Iterator[Finding]:
    ontology = material.ontology
    paths = set(_path_terms(material.shapes))
    below = above((upper, lower) for lower, upper in ontology.subject_objects(RDFS.subPropertyOf))
    for term in own_of_kind(ontology, *PROPERTY_KINDS):
        parts = below.get(term, set()) - {term}
        if term not in paths and not (parts and parts <= paths):
            message = f"No shape looks at {term}. Write one, so that wrong values are found."
            yield material.finding(Severity.WARNING, "shapes-lack-property", message, term)


def _path_terms(shapes: Graph) -> Iterator[Node]:
    for path in shapes.objects(None, SH.path):
        yield path
        for step in (SH.inversePath, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath):
            yield from shapes.objects(path, step)
        for alternatives in shapes.objects(path, SH.alternativePath):
            yield from Collection(shapes, alternatives)


def _lists_of_shapes(material: Material) -> Iterator[Finding]:
    topics = set(concepts(material.topics))
    facet = set(material.countries.objects(URIRef(vocabulary.COUNTRY_FACET), SKOS.member))
    for shape, wanted, what in (("KnownTopic", topics, "topics"), ("FacetCountry", facet, "countries")):
        node = URIRef(vocabulary.SHAPES + shape)
        head = material.shapes.value(node, URIRef(vocabulary.SH + "in"))
        listed = set(Collection(material.shapes, head)) if head is not None else set()
        if listed != wanted:
            message = f"The {what} that the shapes list are not those of the scheme. Make the lists agree."
            yield material.finding(Severity.VIOLATION, f"shapes-{what}-differ", message, node)
