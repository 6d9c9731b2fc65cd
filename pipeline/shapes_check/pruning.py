"""Pruning: shapes without what cannot be applied, so that the rest can be, and no result says more than was checked.

To leave out a constraint makes a shape weaker: more nodes conform to it. Where a shape is in sh:not, sh:xone or a
qualified count, nodes would then fail that need not; so such a constraint is left out with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pyoxigraph import Quad

from pipeline.gate.shapes_index import Node, ShapesIndex, Subject
from pipeline.rdf.vocabulary import OWL, RDFS, SH
from pipeline.shapes_check.faults import Fault
from pipeline.shapes_check.shacl_terms import terms

_FAMILIES = tuple(
    frozenset(SH + name for name in names.split())
    for names in (
        "pattern flags",
        "closed ignoredProperties",
        "qualifiedValueShape qualifiedMinCount qualifiedMaxCount qualifiedValueShapesDisjoint",
    )
)
_SIDES = frozenset((SH + "not", SH + "xone", SH + "qualifiedValueShape"))
"""What needs to know exactly which nodes conform to a shape."""

_SINGLE = tuple(SH + name for name in ("property", "node", "not", "qualifiedValueShape"))
_LISTS = tuple(SH + name for name in ("and", "or", "xone"))


class Pruning:
    """Leaves what is faulty out of a graph of shapes."""

    def __init__(self, index: ShapesIndex) -> None:
        self._index = index
        self._users: dict[Node, list[tuple[Subject, str, Node]]] = defaultdict(list)
        self._removed_statements: set[tuple[Subject, str, Node]] = set()
        self._removed_nodes: set[Node] = set()
        self._weak: set[Node] = set()
        self._waiting: list[Subject] = []
        for subject, predicate, values in index.statements():
            for value in values if predicate in _SINGLE else ():
                self._users[value].append((subject, predicate, value))
            for value in values if predicate in _LISTS else ():
                for member in index.items(value) or ():
                    self._users[member].append((subject, predicate, value))

    def leave_out(self, faults: Iterable[Fault]) -> None:
        """Leave out what is faulty, and all that would be applied wrongly without it."""
        for fault in faults:
            if fault.is_remark and fault.predicate:
                continue
            if not fault.predicate:
                self._remove(fault.subject)
            elif not fault.is_harmless:
                self._drop(fault.subject, fault.predicate, fault.value)
                self._waiting.append(fault.subject)
            else:
                self._drop_one(fault.subject, fault.predicate, fault.value)
        while self._waiting:
            self._weaken(self._waiting.pop())

    def remaining(self, quads: Sequence[Quad]) -> list[Quad]:
        """Return the statements that are left."""
        if not self._removed_statements and not self._removed_nodes:
            return list(quads)
        return [
            quad
            for quad in quads
            if quad.subject not in self._removed_nodes
            and (quad.subject, quad.predicate.value, quad.object) not in self._removed_statements
        ]

    def _remove(self, shape: Subject) -> None:
        """Leave a shape out as a whole, with its targets and wherever others refer to it."""
        if shape in self._removed_nodes:
            return
        self._removed_nodes.add(shape)
        for user, predicate, value in self._users.get(shape, ()):
            self._drop(user, predicate, value)
            if predicate == SH + "property":
                # A closed shape would refuse the values of the property that it no longer knows.
                self._drop(user, SH + "closed", None)
            self._waiting.append(user)

    def _weaken(self, shape: Subject) -> None:
        if shape in self._weak:
            return
        self._weak.add(shape)
        for user, predicate, value in self._users.get(shape, ()):
            if predicate in _SIDES:
                self._drop(user, predicate, value)
            self._waiting.append(user)

    def _drop(self, subject: Subject, predicate: str, value: Node | None) -> None:
        """Leave out a constraint with all its parameters."""
        family = next((family for family in _FAMILIES if predicate in family), None)
        if family is None:
            self._drop_one(subject, predicate, value)
            return
        for each in family:
            self._drop_one(subject, each, None)
        if predicate in _FAMILIES[-1]:
            self._drop_siblings(subject)

    def _drop_siblings(self, shape: Subject) -> None:
        """Leave out the counts of property shapes beside this one whose values must not conform to it."""
        disjoint = SH + "qualifiedValueShapesDisjoint"
        for user, predicate, _ in self._users.get(shape, ()):
            for sibling in self._index.objects(user, predicate) if predicate == SH + "property" else ():
                if self._index.objects(sibling, disjoint) and sibling != shape and sibling not in self._weak:
                    for each in _FAMILIES[-1]:
                        self._drop_one(sibling, each, None)  # type: ignore[arg-type]
                    self._waiting.append(sibling)  # type: ignore[arg-type]

    def _drop_one(self, subject: Subject, predicate: str, value: Node | None) -> None:
        values = self._index.objects(subject, predicate) if value is None else (value,)
        self._removed_statements.update((subject, predicate, each) for each in values)


def has_constraints(index: ShapesIndex, declared: Iterable[str] = ()) -> bool:
    """Return whether a shape that applies to something has a constraint, itself or through its property shapes.

    Deactivated shapes have none.
    """
    own = frozenset(declared)
    waiting = [subject for subject, predicate, _ in index.statements() if _is_target(predicate)]
    waiting += [*index.instances(RDFS + "Class"), *index.instances(OWL + "Class")]
    seen = set[Node](waiting)
    while waiting:
        shape = waiting.pop()
        if any(
            getattr(one, "value", "") in ("true", "1") for one in index.objects(shape, SH + "deactivated")
        ):
            continue
        for predicate in index.predicates(shape):
            term = terms().get(predicate)
            is_constraint = term is not None and term.status == "constraint" and predicate != SH + "property"
            if is_constraint or predicate in own:
                return True
        for value in index.objects(shape, SH + "property"):
            if value not in seen:
                seen.add(value)
                waiting.append(value)  # type: ignore[arg-type]
    return False


def _is_target(predicate: str) -> bool:
    term = terms().get(predicate)
    return term is not None and term.status == "target"
