"""The shapes of the reference: a shapes graph as pySHACL has it, made once and asked about any data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from pipeline.gate.adapter.pyshacl_components import exact_components
from pipeline.gate.adapter.rdflib_graphs import shapes_graph
from pipeline.gate.adapter.rdflib_terms import read_triple, to_ntriples
from pipeline.gate.adapter.silence import quiet
from pipeline.gate.gate_results import ShapesError
from pipeline.gate.shapes import Shapes, ShapesGraph
from pipeline.rdf.vocabulary import RDF, SH

_TOO_DEEP = "Validation path too deep"
_LONGEST_TEXT = 300
_ADVANCED = frozenset((SH + "target", SH + "expression"))


class ReferenceShapes:
    """pySHACL's own objects for a shapes graph; they keep nothing of the data that they judge."""

    def __init__(self, shapes: Shapes) -> None:
        from pyshacl.monkey import rdflib_bool_patch, rdflib_bool_unpatch
        from pyshacl.pytypes import SHACLExecutor
        from pyshacl.shapes_graph import ShapesGraph as TheirShapes

        quads = list(parse(shapes.source, format=RdfFormat.N_TRIPLES))
        self.prefixes = dict(shapes.prefixes)
        self.graph = shapes_graph()
        with quiet():
            rdflib_bool_patch()  # type: ignore[no-untyped-call]
            for quad in quads:
                self.graph.add(read_triple(quad))
            rdflib_bool_unpatch()  # type: ignore[no-untyped-call]
        is_advanced = any(_is_advanced(quad) for quad in quads)
        self.executor = SHACLExecutor(advanced_mode=is_advanced)
        with complaints(""):
            self._shapes = TheirShapes(self.graph)
            self.by_name = {to_ntriples(shape.node): shape for shape in self._shapes.shapes}
            self.functions = self._prepare_advanced() if is_advanced else ()

    def _prepare_advanced(self) -> Sequence[Any]:
        """Let shapes use the advanced features, JavaScript and rules left aside; return the functions."""
        from pyshacl.functions import gather_functions
        from pyshacl.target import apply_target_types, gather_target_types

        with exact_components():
            for shape in self._shapes.shapes:
                shape.set_advanced(True)
            apply_target_types(gather_target_types(self._shapes))
            return gather_functions(self.executor, self._shapes)


_reference_shapes: WeakKeyDictionary[ShapesGraph, ReferenceShapes] = WeakKeyDictionary()


def reference_shapes(shapes: ShapesGraph) -> ReferenceShapes:
    """Return pySHACL's objects for a shapes graph, the same ones as long as the graph is in use."""
    known = _reference_shapes.get(shapes)
    if known is None:
        known = _reference_shapes[shapes] = ReferenceShapes(shapes.compile(frozenset()))
    return known


@contextmanager
def complaints(shape: str) -> Iterator[None]:
    """Turn what pySHACL raises about malformed shapes into an error that names the shape."""
    try:
        yield
    except MemoryError:  # which says nothing about the shapes
        raise
    except Exception as error:  # rdflib raises bare exceptions, and parsers those of their own
        about = f"The shape {shape}" if shape else "The shapes"
        raise ShapesError(
            f"{about} cannot be applied: {_in_one_sentence(error)} Correct it and try again."
        ) from error


def _in_one_sentence(error: Exception) -> str:
    """Return what an error says, without the trace that pySHACL puts below it."""
    text = str(getattr(error, "message", "") or error).strip()
    if isinstance(error, RecursionError) or text.startswith(_TOO_DEEP):
        return "it leads through more shapes, or more classes of the data, than can be followed."
    first = text.partition("\n")[0].strip()[:_LONGEST_TEXT] or type(error).__name__
    return first if first.endswith((".", "!", "?")) else f"{first}."


def _is_advanced(quad: Quad | Triple) -> bool:
    """Return whether a statement calls for the advanced features."""
    if quad.predicate.value == RDF + "type":
        return isinstance(quad.object, NamedNode) and quad.object.value.startswith(SH + "SPARQL")
    return quad.predicate.value in _ADVANCED
