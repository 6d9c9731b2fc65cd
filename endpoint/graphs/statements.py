"""Statements: a graph as a table for people, every IRI a link and every text in its language."""

from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.resource_names import name_of
from endpoint.language.graph_facts import Facts, Object, Text
from endpoint.language.links import short
from pipeline.rdf.vocabulary import DCT, FOAF, RDF, SKOS, VCARD, XSD

_PLAIN = XSD + "string"
_NIL = RDF + "nil"
_DEEPEST = 6
"""How many brackets deep blank nodes are shown."""

_NAMES = (SKOS + "prefLabel", DCT + "title", FOAF + "name", VCARD + "fn")


@dataclass(frozen=True, slots=True)
class StatementValue:
    """An object: a text with its language or datatype, or the IRI that it is."""

    text: str
    lang: str = ""
    datatype: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A predicate with all its values."""

    iri: str
    name: str
    values: tuple[StatementValue, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject with all statements about it; ``name`` is its short address, ``label`` what it is called."""

    iri: str
    name: str
    label: Text | None
    statements: tuple[StatementRow, ...]


def read_subjects(release: Release, graph: Graph) -> tuple[Subject, ...]:
    """Return the subjects of a graph with their statements, in the graph's order."""
    facts = Facts(graph)
    return tuple(
        Subject(
            "" if subject.startswith("_:") else subject,
            short(subject).removeprefix(release.base),
            None if subject.startswith("_:") else name_of(release, subject) or _own_name(facts, subject),
            tuple(
                StatementRow(
                    predicate, short(predicate), tuple(_value(release, facts, node) for node in objects)
                )
                for predicate, objects in facts.statements(subject)
            ),
        )
        for subject in facts.subjects()
    )


def _own_name(facts: Facts, iri: str) -> Text | None:
    """Return what the graph itself calls a resource, None if it says no name."""
    return next((text for predicate in _NAMES for text in facts.texts(iri, predicate)), None)


def _value(release: Release, facts: Facts, node: Object) -> StatementValue:
    if isinstance(node, NamedNode):
        name = name_of(release, node.value) or _own_name(facts, node.value)
        name = name or Text(short(node.value).removeprefix(release.base))
        return StatementValue(name.text, name.lang, iri=node.value)
    if isinstance(node, Literal):
        datatype = "" if node.language or node.datatype.value == _PLAIN else short(node.datatype.value)
        return StatementValue(node.value, node.language or "", datatype)
    return StatementValue(turtle_of(facts, node))


def turtle_of(facts: Facts, node: Object, depth: int = 0) -> str:
    """Return a node as Turtle has it, in short: lists in parentheses, other blank nodes with statements in brackets."""
    if isinstance(node, NamedNode):
        return "()" if node.value == _NIL else short(node.value)
    if isinstance(node, Literal):
        return f"“{node.value}”" if node.language is None else f"“{node.value}”@{node.language}"
    if not isinstance(node, BlankNode) or depth > _DEEPEST:
        return "…"
    members = _members(facts, node)
    if members:
        return f"( {' '.join(turtle_of(facts, member, depth + 1) for member in members)} )"
    said = (
        f"{short(predicate)} {', '.join(turtle_of(facts, value, depth + 1) for value in values)}"
        for predicate, values in facts.statements(str(node))
    )
    return f"[ {' ; '.join(said)} ]"


def _members(facts: Facts, node: Object) -> list[Object]:
    """Return the members of a list, none where the node is not a list."""
    members: list[Object] = []
    seen: set[str] = set()
    while isinstance(node, BlankNode) and str(node) not in seen:
        seen.add(str(node))
        first, rest = facts.objects(str(node), RDF + "first"), facts.objects(str(node), RDF + "rest")
        if len(first) != 1 or len(rest) != 1:
            return []
        members.append(first[0])
        node = rest[0]
    return members
