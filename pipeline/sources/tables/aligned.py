"""Aligned text: tables whose columns are below one another, with two or more spaces between them."""

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

ALIGNED = "  "
"""Stands for such spaces among the delimiters."""

_PIECE = re.compile(r"\S+(?: \S+)*")


def unaligned(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with tabs between the columns; a cell belongs below the heading at whose place it begins."""
    starts: list[int] = []
    for line in lines:
        pieces = [(match.start(), match[0]) for match in _PIECE.finditer(line)]
        own = [start for start, _ in pieces]
        if len(own) > 1 and not starts:
            starts = own
        cells = [text.replace('"', '""') if '"' in text else text for _, text in pieces]
        if len(own) < len(starts) and set(own) <= set(starts):
            by_place = dict(zip(own, cells, strict=True))
            cells = [by_place.get(start, "") for start in starts]
        quoted = (f'"{cell}"' if '"' in cell else cell for cell in cells)
        yield "\t".join(quoted) + "\n"


class AlignedText:
    """A stream of aligned text, read line by line as one with tabs."""

    def __init__(self, stream: TextIO, longest: int) -> None:
        self._lines = unaligned(iter(lambda: stream.readline(longest), ""))

    def readline(self, _: int = -1) -> str:
        """Return the next line, an empty text at the end."""
        return next(self._lines, "")
