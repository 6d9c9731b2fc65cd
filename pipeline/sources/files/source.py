"""What every reader returns: findings on the file, then rows, then findings that need all rows."""

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from pipeline.findings.messages import say_number
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.rows import Row

LATE_LIMIT = 1000
"""So many findings of one code are kept in full; a file with a million of them must not fill the memory."""


LONGEST_TEXT = 10_000_000
"""Characters in one cell or text; what is longer is not a text of a practice, but a fault of the file."""


class Source(Protocol):
    """A file of records.

    ``name`` and ``findings`` (about the file as a whole) are there at once. ``rows`` reads the file from the
    start each time it is called; once it has ended, ``row_count`` is the number of rows below the header,
    ``blank`` how many of them were empty and so not given, ``late`` the findings met on the way, and
    ``sha256`` and ``bytes`` are those of the bytes that were read.
    """

    name: str
    findings: tuple[Finding, ...]
    sha256: str
    bytes: int
    row_count: int
    blank: int

    @property
    def late(self) -> tuple[Finding, ...]:
        """Return the findings that reading the rows brought up, in order."""
        ...

    def rows(self) -> Iterator[Row]:
        """Yield the rows with content."""
        ...


class LateFindings:
    """Findings met while rows are read: a thousand of a kind are kept, of the others the number."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._first: list[Finding] = []
        self._seen: Counter[str] = Counter()

    def add(self, finding: Finding) -> None:
        """Keep the finding, or only count it when a thousand of its code are kept already."""
        self._seen[finding.code] += 1
        if self._seen[finding.code] <= LATE_LIMIT:
            self._first.append(finding)

    def all(self) -> tuple[Finding, ...]:
        """Return the findings kept, and after them one for each code with more."""
        return (*self._first, *(self._more(code) for code, seen in self._seen.items() if seen > LATE_LIMIT))

    def _more(self, code: str) -> Finding:
        more = self._seen[code] - LATE_LIMIT
        message = say_number(
            '{file} has {number} more row of the kind "{code}". Correct the first ones and check again.',
            '{file} has {number} more rows of the kind "{code}". Correct the first ones and check again.',
            more,
            file=self._file,
            code=code,
        )
        return Finding(Severity.WARNING, code, message, Place(self._file))
