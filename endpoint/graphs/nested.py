"""Nested nodes: what a blank node stands for, written the way Turtle writes it, short names and no labels."""

from pyoxigraph import BlankNode, Literal, NamedNode

from endpoint.language.graph_facts import Facts, Object
from endpoint.language.links import short
from pipeline.rdf.vocabulary import RDF

_DEEPEST = 6
_NIL = RDF + "nil"


def written(facts: Facts, node: Object, depth: int = 0) -> str:
    """Return a node as text: lists in parentheses, other blank nodes with their statements in brackets."""
    if isinstance(node, NamedNode):
        return "()" if node.value == _NIL else short(node.value)
    if isinstance(node, Literal):
        return f"“{node.value}”" if node.language is None else f"“{node.value}”@{node.language}"
    if not isinstance(node, BlankNode) or depth > _DEEPEST:
        return "…"
    members = _members(facts, node)
    if members:
        return f"( {' '.join(written(facts, member, depth + 1) for member in members)} )"
    said = (
        f"{short(predicate)} {', '.join(written(facts, value, depth + 1) for value in values)}"
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
