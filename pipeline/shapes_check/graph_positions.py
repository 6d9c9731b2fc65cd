"""A graph and its places: where its files describe each subject and state each triple."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Quad, RdfFormat, parse

from pipeline.model.finding import Place
from pipeline.model.shacl_result import ShaclResult

NOT_KNOWN = 0
"""What stands for the line and the character of a triple where they are not known."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of one file: how many triples, and line and character of each, one behind the other."""

    name: str
    count: int
    spots: "array[int]"


@dataclass(frozen=True, slots=True)
class RecordCell:
    """The place in a record that a result is about, and the title of the record."""

    place: Place
    name: str


CellOf = Callable[[ShaclResult], RecordCell | None]
"""Returns the cell that a result is about, None if it is not about a record."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The union of some files: triple → its number in the order of reading, subject → where it is described.

    Triples that were made from records, and not read, are behind all others; ``cell_of`` finds where they came from.
    ``prefixes`` are those that the files declare.
    """

    numbers: Mapping[Quad, int]
    subjects: Mapping[str, Place]
    parts: Sequence[Part]
    cell_of: CellOf = lambda _: None
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @property
    def triples(self) -> tuple[Quad, ...]:
        """Return the triples, each once."""
        return tuple(self.numbers)

    def with_records(self, triples: Iterable[Quad], cell_of: CellOf) -> "Graph":
        """Return the graph with triples that were made from records."""
        numbers = dict(self.numbers)
        last = sum(part.count for part in self.parts)
        for triple in triples:
            numbers.setdefault(triple, last)
        return Graph(numbers, self.subjects, self.parts, cell_of)

    def place_of(self, focus: str, path: str | None = None, value: str | None = None) -> Place | None:
        """Return where a triple is that a result speaks of; else where its focus node is described.

        Terms are written as in N-Triples, an inverse path with a circumflex before it.
        """
        if path is not None and value is not None:
            for triple in _triples_of(focus, path, value):
                place = self._place(self.numbers[triple]) if triple in self.numbers else None
                if place is not None:
                    return place
        return self.subjects.get(focus)

    def _place(self, number: int) -> Place | None:
        for part in self.parts:
            if number < part.count:
                line, character = part.spots[2 * number : 2 * number + 2] or (NOT_KNOWN, NOT_KNOWN)
                return Place(part.name, line=line, column=character) if line != NOT_KNOWN else None
            number -= part.count
        return None


def _triples_of(focus: str, path: str, value: str) -> Iterator[Quad]:
    """Yield the triple that a property, or its inverse, makes of focus node and value."""
    subject, predicate, term = (focus, path, value) if path[:1] == "<" else (value, path[1:], focus)
    if path.count("<") != 1 or not predicate.startswith("<") or not predicate.endswith(">"):
        return
    try:
        yield from parse(f"{subject} {predicate} {term} .", format=RdfFormat.N_TRIPLES)
    except SyntaxError:
        return  # a literal is no subject
