"""Cells: what each value of a table is, as a reader, a chart and a spreadsheet need to know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["iri", "number", "year", "date", "truth", "text", "other"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value: its text and what it is. ``number`` is there for a number that can be drawn."""

    text: str
    kind: Kind
    lang: str = ""
    datatype: str = ""
    number: float | None = None


Row = Sequence[Cell | None]
