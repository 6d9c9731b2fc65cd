"""Metrics: numbers that all processes of a server count in shared memory, in the format of Prometheus."""

import bisect
import mmap
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.system.data_files import rows_of

ROUTES = ("page", "document", "download", "sparql", "validate", "static", "operations")
STATUSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: the upper bounds of the buckets in which times are counted."""

CACHED = ("hit", "shared", "miss", "off")

_PREFIX = "practicegraph_"
_EIGHT = 8

Series = tuple[str, ...]
"""The name of a metric and the values of its labels."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What one name stands for; ``labels`` are the names of its labels, in order."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()


METRICS = {
    row["name"]: Metric(row["name"], row["kind"], row["help"], tuple(row["labels"].split()))
    for row in rows_of(__package__, "metrics.csv")
}

_REQUESTS, _SECONDS = "http_requests_total", "http_request_seconds"
_QUERIES, _CACHE = "sparql_queries_total", "sparql_cache_total"
_CACHE_BYTES, _CACHE_ENTRIES, _STARTS = (
    "sparql_cache_bytes",
    "sparql_cache_entries",
    "web_process_starts_total",
)
_COUNTED = (_REQUESTS, _SECONDS, _QUERIES, _CACHE, _CACHE_BYTES, _CACHE_ENTRIES, _STARTS)


def _series(outcomes: Sequence[str]) -> Iterator[Series]:
    for route in ROUTES:
        yield from ((_REQUESTS, route, status) for status in STATUSES)
        yield from ((f"{_SECONDS}_bucket", route, f"{bound:g}") for bound in (*BOUNDS, float("inf")))
        yield (f"{_SECONDS}_sum", route)
    yield from ((_QUERIES, outcome) for outcome in outcomes)
    yield from ((_CACHE, result) for result in CACHED)
    yield from ((name,) for name in (_CACHE_BYTES, _CACHE_ENTRIES, _STARTS))


class SharedCounters:
    """One row of numbers for each web process, which a process that replaces another takes over.

    ``outcomes`` are the ways in which queries can end.
    """

    def __init__(self, rows: int, outcomes: Sequence[str]) -> None:
        self.places: Mapping[Series, int] = {series: place for place, series in enumerate(_series(outcomes))}
        self._numbers = memoryview(mmap.mmap(-1, rows * len(self.places) * _EIGHT)).cast("d")

    def row(self, number: int) -> "CounterRow":
        """Return a row for the process that writes it."""
        start = number * len(self.places)
        return CounterRow(self.places, self._numbers[start : start + len(self.places)])

    def total(self, series: Series) -> float:
        """Return the sum of a series over all rows."""
        return sum(self._numbers[self.places[series] :: len(self.places)])


class CounterRow:
    """The numbers of one process; its threads may count at the same time."""

    def __init__(self, places: Mapping[Series, int], numbers: "memoryview[float]") -> None:
        self._places = places
        self._numbers = numbers
        self._lock = threading.Lock()

    def start(self) -> None:
        """Count the start of a process, which has no numbers yet."""
        self._add((_STARTS,))
        self.cache(0, 0)

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        bound = bisect.bisect_left(BOUNDS, seconds)
        label = f"{BOUNDS[bound] if bound < len(BOUNDS) else float('inf'):g}"
        group = STATUSES[min(max(status // 100, 1), 5) - 1]
        with self._lock:
            self._numbers[self._places[_REQUESTS, route, group]] += 1
            self._numbers[self._places[f"{_SECONDS}_bucket", route, label]] += 1
            self._numbers[self._places[f"{_SECONDS}_sum", route]] += seconds

    def query(self, outcome: str) -> None:
        """Count a query by its outcome, one of those that the counters know."""
        self._add((_QUERIES, outcome))

    def answer(self, how: str) -> None:
        """Count an answer by where it came from, one of CACHED."""
        self._add((_CACHE, how))

    def cache(self, size: int, entries: int) -> None:
        """Write how much this process keeps."""
        self._numbers[self._places[(_CACHE_BYTES,)]] = size
        self._numbers[self._places[(_CACHE_ENTRIES,)]] = entries

    def _add(self, series: Series) -> None:
        with self._lock:
            self._numbers[self._places[series]] += 1


def counter_lines(counters: SharedCounters) -> Iterator[str]:
    """Yield the lines of all that web processes have counted."""
    for name in _COUNTED:
        if name == _SECONDS:
            yield from _histogram(counters)
        else:
            labelled = (series[1:] for series in counters.places if series[0] == name)
            totals = {labels: counters.total((name, *labels)) for labels in labelled}
            yield from lines(METRICS[name], totals)


def lines(metric: Metric, values: Mapping[tuple[str, ...], float]) -> Iterator[str]:
    """Yield the lines of one metric with its values by their labels."""
    yield from _head(metric)
    for labels, value in values.items():
        yield f"{_PREFIX}{metric.name}{_labels(zip(metric.labels, labels, strict=True))} {_number(value)}\n"


def _histogram(counters: SharedCounters) -> Iterator[str]:
    """Yield the lines of the times; each bucket also counts what is in those below it."""
    yield from _head(METRICS[_SECONDS])
    for route in ROUTES:
        below = 0.0
        for bound in (*BOUNDS, float("inf")):
            below += counters.total((f"{_SECONDS}_bucket", route, f"{bound:g}"))
            text = "+Inf" if bound == float("inf") else f"{bound:g}"
            labels = _labels((("route", route), ("le", text)))
            yield f"{_PREFIX}{_SECONDS}_bucket{labels} {_number(below)}\n"
        labels = _labels((("route", route),))
        yield f"{_PREFIX}{_SECONDS}_sum{labels} {_number(counters.total((f'{_SECONDS}_sum', route)))}\n"
        yield f"{_PREFIX}{_SECONDS}_count{labels} {_number(below)}\n"


def _head(metric: Metric) -> Iterator[str]:
    yield f"# HELP {_PREFIX}{metric.name} {metric.help}\n"
    yield f"# TYPE {_PREFIX}{metric.name} {metric.kind}\n"


def _labels(pairs: Iterable[tuple[str, str]]) -> str:
    inner = ",".join(f'{name}="{_escape_label(value)}"' for name, value in pairs)
    return f"{{{inner}}}" if inner else ""


def _escape_label(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else repr(value)
