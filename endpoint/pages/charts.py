"""Charts: numbers as bars, ready for a template to draw as SVG."""

from collections.abc import Iterable
from dataclasses import dataclass

from endpoint.language.graph_facts import Text, alphabetical

WIDTH, HEIGHT, FOOT = 480, 190, 24
LINE_WIDTH, LINE_HEIGHT = 220, 60
_GAP = 0.25
_LABEL_WIDTH = 44
_STEPS = (1, 2, 5)
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class ChartColumn:
    """A bar that stands: its name and number, its place in the chart, and whether its name is written there."""

    name: str
    count: int
    x: float
    y: float
    width: float
    height: float
    is_named: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Standing bars, with the lines behind them as (number, height)."""

    bars: tuple[ChartColumn, ...]
    lines: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that lies: its name and address, its number, and its length in hundredths of the longest one's."""

    name: Text
    value: str
    count: int
    share: float


def columns(numbers: Iterable[tuple[str, int]]) -> Columns:
    """Return a chart of numbers in their order, the names written so far apart that they can be read."""
    pairs = list(numbers)
    if not pairs:
        return Columns((), ())
    most = max(count for _, count in pairs)
    step = step_of(most)
    top = -(-most // step) * step or 1
    room = WIDTH / len(pairs)
    every = max(1, round(_LABEL_WIDTH / room + 0.49))
    bars = tuple(
        ChartColumn(
            name,
            count,
            round((at + _GAP / 2) * room, 1),
            round(HEIGHT * (1 - count / top), 1),
            round(room * (1 - _GAP), 1),
            round(HEIGHT * count / top, 1),
            (len(pairs) - 1 - at) % every == 0,
        )
        for at, (name, count) in enumerate(pairs)
    )
    lines = tuple((number, round(HEIGHT * (1 - number / top), 1)) for number in range(step, top + 1, step))
    return Columns(bars, lines)


def step_of(most: int) -> int:
    """Return the round number by which the lines of a chart are apart, so that they are few."""
    ten = 1
    while True:
        for step in _STEPS:
            if most <= step * ten * _MOST_LINES:
                return step * ten
        ten *= 10


def bars(numbers: Iterable[tuple[Text, str, int]]) -> tuple[Bar, ...]:
    """Return names, values and numbers as bars, the longest first."""
    triples = sorted(numbers, key=lambda triple: (-triple[2], alphabetical(triple[0].text)))
    most = max((count for _, _, count in triples), default=0) or 1
    return tuple(Bar(name, value, count, round(100 * count / most, 1)) for name, value, count in triples)


@dataclass(frozen=True, slots=True)
class ChartLine:
    """Numbers one after the other: the points of a line through them, and the last one's place."""

    name: str
    values: tuple[float, ...]
    points: str
    end: tuple[float, float]


def line(name: str, percents: Iterable[float]) -> ChartLine:
    """Return numbers of hundredths as a line across LINE_WIDTH, 100 at the top and 0 at LINE_HEIGHT."""
    values = tuple(percents)
    step = LINE_WIDTH / max(1, len(values) - 1)
    places = [
        (round(at * step, 1), round(LINE_HEIGHT * (1 - value / 100), 1)) for at, value in enumerate(values)
    ]
    return ChartLine(name, values, " ".join(f"{x},{y}" for x, y in places), places[-1])
