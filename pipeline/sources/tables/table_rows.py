"""The rows of a table one by one: records under its layout, rows that are none, and a further header."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.findings.messages import say
from pipeline.model.finding import Finding, Place, Severity
from pipeline.sources.files.sandboxed_source import Blank, Event
from pipeline.sources.tables.columns import read_columns
from pipeline.sources.tables.layout import Layout, layout_of
from pipeline.sources.tables.layout_findings import layout_findings
from pipeline.sources.tables.row_builder import BETWEEN_EXTRA, cleaned, rows_of
from pipeline.sources.tables.row_kinds import HEADER, is_blank, kind_of, sentence_on


class TableRows:
    """Makes rows of clean cells; ``layout`` is the one that holds at the moment."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def make(self, place: Place, cells: Sequence[str]) -> Iterator[Event]:
        """Yield what is to be said of the cells, and then the rows they make, or that they are blank."""
        cells, clean = yield from cleaned(place, self.layout, cells)
        if is_blank(clean, self.layout):
            yield Blank()
        else:
            yield from self.read(place, cells, clean, BETWEEN_EXTRA)

    def read(self, place: Place, cells: Sequence[str], clean: Sequence[str], between: str) -> Iterator[Event]:
        """Yield the rows that cells make, and what is to be said of a row that is not a record.

        A header with other columns yields no row: from it on, its layout holds.
        """
        kind = kind_of(clean, self.layout)
        raw = self.layout.raw_cells(cells, between)
        if kind is None:
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

    def _further(self, clean: Sequence[str]) -> Layout | None:
        """Return the layout of a header whose columns are others, None where it is the same again."""
        layout = layout_of(read_columns(clean))
        same = [column.field for column in layout.columns] == [column.field for column in self.layout.columns]
        is_less = "title" not in layout.headers or len(layout.headers) < 2
        return None if same or is_less or layout.folded == self.layout.folded else layout


def _about_further(layout: Layout, place: Place) -> Iterator[Finding]:
    message = say("{place}: a further table begins here; its rows are read by this header.", place=place)
    yield Finding(Severity.INFO, "table-further", message, place)
    yield from layout_findings(layout, place)
