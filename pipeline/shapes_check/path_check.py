"""Property paths: what keeps one from being walked (https://www.w3.org/TR/shacl/#property-paths)."""

from pyoxigraph import BlankNode, NamedNode

from pipeline.findings.messages import Sentence, say
from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.vocabulary import RDF, SH

_DEEPEST = 8
"""pySHACL gives up at ten levels, counting the rest of a list as one more."""

_ONE = tuple(SH + name for name in ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"))


def fault_of_path(index: ShapesIndex, node: Node) -> Sentence | None:
    """Return what is needed instead of a malformed path, None for one that can be walked."""
    waiting = [(node, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, NamedNode):
            continue
        if depth > _DEEPEST:
            return say("a path of at most {number} levels", number=_DEEPEST)
        steps = _steps(index, node) if isinstance(node, BlankNode) else None
        if steps is None:
            return say("the IRI of a property, or a property path of SHACL")
        waiting += [(step, depth + 1) for step in steps]
    return None


def _steps(index: ShapesIndex, node: BlankNode) -> list[Node] | None:
    """Return the paths that a path is made of, None where it is malformed."""
    if index.objects(node, RDF + "first"):
        return _members(index, node)
    alternatives = index.objects(node, SH + "alternativePath")
    single = [step for kind in _ONE for step in index.objects(node, kind)]
    if len(alternatives) + len(single) != 1:
        return None
    return _members(index, alternatives[0]) if alternatives else single


def _members(index: ShapesIndex, head: Node) -> list[Node] | None:
    items = index.items(head)
    return items if items is not None and len(items) > 1 else None
