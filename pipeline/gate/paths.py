"""Property paths: a SHACL path as SPARQL text, and where it leads (https://www.w3.org/TR/shacl/#property-paths)."""

from dataclasses import dataclass

from pyoxigraph import NamedNode

from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.vocabulary import RDF, SH

_KINDS = {
    SH + "inversePath": "^",
    SH + "alternativePath": "|",
    SH + "zeroOrMorePath": "*",
    SH + "oneOrMorePath": "+",
    SH + "zeroOrOnePath": "?",
}
_DEEPEST = 8
"""pySHACL gives up at ten levels, counting the rest of a list as one more."""


@dataclass(frozen=True, slots=True)
class Path:
    """A path as SPARQL text, and what it reads.

    ``stays``: its end is within the record or the vocabulary. ``wanders``: on its way it reads nodes that
    may be elsewhere. ``first``: the predicates it reads at its start; ``later``: those of other nodes.
    """

    text: str
    stays: bool
    wanders: bool
    first: frozenset[str]
    later: frozenset[str] = frozenset()


def read_path(index: ShapesIndex, node: Node, depth: int = 0) -> Path | None:
    """Return a path, or None if it is malformed or means something else to pySHACL than to SPARQL."""
    if isinstance(node, NamedNode):
        return Path(str(node), index.scope.leads_within(node.value), False, frozenset([node.value]))
    if depth > _DEEPEST:
        return None
    if index.objects(node, RDF + "first"):
        return _list_path(index, node, depth, "/")
    kinds = index.predicates(node) & _KINDS.keys()
    values = [value for kind in kinds for value in index.objects(node, kind)]
    if len(kinds) != 1 or len(values) != 1:
        return None
    sign = _KINDS[kinds.pop()]
    if sign == "^":
        return _inverse(index, values[0])
    read = _list_path if sign == "|" else _repeated_path
    return read(index, values[0], depth, sign)


def _list_path(index: ShapesIndex, head: Node, depth: int, sign: str) -> Path | None:
    """Return a sequence (sign ``/``) or alternative (``|``) of the paths in a list."""
    items = index.items(head) or []
    read = [read_path(index, item, depth + len(items)) for item in items]
    paths = [path for path in read if path is not None]
    if len(paths) < max(len(read), 2):
        return None
    text = f"({sign.join(path.text for path in paths)})"
    wanders = any(path.wanders for path in paths)
    later = frozenset[str]().union(*(path.later for path in paths))
    if sign == "|":
        first = frozenset[str]().union(*(path.first for path in paths))
        return Path(text, all(path.stays for path in paths), wanders, first, later)
    wanders = wanders or not all(path.stays for path in paths[:-1])
    return Path(
        text, paths[-1].stays, wanders, paths[0].first, later.union(*(path.first for path in paths[1:]))
    )


def _inverse(index: ShapesIndex, node: Node) -> Path | None:
    """Return the inverse of one predicate: pySHACL walks the inverse of a longer path in another order."""
    if not isinstance(node, NamedNode):
        return None
    back = node.value in index.scope.backward
    return Path(f"^{node}", back, not back, frozenset([node.value]))


def _repeated_path(index: ShapesIndex, node: Node, depth: int, sign: str) -> Path | None:
    path = read_path(index, node, depth + 1)
    if path is None:
        return None
    again = sign != "?"
    return Path(
        f"({path.text}){sign}",
        path.stays,
        path.wanders or (again and not path.stays),
        path.first,
        path.later | (path.first if again else frozenset()),
    )
