"""Constraint components: which condition a parameter of a shape gives, on each value or on all of them."""

from collections.abc import Callable
from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from pipeline.gate import constraints, sets
from pipeline.gate.conditions import PASSES, UNKNOWN, Condition, all_hold
from pipeline.gate.constraints import truth, whole_number
from pipeline.gate.context import EVERYWHERE, TARGET, ShapeContext
from pipeline.gate.qualified import of_qualified
from pipeline.gate.select import read_select
from pipeline.gate.sets import Values
from pipeline.gate.shapes_index import Node
from pipeline.rdf.vocabulary import RDF, SH

Component = Callable[[ShapeContext, list[Node]], Condition]


def on_each(context: ShapeContext) -> Condition:
    """Return the condition of a shape's constraints on one value, the node at the context's place."""
    return _conjunction(context, ON_EACH)


def on_each_but_properties(context: ShapeContext) -> Condition:
    """Return the same condition without the property shapes."""
    return _conjunction(context, {name: one for name, one in ON_EACH.items() if name != "property"})


def on_all(context: ShapeContext) -> Condition:
    """Return the condition of a shape's constraints on all values of the node at the context's place."""
    return _conjunction(context, ON_ALL)


def _conjunction(context: ShapeContext, components: dict[str, Component]) -> Condition:
    stated = context.index.predicates(context.shape)
    stated_values = {name: context.objects(SH + name) for name in components if SH + name in stated}
    return all_hold(components[name](context, values) for name, values in stated_values.items() if values)


def _class(context: ShapeContext, values: list[Node]) -> Condition:
    context.reads(RDF + "type")
    return constraints.of_class(context.place.variable, values)


def _pattern(context: ShapeContext, values: list[Node]) -> Condition:
    flags = context.objects(SH + "flags")
    if len(flags) > 1 or not all(isinstance(value, Literal) for value in [*values, *flags]):
        return context.remarks.delegate("has patterns or flags that are not texts")
    flag = "".join(value.value for value in flags if isinstance(value, Literal))
    matchers = [context.matcher(value.value, flag) for value in values if isinstance(value, Literal)]
    if any(matcher is None for matcher in matchers):
        return context.remarks.delegate("has a pattern that is no regular expression")
    return constraints.of_pattern(context.place.variable, [one for one in matchers if one is not None])


def _closed(context: ShapeContext, values: list[Node]) -> Condition:
    closed = truth(values)
    if closed is None:
        return context.remarks.delegate("has a sh:closed that is neither true nor false")
    if not closed:
        return PASSES
    context.reads(EVERYWHERE)
    paths = [
        path
        for shape in context.objects(SH + "property")
        for path in context.index.objects(shape, SH + "path")
    ]
    lists = [context.index.items(head) or [] for head in context.objects(SH + "ignoredProperties")]
    allowed = [*paths, *(item for items in lists for item in items)]
    return constraints.closed(
        context.place.variable, [str(one) for one in allowed if isinstance(one, NamedNode)]
    )


def _inner(context: ShapeContext, shapes: list[Node]) -> list[Condition]:
    place = replace(context.place, top=False)
    return [context.compile(shape, place) for shape in shapes]


def _not(context: ShapeContext, values: list[Node]) -> Condition:
    return all_hold(sets.negate(one) for one in _inner(context, values))


def _node(context: ShapeContext, values: list[Node]) -> Condition:
    if any(context.index.objects(value, SH + "path") for value in values):
        return context.remarks.delegate("has a property shape for sh:node")
    return all_hold(_inner(context, values))


def _property(context: ShapeContext, values: list[Node]) -> Condition:
    if not all(context.index.objects(value, SH + "path") for value in values):
        return context.remarks.delegate("has a sh:property that is no property shape")
    return all_hold(context.compile(value, context.place) for value in values)


def _members(combine: Callable[[list[Condition]], Condition]) -> Component:
    def component(context: ShapeContext, values: list[Node]) -> Condition:
        lists = [context.index.items(value) for value in values]
        if not all(lists):
            return context.remarks.delegate("has a malformed list of shapes")
        return all_hold(combine(_inner(context, members)) for members in lists if members)

    return component


