"""What is wrong or doubtful about a header: columns that are not known, doubled or missing."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pipeline.findings.messages import Sentence, say
from pipeline.model.fields import FIELDS, LISTS
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.sources.headings.combined import fields_named
from pipeline.sources.headings.heading_meanings import field_of, is_left_out
from pipeline.sources.tables.columns import EXTRA, ORIGIN, PROBLEMS, Column
from pipeline.sources.tables.layout import Layout

_MOST_LISTED = 8
_MOST_UNKNOWN = 200
_READ_SO = 0.5
_WITH_OWN_SENTENCE = ("title", "country")
_OTHERS = tuple(name for name, field in FIELDS.items() if field.missing and name not in _WITH_OWN_SENTENCE)


def layout_findings(layout: Layout, place: Place) -> Iterator[Finding]:
    """Yield what is wrong or doubtful about the header at a place: unknown, doubled and missing columns."""
    if not layout.headers:
        yield Finding(Severity.VIOLATION, "header-unknown", _unknown_header(layout, place), place)
    near = _near(layout) if layout.headers else {}
    numbers = {column.number for column in near.values()}
    unknown = [column for column in _unknown(layout) if column.number not in numbers]
    if not layout.headers:
        unknown = [column for column in unknown if column.suggestion is not None]
    for column in unknown[:_MOST_UNKNOWN]:
        yield _unknown_column(column, replace(place, column=column.header, value=column.header))
    if (more := len(unknown) - _MOST_UNKNOWN) > 0:
        message = say(
            "{place}: {number} more columns are not known and are left out.", place=place, number=more
        )
        yield Finding(Severity.INFO, "column-unknown", message, place)
    yield from _second_table(layout, place)
    for column in layout.columns:
        if column.beside:
            yield _yielding(column, replace(place, column=column.header))
        if column.by_cells and column.field is not None:
            yield _by_cells(column, column.field, replace(place, column=column.header))
    for field, columns in doubled(layout):
        yield _doubled(field, columns, replace(place, column=columns[1].header))
    if layout.headers:
        yield from _missing(layout, near, place)


def doubled(layout: Layout) -> Iterator[tuple[str, tuple[Column, ...]]]:
    """Yield the fields that several columns hold, so that only one of them is read in each row."""
    fields = (*layout.shared, *(each for _, in_language in layout.translated for each in in_language))
    for field, columns in fields:
        if FIELDS[field].kind == "private":
            continue
        whole = tuple(column for column in columns if not column.part and not column.choice)
        if field not in LISTS and len(whole) > 1:
            yield field, whole


def _unknown(layout: Layout) -> Iterator[Column]:
    for column in layout.columns:
        is_ours = column.header in (ORIGIN, PROBLEMS, EXTRA)
        if column.header and column.field is None and not (column.beside or column.is_apart or is_ours):
            if is_left_out(column.header):
                continue
            yield column


def correction_line(heading: str, field: str) -> str:
    """Return the line of a corrections file that says what a heading means."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(("heading", heading, field))
    return line.getvalue()


def _yielding(column: Column, place: Place) -> Finding:
    message = say(
        '{place}: the column "{column}" is left out, because "{other}" names the same field more exactly.',
        place=replace(place, column=None),
        column=column.header[:80],
        other=column.beside[:80],
    )
    return Finding(Severity.INFO, "column-yields", message, place)


def _by_cells(column: Column, field: str, place: Place) -> Finding:
    message = say(
        '{place}: the column "{column}" is read as "{field}", because that is what its cells hold. If it is not, add '
        "the line “{line}” to corrections.csv.",
        place=replace(place, column=None),
        column=column.header[:80],
        field=field,
        line=correction_line(column.header, ""),
    )
    suggestion = column.suggestion or Suggestion(
        field, _READ_SO
    )  # a line that is copied must not drop the column
    return Finding(Severity.INFO, "column-by-cells", message, place, suggestion=suggestion)


def _near(layout: Layout) -> dict[str, Column]:
    """Return the columns that may be the title and the country, where no column surely is."""
    suggested = ((column.suggestion.value, column) for column in _unknown(layout) if column.suggestion)
    return {field: column for field, column in suggested if field in _WITH_OWN_SENTENCE}


def _listed(columns: Iterable[Column]) -> str:
    headers = [f'"{column.header[:40]}"' for column in columns if column.header]
    return ", ".join(headers[:_MOST_LISTED]) + (", …" if len(headers) > _MOST_LISTED else "")


