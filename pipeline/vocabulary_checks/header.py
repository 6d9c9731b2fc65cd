"""Checks of the ontology's header: who made it, when, under which licence and version."""

import re
from collections.abc import Iterator

from rdflib import DCTERMS, OWL, RDF, VANN, Graph, Literal, URIRef
from rdflib.term import Node

from pipeline.model.finding import Finding, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.material import Material

_SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_NEEDED = (DCTERMS.title, DCTERMS.creator, DCTERMS.license, DCTERMS.created, DCTERMS.modified)


def check_header(material: Material) -> Iterator[Finding]:
    """Yield what is wrong with the header of the ontology."""
    ontologies = list(material.ontology.subjects(RDF.type, OWL.Ontology))
    if len(ontologies) != 1:
        message = f"The ontology file describes {len(ontologies)} ontologies. It must describe exactly one."
        yield material.finding(Severity.VIOLATION, "ontology-count", message)
        return
    [ontology] = ontologies
    yield from _namespace(material, ontology)
    yield from _version(material, ontology)
    yield from _facts(material, ontology)


def _namespace(material: Material, ontology: Node) -> Iterator[Finding]:
    stated = str(material.ontology.value(ontology, VANN.preferredNamespaceUri) or "")
    if stated not in (f"{ontology}#", f"{ontology}/") or stated != vocabulary.ICGP:
        message = (
            f'The preferred namespace "{stated}" is not the ontology\'s IRI {ontology} with # at its end.'
            f" The namespace of this vocabulary is {vocabulary.ICGP}."
        )
        yield material.finding(Severity.VIOLATION, "namespace-differs", message, ontology)
    defined = set(material.ontology.subjects(RDF.type)) - {ontology}
    for term in defined:
        own = str(term).startswith(vocabulary.SPACE)
        if own and not str(term).startswith(vocabulary.ICGP):
            message = f"{term} is defined outside the namespace {vocabulary.ICGP}. Move it into it."
            yield material.finding(Severity.VIOLATION, "term-outside-namespace", message, term)


def _version(material: Material, ontology: Node) -> Iterator[Finding]:
    info = str(material.ontology.value(ontology, OWL.versionInfo) or "")
    iri = material.ontology.value(ontology, OWL.versionIRI)
    if not _SEMVER.fullmatch(info):
        message = f'The version "{info}" is not a semantic version. Write one such as 1.2.0.'
        yield material.finding(Severity.VIOLATION, "version-not-semver", message, ontology)
    if not isinstance(iri, URIRef) or iri == ontology or not iri.endswith(f"/{info}"):
        message = f"The version IRI must be the ontology's IRI with /{info} at its end; it is {iri}."
        yield material.finding(Severity.VIOLATION, "version-iri", message, ontology)


def _facts(material: Material, ontology: Node) -> Iterator[Finding]:
    graph = material.ontology
    for needed in _NEEDED:
        if (ontology, needed, None) not in graph:
            name = needed.removeprefix(vocabulary.DCT)
            message = f"The ontology's header has no dct:{name}. Add it."
            yield material.finding(Severity.VIOLATION, "header-incomplete", message, ontology)
    for licence in graph.objects(ontology, DCTERMS.license):
        if not isinstance(licence, URIRef):
            message = f'The licence "{licence}" is not an IRI. Give the address of the licence.'
            yield material.finding(Severity.VIOLATION, "licence-not-iri", message, ontology)
    created, modified = _moment(graph, ontology, DCTERMS.created), _moment(graph, ontology, DCTERMS.modified)
    if created and modified and modified < created:
        message = f"The ontology was modified ({modified}) before it was created ({created}). Correct a date."
        yield material.finding(Severity.VIOLATION, "modified-before-created", message, ontology)


def _moment(graph: Graph, subject: Node, predicate: URIRef) -> str | None:
    value = graph.value(subject, predicate)
    return str(value) if isinstance(value, Literal) else None
