"""What all rows of all sources go through: marks such as "idem" are filled, texts normalised, examples left out."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from pipeline.findings.finding_messages import finding_of
from pipeline.model.finding import Finding
from pipeline.model.rows import Row
from pipeline.sources.files.sandboxed_source import Blank, Event, EventSource
from pipeline.sources.files.source import Source
from pipeline.sources.headings.heading_table import marks_as_above
from pipeline.sources.normalisation import normalise
from pipeline.sources.template.template_wording import LANGUAGES, example_titles, wording

_SHARED = frozenset(("country", "city", "date", "topics", "lang"))
"""Fields that neighbouring records often share; of the others, each record has its own."""


class ReadySource(EventSource):
    """A source whose texts are normalised, without the template's example row; for all else it is that source."""

    def __init__(self, source: Source) -> None:
        super().__init__(source.name, source.sha256, source.bytes, source.findings)
        self._source = source
        self._shared: set[Finding] = set()

    @property
    def late(self) -> tuple[Finding, ...]:
        """Return the findings that reading the rows brought up."""
        return (*self._source.late, *super().late)

    def _events(self) -> Iterator[Event]:
        """Yield the rows, examples left out; one that somebody has changed is left out with a warning."""
        self._shared = set()
        titles, marks = example_titles(), DittoMarks(self._note)
        for row in self._source.rows():
            if row.texts.get("title") not in titles:
                yield normalise(marks.fill(row), self._note_once)
            elif not row.is_further:
                is_unchanged = any(dict(row.texts) == wording(language).example for language in LANGUAGES)
                name = "example-left-out" if is_unchanged else "example-left-out/changed"
                place = row.place if is_unchanged else row.place_of("title")
                yield finding_of(name, place, place=row.place)
        yield Blank(self._source.blank)

    def _note_once(self, finding: Finding) -> None:
        """Note a finding; one that holds for a whole column only once."""
        if finding.place is not None and finding.place.row is None and finding.place.line is None:
            if finding in self._shared:
                return
            self._shared.add(finding)
        self._note(finding)


class DittoMarks:
    """Puts the texts of the row above into the place of marks, within one table."""

    def __init__(self, add: Callable[[Finding], None]) -> None:
        self._add = add
        self._above: Row | None = None
        self._reported: set[tuple[str, str | None, str]] = set()

    def fill(self, row: Row) -> Row:
        """Return a row with the texts that its marks stand for."""
        above, here = self._above, row.place
        has_mark = not marks_as_above().isdisjoint(row.texts.values())
        if has_mark and above and (above.place.file, above.place.sheet) == (here.file, here.sheet):
            row = self._with_texts(row, above)
        if not row.aside and row.place.row is not None:
            self._above = row
        return row

    def _with_texts(self, row: Row, above: Row) -> Row:
        texts, raw = dict(row.texts), dict(row.raw)
        for field in _SHARED.intersection(row.texts):
            column = row.columns.get(field, "")
            if row.texts[field] not in marks_as_above() or not above.raw.get(column) or column not in raw:
                continue
            place = row.place_of(field)
            key = (place.file, place.sheet, str(place.column))
            if key not in self._reported:  # once for each column
                self._reported.add(key)
                self._add(finding_of("cell-as-above", place, mark=place.value or ""))
            raw[column] = above.raw[column]
            same = {each: text for each, text in above.texts.items() if above.columns.get(each) == column}
            texts = {each: text for each, text in texts.items() if each != field} | same
        return replace(row, texts=texts, raw=raw)
