"""Results of the gate: what SHACL says of a node, and the errors the gate may raise."""

from pipeline.model.errors import EnvironmentFault, PracticegraphError
from pipeline.model.shacl_result import ShaclResult as ShaclResult


class ShapesError(PracticegraphError):
    """Shapes cannot be read, or cannot be applied to the data; the message says which and why."""


class GateLimit(PracticegraphError):
    """A shape looks beyond one record, and there are more records than may be checked all at once."""

    def __init__(self, shape: str, reason: str, records: int, limit: int) -> None:
        super().__init__(
            f"The shape {shape} cannot be checked record by record, because it {reason}; the data hold "
            f"{records:,} records and at most {limit:,} are checked all at once. "
            "Leave the shape out, rewrite it to stay within one record, or raise the limit."
        )
        self.shape = shape
        self.records = records
        self.limit = limit


class GateDisagreement(EnvironmentFault):
    """A sampled node passed the compiled shapes, but pySHACL finds fault with it: nothing can be trusted."""

    def __init__(self, shape: str, focus: str) -> None:
        super().__init__(
            f"The compiled form of the shape {shape} lets {focus} pass, and pySHACL does not. "
            "This is a fault of practicegraph; please report it with the shape and the triples of that node."
        )
        self.shape = shape
        self.focus = focus
