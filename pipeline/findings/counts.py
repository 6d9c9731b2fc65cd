"""Counts: the verdict that follows from how many findings of each severity there are."""

from enum import StrEnum

from pipeline.model.finding import Severity


class Verdict(StrEnum):
    """Verdicts on data as a whole; only the first is a success."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not-accepted"
    NOT_FULLY_CHECKED = "not-fully-checked"


class Counts:
    """The findings by severity; ``shacl_results`` counts the results of shapes, which need not be one a finding.

    ``unchecked`` counts the warnings that a part of the shapes was not applied.
    """

    __slots__ = ()

    violations: int
    warnings: int
    infos: int
    shacl_results: int

    @property
    def unchecked(self) -> int:
        """Return how many warnings say that something was not checked."""
        return 0

    @property
    def conforms(self) -> bool:
        """Return whether the data conform by SHACL: all was checked, and there is no result of any severity."""
        return not self.shacl_results and not self.unchecked

    def accepted(self, strict: bool = False) -> bool:
        """Return whether the data are accepted: all was checked, no violation; when strict, no warning either."""
        return self.verdict(strict) is Verdict.ACCEPTED

    def verdict(self, strict: bool = False) -> Verdict:
        """Return the verdict; a violation goes before what was not checked."""
        if self.violations or (strict and self.warnings > self.unchecked):
            return Verdict.NOT_ACCEPTED
        return Verdict.NOT_FULLY_CHECKED if self.unchecked else Verdict.ACCEPTED

    def count(self, severity: Severity) -> int:
        """Return how many findings of this severity there are."""
        return {
            Severity.VIOLATION: self.violations,
            Severity.WARNING: self.warnings,
            Severity.INFO: self.infos,
        }[severity]
