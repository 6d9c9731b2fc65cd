"""Rows made from cells that are already texts: cleaned, assigned to fields, with findings."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.findings.finding_messages import finding_of
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.sources.files.cleaning import clean_text, describe_characters
from pipeline.sources.tables.layout import Layout

NULLS = ("\\N", "NULL")
"""What databases write for a cell without a value."""

BETWEEN_EXTRA = ","
"""Stands between cells beyond the header where they are kept as one."""


def fit_cells(
    place: Place, layout: Layout, cells: list[str], name: str
) -> Generator[Finding, None, list[str]]:
    """Yield a finding of a name if there is a text beyond the header; return the cells as far as they count."""
    width = len(layout.raw)
    extra = next((cell for cell in cells[width:] if cell.strip()), None)
    if extra is None:
        return cells[:width]
    text = f"{extra[:40]}…" if len(extra) > 40 else extra
    yield finding_of(name, replace(place, value=extra), count=len(cells), width=width, text=text)
    return cells


def clean_cells(place: Place, layout: Layout, cells: Sequence[str]) -> Generator[Finding, None, list[str]]:
    """Yield a finding on each cell with characters that no text has; return the cells without them."""
    clean = []
    for number, cell in enumerate(cells):
        text, removed = clean_text(cell)
        clean.append(text)
        if removed:
            column = layout.raw[number] if number < len(layout.raw) else None
            where = replace(place, column=column, value=text)
            yield finding_of("control-characters", where, characters=describe_characters(removed))
    return clean


def rows_of(place: Place, layout: Layout, clean: Sequence[str], raw: Mapping[str, str]) -> Iterator[Row]:
    """Yield the row that clean cells make, and one more for each further language of its texts."""
    origin = layout.origin
    corrected = clean[origin] or None if origin is not None and origin < len(clean) else None
    for number, (texts, columns) in enumerate(layout.records(clean)):
        yield Row(place, texts, columns, raw, corrected, is_further=number > 0, headed_in=layout.language)
