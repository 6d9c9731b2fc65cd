"""The numbers of a graph that shapes have judged."""

from dataclasses import asdict, dataclass

from pipeline.findings.accounting import counted
from pipeline.findings.counts import Counts
from pipeline.findings.messages import Sentence, say, say_number
from pipeline.model.finding import Severity


@dataclass(frozen=True, slots=True)
class GraphNumbers(Counts):
    """How much was judged, and what was found.

    ``shapes`` counts those with a target, ``focus_nodes`` the nodes they were applied to, each once a shape.
    ``shacl_results`` are the results of the shapes; other findings are on the shapes or on the data as a whole.
    ``unchecked`` counts the warnings that a part of the shapes was not applied.
    """

    triples: int = 0
    shapes: int = 0
    focus_nodes: int = 0
    violations: int = 0
    warnings: int = 0
    infos: int = 0
    shacl_results: int = 0
    unchecked: int = 0

    def adds_up(self) -> bool:
        """Return True: nothing here is set aside."""
        return True

    def as_json(self) -> dict[str, int]:
        """Return the numbers by their names, as the summary of a JSON report has them."""
        return asdict(self)

    def sentences(self) -> tuple[Sentence, ...]:
        """Return the numbers as people read them, one fact a line."""
        return (
            say_number("{number} triple in.", "{number} triples in.", self.triples),
            say(
                "{shapes} applied to {nodes}.",
                shapes=say_number("{number} shape", "{number} shapes", self.shapes),
                nodes=say_number("{number} focus node", "{number} focus nodes", self.focus_nodes),
            ),
            say("{counts}.", counts=tuple(counted(each, self.count(each)) for each in Severity)),
        )