ON_EACH: dict[str, Component] = {
    "class": _class,
    "datatype": lambda context, values: constraints.of_datatype(context.place.variable, values),
    "nodeKind": lambda context, values: constraints.of_kind(context.place.variable, values),
    "minExclusive": lambda context, values: constraints.of_range(context.place.variable, values, ">"),
    "minInclusive": lambda context, values: constraints.of_range(context.place.variable, values, ">="),
    "maxExclusive": lambda context, values: constraints.of_range(context.place.variable, values, "<"),
    "maxInclusive": lambda context, values: constraints.of_range(context.place.variable, values, "<="),
    "minLength": lambda context, values: constraints.of_length(context.place.variable, values, ">="),
    "maxLength": lambda context, values: constraints.of_length(context.place.variable, values, "<="),
    "pattern": _pattern,
    "languageIn": lambda context, values: constraints.of_languages(
        context.place.variable, context.index, values
    ),
    "in": lambda context, values: constraints.of_list(context.place.variable, context.index, values),
    "closed": _closed,
    "not": _not,
    "node": _node,
    "property": _property,
    "and": _members(all_hold),
    "or": _members(sets.one_of),
    "xone": _members(sets.exactly_one_of),
}


def _values(context: ShapeContext) -> Values:
    return Values(context.place.variable, context.path.text if context.path else None, context.fresh)


def _min_count(context: ShapeContext, values: list[Node]) -> Condition:
    number = whole_number(values)
    if number is None or context.path is None:
        return context.remarks.delegate("has a malformed sh:minCount")
    if context.place.top and number > sets.MOST_NESTED:
        _count(context, f"OPTIONAL {{ ?this {context.path.text} ?gate_value }}", f"< {number}")
        return PASSES
    return sets.min_count(_values(context), number)


def _max_count(context: ShapeContext, values: list[Node]) -> Condition:
    number = whole_number(values)
    if number is None or context.path is None:
        return context.remarks.delegate("has a malformed sh:maxCount")
    if context.place.top and number >= sets.MOST_NESTED:
        _count(context, f"?this {context.path.text} ?gate_value", f"> {number}")
        return PASSES
    return sets.max_count(_values(context), number)


def _count(context: ShapeContext, pattern: str, comparison: str) -> None:
    having = f"GROUP BY ?this HAVING(COUNT(DISTINCT ?gate_value) {comparison})"
    context.remarks.queries.append(f"SELECT ?this WHERE {{ {TARGET} {pattern} }} {having}")


def _unique_languages(context: ShapeContext, values: list[Node]) -> Condition:
    unique = truth(values)
    if unique is None or context.path is None:
        return context.remarks.delegate("has a malformed sh:uniqueLang")
    return sets.unique_languages(_values(context)) if unique else PASSES


def _pair(condition: Callable[[Values, NamedNode], Condition], *, needs_path: bool) -> Component:
    def component(context: ShapeContext, values: list[Node]) -> Condition:
        predicates = [value for value in values if isinstance(value, NamedNode)]
        if len(predicates) < len(values) or (needs_path and context.path is None):
            return context.remarks.delegate("compares malformed pairs of properties")
        for predicate in predicates:
            context.reads(predicate.value)
        return all_hold(condition(_values(context), predicate) for predicate in predicates)

    return component


def _sparql(context: ShapeContext, values: list[Node]) -> Condition:
    return all_hold(_select(context, value) for value in values)


def _select(context: ShapeContext, node: Node) -> Condition:
    deactivated = context.index.objects(node, SH + "deactivated")
    if deactivated and truth(deactivated):
        return PASSES
    query = read_select(context.index, node)
    if query is None:
        return context.remarks.delegate("has a SPARQL constraint that only pySHACL can judge")
    context.remarks.later |= query.later if context.place.top else query.later | {EVERYWHERE}
    context.remarks.beyond.extend(
        ["has a SPARQL constraint that reads other records"] if query.wanders else []
    )
    if not context.place.top or not context.place.home:
        context.remarks.uncompiled.append("has a SPARQL constraint below its first level")
        return UNKNOWN
    context.remarks.queries.append(
        f"{query.prologue} SELECT DISTINCT ?this WHERE {{ {TARGET} {query.body} }}"
    )
    return PASSES


ON_ALL: dict[str, Component] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "uniqueLang": _unique_languages,
    "hasValue": lambda context, values: sets.has_values(_values(context), values),
    "equals": _pair(sets.equal, needs_path=False),
    "disjoint": _pair(sets.disjoint, needs_path=False),
    "lessThan": _pair(lambda values, one: sets.less(values, one, "<"), needs_path=True),
    "lessThanOrEquals": _pair(lambda values, one: sets.less(values, one, "<="), needs_path=True),
    "qualifiedValueShape": of_qualified,
    "sparql": _sparql,
}
