"""Rows: the texts of one record as a source holds them, each with the place it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.finding import Place

Spots = Mapping[str, tuple[int, int]]
"""Line and character: of the first value of a field under no name, and of each where there are several."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a source: field → text (blank fields left out), field → column as the source heads it.

    ``place`` names file, sheet and row (or line, or pointer) without a column; ``raw`` holds every column of
    the source, known or not, so that a quarantined row can be written back as it came. ``origin`` is the row
    that this one corrects, ``file#sheet!row``; ``from_slug`` is the slug that
    its record has in the previous release, if the row comes from there.
    ``corrections`` are the lines that were applied to it, ``file#row``. ``spots`` is, where the source is RDF,
    field → where its values are. ``is_further`` tells a further language or source of the record that the row
    before it belongs to, which numbers count once. ``aside`` says why a row is not a record, such as a note below the
    table; it goes to the quarantine. ``is_merged`` tells a row of a practice that was merged into another on purpose.
    ``headed_in`` is the language of the table's headings. ``keys`` are its identity keys where they are known already.
    """

    place: Place
    texts: Mapping[str, str]
    columns: Mapping[str, str]
    raw: Mapping[str, str]
    origin: str | None = None
    from_slug: str | None = None
    corrections: tuple[str, ...] = ()
    spots: Mapping[str, Spots] | None = None
    is_further: bool = False
    aside: str = ""
    is_merged: bool = False
    headed_in: str = ""
    keys: tuple[str | None, str | None, str | None] | None = field(default=None, compare=False)

    def place_of(self, field: str, part: str | None = None) -> Place:
        """Return the place of one field, or of a part of its list: this row, its column, the text there."""
        here = self.place
        text = self.texts.get(field)
        line, character = here.line, here.character
        if self.spots is not None and (spots := self.spots.get(field)) is not None:
            line, character = spots.get(part or "", spots[""])
        column, start = self.columns.get(field, field), here.record_line
        return Place(here.file, here.sheet, here.row, column, text, line, here.pointer, character, start)
