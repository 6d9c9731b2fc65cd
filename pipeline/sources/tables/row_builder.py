"""Rows made from cells that are already texts: cleaned, assigned to fields, with findings."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.findings.messages import say
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.rows import Row
from pipeline.sources.files.cleaning import clean_text, describe_characters
from pipeline.sources.files.sandboxed_source import Blank, Event
from pipeline.sources.tables.layout import Layout

NULLS = ("\\N", "NULL")
"""What databases write for a cell without a value."""

BETWEEN_EXTRA = ","
"""Stands between cells beyond the header where they are kept as one."""


def make_row(place: Place, layout: Layout, cells: Sequence[str]) -> Iterator[Event]:
    """Yield what is to be said of the cells, and then the row they make, or that it is blank."""
    cells, clean = yield from cleaned(place, layout, cells)
    if any(clean):
        yield from rows_of(place, layout, clean, layout.raw_cells(cells, BETWEEN_EXTRA))
    else:
        yield Blank()


def cleaned(
    place: Place, layout: Layout, cells: Sequence[str]
) -> Generator[Finding, None, tuple[Sequence[str], list[str]]]:
    """Yield what is to be said of the cells; return them as they came, as far as they count, and clean."""
    width = len(layout.raw)
    extra = [cell for cell in cells[width:] if cell.strip()]
    if extra:
        yield _too_long(place, len(cells), width, extra[0])
    else:
        cells = cells[:width]
    clean = []
    for number, cell in enumerate(cells):
        text, removed = clean_text(cell)
        clean.append(text)
        if removed:
            column = layout.raw[number] if number < width else None
            yield _unwanted(replace(place, column=column, value=text), removed)
    return cells, clean


def rows_of(place: Place, layout: Layout, clean: Sequence[str], raw: Mapping[str, str]) -> Iterator[Row]:
    """Yield the row that clean cells make, and one more for each further language of its texts."""
    origin = layout.origin
    corrected = clean[origin] or None if origin is not None and origin < len(clean) else None
    for number, (texts, columns) in enumerate(layout.records(clean)):
        yield Row(place, texts, columns, raw, corrected, is_further=number > 0, headed_in=layout.language)


def _too_long(place: Place, count: int, width: int, extra: str) -> Finding:
    message = say(
        '{place}: the row has {count} cells, the header {width}; beyond it stands "{text}". '
        "Give that column a heading, or delete the text.",
        place=place,
        count=count,
        width=width,
        text=f"{extra[:40]}…" if len(extra) > 40 else extra,
    )
    return Finding(Severity.WARNING, "row-too-long", message, replace(place, value=extra))


def _unwanted(place: Place, removed: str) -> Finding:
    message = say(
        "{place}: {characters} cannot be part of a text and was removed.",
        place=place,
        characters=describe_characters(removed),
    )
    return Finding(Severity.WARNING, "control-characters", message, place)
