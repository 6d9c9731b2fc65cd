"""What every reader returns: findings on the file, then rows, then findings that need all rows."""

from collections.abc import Iterator
from typing import Protocol

from pipeline.model.finding import Finding
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
