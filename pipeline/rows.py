"""Rows: the texts of one record as a source holds them, each with the place it came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.findings import Place

FIELDS = (
    "id",
    "lang",
    "title",
    "country",
    "city",
    "date",
    "topics",
    "summary",
    "summary_lang",
    "purpose",
    "stimulus",
    "process",
    "impact",
    "references",
    "contact",
    "source_url",
    "issued",
    "modified",
)
"""The fields a record may have, in the order in which templates and exports list them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a source: field → text (blank fields left out), field → column as the source heads it.

    ``place`` names file, sheet and row (or line, or pointer) without a column; ``raw`` holds every column of
    the source, known or not, so that a quarantined row can be written back as it came. ``origin`` is the row
    that this one corrects, ``file#sheet!row``; ``kept`` the slug of the last release's record it comes from.
    ``corrections`` are the lines that were applied to it, ``file#row``.
    """

    place: Place
    texts: Mapping[str, str]
    columns: Mapping[str, str]
    raw: Mapping[str, str]
    origin: str | None = None
    kept: str | None = None
    corrections: tuple[str, ...] = ()

    def place_of(self, field: str) -> Place:
        """Return the place of one field: this row, the field's column, the text that stands there."""
        here = self.place
        return Place(
            here.file,
            here.sheet,
            here.row,
            self.columns.get(field, field),
            self.texts.get(field),
            here.line,
            here.pointer,
        )
