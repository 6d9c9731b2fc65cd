"""Qualified value shapes: how many values conform to a shape, and to none of its siblings."""

from dataclasses import replace

from pipeline.gate.conditions import Condition, all_hold, all_of, negation
from pipeline.gate.constraints import truth, whole_number
from pipeline.gate.context import ShapeContext
from pipeline.gate.sets import Test, Values, max_count, min_count
from pipeline.gate.shapes_index import Node
from pipeline.rdf.vocabulary import SH


def of_qualified(context: ShapeContext, shapes: list[Node]) -> Condition:
    """Return the condition of sh:qualifiedValueShape with its counts."""
    lowest, highest = context.objects(SH + "qualifiedMinCount"), context.objects(SH + "qualifiedMaxCount")
    least, most = whole_number(lowest), whole_number(highest)
    malformed = bool(lowest and least is None) or bool(highest and most is None)
    if context.path is None or malformed or (least is None and most is None):
        return context.remarks.delegate("has a malformed sh:qualifiedValueShape")
    values = Values(context.place.variable, context.path.text, context.fresh)
    conditions = []
    for shape in shapes:
        surely, perhaps = _tests(context, shape)
        if least is not None:
            conditions.append(min_count(values, least, surely, perhaps))
        if most is not None:
            conditions.append(max_count(values, most, surely, perhaps))
    return all_hold(conditions)


def _tests(context: ShapeContext, shape: Node) -> tuple[Test, Test]:
    """Return the tests that a value surely is, and that it may be, one that counts."""
    siblings = _siblings(context, shape)
    assert context.path is not None
    home = context.place.home and context.path.stays
    beyond = replace(context.place, depth=context.place.depth + 1, home=home, top=False)

    def surely(value: str) -> str:
        place = replace(beyond, variable=value)
        others = [negation(context.compile(sibling, place).holds) for sibling in siblings]
        return all_of([negation(context.compile(shape, place).fails), *others])

    def perhaps(value: str) -> str:
        place = replace(beyond, variable=value)
        others = [context.compile(sibling, place).fails for sibling in siblings]
        return all_of([context.compile(shape, place).holds, *others])

    return surely, perhaps


def _siblings(context: ShapeContext, shape: Node) -> list[Node]:
    """Return the shapes to which a counted value must not conform (qualifiedValueShapesDisjoint)."""
    if not truth(context.objects(SH + "qualifiedValueShapesDisjoint")):
        return []
    index = context.index
    parents = [
        one for one in index.subjects(SH + "property") if context.shape in index.objects(one, SH + "property")
    ]
    properties = [one for parent in parents for one in index.objects(parent, SH + "property")]
    shapes = [one for each in properties for one in index.objects(each, SH + "qualifiedValueShape")]
    return [one for one in dict.fromkeys(shapes) if one != shape]
