"""Counts: the verdict that follows from how many findings of each severity there are."""

from pipeline.model.finding import Severity


class Counts:
    """The findings by severity; ``shacl_results`` counts the results of shapes, which need not be one a finding."""

    __slots__ = ()

    violations: int
    warnings: int
    infos: int
    shacl_results: int

    @property
    def conforms(self) -> bool:
        """Tell whether the data conform as SHACL has it: no result of any severity."""
        return not self.shacl_results

    def accepted(self, strict: bool = False) -> bool:
        """Tell whether the data are accepted: no violation; when strict, no warning either."""
        return not self.violations and not (strict and self.warnings)

    def count(self, severity: Severity) -> int:
        """Return how many findings of this severity there are."""
        return {
            Severity.VIOLATION: self.violations,
            Severity.WARNING: self.warnings,
            Severity.INFO: self.infos,
        }[severity]
