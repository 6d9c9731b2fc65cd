"""Terms pages: the ontology and the shapes as a list that people read, an anchor for every term."""

from dataclasses import dataclass

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.rules_in_words import Explanation, explained
from endpoint.graphs.statements import StatementRow, read_subjects
from endpoint.graphs.term_examples import TermExample, example_of
from endpoint.language.graph_facts import Facts, Text, in_preferred
from endpoint.language.links import short
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


@dataclass(frozen=True, slots=True)
class TermEntry:
    """A term of the ontology, with an example of its use in this release if there is one, or a rule of the shapes."""

    anchor: str
    iri: str
    names: tuple[Text, ...]
    definitions: tuple[Text, ...]
    statements: tuple[StatementRow, ...]
    example: TermExample | None
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class TermsPage:
    """A document of terms: what it says of itself, and its terms by their kind."""

    iri: str
    title: Text
    abstracts: tuple[Text, ...]
    groups: tuple[tuple[str, tuple[TermEntry, ...]], ...]


def terms_page(release: Release, iri: str, graph: Graph) -> TermsPage:
    """Return what the page of the ontology or the shapes shows."""
    facts = Facts(graph)
    subjects = {subject.iri: subject.statements for subject in read_subjects(release, graph) if subject.iri}
    headings = (*_SEVERITIES.values(), *_GROUPS.values(), _OTHER)
    grouped: dict[str, list[TermEntry]] = {heading: [] for heading in headings}
    for name, statements in subjects.items():
        if name.startswith(f"{iri}#"):
            example = example_of(release, name) if iri == ONTOLOGY_IRI else None
            words = explained(release, facts, name)
            grouped[_group(facts, name)].append(_term(facts, name, statements, example, words))
    titles = facts.texts(iri, DCT + "title") + facts.texts(iri, RDFS + "label")
    return TermsPage(
        iri,
        titles[0] if titles else Text(short(iri)),
        in_preferred(facts.texts(iri, DCT + "description") or facts.texts(iri, RDFS + "comment")),
        tuple((heading, tuple(terms)) for heading, terms in grouped.items() if terms),
    )


def _group(facts: Facts, iri: str) -> str:
    if facts.objects(iri, SH + "message"):
        stated = facts.iris(iri, SH + "severity") or (SH + "Violation",)
        return _SEVERITIES.get(stated[0], _OTHER)
    kinds = facts.iris(iri, RDF + "type")
    return next((heading for kind, heading in _GROUPS.items() if kind in kinds), _OTHER)


def _term(
    facts: Facts,
    iri: str,
    statements: tuple[StatementRow, ...],
    example: TermExample | None,
    explanation: Explanation | None,
) -> TermEntry:
    return TermEntry(
        iri.partition("#")[2],
        iri,
        in_preferred(facts.texts(iri, RDFS + "label") or facts.texts(iri, SH + "name")),
        in_preferred(facts.texts(iri, SKOS + "definition") or facts.texts(iri, SH + "message")),
        tuple(statement for statement in statements if statement.name not in _SHOWN_ABOVE),
        example,
        explanation,
    )
