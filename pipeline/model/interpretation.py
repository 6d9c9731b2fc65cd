"""What was understood of a practice, for those who show it beside what was written."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.model.finding import Place
from pipeline.model.practice import Practice
from pipeline.model.rows import Row

RowAt = Callable[[Place], Row | None]
"""What finds the row that is at a place of the sources, while they are being checked."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A practice as it was read, the rows it was read from, and whether it is withheld.

    ``row_at`` finds any row of the sources, until the check has ended.
    """

    practice: Practice
    rows: tuple[Row, ...]
    is_withheld: bool
    row_at: RowAt
