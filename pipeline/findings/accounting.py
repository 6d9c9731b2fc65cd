"""Accounting: what became of every row that came in, in numbers that add up."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from pipeline.findings.counts import Counts
from pipeline.findings.messages import Sentence, say, say_number
from pipeline.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Accounting(Counts):
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
        """Return whether every row that came in is used, repeated, blank or quarantined."""
        return self.rows_in == self.used + self.repeated + self.blank + self.quarantined

    def as_json(self) -> dict[str, int]:
        """Return the numbers by their names, as the summary of a JSON report has them."""
        return asdict(self)

    def sentences(self) -> tuple[Sentence, ...]:
        """Return the numbers as people read them, one fact a line, leaving out what is nought and rare."""
        lines = [
            say("{rows} in: {parts}.", rows=rows_counted(self.rows_in), parts=tuple(self._parts())),
            say_number(
                "{number} practice from the rows used.",
                "{number} practices from the rows used.",
                self.practices,
            ),
        ]
        if self.withdrawn:
            lines.append(
                say_number(
                    "{number} record of the last release withdrawn.",
                    "{number} records of the last release withdrawn.",
                    self.withdrawn,
                )
            )
        if self.held_back:
            lines.append(
                say_number(
                    "{number} record held back: the last good version stays published.",
                    "{number} records held back: the last good version stays published.",
                    self.held_back,
                )
            )
        if not self.adds_up():
            lines.append(
                say("These numbers do not add up, which is a fault of practicegraph. Please report it.")
            )
        return (*lines, say("{counts}.", counts=tuple(counted(each, self.count(each)) for each in Severity)))

    def _parts(self) -> Iterator[Sentence]:
        yield say_number("{number} used", "{number} used", self.used)
        if self.repeated:
            yield say_number("{number} repeated", "{number} repeated", self.repeated)
        if self.blank:
            yield say_number("{number} blank", "{number} blank", self.blank)
        if self.quarantined:
            yield say_number("{number} quarantined", "{number} quarantined", self.quarantined)


def rows_counted(number: int) -> Sentence:
    """Return a number of rows in words."""
    return say_number("{number} row", "{number} rows", number)


def counted(severity: Severity, number: int) -> Sentence:
    """Return a number of findings of a severity in words."""
    if severity is Severity.VIOLATION:
        return say_number("{number} violation", "{number} violations", number)
    if severity is Severity.WARNING:
        return say_number("{number} warning", "{number} warnings", number)
    return say_number("{number} remark", "{number} remarks", number)
