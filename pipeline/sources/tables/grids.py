"""Grids: the cells of a sheet, whatever the kind of workbook that it is in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pipeline.sources.tables.worksheet_xml import SheetFacts


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, the code of the finding on it, and the address of its link."""

    text: str
    code: str | None = None
    link: str | None = None


EMPTY = Cell("")
NO_VALUE = Cell("", "formula-without-value")


class Grid(Protocol):
    """One sheet of a workbook; ``from_1904`` says from which year its day numbers count."""

    title: str
    is_hidden: bool
    facts: SheetFacts
    from_1904: bool

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the rows with their numbers from 1, from the first one each time."""
        ...
