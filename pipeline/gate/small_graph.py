"""A small graph: held in memory as a whole, and judged whatever shapes look beyond."""

from collections.abc import Iterable, Mapping

from pyoxigraph import Quad, Store, Triple

from pipeline.gate import lexical
from pipeline.gate.candidates import Suspects
from pipeline.gate.context import EVERYWHERE
from pipeline.gate.gate_results import ShaclResult
from pipeline.gate.reference import Reference
from pipeline.gate.shapes import Shapes


class SmallGraph:
    """A graph that fits into memory; named graphs count as one."""

    def __init__(self, triples: Iterable[Triple | Quad]) -> None:
        self._quads = [Quad(one.subject, one.predicate, one.object) for one in triples]
        self._store = Store()
        self._store.extend(self._quads)

    def focus_nodes(self, shapes: Shapes) -> Mapping[str, set[str]]:
        """Return for each targeted shape its focus nodes, those it names among them, here or not."""
        suspects = Suspects(self._store, shapes)
        return {shape.name: suspects.targets(shape) for shape in shapes.targeted}

    def results(self, shapes: Shapes, prepared: Reference | None = None) -> tuple[ShaclResult, ...]:
        """Return the results of shapes; the compiled shapes say where pySHACL has to look.

        ``prepared`` is pySHACL with these shapes and no data, which then need not be prepared anew.
        """
        suspected = self._suspected(shapes)
        if not any(suspected.values()):
            return ()
        reference = prepared or Reference(shapes)
        added = reference.add(self._quads)
        try:
            found = [reference.results(name, terms) for name, terms in suspected.items()]
        finally:
            if prepared is not None:
                reference.remove(added)
        return tuple(result for results in found for result in results)

    def _suspected(self, shapes: Shapes) -> dict[str, set[str]]:
        doubtful = [quad for quad in self._quads if lexical.is_doubtful(quad)]
        named = {str(term) for quad in doubtful for term in (quad.subject, quad.object)}
        read = any(quad.predicate.value in shapes.later for quad in doubtful)
        suspects = Suspects(self._store, shapes)
        if doubtful and (read or EVERYWHERE in shapes.later):
            return {shape.name: suspects.targets(shape) | named for shape in shapes.targeted}
        return {shape.name: suspects.of(shape) | named for shape in shapes.targeted}
