"""The context in which a constraint is compiled: the node it is about, and what becomes known meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.gate.adapter.regex_patterns import Matcher
from pipeline.gate.conditions import UNKNOWN, Condition
from pipeline.gate.paths import Path
from pipeline.gate.shapes_index import Node, ShapesIndex

TARGET = "?gate_target"
"""Stands in a query where the pattern that binds ``?this`` to focus nodes belongs."""

EVERYWHERE = "*"
"""Among the predicates that a shape reads of other nodes: all of them."""


@dataclass(slots=True)
class Remarks:
    """What becomes known of a shape while it is compiled.

    ``beyond``: why it may read other records; ``uncompiled``: what is left to pySHACL; ``later``: predicates
    it reads of other nodes than its focus node; ``queries``: those beside the main one.
    """

    beyond: list[str] = field(default_factory=list)
    uncompiled: list[str] = field(default_factory=list)
    later: set[str] = field(default_factory=set)
    queries: list[str] = field(default_factory=list)

    def delegate(self, reason: str) -> Condition:
        """Note what is left to pySHACL and may read anything; return that nothing is known of it."""
        self.uncompiled.append(reason)
        self.beyond.append(reason)
        return UNKNOWN


@dataclass(frozen=True, slots=True)
class ShapePlace:
    """The node that a shape is applied to: its variable, and where it is.

    ``depth`` counts the paths between it and the focus node; ``home`` says that its triples are within the
    record or the vocabulary; ``top`` that a failure there is a failure of the targeted shape.
    """

    variable: str = "?this"
    depth: int = 0
    home: bool = True
    top: bool = True


@dataclass(frozen=True, slots=True)
class ShapeContext:
    """A shape at a place: ``compile`` gives the condition of another shape at its own place."""

    index: ShapesIndex
    shape: Node
    place: ShapePlace
    remarks: Remarks
    compile: Callable[[Node, ShapePlace], Condition]
    fresh: Callable[[], str]
    matcher: Callable[[str, str], Matcher | None]
    path: Path | None = None

    def objects(self, predicate: str) -> list[Node]:
        """Return what the shape has for a predicate."""
        return self.index.objects(self.shape, predicate)

    def reads(self, predicate: str) -> None:
        """Note that a predicate is read of the node at this place."""
        if not self.place.home:
            self.remarks.beyond.append("reads nodes outside the record")
        if self.place.depth:
            self.remarks.later.add(predicate)

    def walks(self, path: Path) -> None:
        """Note that a path is walked from the node at this place."""
        if path.wanders or not self.place.home:
            self.remarks.beyond.append(f"follows {path.text} out of the record")
        self.remarks.later |= path.later | (path.first if self.place.depth else frozenset())
