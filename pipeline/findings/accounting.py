"""Accounting: what became of every row that came in, in numbers that add up."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache

from pipeline.findings.messages import Sentence, say, say_number
from pipeline.model.finding import Severity
from pipeline.system.data_files import tables_of


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

    def is_accepted(self, strict: bool = False) -> bool:
        """Return whether the data are accepted: all was checked, no violation; when strict, no warning either."""
        return self.verdict(strict) is Verdict.ACCEPTED

    def verdict(self, strict: bool = False) -> Verdict:
        """Return the verdict; a violation goes before what was not checked."""
        if self.violations or (strict and self.warnings > self.unchecked):
            return Verdict.NOT_ACCEPTED
        return Verdict.NOT_FULLY_CHECKED if self.unchecked else Verdict.ACCEPTED

    def count(self, severity: Severity) -> int:
        """Return how many findings of this severity there are."""
        return (self.violations, self.warnings, self.infos)[severity.weight]

    def findings_in_words(self) -> Sentence:
        """Return how many findings of each severity there are, as people read it."""
        return say("{counts}.", counts=tuple(say_count(each, self.count(each)) for each in Severity))


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
            say("{rows} in: {parts}.", rows=say_count("row", self.rows_in), parts=tuple(self._parts())),
            say_count("practice", self.practices),
        ]
        lines += [
            say_count(name, number) for name in ("withdrawn", "held_back") if (number := getattr(self, name))
        ]
        if not self.adds_up():
            lines.append(
                say("These numbers do not add up, which is a fault of practicegraph. Please report it.")
            )
        return (*lines, self.findings_in_words())

    def _parts(self) -> Iterator[Sentence]:
        yield say_count("used", self.used)
        for name in ("repeated", "blank", "quarantined"):
            if number := getattr(self, name):
                yield say_count(name, number)


def say_count(key: str, number: int) -> Sentence:
    """Return a number of something in words: see ``number_messages.toml``."""
    return say_number(*_templates()[key], number)


@cache
def _templates() -> dict[str, tuple[str, str]]:
    rows = tables_of(__package__, "number_messages.toml")["message"]
    return {row["key"]: (row["one"], row["several"]) for row in rows}


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
            say_count("triple", self.triples),
            say(
                "{shapes} applied to {nodes}.",
                shapes=say_count("shape", self.shapes),
                nodes=say_count("focus node", self.focus_nodes),
            ),
            self.findings_in_words(),
        )
