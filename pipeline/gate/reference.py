"""The reference: pySHACL, asked about some focus nodes at a time.

pySHACL's own ``focus_nodes`` option filters the nodes of nested shapes too, and so drops results; therefore
its shapes are called one by one, which is what its ``Validator`` does. rdflib and pySHACL take a second to
load, and are loaded only where they are called.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from pipeline.gate.gate_results import ShaclResult, ShapesError
from pipeline.gate.shapes import Shapes
from pipeline.gate.silence import quiet
from pipeline.rdf.vocabulary import SH, XSD

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

Term = NamedNode | BlankNode | Literal | Triple

_SEVERITIES = {SH + name: name for name in ("Violation", "Warning", "Info")}


class Reference:
    """pySHACL with one shapes graph, over a data graph to which triples are lent."""

    def __init__(self, shapes: Shapes, triples: Iterable[Quad | Triple] = ()) -> None:
        from pyshacl.monkey import rdflib_bool_patch, rdflib_bool_unpatch
        from pyshacl.pytypes import SHACLExecutor
        from pyshacl.shapes_graph import ShapesGraph

        self._data = _prepared_graph(dict(shapes.prefixes))
        self.add(triples)
        with quiet():
            rdflib_bool_patch()  # type: ignore[no-untyped-call]
            graph = _shapes_graph()
            for quad in parse(shapes.source, format=RdfFormat.N_TRIPLES):
                graph.add(_read_triple(quad))
            rdflib_bool_unpatch()  # type: ignore[no-untyped-call]
        self._executor = SHACLExecutor()
        with _complaints(""):
            self._shapes = ShapesGraph(graph)
            self._by_name = {_written(shape.node): shape for shape in self._shapes.shapes}

    def add(self, triples: Iterable[Quad | Triple]) -> list[Any]:
        """Add triples to the data graph; return those that it did not hold before, for ``remove``."""
        added = []
        with quiet():
            for triple in triples:
                read = _read_triple(triple)
                if read not in self._data:
                    self._data.add(read)
                    added.append(read)
        return added

    def remove(self, added: Iterable[Any]) -> None:
        """Take triples out of the data graph again."""
        for triple in added:
            self._data.remove(triple)

    def results(
        self, shape: str, focus: Iterable[str] | None = None, part: str | None = None
    ) -> tuple[ShaclResult, ...]:
        """Return the results of a shape on some of its focus nodes, or on all of them, in reporting order.

        The shape and the nodes are N-Triples terms; nodes that are no targets of the shape are passed over.
        With a ``part``, one of the shape's property shapes, the results are those of that part alone.
        """
        from pyshacl.graph_abstraction import DataGraph

        known, judge = self._by_name.get(shape), self._by_name.get(part or shape)
        wanted = None if focus is None else set(focus)
        if known is None or judge is None:
            return ()
        data = DataGraph.from_rdflib(self._data)
        with quiet(), _complaints(shape):
            nodes = [node for node in known.focus_nodes(data) if wanted is None or _written(node) in wanted]
            _, reports = judge.validate(self._executor, data, focus=sorted(nodes)) if nodes else (True, [])
            found = [self._result(node, triples) for _, node, triples in reports]
        return tuple(sorted(found, key=ShaclResult.sort_key))

    def _result(self, node: "Node", triples: Sequence[tuple[Any, Any, Any]]) -> ShaclResult:
        """Return a result from its triples; those of nested results (sh:detail) stand among them."""
        stated: dict[str, list[Any]] = {}
        for subject, predicate, value in triples:
            if subject == node:
                stated.setdefault(str(predicate), []).append(value[1] if isinstance(value, tuple) else value)
        one = {name.removeprefix(SH): values[0] for name, values in stated.items()}
        severity = str(one["resultSeverity"])
        shape = _written(one["sourceShape"])
        return ShaclResult(
            focus=_written(one["focusNode"]),
            path=self._path(one["resultPath"]) if "resultPath" in one else None,
            value=_written(one["value"]) if "value" in one else None,
            component=str(one["sourceConstraintComponent"]),
            shape=shape.strip("<>") if shape.startswith("<") else "",
            severity=_SEVERITIES.get(severity, severity),
            messages=self._messages(
                one["sourceShape"], one.get("sourceConstraint"), stated.get(SH + "resultMessage", [])
            ),
        )

    def _path(self, path: "Node") -> str:
        from pyshacl.helper.path_helper import shacl_path_to_sparql_path
        from rdflib import BNode

        return (
            str(shacl_path_to_sparql_path(self._shapes, path)) if isinstance(path, BNode) else _written(path)
        )

    def _messages(self, shape: Any, constraint: Any, messages: list[Any]) -> tuple[tuple[str, str], ...]:
        """Return messages with their languages, which pySHACL loses where it fills in variables."""
        from rdflib import URIRef

        nodes = [node for node in (shape, constraint) if node is not None]
        stated: list[Any] = [
            one for node in nodes for one in self._shapes.graph.objects(node, URIRef(SH + "message"))
        ]
        found = set()
        for message in messages:
            language = getattr(message, "language", None)
            if not language:
                language = next(
                    (one.language for one in stated if one.language and _fills(str(one), str(message))), ""
                )
            found.add((str(language or "").lower(), str(message)))
        return tuple(sorted(found))


def _fills(template: str, text: str) -> bool:
    """Tell whether a text is a message in which variables such as {?value} are filled in."""
    parts = re.split(r"\{[?$]\w+\}", template)
    return re.fullmatch(".*".join(map(re.escape, parts)), text, re.DOTALL) is not None


def _shapes_graph() -> "Graph":
    """Return a graph that looks everything up once: pySHACL reads a shape anew for every node it judges."""
    from rdflib import RDF, Graph, URIRef

    apart = {
        RDF.type,
        *(URIRef(SH + name) for name in ("name", "message", "description", "severity", "order")),
    }

    class RememberingGraph(Graph):
        """A graph whose answers are remembered from the first question on, when it is complete."""

        def __init__(self) -> None:
            super().__init__()
            self._known: dict[tuple[Any, ...], list[Any]] = {}

        def _remembered(self, ask: Callable[..., Iterable[Any]], *terms: Any) -> Iterator[Any]:
            key = (ask.__name__, *terms)
            if key not in self._known:
                self._known[key] = list(ask(*terms))
            return iter(self._known[key])

        def items(self, list: Any) -> Any:
            """Return the members of a list."""
            return self._remembered(super().items, list)

        def objects(self, subject: Any = None, predicate: Any = None, unique: bool = False) -> Any:
            """Return the objects of a subject and predicate."""
            return self._remembered(super().objects, subject, predicate)

        def predicate_objects(self, subject: Any = None, unique: bool = False) -> Any:
            """Return the statements about a subject, without those that constrain nothing."""
            stated = self._remembered(super().predicate_objects, subject)
            return (pair for pair in stated if pair[0] not in apart)

    return RememberingGraph()


def _prepared_graph(prefixes: dict[str, str]) -> "Graph":
    """Return a graph that parses each query once; pySHACL asks the same one of every focus node."""
    from rdflib import Graph
    from rdflib.plugins.sparql import prepareQuery

    class PreparedGraph(Graph):
        def query(self, query_object: Any, *args: Any, **options: Any) -> Any:
            """Return what rdflib answers."""
            query = prepared(query_object) if isinstance(query_object, str) else query_object
            return super().query(query, *args, **options)

    graph = PreparedGraph()
    namespaces = dict(graph.namespaces()) | prefixes
    prepared = lru_cache(maxsize=100)(lambda text: prepareQuery(text, initNs=namespaces))
    return graph


@contextmanager
def _complaints(shape: str) -> Iterator[None]:
    """Turn what pySHACL raises about malformed shapes into an error that names the shape."""
    try:
        yield
    except Exception as error:  # rdflib raises bare exceptions, and parsers those of their own
        about = f"The shape {shape}" if shape else "The shapes"
        text = str(getattr(error, "message", "") or error).strip() or type(error).__name__
        raise ShapesError(f"{about} cannot be applied: {text} Correct it and try again.") from error


def _read_triple(triple: Quad | Triple) -> Any:
    return _read(triple.subject), _read(triple.predicate), _read(triple.object)


def _read(term: Term) -> Any:
    """Return a term as rdflib's, its lexical form untouched."""
    from rdflib import BNode, URIRef
    from rdflib import Literal as Read

    if isinstance(term, NamedNode):
        return URIRef(term.value)
    if isinstance(term, BlankNode):
        return BNode(term.value)
    if isinstance(term, Triple):
        return URIRef("urn:triple:" + str(term))
    if term.language is not None:
        return Read(term.value, lang=term.language, normalize=False)
    datatype = term.datatype.value
    return Read(
        term.value, datatype=None if datatype == XSD + "string" else URIRef(datatype), normalize=False
    )


def _written(term: Any) -> str:
    """Return one of rdflib's terms as N-Triples."""
    from rdflib import BNode, URIRef

    if isinstance(term, URIRef):
        return f"<{term}>"
    if isinstance(term, BNode):
        return f"_:{term}"
    if term.language:
        return str(Literal(str(term), language=term.language))
    return str(Literal(str(term), datatype=NamedNode(str(term.datatype or XSD + "string"))))
