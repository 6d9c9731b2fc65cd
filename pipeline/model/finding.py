"""Findings: the one type for everything that is wrong or doubtful, and the place it points at."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.model.shacl_result import ShaclResult

_UNCHECKED = """
    shapes-malformed shapes-term-unknown shapes-unsupported shapes-advanced shapes-refused shapes-function-unknown
    shapes-imports shapes-not-applied shapes-without-target shapes-without-constraint shapes-recursive"""
UNCHECKED = frozenset(_UNCHECKED.split())
"""Codes of findings that say that something was not checked."""

_NAMED_CAUSES = """
    file-unreadable file-empty records-missing encoding-broken quote-unclosed title-column-missing header-unknown
    country-column-missing columns-missing column-unknown"""
_CAUSES = frozenset(_NAMED_CAUSES.split())
"""Codes of findings on a file or a header, which explain others on its rows."""


class Severity(StrEnum):
    """How much a finding weighs: a violation withholds a record, a warning and an info do not."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def weight(self) -> int:
        """Return the place among the severities: the lower, the worse."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a source something stands; rows count as a spreadsheet shows them, the header being row 1.

    In RDF, ``line`` and ``character`` are those of a value, else of the subject; ``record_line`` is that of the
    subject. Two things that begin in one line have a ``pointer`` to tell them apart.
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    column: str | int | None = None
    value: str | None = None
    line: int | None = None
    pointer: str | None = None
    character: int | None = None
    record_line: int | None = None

    @property
    def record(self) -> "Place":
        """Return the place of the whole record."""
        line = self.line if self.character is None else self.record_line
        return Place(self.file, self.sheet, self.row, line=line, pointer=self.pointer)

    @property
    def origin(self) -> str:
        """Return the place of a row as one text, ``file#sheet!row``, as quarantine files and provenance name it."""
        line = f"line={self.line}" if self.line is not None else self.pointer
        where = self.row if self.row is not None else line
        return f"{self.file}#{self.sheet}!{where}" if self.sheet else f"{self.file}#{where}"

    def __str__(self) -> str:
        """Return the place as people read it: ``practices.csv, row 17, column "date"``."""
        parts = [self.file]
        if self.sheet is not None:
            parts.append(f'sheet "{self.sheet}"')
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.pointer is not None:
            parts.append(f"at {self.pointer or '/'}")
        if self.column is not None:
            parts.append(
                f'column "{self.column}"' if isinstance(self.column, str) else f"column {self.column}"
            )
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A possible value, with a confidence between 0 and 1; never applied by itself.

    The name of a country or topic is a Wording, which each reader is given in their own language.
    """

    value: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful: what, how bad, where, and what to do about it.

    ``result`` is what shapes said of a node of a graph, where shapes alone judge it.
    """

    severity: Severity
    code: str
    message: str
    place: Place | None = None
    focus: str | None = None
    path: str | None = None
    suggestion: Suggestion | None = None
    result: ShaclResult | None = None

    @property
    def is_unchecked(self) -> bool:
        """Return whether it says that something was not checked."""
        return self.code in UNCHECKED and self.severity is not Severity.INFO

    @property
    def urgency(self) -> int:
        """Return the place of a finding in a report: the lower, the sooner it should be looked at.

        What was not checked comes first, since no verdict counts without it, then violations, warnings and remarks;
        among these, causes come before the findings on rows.
        """
        if self.is_unchecked:
            return 0
        return 1 + 2 * self.severity.weight + (self.code not in _CAUSES)
