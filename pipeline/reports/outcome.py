"""The outcome that every report states beside its findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.accounting import Accounting
from pipeline.graphnumbers import GraphNumbers


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers, and two words on them: ``conforms`` is SHACL's (no result of any severity), ``accepted`` ours.

    Accepted is what has no violation; when strict, no warning either.
    ``paths`` is file, as places name it → the path by which it was given.
    """

    accounting: Accounting | GraphNumbers
    conforms: bool
    accepted: bool
    paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_of_a_graph(self) -> bool:
        """Tell whether shapes judged a graph: only what they said of its nodes are then results."""
        return isinstance(self.accounting, GraphNumbers)
