"""Metrics: numbers that all processes of a server count in shared memory, in the format of Prometheus."""

import bisect
import mmap
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

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


REQUESTS = Metric("http_requests_total", "counter", "Requests answered.", ("route", "status"))
SECONDS = Metric("http_request_seconds", "histogram", "Seconds to the last byte of an answer.", ("route",))
QUERIES = Metric("sparql_queries_total", "counter", "Requests with a query, by how they ended.", ("outcome",))
CACHE = Metric("sparql_cache_total", "counter", "Answers by where they came from.", ("result",))
CACHE_BYTES = Metric("sparql_cache_bytes", "gauge", "Bytes of answers kept.")
CACHE_ENTRIES = Metric("sparql_cache_entries", "gauge", "Answers kept.")
STARTS = Metric("web_process_starts_total", "counter", "Web processes started, the first ones included.")

CHILDREN = Metric("query_children", "gauge", "Query children by what they do.", ("state",))
ENDED = Metric("query_children_ended_total", "counter", "Query children ended, by the reason.", ("reason",))
SOFTWARE = Metric("software_info", "gauge", "The software that runs.", ("version",))
RELEASE = Metric("release_info", "gauge", "The release that is served.", ("version", "name"))
CREATED = Metric("release_created_timestamp_seconds", "gauge", "When the release was built.")
AGE = Metric("release_age_seconds", "gauge", "Seconds since the release was built.")
REFUSED = Metric("release_refused", "gauge", "1 while a newer release was found damaged and is not served.")
PRACTICES = Metric("practices", "gauge", "Practices in the release.")
QUARANTINE = Metric("quarantined_records", "gauge", "Records that the last build set aside.")
DISK = Metric("disk_free_bytes", "gauge", "Bytes that are free where a folder is.", ("folder",))

_COUNTED = (REQUESTS, SECONDS, QUERIES, CACHE, CACHE_BYTES, CACHE_ENTRIES, STARTS)


def _series(outcomes: Sequence[str]) -> Iterator[Series]:
    for route in ROUTES:
        yield from ((REQUESTS.name, route, status) for status in STATUSES)
        yield from ((f"{SECONDS.name}_bucket", route, f"{bound:g}") for bound in (*BOUNDS, float("inf")))
        yield (f"{SECONDS.name}_sum", route)
    yield from ((QUERIES.name, outcome) for outcome in outcomes)
    yield from ((CACHE.name, result) for result in CACHED)
    yield from ((metric.name,) for metric in (CACHE_BYTES, CACHE_ENTRIES, STARTS))


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
        self._add((STARTS.name,))
        self.cache(0, 0)

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        bound = bisect.bisect_left(BOUNDS, seconds)
        label = f"{BOUNDS[bound] if bound < len(BOUNDS) else float('inf'):g}"
        group = STATUSES[min(max(status // 100, 1), 5) - 1]
        with self._lock:
            self._numbers[self._places[REQUESTS.name, route, group]] += 1
            self._numbers[self._places[f"{SECONDS.name}_bucket", route, label]] += 1
            self._numbers[self._places[f"{SECONDS.name}_sum", route]] += seconds

    def query(self, outcome: str) -> None:
        """Count a query by its outcome, one of those that the counters know."""
        self._add((QUERIES.name, outcome))

    def answer(self, how: str) -> None:
        """Count an answer by where it came from, one of CACHED."""
        self._add((CACHE.name, how))

    def cache(self, size: int, entries: int) -> None:
        """Write how much this process keeps."""
        self._numbers[self._places[(CACHE_BYTES.name,)]] = size
        self._numbers[self._places[(CACHE_ENTRIES.name,)]] = entries

    def _add(self, series: Series) -> None:
        with self._lock:
            self._numbers[self._places[series]] += 1


def counted(counters: SharedCounters) -> Iterator[str]:
    """Yield the lines of all that web processes have counted."""
    for metric in _COUNTED:
        if metric is SECONDS:
            yield from _histogram(counters)
        else:
            labelled = (series[1:] for series in counters.places if series[0] == metric.name)
            yield from lines(metric, {labels: counters.total((metric.name, *labels)) for labels in labelled})


def lines(metric: Metric, values: Mapping[tuple[str, ...], float]) -> Iterator[str]:
    """Yield the lines of one metric with its values by their labels."""
    yield from _head(metric)
    for labels, value in values.items():
        yield f"{_PREFIX}{metric.name}{_labels(zip(metric.labels, labels, strict=True))} {_number(value)}\n"


def _histogram(counters: SharedCounters) -> Iterator[str]:
    """Yield the lines of the times; each bucket also counts what is in those below it."""
    yield from _head(SECONDS)
    for route in ROUTES:
        below = 0.0
        for bound in (*BOUNDS, float("inf")):
            below += counters.total((f"{SECONDS.name}_bucket", route, f"{bound:g}"))
            text = "+Inf" if bound == float("inf") else f"{bound:g}"
            labels = _labels((("route", route), ("le", text)))
            yield f"{_PREFIX}{SECONDS.name}_bucket{labels} {_number(below)}\n"
        labels = _labels((("route", route),))
        yield f"{_PREFIX}{SECONDS.name}_sum{labels} {_number(counters.total((f'{SECONDS.name}_sum', route)))}\n"
        yield f"{_PREFIX}{SECONDS.name}_count{labels} {_number(below)}\n"


def _head(metric: Metric) -> Iterator[str]:
    yield f"# HELP {_PREFIX}{metric.name} {metric.help}\n"
    yield f"# TYPE {_PREFIX}{metric.name} {metric.kind}\n"


def _labels(pairs: Iterable[tuple[str, str]]) -> str:
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs)
    return f"{{{inner}}}" if inner else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else repr(value)
