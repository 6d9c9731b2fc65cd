"""Charts of a result: which columns to draw, and the bars, columns or line, ready for a template."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

from endpoint.sparql.views.result_cells import number_of
from endpoint.tables.table_cells import Cell, Row

ChartKind = Literal["bars", "columns", "line"]
KINDS: tuple[ChartKind, ...] = ("bars", "columns", "line")
MOST_MARKS = 100

_AGGREGATE = re.compile(r"\b(?:COUNT|SUM|AVG|MIN|MAX)\s*\(|\bAS\s+[?$](\w+)", re.IGNORECASE)
_COORDINATE = re.compile(r"lat(?:itude)?|long?|lng|longitude", re.IGNORECASE)
_QUANTITY = re.compile(
    r"count|number|total|amount|quantity|percent|share|sum|nombre|^(?:n|nb|num)$", re.IGNORECASE
)
_FIRST_YEAR, _LAST_YEAR = 1500, 2100
_JOINED = ","

_LEAST_DRAWN, _MOST_DRAWN = 1e-300, 1e300
"""Numbers between which the arithmetic of a scale neither overflows nor vanishes."""

_WIDTH = 400
_ROW = 34
_WIDE, _HIGH, _FOOT = 640, 260, 70
_LABEL_EVERY = 22
_LONGEST_LABEL, _LONGEST_FOOT = 46, 14

Label = Callable[[Cell], str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a chart can be drawn of, and those that are taken where the reader chooses none."""

    categories: tuple[str, ...]
    values: tuple[str, ...]
    category: str
    value: str
    kind: ChartKind


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar, a column or a point of a line: the whole text, the short one, the value, and its place."""

    text: str
    label: str
    value: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its kind, size and marks, the lines behind them (value, y), and how many rows are not in it."""

    kind: ChartKind
    category: str
    value: str
    width: int
    height: int
    marks: tuple[Mark, ...]
    lines: tuple[tuple[str, float], ...]
    base: float
    points: str
    without_number: int
    beyond: int


def columns(variables: Sequence[str], rows: Sequence[Row], query: str) -> Columns | None:
    """Return what a chart can be drawn of, None where no column has numbers.

    The value is the first column that the query counts, else one called so, else the last one with numbers
    that are no years and no coordinates. The category is the column that names each row.
    """
    cells = {name: [row[at] for row in rows] for at, name in enumerate(variables)}
    values = tuple(name for name in variables if _is_numeric(cells[name]))
    if not values or len(variables) < 2:
        return None
    counted = _aggregate_names(query)
    years = {name for name in variables if name not in counted and _has_years(cells[name])}

    def rank(name: str) -> tuple[bool, bool, bool, bool, int]:
        is_place, at = _COORDINATE.fullmatch(name) is not None, variables.index(name)
        is_named = _QUANTITY.search(name) is not None
        return (name in counted, name not in years, not is_place, is_named, -at if name in counted else at)

    value = max(values, key=rank)
    names = [name for name in variables if name != value and not _COORDINATE.fullmatch(name)]
    names = names or [name for name in variables if name != value]
    category = _category(names, cells, years)
    kind: ChartKind = "columns" if category in years or _has_dates(cells.get(category, [])) else "bars"
    categories = tuple(dict.fromkeys((category, *variables)))
    return Columns(categories, values, category, value, kind)


def chart(
    variables: Sequence[str], rows: Sequence[Row], category: str, value: str, kind: ChartKind, label: Label
) -> Chart | None:
    """Return a chart of one column over others, in the order of the rows; None where none has a number."""
    named = [variables.index(name) for name in category.split(_JOINED)]
    at = variables.index(value)
    pairs = [
        (" · ".join(label(cell) for place in named if (cell := row[place]) is not None), number, row[at])
        for row in rows
        if (number := number_of(row[at])) is not None and abs(number) < _MOST_DRAWN
    ]
    if not pairs:
        return None
    items = [(text, number, label(cell)) for text, number, cell in pairs[:MOST_MARKS] if cell is not None]
    draw = _bars if kind == "bars" else _upright
    marks, lines, base, height = draw(items)
    is_line = kind == "line"
    if is_line:
        marks = tuple(_point(mark, number, base) for mark, (_, number, _) in zip(marks, items, strict=True))
    return Chart(
        kind,
        " · ".join(category.split(_JOINED)),
        value,
        _WIDTH if kind == "bars" else _WIDE,
        height,
        marks,
        lines,
        base,
        " ".join(f"{mark.x},{mark.y}" for mark in marks) if is_line else "",
        len(rows) - len(pairs),
        len(pairs) - len(items),
    )


