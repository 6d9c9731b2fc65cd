"""Accounting: what became of every row that came in, in numbers that add up."""

from dataclasses import asdict, dataclass

from pipeline.findings import Severity


@dataclass(frozen=True, slots=True)
class Accounting:
    """The numbers of a build or a validation.

    ``rows_in`` counts all rows below the headers. ``repeated`` are those that say again what another row
    says, or that a corrected row replaces. ``practices`` is how many practices the used rows form;
    ``withdrawn`` and ``held_back`` compare with the release before. ``shacl_results`` counts the results of
    the shapes, of which several may be one finding, or none where a finding tells their cause.
    """

    rows_in: int = 0
    used: int = 0
    repeated: int = 0
    blank: int = 0
    quarantined: int = 0
    practices: int = 0
    withdrawn: int = 0
    held_back: int = 0
    violations: int = 0
    warnings: int = 0
    infos: int = 0
    shacl_results: int = 0

    def adds_up(self) -> bool:
        """Tell whether every row that came in is used, repeated, blank or quarantined."""
        return self.rows_in == self.used + self.repeated + self.blank + self.quarantined

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

    def as_json(self) -> dict[str, int]:
        """Return the numbers by their names, as the summary of a JSON report has them."""
        return asdict(self)

    def sentences(self) -> tuple[str, ...]:
        """Return the numbers as people read them, one fact a line, leaving out what is nought and rare."""
        parts = [f"{self.used:,} used"]
        parts += [f"{number:,} {name}" for name, number in self._set_aside() if number]
        lines = [f"{_counted(self.rows_in, 'row')} in: {', '.join(parts)}."]
        lines.append(f"{_counted(self.practices, 'practice')} from the rows used.")
        if self.withdrawn:
            lines.append(f"{_counted(self.withdrawn, 'record')} of the last release withdrawn.")
        if self.held_back:
            lines.append(
                f"{_counted(self.held_back, 'record')} held back: the last good version stays published."
            )
        if not self.adds_up():
            lines.append("These numbers do not add up, which is a fault of practicegraph. Please report it.")
        lines.append(
            f"{_counted(self.violations, 'violation')}, {_counted(self.warnings, 'warning')}, "
            f"{_counted(self.infos, 'remark')}."
        )
        return tuple(lines)

    def _set_aside(self) -> tuple[tuple[str, int], ...]:
        return (("repeated", self.repeated), ("blank", self.blank), ("quarantined", self.quarantined))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
