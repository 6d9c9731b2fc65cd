"""Charts: numbers as bars, ready for a template to draw as SVG."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from endpoint.language.graph_facts import Text, alphabetical

WIDTH, HEIGHT = 480, 190
LINE_WIDTH, LINE_HEIGHT = 220, 60
_GAP = 0.25
_LETTER_WIDTH = 11
_LONGEST_GAP = 5
"""How many empty years or values a chart shows in a row. A longer gap is a break in its axis."""

_MOST_ROOM = 80
_BREAK = 3
"""How many bars wide a break is."""

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
    """Standing bars, with the lines behind them as (number, height), and where the axis is broken."""

    bars: tuple[ChartColumn, ...]
    lines: tuple[tuple[int, float], ...]
    breaks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that lies: its name and address, its number, and its length in hundredths of the longest one's."""

    name: Text
    value: str
    count: int
    share: float


def columns(numbers: Iterable[tuple[str, int]], breaks: Collection[int] = ()) -> Columns:
    """Return a chart of numbers in their order, with breaks before some of them.

    The names are written so far apart that they can be read: the last one, those at breaks, and what has room.
    """
    pairs = list(numbers)
    if not pairs:
        return Columns((), ())
    most = max(count for _, count in pairs)
    step = step_of(most)
    top = -(-most // step) * step or 1
    places = [at + _BREAK * sum(each <= at for each in breaks) for at in range(len(pairs))]
    room = min(WIDTH / (places[-1] + 1), _MOST_ROOM)
    named = _labelled_bars([place * room for place in places], [name for name, _ in pairs], breaks)
    bars = tuple(
        ChartColumn(
            name,
            count,
            round((place + _GAP / 2) * room, 1),
            round(HEIGHT * (1 - count / top), 1),
            round(room * (1 - _GAP), 1),
            round(HEIGHT * count / top, 1),
            at in named,
        )
        for at, (place, (name, count)) in enumerate(zip(places, pairs, strict=True))
    )
    lines = tuple((number, round(HEIGHT * (1 - number / top), 1)) for number in range(step, top + 1, step))
    return Columns(bars, lines, tuple(round((places[at] - _BREAK / 2) * room, 1) for at in sorted(breaks)))


def timeline(counts: Mapping[int, int], name: Callable[[int], str]) -> Columns:
    """Return a chart of counts by years or months from the first to the last, in which none is left out.

    Where many of them in a row have no count, the axis is broken.
    """
    years: list[int] = []
    breaks: list[int] = []
    for number in sorted(counts):
        if years and number - years[-1] > _LONGEST_GAP + 1:
            breaks.append(len(years))
        elif years:
            years += range(years[-1] + 1, number)
        years.append(number)
    return columns([(name(number), counts.get(number, 0)) for number in years], breaks)


def _labelled_bars(places: Sequence[float], names: Sequence[str], breaks: Collection[int]) -> set[int]:
    """Return which bars have their names written, none so near to another that they run together."""
    apart = _LETTER_WIDTH * max(map(len, names))
    last = len(places) - 1
    named: set[int] = set()
    for at in (last, *(at - 1 for at in breaks), *breaks, *range(last, -1, -1)):
        if all(abs(places[at] - places[other]) >= apart for other in named):
            named.add(at)
    return named


def step_of(most: int) -> int:
    """Return the round step between the lines of a chart, for a few lines."""
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
