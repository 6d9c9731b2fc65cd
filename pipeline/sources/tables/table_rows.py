"""The rows of a table one by one: records under its layout, rows that are none, and a further header."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from pipeline.findings.messages import say
from pipeline.model.finding import Finding, Place, Severity
from pipeline.sources.files.sandboxed_source import Blank, Event
from pipeline.sources.tables.columns import read_columns
from pipeline.sources.tables.layout import Layout, layout_of
from pipeline.sources.tables.layout_findings import layout_findings
from pipeline.sources.tables.row_builder import BETWEEN_EXTRA, cleaned, rows_of
from pipeline.sources.tables.row_kinds import HEADER, is_blank, kind_of, sentence_on
from pipeline.sources.tables.table_words import marks_as_above

_OWN = ("id", "title", "summary")
"""Fields that each record has of its own."""


class TableRows:
    """Makes rows of clean cells; ``layout`` is the one that holds at the moment."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._above: Sequence[str] = ()
        self._as_above: set[str] = set()

    def make(self, place: Place, cells: Sequence[str]) -> Iterator[Event]:
        """Yield what is to be said of the cells, and then the rows they make, or that they are blank."""
        cells, clean = yield from cleaned(place, self.layout, cells)
        if is_blank(clean, self.layout):
            yield Blank()
        else:
            yield from self.read(place, cells, clean, BETWEEN_EXTRA)

    def read(self, place: Place, cells: Sequence[str], clean: Sequence[str], between: str) -> Iterator[Event]:
        """Yield the rows that cells make, and what is to be said of a row that is no record.

        A header with other columns yields no row: from it on, its layout holds.
        """
        if not marks_as_above().isdisjoint(clean):
            cells, clean = yield from self._filled_from_above(place, cells, clean)
        kind = kind_of(clean, self.layout)
        raw = self.layout.raw_cells(cells, between)
        if kind is None:
            self._above = clean
            yield from rows_of(place, self.layout, clean, raw)
        elif kind == HEADER and (further := self._further(clean)) is not None:
            self.layout = further
            yield from _about_further(further, place)
        else:
            text = next(cell for cell in clean if cell)
            sentence = sentence_on(kind, place, text)
            yield Finding(Severity.WARNING, kind, sentence, replace(place, value=text))
            first = next(rows_of(place, self.layout, clean, raw))
            yield replace(first, aside=sentence)

    def _filled_from_above(
        self, place: Place, cells: Sequence[str], clean: Sequence[str]
    ) -> Generator[Finding, None, tuple[list[str], list[str]]]:
        """Return cells with those above in the place of marks such as ditto; yield what is said, once for each column."""
        cells, clean = list(cells), list(clean)
        for at, (column, above) in enumerate(zip(self.layout.columns, self._above, strict=False)):
            if at >= len(clean) or not above or clean[at] not in marks_as_above():
                continue
            if column.field in (None, *_OWN):
                continue
            where = replace(place, column=column.header, value=clean[at])
            cells[at] = clean[at] = above
            if column.header not in self._as_above:
                self._as_above.add(column.header)
                yield _about_mark(where)
        return cells, clean

    def _further(self, clean: Sequence[str]) -> Layout | None:
        """Return the layout of a header whose columns are others, None where it is the same again."""
        found = layout_of(read_columns(clean))
        same = [column.field for column in found.columns] == [column.field for column in self.layout.columns]
        is_less = "title" not in found.headers or len(found.headers) < 2
        return None if same or is_less or found.folded == self.layout.folded else found


def _about_mark(place: Place) -> Finding:
    message = say(
        "{place}: “{mark}” was read as the text of the cell above it, here and in the rows below. Better write the "
        "text into every row.",
        place=place,
        mark=place.value or "",
    )
    return Finding(Severity.INFO, "cell-as-above", message, place)


def _about_further(layout: Layout, place: Place) -> Iterator[Finding]:
    message = say("{place}: a further table begins here; its rows are read by this header.", place=place)
    yield Finding(Severity.INFO, "table-further", message, place)
    yield from layout_findings(layout, place)
