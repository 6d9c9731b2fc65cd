"""Checks that the ontology stays within OWL 2 DL, as far as that shows without a reasoner."""

from collections.abc import Iterator
from itertools import combinations

from rdflib import OWL, RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from pipeline.model.finding import Finding, Severity
from pipeline.vocabulary_checks.hierarchy import on_cycles
from pipeline.vocabulary_checks.material import Material
from pipeline.vocabulary_checks.properties import OWL_DATATYPES
from pipeline.vocabulary_checks.terms import PROPERTY_KINDS, own_of_kind

_BUILT_IN = (str(RDF), str(RDFS), str(OWL))
_META_CLASSES = {
    *PROPERTY_KINDS,
    *(RDF.List, OWL.Ontology, OWL.Class, RDFS.Datatype, OWL.NamedIndividual, OWL.AllDisjointClasses),
    *(OWL.FunctionalProperty, OWL.InverseFunctionalProperty, OWL.TransitiveProperty, OWL.SymmetricProperty),
    *(OWL.AsymmetricProperty, OWL.ReflexiveProperty, OWL.IrreflexiveProperty, OWL.AllDisjointProperties),
    *(OWL.Restriction, OWL.AllDifferent, OWL.DeprecatedClass, OWL.DeprecatedProperty),
}
_STRUCTURE = {RDFS.range, RDFS.domain, RDFS.subClassOf, RDFS.subPropertyOf, RDF.rest, RDF.first}


def check_profile(material: Material) -> Iterator[Finding]:
    """Yield what takes the ontology out of OWL 2 DL, or leaves its classes loose."""
    yield from _declarations(material)
    yield from _reserved(material)
    yield from _literals(material)
    yield from _hierarchies(material)
    yield from _characteristics(material)
    yield from _disjointness(material)
    yield from _lists_and_axioms(material)


def _declarations(material: Material) -> Iterator[Finding]:
    graph = material.ontology
    for predicate in sorted(set(graph.predicates()), key=str):
        kinds = set(graph.objects(predicate, RDF.type)) & {*PROPERTY_KINDS}
        if not _is_built_in(predicate) and not kinds:
            message = f"{predicate} is used but not declared. Declare what kind of property it is."
            yield material.finding(Severity.VIOLATION, "property-undeclared", message, predicate)
    used = {*graph.objects(None, RDFS.subClassOf), *graph.objects(None, RDF.type)}
    for thing in sorted(used, key=str):
        declared = (thing, RDF.type, OWL.Class) in graph
        if isinstance(thing, URIRef) and not _is_built_in(thing) and not declared:
            message = f"{thing} is used as a class but not declared. Declare it as owl:Class."
            yield material.finding(Severity.VIOLATION, "class-undeclared", message, thing)


def _reserved(material: Material) -> Iterator[Finding]:
    for subject, predicate, value in material.ontology:
        allowed = predicate in _STRUCTURE or (predicate == RDF.type and value in _META_CLASSES)
        wrong = [subject] if _is_built_in(subject) else []
        wrong += [value] if _is_built_in(value) and not allowed else []
        for term in wrong:
            message = f"{term} belongs to RDF, RDFS or OWL itself and cannot be described or used as a thing."
            yield material.finding(Severity.VIOLATION, "reserved-term-used", message, subject)


def _is_built_in(node: Node) -> bool:
    return isinstance(node, URIRef) and str(node).startswith(_BUILT_IN)


def _literals(material: Material) -> Iterator[Finding]:
    for subject, _, value in material.ontology:
        if isinstance(value, Literal) and value.datatype and value.datatype not in OWL_DATATYPES:
            message = f'"{value}" has the datatype {value.datatype}, which OWL 2 does not know. Use another.'
            yield material.finding(Severity.VIOLATION, "datatype-outside-owl", message, subject)


def _hierarchies(material: Material) -> Iterator[Finding]:
    graph = material.ontology
    for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
        for term in sorted(on_cycles(graph.subject_objects(predicate)), key=str):
            message = f"{term} stands above itself. Break the cycle."
            yield material.finding(Severity.VIOLATION, "hierarchy-cycle", message, term)
    chained = [
        (link, whole)
        for whole, chain in graph.subject_objects(OWL.propertyChainAxiom)
        for link in _items(graph, chain)
        if link != whole
    ]
    if chained:
        for term in sorted(on_cycles([*chained, *graph.subject_objects(RDFS.subPropertyOf)]), key=str):
            message = f"{term} depends on itself through a property chain. OWL 2 DL asks for an order."
            yield material.finding(Severity.VIOLATION, "hierarchy-irregular", message, term)


def _characteristics(material: Material) -> Iterator[Finding]:
    graph = material.ontology
    composite = {
        *graph.subjects(RDF.type, OWL.TransitiveProperty),
        *graph.subjects(OWL.propertyChainAxiom, None),
    }
    simple = (OWL.FunctionalProperty, OWL.InverseFunctionalProperty, OWL.AsymmetricProperty)
    for term in sorted(composite, key=str):
        if any((term, RDF.type, kind) in graph for kind in (*simple, OWL.IrreflexiveProperty)):
            message = f"{term} is transitive or a chain, so it cannot be functional or asymmetric too."
            yield material.finding(Severity.VIOLATION, "property-not-simple", message, term)


def _disjointness(material: Material) -> Iterator[Finding]:
    graph = material.ontology
    own = own_of_kind(graph, OWL.Class)
    top = [term for term in own if not any(above in own for above in graph.objects(term, RDFS.subClassOf))]
    apart = {frozenset(pair) for pair in graph.subject_objects(OWL.disjointWith)}
    for members in graph.objects(None, OWL.members):
        apart |= {frozenset(pair) for pair in combinations(_items(graph, members), 2)}
    for one, other in combinations(top, 2):
        if frozenset((one, other)) not in apart:
            message = f"Nothing says that {one} and {other} share no members. Add both to AllDisjointClasses."
            yield material.finding(Severity.WARNING, "classes-not-disjoint", message, one)


def _lists_and_axioms(material: Material) -> Iterator[Finding]:
    graph = material.ontology
    cells = {*graph.subjects(RDF.first), *graph.subjects(RDF.rest)}
    for cell in cells:
        firsts, rests = list(graph.objects(cell, RDF.first)), list(graph.objects(cell, RDF.rest))
        whole = len(firsts) == len(rests) == 1 and (rests[0] == RDF.nil or rests[0] in cells)
        if not whole:
            yield material.finding(
                Severity.WARNING,
                "list-broken",
                "A list in the ontology is not well formed. Write it as ( a b c ).",
            )
    for node in {subject for subject in graph.subjects() if isinstance(subject, BNode)} - cells:
        if (node, RDF.type, OWL.AllDisjointClasses) not in graph:
            message = "The ontology holds an axiom about a nameless node. Only AllDisjointClasses may be one."
            yield material.finding(Severity.WARNING, "axiom-nameless", message)


def _items(graph: Graph, head: Node) -> list[Node]:
    items: list[Node] = []
    seen: set[Node] = set()
    cell: Node | None = head
    while cell is not None and cell != RDF.nil and cell not in seen:
        seen.add(cell)
        items.extend(graph.objects(cell, RDF.first))
        cell = graph.value(cell, RDF.rest, any=True)
    return items
