"""Spots: where in a file its statements stand, as offsets in its bytes, and as line and character."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import NamedTuple

import pyoxigraph

NOWHERE = -1
"""The offset of what is not known to stand anywhere."""

_ENDS = re.compile(rb"\r\n?|\n")

Statement = pyoxigraph.Quad | pyoxigraph.Triple


class TextPosition(NamedTuple):
    """A line and a character in it, both counted from 1."""

    line: int
    character: int


class LocatedStatement(NamedTuple):
    """A statement, and the offsets at which its subject and its object stand."""

    statement: Statement
    subject: int = NOWHERE
    value: int = NOWHERE


class Offsets:
    """Where a scan of a file found its statements, in the order in which the parser will give them.

    ``starts`` is subject → offset of its first description: the best that is known when ``is_exact`` turns out
    to be false. Then the offsets that ``locate`` has given are to be forgotten.
    """

    def __init__(self) -> None:
        self.starts: dict[str, int] = {}
        self.is_exact = True
        self._numbers: dict[str, int] = {}
        self._subjects, self._predicates, self._values = array("q"), array("l"), array("q")

    def __len__(self) -> int:
        """Return how many statements were found."""
        return len(self._values)

    def number_of(self, predicate: str) -> int:
        """Return the number that stands for a predicate."""
        return self._numbers.setdefault(predicate, len(self._numbers))

    def add(self, subject: int, predicate: int, value: int) -> None:
        """Add a statement: offset of the subject, number of the predicate, offset of the object."""
        self._subjects.append(subject)
        self._predicates.append(predicate)
        self._values.append(value)

    def reverse_from(self, first: int) -> None:
        """Turn round the order of the statements from this one on."""
        for offsets in (self._subjects, self._predicates, self._values):
            offsets[first:] = offsets[first:][::-1]

    def locate(self, statements: Iterable[Statement]) -> Iterator[LocatedStatement]:
        """Yield the statements of the parser with their offsets; whether these hold is known at the end."""
        names = tuple(self._numbers)
        predicates = chain(map(names.__getitem__, self._predicates), repeat(""))
        subjects = chain(self._subjects, repeat(NOWHERE))
        values = chain(self._values, repeat(NOWHERE))
        count = 0
        for statement, predicate, subject, value in zip(
            statements, predicates, subjects, values, strict=False
        ):
            count += 1
            if statement.predicate.value != predicate:
                self.is_exact = False
            yield LocatedStatement(statement, subject, value)
        if count != len(self):
            self.is_exact = False


class LineIndex:
    """The lines of a text."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._starts = array("q", [0])
        self._starts.extend(end.end() for end in _ENDS.finditer(content))

    def spot(self, offset: int) -> TextPosition:
        """Return the line and character at an offset."""
        line = bisect_right(self._starts, offset)
        return TextPosition(
            line, len(self._content[self._starts[line - 1] : offset].decode("utf-8", "replace")) + 1
        )