def _unknown_header(layout: Layout, place: Place) -> Sentence:
    if not any(layout.folded):
        return say(
            "{place}: the table has no header, since its first row looks like a record. Add a row above it that "
            'names the columns, at least "title" and "country".',
            place=place,
        )
    return say(
        "{place}: none of the columns is known ({columns}). Put a header in the first row, with at least "
        '"title" and "country".',
        place=place,
        columns=_listed(layout.columns),
    )


def _second_table(layout: Layout, place: Place) -> Iterator[Finding]:
    first = next((column for column in layout.columns if column.is_apart), None)
    if first is not None and not any(
        column.is_apart and field_of(column.header) == "title" for column in layout.columns
    ):
        message = say(
            '{place}: the columns from {number} ("{column}") are a list next to the table. It was not read.',
            place=place,
            number=str(first.number),
            column=first.header[:80],
        )
        yield Finding(Severity.INFO, "list-beside", message, place)
    elif first is not None:
        message = say(
            '{place}: there is a second table next to the first, from column {number} ("{column}"). It was not '
            "read. Move it below the first table, or to its own sheet.",
            place=place,
            number=str(first.number),
            column=first.header[:80],
        )
        yield Finding(Severity.VIOLATION, "table-beside", message, place)


def _several_fields(column: Column, fields: tuple[str, ...], place: Place) -> Finding:
    message = say(
        '{place}: the column "{column}" holds several fields ({fields}) and is left out. Give each a column of its '
        "own.",
        place=replace(place, column=None),
        column=column.header[:80],
        fields=fields,
    )
    return Finding(Severity.WARNING, "column-combined", message, place)


def _unknown_column(column: Column, place: Place) -> Finding:
    if fields := fields_named(column.header):
        return _several_fields(column, fields, place)
    message = say(
        '{place}: the column "{column}" is not known and is left out.',
        place=replace(place, column=None),
        column=column.header[:80],
    )
    if column.suggestion is None:
        return Finding(Severity.INFO, "column-unknown", message, place)
    message = say(
        '{sentence} If it is the column "{value}", name it so, or add the line “{line}” to corrections.csv.',
        sentence=message,
        value=column.suggestion.value,
        line=correction_line(column.header, column.suggestion.value),
    )
    return Finding(Severity.WARNING, "column-unknown", message, place, suggestion=column.suggestion)


def _doubled(field: str, columns: tuple[Column, ...], place: Place) -> Finding:
    message = say(
        '{place}: the columns {columns} each hold "{field}". In each row the first that is filled is used. '
        "Leave one of them, or rename the others.",
        place=replace(place, column=None),
        columns=", ".join(f'{column.number} "{column.header[:40]}"' for column in columns),
        field=field,
    )
    return Finding(Severity.WARNING, "column-doubled", message, place)


def _missing(layout: Layout, near: Mapping[str, Column], place: Place) -> Iterator[Finding]:
    if "title" not in layout.headers:
        message = say("{place}: there is no title column, and a record needs a title.", place=place)
        finding = Finding(Severity.VIOLATION, "title-column-missing", message, place)
        yield _with_columns(finding, "title", layout, near)
    if "country" not in layout.headers:
        message = say(
            "{place}: there is no country column. The country is looked for in the texts.", place=place
        )
        finding = Finding(Severity.WARNING, "country-column-missing", message, place)
        yield _with_columns(finding, "country", layout, near)
    supposed = {column.suggestion.value for column in _unknown(layout) if column.suggestion}
    others = [field for field in _OTHERS if field not in layout.headers and field not in supposed]
    if others:
        message = say(
            "{place}: there is no column for {columns}. The records are published without.",
            place=place,
            columns=tuple(others),
        )
        yield Finding(Severity.INFO, "columns-missing", message, place)


def _with_columns(finding: Finding, field: str, layout: Layout, near: Mapping[str, Column]) -> Finding:
    """Return the finding on a field that no header names, with the column that nearly does, or those not known."""
    sentence, place = finding.message, finding.place
    column, unknown = near.get(field), list(_unknown(layout))
    if column is not None and place is not None:
        message = say(
            '{sentence} If it is the column "{column}", name it "{field}", or add the line “{line}” to '
            "corrections.csv.",
            sentence=sentence,
            column=column.header[:80],
            field=field,
            line=correction_line(column.header, field),
        )
        where = replace(place, column=column.header, value=column.header)
        return replace(finding, message=message, place=where, suggestion=column.suggestion)
    if unknown:
        message = say(
            '{sentence} These columns are not known: {columns}. Name the one that holds it "{field}", or say so in '
            "corrections.csv: “{line}”.",
            sentence=sentence,
            columns=_listed(unknown),
            field=field,
            line=correction_line(unknown[0].header, field),
        )
    else:
        message = say('{sentence} Add one and name it "{field}".', sentence=sentence, field=field)
    return replace(finding, message=message)
