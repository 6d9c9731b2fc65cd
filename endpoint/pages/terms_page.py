"""Terms pages: the ontology and the shapes as a list that people read, an anchor for every term.

A term has an example of its use in the release; a rule says what it applies to, and a value that passes.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.resource_names import Link, link, name_of
from endpoint.graphs.statements import StatementRow, StatementValue, read_subjects, turtle_of
from endpoint.language.graph_facts import Facts, Object, Text, in_preferred_language
from endpoint.language.links import short
from pipeline.findings.reports.rules import rule
from pipeline.rdf.vocabulary import DCT, ONTOLOGY_IRI, OWL, RDF, RDFS, SH, SKOS

_GROUPS = {
    OWL + "Class": "classes",
    OWL + "ObjectProperty": "links",
    OWL + "DatatypeProperty": "values",
    RDFS + "Datatype": "datatypes",
    SH + "NodeShape": "targets",
}
_SEVERITIES = {SH + "Violation": "must", SH + "Warning": "should", SH + "Info": "could"}
_OTHER = "more"
_SHOWN_ABOVE = tuple(short(iri) for iri in (RDFS + "label", SKOS + "definition", SH + "name", SH + "message"))
_TARGETS = (SH + "targetClass", SH + "targetSubjectsOf", SH + "targetObjectsOf")
_TYPE = NamedNode(RDF + "type")
_LOOKED_AT = 200
"""Uses of a term among which its example is looked for."""


def terms_page(release: Release, iri: str, graph: Graph) -> dict[str, Any]:
    """Return what the page of the ontology or the shapes shows: what it says of itself, and its terms by kind."""
    facts = Facts(graph)
    subjects = {subject.iri: subject.statements for subject in read_subjects(release, graph) if subject.iri}
    headings = (*_SEVERITIES.values(), *_GROUPS.values(), _OTHER)
    grouped: dict[str, list[dict[str, Any]]] = {heading: [] for heading in headings}
    for name, statements in subjects.items():
        if name.startswith(f"{iri}#"):
            example = example_of(release, name) if iri == ONTOLOGY_IRI else None
            term = _term(facts, name, statements)
            grouped[_group(facts, name)].append(
                term | {"example": example, "explanation": _explanation(release, facts, name)}
            )
    titles = facts.texts(iri, DCT + "title") + facts.texts(iri, RDFS + "label")
    abstracts = facts.texts(iri, DCT + "description") or facts.texts(iri, RDFS + "comment")
    return {
        "iri": iri,
        "title": titles[0] if titles else Text(short(iri)),
        "abstracts": in_preferred_language(abstracts),
        "groups": [(heading, terms) for heading, terms in grouped.items() if terms],
    }


def _group(facts: Facts, iri: str) -> str:
    if facts.objects(iri, SH + "message"):
        stated = facts.iris(iri, SH + "severity") or (SH + "Violation",)
        return _SEVERITIES.get(stated[0], _OTHER)
    kinds = facts.iris(iri, RDF + "type")
    return next((heading for kind, heading in _GROUPS.items() if kind in kinds), _OTHER)


def _term(facts: Facts, iri: str, statements: tuple[StatementRow, ...]) -> dict[str, Any]:
    return {
        "anchor": iri.partition("#")[2],
        "names": in_preferred_language(facts.texts(iri, RDFS + "label") or facts.texts(iri, SH + "name")),
        "definitions": in_preferred_language(
            facts.texts(iri, SKOS + "definition") or facts.texts(iri, SH + "message")
        ),
        "statements": [statement for statement in statements if statement.name not in _SHOWN_ABOVE],
    }


def example_of(release: Release, term: str) -> dict[str, Any] | None:
    """Return a use of a class or a property: a resource and, of a property, its value; None if there is none."""
    node = NamedNode(term)
    instance = _first(release.store.quads_for_pattern(None, _TYPE, node, None))
    if instance:
        return {"subject": link(release, instance[0].value)}
    said = _first(release.store.quads_for_pattern(None, node, None, None))
    return {"subject": link(release, said[0].value), "value": _value(release, said[1])} if said else None


def _first(quads: Iterable[Quad]) -> tuple[NamedNode, Object] | None:
    """Return the subject and object that come first as texts, so that a page does not depend on the store."""
    looked_at = islice(quads, _LOOKED_AT)
    pairs = [(quad.subject, quad.object) for quad in looked_at if isinstance(quad.subject, NamedNode)]
    return min(pairs, key=str, default=None)


def _value(release: Release, node: Object) -> StatementValue | None:
    if isinstance(node, Literal):
        return StatementValue(node.value, node.language or "")
    if isinstance(node, NamedNode):
        label = link(release, node.value).label
        return StatementValue(label.text, label.lang, iri=node.value)
    return None


def _explanation(release: Release, facts: Facts, iri: str) -> dict[str, Any] | None:
    """Return what a rule is about, with its path if that is no single property; None for a term that is no rule."""
    if not facts.objects(iri, SH + "message"):
        return None
    steps = facts.objects(iri, SH + "path")
    about = next((_named_link(release, step.value) for step in steps if isinstance(step, NamedNode)), None)
    return {
        "asked_of": list(dict.fromkeys(_named_link(release, target) for target in _targets(facts, iri))),
        "about": about,
        "path": "" if about else " ".join(turtle_of(facts, step) for step in steps),
        "passes": rule(iri.partition("#")[2]).example,
    }


def _named_link(release: Release, iri: str) -> Link:
    return Link(name_of(release, iri) or Text(short(iri)), iri)


def _targets(facts: Facts, iri: str) -> Iterator[str]:
    """Yield what a shape targets, or what those target that it is a part of."""
    for kind in _TARGETS:
        yield from facts.iris(iri, kind)
    for subject in facts.subjects():
        if iri in facts.iris(subject, SH + "property"):
            yield from _targets(facts, subject)
