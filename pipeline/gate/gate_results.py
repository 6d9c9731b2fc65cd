"""Results of the gate: what SHACL says of a node, and the errors the gate may raise."""

from pipeline.model.errors import EnvironmentFault, PracticegraphError


class ShapesError(PracticegraphError):
    """Shapes cannot be read, or cannot be applied to the data; the message says which and why."""


class GateDisagreement(EnvironmentFault):
    """A sampled node passed the compiled shapes, but pySHACL finds fault with it: nothing can be trusted."""

    def __init__(self, shape: str, focus: str) -> None:
        super().__init__(
            f"The compiled form of the shape {shape} lets {focus} pass, and pySHACL does not. "
            "This is a fault of practicegraph; please report it with the shape and the triples of that node."
        )
        self.shape = shape
        self.focus = focus

    def __reduce__(self) -> tuple[type["GateDisagreement"], tuple[str, str]]:
        """Let it be raised in another process than the one that made it."""
        return GateDisagreement, (self.shape, self.focus)
