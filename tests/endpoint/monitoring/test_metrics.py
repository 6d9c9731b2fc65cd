import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint.monitoring.metrics import BOUNDS, ROUTES, Metric, SharedCounters, counter_lines, lines

LINE = re.compile(
    r"# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ (counter|gauge|histogram)"
    r'|[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? [0-9.e+-]+'
)


def values(sheet: SharedCounters) -> dict[str, float]:
    shown = "".join(counter_lines(sheet)).splitlines()
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in shown if line[0] != "#")
    }


def test_every_line_is_one_of_the_format() -> None:
    sheet = SharedCounters(2, ("answered", "query-deadline"))
    sheet.row(0).request("sparql", 200, 0.3)

    assert [line for line in "".join(counter_lines(sheet)).splitlines() if not LINE.fullmatch(line)] == []


def test_rows_are_told_as_their_sum() -> None:
    sheet = SharedCounters(2, ("answered",))
    for number in (0, 1, 1):
        row = sheet.row(number)
        row.start()
        row.query("answered")
        row.answer("hit")
        row.cache(100, 2)

    found = values(sheet)

    assert found['practicegraph_sparql_queries_total{outcome="answered"}'] == 3
    assert found['practicegraph_sparql_cache_total{result="hit"}'] == 3
    assert found["practicegraph_sparql_cache_bytes"] == 200
    assert found["practicegraph_web_process_starts_total"] == 3


def test_a_process_that_replaces_another_keeps_counting_but_has_kept_nothing() -> None:
    sheet = SharedCounters(1, ("answered",))
    before = sheet.row(0)
    before.query("answered")
    before.cache(100, 2)
    sheet.row(0).start()

    found = values(sheet)

    assert found['practicegraph_sparql_queries_total{outcome="answered"}'] == 1
    assert found["practicegraph_sparql_cache_bytes"] == 0


def test_what_a_forked_process_counts_is_seen() -> None:
    sheet = SharedCounters(1, ("answered",))
    pid = os.fork()
    if pid == 0:
        sheet.row(0).query("answered")
        os._exit(0)
    os.waitpid(pid, 0)

    assert values(sheet)['practicegraph_sparql_queries_total{outcome="answered"}'] == 1


@pytest.mark.parametrize(
    ("status", "group"), [(200, "2xx"), (304, "3xx"), (499, "4xx"), (503, "5xx"), (0, "1xx"), (999, "5xx")]
)
def test_statuses_are_counted_in_groups(status: int, group: str) -> None:
    sheet = SharedCounters(1, ())
    sheet.row(0).request("page", status, 0.1)

    found = values(sheet)

    assert found[f'practicegraph_http_requests_total{{route="page",status="{group}"}}'] == 1
    assert sum(value for name, value in found.items() if "requests_total" in name) == 1


@given(st.lists(st.floats(0, 100), max_size=30), st.sampled_from(ROUTES))
def test_each_bucket_counts_all_times_up_to_its_bound(seconds: list[float], route: str) -> None:
    sheet = SharedCounters(1, ())
    for one in seconds:
        sheet.row(0).request(route, 200, one)

    found = values(sheet)
    name = "practicegraph_http_request_seconds"

    for bound in BOUNDS:
        counted_so = found[f'{name}_bucket{{route="{route}",le="{bound:g}"}}']
        assert counted_so == sum(one <= bound for one in seconds)
    assert found[f'{name}_bucket{{route="{route}",le="+Inf"}}'] == len(seconds)
    assert found[f'{name}_count{{route="{route}"}}'] == len(seconds)
    assert found[f'{name}_sum{{route="{route}"}}'] == pytest.approx(sum(seconds))


def test_the_value_of_a_label_cannot_break_its_line() -> None:
    metric = Metric("x", "gauge", "A thing.", ("name",))

    assert list(lines(metric, {('a"b\\c\nd',): 1.5}))[-1] == 'practicegraph_x{name="a\\"b\\\\c\\nd"} 1.5\n'
