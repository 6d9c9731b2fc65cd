"""The numbers of a graph that shapes have judged."""

from dataclasses import asdict, dataclass

from pipeline.findings import Severity


@dataclass(frozen=True, slots=True)
class GraphNumbers:
    """How much was judged, and what was found.

    ``shapes`` counts those with a target, ``focus_nodes`` the nodes they were applied to, each once a shape.
    ``shacl_results`` are the results of the shapes; other findings are on the shapes or on the data as a whole.
    """

    triples: int = 0
    shapes: int = 0
    focus_nodes: int = 0
    violations: int = 0
    warnings: int = 0
    infos: int = 0
    shacl_results: int = 0

    def adds_up(self) -> bool:
        """Return True: nothing here is set aside."""
        return True

    @property
    def conforms(self) -> bool:
        """Tell whether the graph conforms as SHACL has it: no result of any severity."""
        return not self.shacl_results

    def accepted(self, strict: bool = False) -> bool:
        """Tell whether the graph is accepted: no violation; when strict, no warning either."""
        return not self.violations and not (strict and self.warnings)

    def count(self, severity: Severity) -> int:
        """Return how many findings of this severity there are."""
        return {
            Severity.VIOLATION: self.violations,
            Severity.WARNING: self.warnings,
            Severity.INFO: self.infos,
        }[severity]

    def as_json(self) -> dict[str, int]:
        """Return the numbers by their names, as the summary of a JSON report has them."""
        return asdict(self)

    def sentences(self) -> tuple[str, ...]:
        """Return the numbers as people read them, one fact a line."""
        found = (
            _counted(self.violations, "violation"),
            _counted(self.warnings, "warning"),
            _counted(self.infos, "remark"),
        )
        return (
            f"{_counted(self.triples, 'triple')} in.",
            f"{_counted(self.shapes, 'shape')} applied to {_counted(self.focus_nodes, 'focus node')}.",
            f"{', '.join(found)}.",
        )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
