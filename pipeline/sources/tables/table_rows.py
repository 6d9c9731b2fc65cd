"""The rows of a table one by one: records under its layout, rows that are none, and a further header."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.findings.finding_messages import finding_of
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.rows import Row
from pipeline.recognition.topics import is_topic
from pipeline.sources.files.sandboxed_source import Blank, Event
from pipeline.sources.headings.heading_meanings import field_of
from pipeline.sources.tables.columns import SEPARATOR, read_columns
from pipeline.sources.tables.layout import Layout, layout_of
from pipeline.sources.tables.layout_findings import layout_findings
from pipeline.sources.tables.row_builder import BETWEEN_EXTRA, clean_cells, fit_cells, rows_of
from pipeline.sources.tables.row_kinds import (
    HEADER,
    HEADING,
    LONE_HEADING,
    NO_RECORDS,
    finding_on,
    is_blank,
    is_country_name,
    kind_of,
)

_CONTINUED = {"city", "topics"}
"""Fields of which a row may give the record above it more."""

_NOTHING: Mapping[str, str] = {}
_YEARS = re.compile(r"(?:19|20)\d\d(?:\s?[-\u2013/]\s?(?:(?:19|20)?\d\d))?")


class TableRows:
    """Makes rows of clean cells; ``layout`` is the current one.

    Where no column says the country, the topic or the date, the sheet or a heading between the rows may do so:
    ``headed`` is what the sheet says.
    """

    def __init__(self, layout: Layout, headed: Mapping[str, str] = _NOTHING) -> None:
        self.layout = layout
        self._headed = dict(headed)
        self._above: Row | None = None
        self._last = 0
        self._lone: tuple[Finding, Row] | None = None

    def make(self, place: Place, cells: list[str], *, is_merged: bool = False) -> Iterator[Event]:
        """Yield what is to be said of the cells, and then the rows they make, or that they are blank.

        The title ``is_merged`` where one cell has it for this row and the one above.
        """
        cells = yield from fit_cells(place, self.layout, cells, "row-too-long/sheet")
        clean = yield from clean_cells(place, self.layout, cells)
        if is_blank(clean, self.layout):
            yield Blank()
        else:
            yield from self.read(place, cells, clean, BETWEEN_EXTRA, is_merged=is_merged)

    def read(
        self,
        place: Place,
        cells: Sequence[str],
        clean: Sequence[str],
        between: str,
        *,
        is_merged: bool = False,
    ) -> Iterator[Event]:
        """Yield the rows that cells make, and what is to be said of a row that is not a record.

        A header with other columns yields no row: from it on, its layout holds. A total, a note and a header that is
        repeated are named, and no row; what may be a practice all the same is a row to be withheld.
        """
        kind = kind_of(clean, self.layout)
        yield from self.end(is_above_header=kind == HEADER)
        raw = self.layout.raw_cells(cells, between)
        if kind in (None, HEADING) and (more := self._continuation(place, clean, raw, is_merged)) is not None:
            yield finding_of("row-continues", place)
            yield more
        elif kind is None:
            for row in rows_of(place, self.layout, clean, raw):
                self._above, self._last = (self._above if row.is_further else row), place.row or 0
                yield self._with_heading(row)
        elif kind == HEADER and (further := self._further(clean)) is not None:
            self.layout = further
            yield finding_of("table-further", place)
            yield from layout_findings(further, place)
        elif kind == HEADING and (headed := self._heading_value(clean)) is not None:
            yield from self._heading(*headed, place)
        else:
            text = next(cell for cell in clean if cell)
            finding = finding_on(LONE_HEADING if kind == HEADING else kind, place, text)
            if kind in NO_RECORDS:
                yield finding
            else:
                row = next(rows_of(place, self.layout, clean, raw))
                self._lone = finding, replace(row, aside=finding.message)

    def end(self, *, is_above_header: bool = False) -> Iterator[Event]:
        """Yield the lone text that came last, and its row unless a header is below it: then it is a caption."""
        if self._lone is not None:
            finding, row = self._lone
            self._lone = None
            yield replace(finding, severity=Severity.INFO) if is_above_header else finding
            if not is_above_header:
                yield row

    def _continuation(
        self, place: Place, clean: Sequence[str], raw: Mapping[str, str], is_merged: bool
    ) -> Row | None:
        """Return a row that only gives the record above more cities or topics, None where it does not."""
        above = self._above
        if above is None or place.row != self._last + 1 or not (clean[0] == "" or is_merged):
            return None
        row = next(rows_of(place, self.layout, clean, raw))
        own = {
            field: text
            for field, text in row.texts.items()
            if not is_merged or above.texts.get(field) != text
        }
        if not own or not own.keys() <= _CONTINUED:
            return None
        self._last += 1
        if "city" in own and "city" in above.texts:
            own["city"] = (
                f"{above.texts['city']}{SEPARATOR}{own['city']}"  # so it is not taken for a conflict
            )
        language = {"lang": above.texts["lang"]} if "lang" in above.texts else {}
        return replace(row, texts={**language, **own}, is_further=True)

    def _heading_value(self, clean: Sequence[str]) -> tuple[str, str] | None:
        """Return what a lone text says of the rows below, if it is where headings are: first, or as a title."""
        at = next(place for place, cell in enumerate(clean) if cell)
        is_first = at == 0 or (at < len(self.layout.columns) and self.layout.columns[at].field == "title")
        return value_of_heading(clean[at]) if is_first else None

    def _heading(self, field: str, text: str, place: Place) -> Iterator[Finding]:
        """Yield what a heading says of the rows below: if a column says that too, nothing new."""
        if field in self.layout.headers:
            yield finding_on(HEADING, place, text)
            return
        self._headed[field] = text
        yield finding_of("heading-as-value", replace(place, value=text), text=text, field=field)

    def _with_heading(self, row: Row) -> Row:
        """Return a row with what its sheet or heading says, as far as it does not say so itself."""
        if not self._headed or row.is_further:
            return row
        return replace(row, texts={**self._headed, **row.texts})

    def _further(self, clean: Sequence[str]) -> Layout | None:
        """Return the layout of a header whose columns are others, None where it is the same again."""
        layout = layout_of(read_columns(clean))
        same = [column.field for column in layout.columns] == [column.field for column in self.layout.columns]
        is_less = "title" not in layout.headers or len(layout.headers) < 2
        return None if same or is_less or layout.folded == self.layout.folded else layout


def value_of_heading(text: str) -> tuple[str, str] | None:
    """Return field and value that a sheet or a heading between the rows says: "Italy", "Topic: Roma", "2019"."""
    label, colon, rest = map(str.strip, text.partition(":"))
    value = rest or text
    if is_country_name(value):
        field = "country"
    elif is_topic(value):
        field = "topics"
    elif _YEARS.fullmatch(value):
        field = "date"
    else:
        return None
    return (field, value) if not (colon and rest) or field_of(label) == field else None
