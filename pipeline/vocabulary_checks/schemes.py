"""Checks of the structure of SKOS schemes: membership, hierarchy, mappings, notations and headers."""

from collections import defaultdict
from collections.abc import Iterator

from rdflib import DCTERMS, RDF, SKOS, Graph, URIRef
from rdflib.term import Node

from pipeline.model.finding import Finding, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.hierarchy import above, on_cycles
from pipeline.vocabulary_checks.labels import concepts
from pipeline.vocabulary_checks.material import Material

_MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
_HEADER = (DCTERMS.title, SKOS.prefLabel, DCTERMS.license, DCTERMS.creator, DCTERMS.modified)
_DOCUMENTED = (SKOS.definition, SKOS.scopeNote)


def check_schemes(material: Material) -> Iterator[Finding]:
    """Yield what is wrong with the structure of the schemes."""
    for graph in material.schemes():
        yield from _headers(material, graph)
        yield from _membership(material, graph)
        yield from _hierarchy(material, graph)
        yield from _mappings(material, graph)
        yield from _notations(material, graph)
        yield from _documentation(material, graph)


def _headers(material: Material, graph: Graph) -> Iterator[Finding]:
    schemes = set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    for scheme in schemes:
        for needed in _HEADER:
            if (scheme, needed, None) not in graph:
                message = f"The scheme {scheme} has no {needed}. Add it."
                yield material.finding(Severity.VIOLATION, "scheme-header-incomplete", message, scheme)
    for concept in concepts(graph):
        if not any(scheme in schemes for scheme in graph.objects(concept, SKOS.inScheme)):
            message = f"{concept} is in no scheme of its file. Add skos:inScheme."
            yield material.finding(Severity.VIOLATION, "in-scheme-missing", message, concept)


def _membership(material: Material, graph: Graph) -> Iterator[Finding]:
    top_of = set(graph.subject_objects(SKOS.topConceptOf))
    has_top = {(concept, scheme) for scheme, concept in graph.subject_objects(SKOS.hasTopConcept)}
    for concept, scheme in sorted(top_of ^ has_top, key=str):
        lacking = "skos:hasTopConcept" if (concept, scheme) in top_of else "skos:topConceptOf"
        message = f"{concept} and {scheme} are joined one way only. Add {lacking}."
        yield material.finding(Severity.VIOLATION, "top-concept-one-way", message, concept)
    for concept in concepts(graph):
        related = any(
            (concept, predicate, None) in graph or (None, predicate, concept) in graph
            for predicate in (SKOS.broader, SKOS.narrower, SKOS.related, SKOS.topConceptOf)
        )
        if not related:
            message = f"{concept} hangs in the air. Make it a top concept, or relate it to another."
            yield material.finding(Severity.WARNING, "concept-orphan", message, concept)
        if not str(concept).startswith(("http://", "https://")):
            message = f"{concept} is not a web address. Concepts need IRIs that can be looked up."
            yield material.finding(Severity.INFO, "concept-iri-not-web", message, concept)


def _hierarchy(material: Material, graph: Graph) -> Iterator[Finding]:
    direct = set(graph.subject_objects(SKOS.broader))
    direct |= {(lower, upper) for upper, lower in graph.subject_objects(SKOS.narrower)}
    for concept in sorted(on_cycles(direct), key=str):
        message = f"{concept} is broader than itself. Break the cycle."
        yield material.finding(Severity.VIOLATION, "concept-cycle", message, concept)
    uppers = above(direct)
    for one, other in sorted(graph.subject_objects(SKOS.related), key=str):
        if one == other:
            message = f"{one} is related to itself. Remove the statement."
            yield material.finding(Severity.WARNING, "related-to-itself", message, one)
        elif other in uppers.get(one, ()) or one in uppers.get(other, ()):
            message = f"{one} and {other} are both related and broader. Keep one of the two."
            yield material.finding(Severity.VIOLATION, "relation-clash", message, one)
        elif {upper for lower, upper in direct if lower == one} & {up for low, up in direct if low == other}:
            message = f"{one} and {other} have one broader concept, so skos:related says little. Remove it."
            yield material.finding(Severity.WARNING, "related-siblings", message, one)
    yield from _redundancy(material, graph, direct, uppers)


def _redundancy(
    material: Material, graph: Graph, direct: set[tuple[Node, Node]], uppers: dict[Node, set[Node]]
) -> Iterator[Finding]:
    for lower, upper in sorted(direct, key=str):
        between = {other for low, other in direct if low == lower and other != upper}
        if any(upper in uppers.get(other, ()) for other in between):
            message = f"{lower} is below {upper} anyway, through another concept. Remove the shortcut."
            yield material.finding(Severity.WARNING, "broader-redundant", message, lower)
    transitive = set(graph.subject_objects(SKOS.broaderTransitive))
    for lower, upper in sorted(transitive, key=str):
        if upper not in uppers.get(lower, ()):
            message = f"{lower} is below {upper} by skos:broaderTransitive only. State skos:broader."
            yield material.finding(Severity.WARNING, "broader-only-transitive", message, lower)


def _mappings(material: Material, graph: Graph) -> Iterator[Finding]:
    members = set(concepts(graph))
    for concept in concepts(graph):
        mapped = {predicate: set(graph.objects(concept, predicate)) for predicate in _MAPPINGS}
        hierarchical = mapped[SKOS.broadMatch] | mapped[SKOS.narrowMatch] | mapped[SKOS.relatedMatch]
        for other in sorted(mapped[SKOS.exactMatch] & hierarchical, key=str):
            message = f"{concept} matches {other} exactly and not exactly. Keep one of the two."
            yield material.finding(Severity.VIOLATION, "mapping-clash", message, concept)
        inside = members.intersection(*[set[Node]().union(*mapped.values())])
        for other in sorted(inside, key=str):
            message = f"{concept} is mapped to {other} of its own scheme. Use skos:related or skos:broader."
            yield material.finding(Severity.VIOLATION, "mapping-inside-scheme", message, concept)
        if not any(mapped.values()):
            message = (
                f"{concept} is linked to no other vocabulary. Add a match, or accept this with a reason."
            )
            yield material.finding(Severity.WARNING, "mapping-missing", message, concept)


def _notations(material: Material, graph: Graph) -> Iterator[Finding]:
    owners: dict[tuple[Node, Node], list[Node]] = defaultdict(list)
    for concept in concepts(graph):
        for scheme in graph.objects(concept, SKOS.inScheme):
            for notation in graph.objects(concept, SKOS.notation):
                owners[scheme, notation].append(concept)
    for (_, notation), sharing in sorted(owners.items(), key=str):
        if len(sharing) > 1:
            message = f'The notation "{notation}" stands for {" and ".join(map(str, sharing))}. Correct one.'
            yield material.finding(Severity.VIOLATION, "notation-ambiguous", message, sharing[0])
    for owner, notation in sorted(graph.subject_objects(SKOS.notation), key=str):
        datatype = getattr(notation, "datatype", None)
        if not isinstance(datatype, URIRef) or datatype.startswith(vocabulary.XSD):
            message = f'The notation "{notation}" of {owner} has no datatype of its code list. Type it.'
            yield material.finding(Severity.WARNING, "notation-untyped", message, owner)


def _documentation(material: Material, graph: Graph) -> Iterator[Finding]:
    for concept in concepts(graph):
        if not any((concept, predicate, None) in graph for predicate in _DOCUMENTED):
            message = f"{concept} has neither a definition nor a scope note. Write one."
            yield material.finding(Severity.WARNING, "concept-undocumented", message, concept)
