"""Layouts: how the cells of a row become the texts of a record."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.findings.messages import Sentence, say
from pipeline.model.finding import Finding, Place, Severity
from pipeline.sources.tables.columns import EXTRA, LISTS, ORIGIN, PROBLEMS, Column

_MOST_LISTED = 8
_OTHERS = ("city", "date", "topics", "summary", "source_url")
SEPARATOR = " | "
"""Stands between the texts of several columns that hold one field."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column of a table is for.

    ``raw`` names every column, each differently; ``single`` the field of each column that alone holds one;
    ``shared`` gives the columns of the fields that have several; ``headers`` is field → column as headed.
    """

    columns: tuple[Column, ...]
    raw: tuple[str, ...]
    single: tuple[str | None, ...]
    shared: tuple[tuple[str, tuple[Column, ...]], ...]
    headers: Mapping[str, str]
    origin: int | None

    def texts(self, cells: Sequence[str]) -> tuple[dict[str, str], Mapping[str, str]]:
        """Return field → text for clean cells, and field → column, of several those filled."""
        texts = {field: cell for field, cell in zip(self.single, cells, strict=False) if cell and field}
        if not self.shared:
            return texts, self.headers
        headers = dict(self.headers)
        for field, columns in self.shared:
            filled = [(column.header, cells[column.number - 1]) for column in _filled(columns, cells)]
            kept = filled if field in LISTS else filled[:1]
            if kept:
                headers[field] = SEPARATOR.join(header for header, _ in kept)
                texts[field] = SEPARATOR.join(text for _, text in kept)
        return texts, headers

    def raw_cells(self, cells: Sequence[str], delimiter: str) -> dict[str, str]:
        """Return column → cell as it came; what stands beyond the header is kept under one name."""
        raw = dict(zip(self.raw, cells, strict=False))
        if len(cells) > len(self.raw):
            raw[EXTRA] = delimiter.join(cells[len(self.raw) :])
        if self.origin is not None:
            raw.pop(ORIGIN, None)
            raw.pop(PROBLEMS, None)
        return raw


def _filled(columns: tuple[Column, ...], cells: Sequence[str]) -> Iterator[Column]:
    return (column for column in columns if column.number <= len(cells) and cells[column.number - 1])


def layout_of(columns: tuple[Column, ...]) -> Layout:
    """Return how rows under these columns are read."""
    counts = Counter(column.field for column in columns)
    shared = {field: _holding(field, columns) for field, count in counts.items() if field and count > 1}
    headers: dict[str, str] = {}
    for column in columns:
        if column.field:
            headers.setdefault(column.field, column.header)
    return Layout(
        columns,
        _distinct_names(columns),
        tuple(None if column.field in shared else column.field for column in columns),
        tuple(shared.items()),
        headers,
        next((column.number - 1 for column in columns if column.header == ORIGIN), None),
    )


def _holding(field: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.field == field)


def _distinct_names(columns: tuple[Column, ...]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for column in columns:
        name = header = column.header or f"column {column.number}"
        again = 2
        while name in names:
            name, again = f"{header} ({again})", again + 1
        names[name] = None
    return tuple(names)


def layout_findings(layout: Layout, place: Place) -> Iterator[Finding]:
    """Yield what is wrong or doubtful about the header at a place: unknown, doubled and missing columns."""
    if not layout.headers:
        yield Finding(Severity.VIOLATION, "header-unknown", _unknown_header(layout, place), place)
    near = _near(layout) if layout.headers else {}
    for column in _unknown(layout):
        is_told = (not layout.headers and column.suggestion is None) or column in near.values()
        if not is_told:
            yield _unknown_column(column, replace(place, column=column.header, value=column.header))
    for field, columns in layout.shared:
        if field not in LISTS:
            yield _doubled(field, columns, replace(place, column=columns[1].header))
    if layout.headers:
        yield from _missing(layout, near, place)


def _unknown(layout: Layout) -> Iterator[Column]:
    for column in layout.columns:
        if column.header and column.field is None and column.header not in (ORIGIN, PROBLEMS, EXTRA):
            yield column


def _near(layout: Layout) -> dict[str, Column]:
    """Return the columns that may be the title and the country, where no column surely is."""
    found = ((column.suggestion.value, column) for column in _unknown(layout) if column.suggestion)
    return {field: column for field, column in found if field in ("title", "country")}


def _listed(columns: Iterable[Column]) -> str:
    headers = [f'"{column.header[:40]}"' for column in columns if column.header]
    return ", ".join(headers[:_MOST_LISTED]) + (", …" if len(headers) > _MOST_LISTED else "")


def _unknown_header(layout: Layout, place: Place) -> Sentence:
    return say(
        "{place}: none of the columns is known ({columns}). Put a header in the first row, with at least "
        '"title" and "country".',
        place=place,
        columns=_listed(layout.columns),
    )


def _unknown_column(column: Column, place: Place) -> Finding:
    message = say(
        '{place}: the column "{column}" is not known and is left out.',
        place=replace(place, column=None),
        column=column.header[:80],
    )
    if column.suggestion is None:
        return Finding(Severity.INFO, "column-unknown", message, place)
    message = say(
        '{sentence} If it is the column "{value}", name it so.',
        sentence=message,
        value=column.suggestion.value,
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
        message = say("{place}: no column holds the title, and a record needs one.", place=place)
        finding = Finding(Severity.VIOLATION, "title-column-missing", message, place)
        yield _with_columns(finding, "title", layout, near)
    if "country" not in layout.headers:
        message = say("{place}: no column holds the country. It is looked for in the texts.", place=place)
        finding = Finding(Severity.WARNING, "country-column-missing", message, place)
        yield _with_columns(finding, "country", layout, near)
    supposed = {column.suggestion.value for column in _unknown(layout) if column.suggestion}
    others = [field for field in _OTHERS if field not in layout.headers and field not in supposed]
    if others:
        message = say(
            "{place}: no column holds {columns}. The records are published without.",
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
            '{sentence} If it is the column "{column}", name it "{field}".',
            sentence=sentence,
            column=column.header[:80],
            field=field,
        )
        where = replace(place, column=column.header, value=column.header)
        return replace(finding, message=message, place=where, suggestion=column.suggestion)
    if unknown:
        message = say(
            '{sentence} These columns are not known: {columns}. Name the one that holds it "{field}", or add one.',
            sentence=sentence,
            columns=_listed(unknown),
            field=field,
        )
    else:
        message = say('{sentence} Add one and name it "{field}".', sentence=sentence, field=field)
    return replace(finding, message=message)
