"""Graphs for pySHACL: of shapes, which looks everything up once, and of data, which parses each query once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.rdf.vocabulary import SH

if TYPE_CHECKING:
    from rdflib import Graph

_BINDINGS = 3
"""The position of the bindings among the arguments of a query after its text."""

SHAPES_GRAPH = "urn:practicegraph:shapes"
"""The name of the graph of shapes in a query that has $shapesGraph."""


def shapes_graph() -> "Graph":
    """Return a graph that looks everything up once: pySHACL reads a shape again for every node it judges."""
    from rdflib import RDF, Graph, URIRef

    apart = {
        RDF.type,
        *(URIRef(SH + name) for name in ("name", "message", "description", "severity", "order")),
    }

    class CachingGraph(Graph):
        """A graph whose answers are cached from the first question on, when it is complete."""

        def __init__(self) -> None:
            super().__init__(store="SimpleMemory")  # half the cost of the default store
            self._cache: dict[tuple[Any, ...], list[Any]] = {}

        def _cached(self, ask: Callable[..., Iterable[Any]], *terms: Any) -> Iterator[Any]:
            key = (ask.__name__, *terms)
            if key not in self._cache:
                self._cache[key] = list(ask(*terms))
            return iter(self._cache[key])

        def items(self, list: Any) -> Any:
            """Return the members of a list."""
            return self._cached(super().items, list)

        def objects(self, subject: Any = None, predicate: Any = None, unique: bool = False) -> Any:
            """Return the objects of a subject and predicate."""
            return self._cached(super().objects, subject, predicate)

        def predicate_objects(self, subject: Any = None, unique: bool = False) -> Any:
            """Return the statements about a subject, without those that constrain nothing."""
            stated = self._cached(super().predicate_objects, subject)
            return (pair for pair in stated if pair[0] not in apart)

    return CachingGraph()


def prepared_graph(prefixes: Mapping[str, str], shapes: "Graph") -> "Graph":
    """Return a graph that parses each query once; pySHACL asks the same one of every focus node.

    A query about $shapesGraph finds the shapes in a graph of that name.
    """
    from rdflib import Dataset, Graph, URIRef

    class PreparedGraph(Graph):
        """A data graph; the dataset of data and shapes is made when it is first asked for, and after a change."""

        _dataset: Dataset | None = None

        def query(self, query_object: Any, *args: Any, **options: Any) -> Any:
            """Return what rdflib answers."""
            query = prepared(query_object) if isinstance(query_object, str) else query_object
            bindings = options.get("initBindings") or (args[_BINDINGS] if len(args) > _BINDINGS else None)
            if "shapesGraph" in (bindings or ()):
                return self._with_shapes().query(query, *args, **options)
            return super().query(query, *args, **options)

        def _with_shapes(self) -> Dataset:
            if self._dataset is None:
                self._dataset = Dataset()
                self._dataset.default_graph += self
                named = self._dataset.graph(URIRef(SHAPES_GRAPH))
                for triple in Graph.triples(shapes, (None, None, None)):
                    named.add(triple)
            return self._dataset

        def add(self, triple: Any) -> Any:
            """Add a triple."""
            self._dataset = None
            return super().add(triple)

        def remove(self, triple: Any) -> Any:
            """Remove a triple."""
            self._dataset = None
            return super().remove(triple)

    graph = PreparedGraph()
    namespaces = dict(graph.namespaces()) | dict(prefixes)
    prepared = lru_cache(maxsize=100)(lambda text: prepared_query(text, namespaces))
    return graph


def prepared_query(text: str, prefixes: Mapping[str, Any]) -> Any:
    """Return a query as rdflib runs it; rdflib itself forgets a prefix if another one has the same namespace."""
    from rdflib import URIRef
    from rdflib.plugins.sparql import algebra, prepareQuery
    from rdflib.plugins.sparql.sparql import Prologue

    class EveryPrefix(Prologue):
        """The prefixes of one query."""

        def __init__(self) -> None:
            super().__init__()
            self._namespaces: dict[str, str] = {}

        def bind(self, prefix: str | None, uri: Any) -> None:
            self._namespaces[prefix or ""] = str(uri)

        def resolvePName(self, prefix: str | None, localname: str | None) -> URIRef:  # noqa: N802 — rdflib's name
            if (prefix or "") not in self._namespaces:
                return super().resolvePName(prefix, localname)  # which says so
            return URIRef(self._namespaces[prefix or ""] + (localname or ""))

    algebra.Prologue = EveryPrefix  # type: ignore[attr-defined]
    try:
        return prepareQuery(text, initNs=dict(prefixes))
    finally:
        algebra.Prologue = Prologue  # type: ignore[attr-defined]
