"""Grids: the cells of a sheet, and what is known about it, whatever the kind of workbook that it is in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, the code of the finding on it, and the address of its link."""

    text: str
    code: str | None = None
    link: str | None = None


EMPTY = Cell("")
NO_VALUE = Cell("", "formula-without-value")


@dataclass(slots=True)
class SheetFacts:
    """Merged ranges as (left, top, right, bottom) from 1, hidden rows, cells whose formula has no value.

    ``links`` is (row, column) → the address that a cell leads to, ``labels`` → what the formula of a link shows;
    ``hidden_columns`` are ranges from 1.
    """

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: int = 0
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    labels: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet of a workbook; ``from_1904`` says from which year its day numbers count.

    ``rows`` yields the rows with their numbers from 1, from the first one each time.
    """

    title: str
    rows: Callable[[], Iterator[tuple[int, list[Cell]]]]
    facts: SheetFacts = field(default_factory=SheetFacts)
    is_hidden: bool = False
    from_1904: bool = False
