"""The reference: pySHACL, asked about some focus nodes at a time.

pySHACL's own ``focus_nodes`` option filters the nodes of nested shapes too, and so drops results; therefore
its shapes are called one by one, which is what its ``Validator`` does. rdflib and pySHACL take a second to
load, and are loaded only where they are called.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from pyoxigraph import Quad, Triple

from pipeline.gate.adapter.pyshacl_components import exact_components
from pipeline.gate.adapter.rdflib_graphs import prepared_graph
from pipeline.gate.adapter.rdflib_terms import path_text, read_triple, to_ntriples
from pipeline.gate.adapter.silence import quiet
from pipeline.gate.reference_shapes import ReferenceShapes, complaints
from pipeline.gate.shapes import Shapes
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import SH

if TYPE_CHECKING:
    from rdflib.term import Node

_SEVERITIES = {SH + name: name for name in ("Violation", "Warning", "Info")}
_MOST_DETAILS = 5
_NO_MESSAGE = "Parameterised SHACL Query generated constraint validation reports."
"""What pySHACL says where a constraint component states no message for its results."""


class Reference:
    """pySHACL with one shapes graph, over a data graph to which triples are lent.

    ``cut_short`` are the shapes that refer to themselves and were not followed to the end.
    """

    def __init__(self, shapes: Shapes | ReferenceShapes, triples: Iterable[Quad | Triple] = ()) -> None:
        self._own = shapes if isinstance(shapes, ReferenceShapes) else ReferenceShapes(shapes)
        self._data = prepared_graph(self._own.prefixes, self._own.graph)
        with quiet():
            for triple in triples:
                self._data.add(read_triple(triple))
        self.cut_short: set[str] = set()

    def add(self, triples: Iterable[Quad | Triple]) -> list[Any]:
        """Add triples to the data graph; return those that were not in it before, for ``remove``."""
        added = []
        with quiet():
            for triple in triples:
                read = read_triple(triple)
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

        The shape and the nodes are N-Triples terms; nodes that are no targets of the shape are skipped.
        With a ``part``, one of the shape's property shapes, the results are those of that part alone.
        """
        known, judge = self._own.by_name.get(shape), self._own.by_name.get(part or shape)
        wanted = None if focus is None else set(focus)
        if known is None or judge is None:
            return ()
        with self._data_for(shape) as data:
            nodes = [
                node for node in known.focus_nodes(data) if wanted is None or to_ntriples(node) in wanted
            ]
            _, reports = (
                judge.validate(self._own.executor, data, focus=sorted(nodes)) if nodes else (True, [])
            )
            results = [self._result(node, triples) for _, node, triples in reports]
        return tuple(sorted(results, key=ShaclResult.sort_key))

    def focus_nodes(self, shape: str) -> set[str]:
        """Return the focus nodes of a shape, as N-Triples terms."""
        known = self._own.by_name.get(shape)
        with self._data_for(shape) as data:
            return {to_ntriples(node) for node in known.focus_nodes(data)} if known is not None else set()

    @contextmanager
    def _data_for(self, shape: str) -> Iterator[Any]:
        """Yield the data as pySHACL has them, with the functions that shapes declare; name the shape in errors."""
        from pyshacl.functions import apply_functions, unapply_functions

        data = self._view
        with quiet(), self._note_recursion(shape), complaints(shape), exact_components():
            apply_functions(self._own.executor, self._own.functions, data)
            try:
                yield data
            finally:
                unapply_functions(self._own.functions, data)

    @cached_property
    def _view(self) -> Any:
        """The data as pySHACL has them."""
        from pyshacl.graph_abstraction import DataGraph

        return DataGraph.from_rdflib(self._data)

    @contextmanager
    def _note_recursion(self, shape: str) -> Iterator[None]:
        """Note where pySHACL stops at a shape that refers to itself: at the third time, and it only warns."""
        from pyshacl.errors import ShapeRecursionWarning

        with warnings.catch_warnings():
            warnings.simplefilter("always", ShapeRecursionWarning)
            warnings.showwarning = lambda *_, **__: self.cut_short.add(shape)
            yield

    def _result(self, node: "Node", triples: Sequence[tuple[Any, Any, Any]]) -> ShaclResult:
        """Return a result from its triples; those of nested results (sh:detail) are among them."""
        stated: dict[str, list[Any]] = {}
        for subject, predicate, value in triples:
            if subject == node:
                stated.setdefault(str(predicate), []).append(value[1] if isinstance(value, tuple) else value)
        one = {name.removeprefix(SH): values[0] for name, values in stated.items()}
        severity = str(self._severity(one))
        shape = to_ntriples(one["sourceShape"])
        return ShaclResult(
            focus=to_ntriples(one["focusNode"]),
            path=self._path(one["resultPath"]) if "resultPath" in one else None,
            value=to_ntriples(one["value"]) if "value" in one else None,
            component=str(one["sourceConstraintComponent"]),
            shape=shape.strip("<>") if shape.startswith("<") else "",
            severity=_SEVERITIES.get(severity, severity),
            messages=self._messages(
                one["sourceShape"], one.get("sourceConstraint"), stated.get(SH + "resultMessage", [])
            )
            or self._of_component(one),
            details=self._details(stated.get(SH + "detail", ()), triples),
        )

    def _details(
        self, nodes: Iterable["Node"], triples: Sequence[tuple[Any, Any, Any]]
    ) -> tuple[ShaclResult, ...]:
        results = (self._result(node, triples) for node in islice(nodes, _MOST_DETAILS))
        return tuple(sorted(results, key=ShaclResult.sort_key))

    def _severity(self, result: Mapping[str, Any]) -> Any:
        """Return the severity of a result: that of its SPARQL constraint (SHACL 1.2), else that of its shape."""
        from rdflib import URIRef

        constraint = result.get("sourceConstraint")
        stated = (
            self._own.graph.objects(constraint, URIRef(SH + "severity")) if constraint is not None else ()
        )
        return next((one for one in stated if isinstance(one, URIRef)), result["resultSeverity"])

    def _path(self, path: "Node") -> str:
        from rdflib import BNode

        return path_text(self._own.graph, path) if isinstance(path, BNode) else to_ntriples(path)

    def _messages(self, shape: Any, constraint: Any, messages: list[Any]) -> tuple[tuple[str, str], ...]:
        """Return messages with their languages, which pySHACL loses where it fills in variables."""
        from rdflib import URIRef

        nodes = [node for node in (shape, constraint) if node is not None]
        stated: list[Any] = [
            one for node in nodes for one in self._own.graph.objects(node, URIRef(SH + "message"))
        ]
        texts = set()
        for message in messages:
            if str(message) == _NO_MESSAGE:
                continue
            language = getattr(message, "language", None)
            if not language:
                language = next(
                    (one.language for one in stated if one.language and _fills(str(one), str(message))), ""
                )
            texts.add((str(language or "").lower(), str(message)))
        return tuple(sorted(texts))

    def _of_component(self, result: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        """Return the messages that a constraint component states itself, its parameters filled in."""
        from rdflib import URIRef

        graph, component = self._own.graph, result["sourceConstraintComponent"]
        values = {}
        for parameter in graph.objects(component, URIRef(SH + "parameter")):
            for path in graph.objects(parameter, URIRef(SH + "path")):
                name = re.split("[/#]", str(path))[-1]
                values[name] = ", ".join(sorted(map(str, graph.objects(result["sourceShape"], path))))
        texts = set()
        for message in graph.objects(component, URIRef(SH + "message")):
            text = re.sub(r"\{[?$](\w+)\}", lambda hole: values.get(hole[1], hole[0]), str(message))
            texts.add((str(getattr(message, "language", None) or "").lower(), text))
        return tuple(sorted(texts))


def _fills(template: str, text: str) -> bool:
    """Return whether a text is a message in which variables such as {?value} are filled in."""
    parts = re.split(r"\{[?$]\w+\}", template)
    return re.fullmatch(".*".join(map(re.escape, parts)), text, re.DOTALL) is not None
