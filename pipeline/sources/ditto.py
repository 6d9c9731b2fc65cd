"""Ditto marks: cells that say the same as the cell above, such as ``"`` or "idem"."""

from collections.abc import Callable
from dataclasses import replace

from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.sources.files.reader_findings import finding_of
from pipeline.sources.headings.table_words import marks_as_above

_FIELDS = frozenset(("country", "city", "date", "topics", "lang"))
"""Fields that neighbouring records often share; of the others, each record has its own."""


class DittoMarks:
    """Puts the texts of the row above into the place of marks, within one table."""

    def __init__(self, add: Callable[[Finding], None]) -> None:
        self._add = add
        self._above: Row | None = None
        self._told: set[tuple[str, str | None, str]] = set()

    def filled(self, row: Row) -> Row:
        """Return a row with the texts that its marks stand for."""
        above = self._above
        has_mark = not marks_as_above().isdisjoint(row.texts.values())
        if has_mark and above is not None and _table(above) == _table(row):
            row = self._with_texts(row, above)
        if not row.aside and row.place.row is not None:
            self._above = row
        return row

    def _with_texts(self, row: Row, above: Row) -> Row:
        texts, raw = dict(row.texts), dict(row.raw)
        for field in _FIELDS.intersection(row.texts):
            column = row.columns.get(field, "")
            if row.texts[field] not in marks_as_above() or not above.raw.get(column) or column not in raw:
                continue
            self._tell(row.place_of(field))
            raw[column] = above.raw[column]
            same = {each: text for each, text in above.texts.items() if above.columns.get(each) == column}
            texts = {each: text for each, text in texts.items() if each != field} | same
        return replace(row, texts=texts, raw=raw)

    def _tell(self, place: Place) -> None:
        """Say once for each column how its marks are read."""
        key = (place.file, place.sheet, str(place.column))
        if key not in self._told:
            self._told.add(key)
            self._add(finding_of("cell-as-above", place, mark=place.value or ""))


def _table(row: Row) -> tuple[str, str | None]:
    return row.place.file, row.place.sheet