def is_category(category: str, variables: Sequence[str]) -> bool:
    """Return whether a text names columns of a result."""
    return all(name in variables for name in category.split(_JOINED))


def _is_numeric(cells: Sequence[Cell | None]) -> bool:
    present = [cell for cell in cells if cell is not None]
    return bool(present) and all(number_of(cell) is not None for cell in present)


def _has_years(cells: Sequence[Cell | None]) -> bool:
    present = [cell for cell in cells if cell is not None]
    numbers = [number_of(cell) for cell in present]
    return bool(numbers) and all(
        number is not None and number == int(number) and _FIRST_YEAR <= number <= _LAST_YEAR
        for number in numbers
    )


def _has_dates(cells: Sequence[Cell | None]) -> bool:
    present = [cell for cell in cells if cell is not None]
    return bool(present) and all(cell.kind == "date" for cell in present)


def _aggregate_names(query: str) -> frozenset[str]:
    """Return the variables that a query computes over groups: AS ?name with an aggregate before it."""
    names, counts = set[str](), False
    for match in _AGGREGATE.finditer(query):
        if match[1] is None:
            counts = True
            continue
        if counts:
            names.add(match[1])
        counts = False
    return frozenset(names)


def _category(names: Sequence[str], cells: dict[str, list[Cell | None]], years: set[str]) -> str:
    """Return the column that differs in each row, years and texts first; else all columns with texts together."""
    order = {"year": 0, "date": 0, "text": 1, "iri": 2}

    def rank(name: str) -> int:
        first = next((cell for cell in cells[name] if cell is not None), None)
        return 0 if name in years else order.get(first.kind if first else "other", 3)

    best = sorted(names, key=rank)
    alone = next((name for name in best if _is_key(cells[name])), None)
    if alone is not None:
        return alone
    texts = [name for name in names if rank(name) <= 1]
    return _JOINED.join(texts[:3]) or best[0]


def _is_key(cells: Sequence[Cell | None]) -> bool:
    texts = [cell.text for cell in cells if cell is not None]
    return len(set(texts)) == len(cells)


Drawing = tuple[tuple[Mark, ...], tuple[tuple[str, float], ...], float, int]


def _bars(items: Sequence[tuple[str, float, str]]) -> Drawing:
    """Return bars below one another, each under its label: they can be read on the narrowest screen."""
    low, high = _span([number for _, number, _ in items])
    base = round(_WIDTH * (0 - low) / (high - low), 1)
    marks = []
    for at, (text, number, value) in enumerate(items):
        end = _WIDTH * (number - low) / (high - low)
        left, width = round(min(base, end), 1), round(abs(end - base), 1)
        marks.append(Mark(text, _cut(text, _LONGEST_LABEL), value, left, at * _ROW + 19, max(width, 1), 10))
    return tuple(marks), (), base, len(items) * _ROW


def _upright(items: Sequence[tuple[str, float, str]]) -> Drawing:
    """Return columns beside one another over a scale, every so many of them with a label below."""
    low, high = _span([number for _, number, _ in items])
    step = _step(high - low)
    low, high = floor(low / step) * step, ceil(high / step) * step

    def y_of(number: float) -> float:
        return round(_HIGH * (1 - (number - low) / (high - low)), 1)

    base, room = y_of(0), _WIDE / len(items)
    every = max(1, ceil(_LABEL_EVERY / room))
    marks = []
    for at, (text, number, value) in enumerate(items):
        top, bottom = sorted((y_of(number), base))
        label = _cut(text, _LONGEST_FOOT) if at % every == 0 else ""
        x, width = round((at + 0.15) * room, 1), round(room * 0.7, 1)
        marks.append(Mark(text, label, value, x, top, width, round(bottom - top, 1)))
    numbers = [low + step * index for index in range(round((high - low) / step) + 1)]
    lines = tuple((f"{round(number, 10):g}", y_of(number)) for number in numbers)
    return tuple(marks), lines, base, _HIGH + _FOOT


def _point(column: Mark, number: float, base: float) -> Mark:
    y = column.y if number >= 0 else round(base + column.height, 1)
    x = round(column.x + column.width / 2, 1)
    return Mark(column.text, column.label, column.value, x, y, 0, 0)


def _span(numbers: Sequence[float]) -> tuple[float, float]:
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    return (low, high) if high - low > _LEAST_DRAWN else (0.0, 1.0)


def _step(span: float) -> float:
    """Return the round step between the lines of a scale, so that there are at most six lines."""
    ten = 10.0 ** floor(log10(span / 5))
    return next(step * ten for step in (1, 2, 5, 10) if span <= step * ten * 5 * (1 + 1e-9))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
