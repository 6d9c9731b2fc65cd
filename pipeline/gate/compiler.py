"""Compilation: a targeted shape as SPARQL queries that find every focus node on which it may fail."""

from dataclasses import dataclass
from itertools import count

from pyoxigraph import NamedNode

from pipeline.gate.adapter.regex_patterns import Matcher, PatternError
from pipeline.gate.components import on_all, on_each, on_each_but_properties
from pipeline.gate.conditions import FALSE, PASSES, TRUE, UNKNOWN, Condition, all_hold, negation, path_test
from pipeline.gate.constraints import truth
from pipeline.gate.context import TARGET, Remarks, ShapeContext, ShapePlace
from pipeline.gate.paths import Path, read_path
from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.rdf.vocabulary import RDF, SH

_MOST_SHAPES = 500
"""So many shapes, counted wherever they are referred to, make up one query; with more, pySHACL is faster."""


_CONSTRAINTS = (
    *("minCount", "maxCount", "datatype", "nodeKind", "minLength", "maxLength", "pattern", "flags"),
    *("uniqueLang", "languageIn", "in", "hasValue"),
    *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"),
)
_ABOUT = ("path", "name", "description", "message", "severity", "order", "group", "defaultValue")
_OF_VALUES = frozenset([RDF + "type", *(SH + name for name in (*_CONSTRAINTS, *_ABOUT))])
"""What a property shape may say and still read nothing but the values of its path."""


@dataclass(frozen=True, slots=True)
class ShapePart:
    """A property shape of a targeted node shape, or the rest of that shape, with queries of its own.

    ``reads`` is the one predicate of its focus node that it reads, empty if it reads more.
    """

    name: str
    queries: tuple[str, ...]
    reads: str = ""


class Compiler:
    """Compiles the shapes of one shapes graph; ``matchers`` are the regular expressions its queries call."""

    def __init__(self, index: ShapesIndex) -> None:
        self.matchers: list[Matcher] = []
        self._known_matchers: dict[tuple[str, str], Matcher] = {}
        self._index = index
        self._numbers = count(1)
        self._remarks = Remarks()
        self._open: list[Node] = []
        self._remaining = _MOST_SHAPES
        self._custom = _custom_parameters(index)

    def compile(self, shape: Subject, place: ShapePlace) -> tuple[tuple[str, ...], Remarks]:
        """Return remarks on a shape and its queries, in which ``TARGET`` stands for the pattern of its focus nodes."""
        self._remarks = Remarks()
        self._remaining = _MOST_SHAPES
        return self._queries(self._condition(shape, place)), self._remarks

    def compile_parts(self, shape: Subject, place: ShapePlace) -> tuple[ShapePart, ...]:
        """Return the property shapes of a node shape and, last, the shape with its other constraints.

        pySHACL judges the property shapes of a targeted node shape by themselves, so that each can be asked
        about its own suspects. That is not so where a shape refers to itself.
        """
        properties = self._index.objects(shape, SH + "property")
        if not properties or self._index.objects(shape, SH + "path"):
            return ()
        parts = []
        for one in properties:
            self._remarks = Remarks()
            queries = self._queries(self._condition(one, place))
            parts.append(ShapePart(str(one), queries, _only_predicate(self._index, one)))
        self._remarks = Remarks()
        here = self._context(shape, place)
        rest = self._queries(all_hold([on_each_but_properties(here), on_all(here)]))
        return (*parts, ShapePart(str(shape), rest))

    def _queries(self, condition: Condition) -> tuple[str, ...]:
        if condition.fails == TRUE:
            return (f"SELECT DISTINCT ?this WHERE {{ {TARGET} }}",)
        main = () if condition.fails == FALSE else (condition.fails,)
        return (
            *(f"SELECT DISTINCT ?this WHERE {{ {TARGET} FILTER({fails}) }}" for fails in main),
            *self._remarks.queries,
        )

    def _condition(self, shape: Node, place: ShapePlace) -> Condition:
        deactivated = self._index.objects(shape, SH + "deactivated")
        if deactivated and truth(deactivated) is None:
            return self._remarks.delegate("has a sh:deactivated that is neither true nor false")
        if deactivated and truth(deactivated):
            return PASSES
        if self._index.predicates(shape) & self._custom:
            return self._remarks.delegate("uses a constraint component of its own or an expression")
        self._remaining -= 1
        if self._remaining < 0:
            return self._remarks.delegate("refers to more shapes than a query can hold")
        if shape in self._open:
            self._remarks.uncompiled.append("refers to itself")
            return UNKNOWN
        self._open.append(shape)
        try:
            return self._shape(shape, place)
        finally:
            self._open.pop()

    def _shape(self, shape: Node, place: ShapePlace) -> Condition:
        steps = self._index.objects(shape, SH + "path")
        here = self._context(shape, place)
        if not steps:
            return all_hold([on_each(here), on_all(here)])
        path = read_path(self._index, steps[0]) if len(steps) == 1 else None
        if path is None:
            return self._remarks.delegate("has a path that only pySHACL can walk")
        here.walks(path)
        value = ShapePlace(self._fresh(), place.depth + 1, place.home and path.stays, top=False)
        each = on_each(self._context(shape, value))
        reach = place.variable, path.text, value.variable
        values = Condition(path_test(*reach, each.fails), negation(path_test(*reach, negation(each.holds))))
        return all_hold([values, on_all(self._context(shape, place, path))])

    def _context(self, shape: Node, place: ShapePlace, path: Path | None = None) -> ShapeContext:
        return ShapeContext(
            self._index, shape, place, self._remarks, self._condition, self._fresh, self._matcher, path
        )

    def _fresh(self) -> str:
        return f"?v{next(self._numbers)}"

    def _matcher(self, pattern: str, flags: str) -> Matcher | None:
        known = self._known_matchers.get((pattern, flags))
        if known is not None:
            return known
        matcher = Matcher(len(self.matchers), pattern, flags)
        try:
            matcher.search()
        except PatternError:
            return None
        self.matchers.append(matcher)
        self._known_matchers[pattern, flags] = matcher
        return matcher


def _custom_parameters(index: ShapesIndex) -> set[str]:
    """Return the parameters of the constraint components that a shapes graph declares itself, and sh:expression."""
    declared = [
        one
        for component in index.subjects(SH + "parameter")
        for one in index.objects(component, SH + "parameter")
    ]
    paths = [path for parameter in declared for path in index.objects(parameter, SH + "path")]
    return {path.value for path in paths if isinstance(path, NamedNode)} | {SH + "expression"}


def _only_predicate(index: ShapesIndex, shape: Node) -> str:
    """Return the predicate whose values are all that a property shape reads; empty if it reads more.

    To judge most rules pySHACL needs these values only, and what makes the node a target: a twentieth of a record.
    """
    paths = index.objects(shape, SH + "path")
    if len(paths) != 1 or not isinstance(paths[0], NamedNode) or index.predicates(shape) - _OF_VALUES:
        return ""
    return paths[0].value
