"""Property paths: a SHACL path as SPARQL text, and where it leads (https://www.w3.org/TR/shacl/#property-paths)."""

from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import NamedNode

from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.vocabulary import RDF, SH

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
        return _sequence(index, node, depth)
    kinds = index.predicates(node) & _KINDS.keys()
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    values = index.objects(node, kind)
    return _KINDS[kind](index, values[0], depth) if len(values) == 1 else None


def _members(index: ShapesIndex, node: Node, depth: int) -> list[Path] | None:
    items = index.items(node)
    if items is None or len(items) < 2:
        return None
    read = [read_path(index, item, depth + len(items)) for item in items]
    paths = [path for path in read if path is not None]
    return paths if len(paths) == len(read) else None


def _sequence(index: ShapesIndex, node: Node, depth: int) -> Path | None:
    paths = _members(index, node, depth)
    if paths is None:
        return None
    return Path(
        "(" + "/".join(path.text for path in paths) + ")",
        paths[-1].stays,
        any(path.wanders for path in paths) or not all(path.stays for path in paths[:-1]),
        paths[0].first,
        paths[0].later.union(*(path.first | path.later for path in paths[1:])),
    )


def _alternative(index: ShapesIndex, node: Node, depth: int) -> Path | None:
    paths = _members(index, node, depth)
    if paths is None:
        return None
    return Path(
        "(" + "|".join(path.text for path in paths) + ")",
        all(path.stays for path in paths),
        any(path.wanders for path in paths),
        frozenset[str]().union(*(path.first for path in paths)),
        frozenset[str]().union(*(path.later for path in paths)),
    )


def _inverse(index: ShapesIndex, node: Node, depth: int) -> Path | None:
    """Return the inverse of one predicate: pySHACL walks the inverse of a longer path in another order."""
    if not isinstance(node, NamedNode):
        return None
    back = node.value in index.scope.backward
    return Path(f"^{node}", back, not back, frozenset([node.value]))


def _repeated(sign: str) -> "_Reader":
    def read(index: ShapesIndex, node: Node, depth: int) -> Path | None:
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

    return read


_Reader = Callable[[ShapesIndex, Node, int], Path | None]
_KINDS: dict[str, _Reader] = {
    SH + "inversePath": _inverse,
    SH + "alternativePath": _alternative,
    SH + "zeroOrMorePath": _repeated("*"),
    SH + "oneOrMorePath": _repeated("+"),
    SH + "zeroOrOnePath": _repeated("?"),
}
