"""Property paths and node expressions: what keeps one from being walked or evaluated.

https://www.w3.org/TR/shacl/#property-paths, https://www.w3.org/TR/shacl-af/#node-expressions
"""

from pyoxigraph import BlankNode, NamedNode

from pipeline.findings.messages import Sentence, say
from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.vocabulary import RDF, SH

_DEEPEST = 8
"""pySHACL gives up at ten levels of a path (the rest of a list is one more), and leaves out deeper expressions."""

_ONE = tuple(SH + name for name in ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"))
_LISTS = (SH + "union", SH + "intersection")
_FUNCTION = NamedNode(SH + "SPARQLFunction")


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


def fault_of_expression(index: ShapesIndex, node: Node) -> Sentence | None:
    """Return what is needed instead of an expression that cannot be evaluated, None for one that can."""
    waiting = [(node, 0)]
    while waiting:
        node, depth = waiting.pop()
        parts = _parts(index, node) if isinstance(node, BlankNode) else ()
        if parts is None or depth > _DEEPEST:
            return say(
                "a node expression made of sh:this, sh:path, sh:union, sh:intersection, sh:filterShape or a function "
                "that your shapes declare"
            )
        waiting += [(part, depth + 1) for part in parts]
    return None


def _parts(index: ShapesIndex, node: BlankNode) -> list[Node] | None:
    """Return the expressions that an expression is made of, None where it is of no kind that can be evaluated."""
    lists = [head for name in _LISTS for head in index.objects(node, name)]
    if lists:
        return index.items(lists[0]) if len(lists) == 1 else None
    if paths := index.objects(node, SH + "path"):
        is_walked = len(paths) == 1 and fault_of_path(index, paths[0]) is None
        return [] if is_walked and not index.objects(node, SH + "nodes") else None
    if index.objects(node, SH + "filterShape"):
        nodes = index.objects(node, SH + "nodes")
        return list(nodes) if len(nodes) == 1 else None
    return _arguments(index, node)


def _arguments(index: ShapesIndex, node: BlankNode) -> list[Node] | None:
    """Return the arguments of the function that an expression calls, None where it calls none that is declared."""
    calls = [
        (name, head)
        for name in index.predicates(node)
        for head in index.objects(node, name)
        if index.objects(head, RDF + "first")
    ]
    is_one = len(calls) == 1 and _FUNCTION in index.objects(NamedNode(calls[0][0]), RDF + "type")
    return index.items(calls[0][1]) if is_one else None
