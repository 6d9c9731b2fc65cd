"""Places in a query: line and column of a character, and the line with a caret below it."""

from dataclasses import dataclass

_LONGEST_LINE = 160


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a query: line and column, counted from 1, and what is in that line."""

    line: int
    column: int
    text: str

    def with_caret(self) -> str:
        """Return the line with a caret below the column; of a long line only what is near."""
        first = max(self.column - 1 - _LONGEST_LINE // 2, 0)
        line = self.text[first : first + _LONGEST_LINE].replace("\t", " ")
        return f"{line}\n{' ' * (self.column - 1 - first)}^"


def spot(query: str, at: int) -> Spot:
    """Return the place of a character of a query."""
    line = query.count("\n", 0, at) + 1
    start = query.rfind("\n", 0, at) + 1
    end = query.find("\n", at)
    return Spot(line, at - start + 1, query[start : end if end >= 0 else None])
