"""What is wrong or doubtful about a header: columns that are not known, doubled or missing."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.findings.finding_messages import finding_of, message
from pipeline.findings.messages import say
from pipeline.model.fields import FIELDS, LISTS
from pipeline.model.finding import Finding, Place, Suggestion
from pipeline.sources.headings.compound_headings import fields_in_heading
from pipeline.sources.headings.heading_meanings import field_of, is_left_out
from pipeline.sources.tables.columns import OURS, Column
from pipeline.sources.tables.layout import Layout

_MOST_LISTED = 8
_MOST_UNKNOWN = 200
_READ_SO = 0.5
_WITH_OWN_SENTENCE = ("title", "country")
_OTHERS = tuple(name for name, field in FIELDS.items() if field.missing and name not in _WITH_OWN_SENTENCE)


def layout_findings(layout: Layout, place: Place) -> Iterator[Finding]:
    """Yield what is wrong or doubtful about the header at a place: unknown, doubled and missing columns."""
    unknown = _unknown(layout)
    suggested = {column.suggestion.value: column for column in unknown if column.suggestion}
    if layout.headers:
        of_missing = [suggested.get(field) for field in _WITH_OWN_SENTENCE]
        unknown = [column for column in unknown if column not in of_missing]
    else:
        name = "header-unknown" if any(layout.folded) else "header-unknown/none"
        yield finding_of(name, place, columns=_list_headers(layout.columns))
        unknown = [column for column in unknown if column.suggestion is not None]
    for column in unknown[:_MOST_UNKNOWN]:
        yield _unknown_column(column, replace(place, column=column.header, value=column.header))
    if (more := len(unknown) - _MOST_UNKNOWN) > 0:
        yield finding_of("column-unknown/more", place, number=more)
    yield from _second_table(layout, place)
    for column in layout.columns:
        where = replace(place, column=column.header)
        if column.beside:
            yield finding_of("column-yields", where, other=column.beside[:80])
        if column.by_cells and column.field is not None:
            # a line that is copied must not drop the column
            suggestion = column.suggestion or Suggestion(column.field, _READ_SO)
            line = correction_line(column.header, "")
            yield finding_of("column-by-cells", where, suggestion=suggestion, field=column.field, line=line)
    for field, columns in duplicate_columns(layout):
        names = ", ".join(f'{column.number} "{column.header[:40]}"' for column in columns)
        where = replace(place, column=columns[1].header)
        yield finding_of("column-doubled", where, place=place, columns=names, field=field)
    if layout.headers:
        yield from _missing(layout, suggested, place)


def duplicate_columns(layout: Layout) -> Iterator[tuple[str, tuple[Column, ...]]]:
    """Yield the fields that several columns hold, so that only one of them is read in each row."""
    fields = (*layout.shared, *(each for _, in_language in layout.translated for each in in_language))
    for field, columns in fields:
        if FIELDS[field].kind == "private":
            continue
        whole = tuple(column for column in columns if not column.part and not column.choice)
        if field not in LISTS and len(whole) > 1:
            yield field, whole


def _unknown(layout: Layout) -> list[Column]:
    unknown = (column for column in layout.columns if column.header and column.field is None)
    return [
        column
        for column in unknown
        if not (column.beside or column.is_apart or column.header in OURS or is_left_out(column.header))
    ]


def correction_line(heading: str, field: str) -> str:
    """Return the line of a corrections file that says what a heading means."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(("heading", heading, field))
    return line.getvalue()


def _list_headers(columns: Iterable[Column]) -> str:
    headers = [f'"{column.header[:40]}"' for column in columns if column.header]
    return ", ".join(headers[:_MOST_LISTED]) + (", …" if len(headers) > _MOST_LISTED else "")


def _second_table(layout: Layout, place: Place) -> Iterator[Finding]:
    apart = [column for column in layout.columns if column.is_apart]
    if apart:
        has_titles = any(field_of(column.header) == "title" for column in apart)
        name, first = "table-beside" if has_titles else "list-beside", apart[0]
        yield finding_of(name, place, number=str(first.number), column=first.header[:80])


def _unknown_column(column: Column, place: Place) -> Finding:
    if fields := fields_in_heading(column.header):
        return finding_of("column-combined", place, fields=fields)
    if (suggestion := column.suggestion) is None:
        return finding_of("column-unknown", place)
    return finding_of(
        "column-unknown/misspelt",
        place,
        suggestion=suggestion,
        sentence=message("column-unknown", place),
        value=suggestion.value,
        line=correction_line(column.header, suggestion.value),
    )


def _missing(layout: Layout, suggested: Mapping[str, Column], place: Place) -> Iterator[Finding]:
    for field in _WITH_OWN_SENTENCE:
        if field not in layout.headers:
            finding = finding_of(f"{field}-column-missing", place)
            yield _with_columns(finding, field, suggested.get(field), _unknown(layout))
    others = [field for field in _OTHERS if field not in layout.headers and field not in suggested]
    if others:
        yield finding_of("columns-missing", place, columns=tuple(others))


def _with_columns(finding: Finding, field: str, column: Column | None, unknown: Sequence[Column]) -> Finding:
    """Return the finding on a field that no header names, with the column that nearly does, or those not known."""
    sentence, place = finding.message, finding.place
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
            columns=_list_headers(unknown),
            field=field,
            line=correction_line(unknown[0].header, field),
        )
    else:
        message = say('{sentence} Add one and name it "{field}".', sentence=sentence, field=field)
    return replace(finding, message=message)
