"""Qualified value shapes: how many values conform to a shape, and to none of its siblings."""

from dataclasses import dataclass, replace

from pipeline.gate.conditions import FALSE, PASSES, TRUE, Condition, all_hold, all_of, negation
from pipeline.gate.constraints import truth, whole_number
from pipeline.gate.context import ShapeContext
from pipeline.gate.sets import MOST_NESTED, Test, Values
from pipeline.gate.shapes_index import Node
from pipeline.rdf.vocabulary import SH


@dataclass(frozen=True, slots=True)
class Qualified:
    """A qualified value shape: the tests that a value surely is, and that it may be, one that counts."""

    surely: Test
    perhaps: Test

    def min_count(self, values: Values, number: int) -> Condition:
        """Return the condition of sh:qualifiedMinCount."""
        if number == 0:
            return PASSES
        fails = negation(values.at_least(number, self.surely)) if number <= MOST_NESTED else TRUE
        return Condition(fails, values.at_least(min(number, MOST_NESTED), self.perhaps))

    def max_count(self, values: Values, number: int) -> Condition:
        """Return the condition of sh:qualifiedMaxCount."""
        fails = values.at_least(min(number + 1, MOST_NESTED), self.perhaps)
        surely = values.at_least(number + 1, self.surely) if number < MOST_NESTED else FALSE
        return Condition(fails, negation(surely))


def of_qualified(context: ShapeContext, shapes: list[Node]) -> Condition:
    """Return the condition of sh:qualifiedValueShape with its counts."""
    lowest, highest = context.objects(SH + "qualifiedMinCount"), context.objects(SH + "qualifiedMaxCount")
    least, most = whole_number(lowest), whole_number(highest)
    malformed = bool(lowest and least is None) or bool(highest and most is None)
    if context.path is None or malformed or (least is None and most is None):
        return context.remarks.left("has a malformed sh:qualifiedValueShape")
    values = Values(context.place.variable, context.path.text, context.fresh)
    conditions = []
    for shape in shapes:
        counted = _counted(context, shape)
        if least is not None:
            conditions.append(counted.min_count(values, least))
        if most is not None:
            conditions.append(counted.max_count(values, most))
    return all_hold(conditions)


def _counted(context: ShapeContext, shape: Node) -> Qualified:
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

    return Qualified(surely, perhaps)


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
