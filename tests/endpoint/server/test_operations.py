import gzip
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.release.switch import switch_to
from tests.running import Running, eventually
from tests.samples import PRACTICES, build_release

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"
PRACTICE = "SELECT * { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }"
METRIC = re.compile(r"practicegraph_([a-z_]+(?:\{[^}]*\})?) ([0-9.e+-]+)")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("published")
    build_release(output)
    return output


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "access.log"


@pytest.fixture(scope="module")
def server(output: Path, log_file: Path) -> Iterator[Running]:
    with Running(output, processes=1, query_timeout=1.5, access_log=str(log_file)) as running:
        yield running


@pytest.fixture
def own_output(output: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(output, tmp_path / "published", symlinks=True))


def metrics(server: Running) -> dict[str, float]:
    text = server.send("GET", "/metrics").text
    return {name: float(value) for name, value in METRIC.findall(text)}


def path_of(query: str) -> str:
    return f"/sparql?query={quote(query)}"


def test_an_answer_comes_compressed_to_those_who_ask_for_it(server: Running) -> None:
    path = path_of(ALL + " # zipped")
    plain = server.send("GET", path)
    zipped = [server.send("GET", path, headers={"Accept-Encoding": "gzip, br"}) for _ in range(3)]

    for reply in zipped:
        assert reply.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(reply.body) == plain.body
        assert reply.headers["ETag"] == zipped[0].headers["ETag"] != plain.headers["ETag"]
        assert "Accept-Encoding" in reply.headers["Vary"]
        assert len(reply.body) == int(reply.headers["Content-Length"]) < len(plain.body) / 4


def test_a_large_answer_is_compressed_as_it_comes(output: Path) -> None:
    query = "SELECT * { ?s ?p ?o . ?a a ?b } LIMIT 60000"
    with Running(output, processes=1, query_timeout=30) as server:
        plain = server.ask(query)
        zipped = server.send("GET", path_of(query), headers={"Accept-Encoding": "gzip"})

    assert len(plain.body) > 4 * 1024 * 1024
    assert "Content-Length" not in zipped.headers
    assert gzip.decompress(zipped.body) == plain.body


def test_the_second_who_asks_gets_what_was_kept_and_the_third_without_the_framework(server: Running) -> None:
    query = ALL + " # kept"
    before = metrics(server)
    replies = [server.ask(query) for _ in range(4)]
    after = metrics(server)

    found = [re.findall('desc="([a-z]+)"', reply.headers["Server-Timing"])[0] for reply in replies]
    assert found == ["miss", "hit", "hit", "hit"]
    assert len({reply.body for reply in replies}) == 1
    differing = {"Date", "Server-Timing", "X-Request-Id"}
    headers = [
        {name: value for name, value in reply.headers.items() if name not in differing} for reply in replies
    ]
    assert headers == [headers[0]] * 4
    for result, count in (("hit", 3), ("miss", 1)):
        name = f'sparql_cache_total{{result="{result}"}}'
        assert after[name] - before[name] == count
    name = 'sparql_queries_total{outcome="answered"}'
    assert after[name] - before[name] == 4


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_who_has_an_answer_gets_no_second_one(server: Running, coding: str) -> None:
    path, headers = path_of(f"{ALL} # has {coding}"), {"Accept-Encoding": coding}
    tag = server.send("GET", path, headers=headers).headers["ETag"]
    for has in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = server.send("GET", path, headers={**headers, "If-None-Match": has})
        assert (again.status, again.body) == (304, b"")
    for name in ("ETag", "Vary", "Cache-Control", "Access-Control-Allow-Origin", "X-Request-Id"):
        assert name in again.headers

    assert server.send("GET", path, headers={**headers, "If-None-Match": '"x"'}).status == 200
    plain = {"Accept-Encoding": "identity", "If-None-Match": tag}
    assert server.send("GET", path, headers=plain).status == (304 if coding == "identity" else 200)


def test_304_costs_no_query(server: Running) -> None:
    path = path_of(RUNAWAY + " LIMIT 1")
    problem = server.send("GET", path)
    assert problem.status == 503

    query = ALL + " # 304"
    tag = server.ask(query).headers["ETag"]
    for pid in server.processes("pg-query"):
        os.kill(pid, signal.SIGKILL)
    assert server.send("GET", path_of(query), headers={"If-None-Match": tag}).status == 304


def test_what_changes_each_time_is_asked_each_time(server: Running) -> None:
    first, second = (server.ask("SELECT (RAND() AS ?x) (STRUUID() AS ?y) {}") for _ in range(2))

    assert first.body != second.body


def test_clients_who_ask_the_same_at_a_time_cost_one_query(server: Running) -> None:
    before = metrics(server)
    query = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?d a ?f }"
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(server.ask(query).status)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = metrics(server)

    assert statuses == [200] * 6
    name = 'sparql_cache_total{result="miss"}'
    assert after[name] - before[name] == 1


def test_the_log_has_one_line_of_json_for_each_request(server: Running, log_file: Path) -> None:
    reply = server.send(
        "GET",
        "/practices?q=%0a%1b%5b31m&x=%7f",
        headers={"User-Agent": "a\tb \x9b \xe9", "X-Request-Id": "injected-1"},
    )
    assert reply.status in (200, 400)
    server.ask("ASK { ?x ")

    assert eventually(lambda: b'"injected-1"' in log_file.read_bytes())
    assert eventually(lambda: b'"ASK { ?x "' in log_file.read_bytes())
    lines = log_file.read_bytes().split(b"\n")[:-1]
    assert all(re.fullmatch(rb"[ -~]+", line) for line in lines)
    parsed = [json.loads(line) for line in lines]
    (line,) = [entry for entry in parsed if entry["request_id"] == "injected-1"]
    assert line["target"].startswith("/practices?q=%0a%1b%5b31m")
    assert line["status"] == reply.status
    (line,) = [entry for entry in parsed if entry.get("query") == "ASK { ?x "]
    assert line["problem"] == "query-not-understood"


def test_a_log_that_cannot_be_opened_is_one_sentence(output: Path, tmp_path: Path) -> None:
    running = Running(output, access_log=str(tmp_path / "no" / "access.log"))

    assert running.end() == 2
    (line,) = running.log.splitlines()
    assert line.startswith("refused: The access log ")


def test_metrics_tell_what_happened_in_all_processes(output: Path) -> None:
    with Running(output, processes=3, query_timeout=0.5, query_memory_mb=100) as running:
        for number in range(6):
            running.ask(f"ASK {{}} # {number}")
        running.ask(RUNAWAY)
        running.ask("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i")
        running.ask("ASK")
        assert eventually(lambda: metrics(running)['query_children{state="idle"}'] == 2)
        found = metrics(running)

    assert found['sparql_queries_total{outcome="answered"}'] == 6
    assert found['sparql_queries_total{outcome="query-not-understood"}'] == 1
    ended = {
        reason: found[f'query_children_ended_total{{reason="{reason}"}}'] for reason in ("deadline", "memory")
    }
    assert ended["deadline"] >= 1
    assert sum(ended.values()) == 2
    assert found['http_requests_total{route="sparql",status="2xx"}'] == 6
    assert found["web_process_starts_total"] == 3
    assert found["practices"] == len(PRACTICES)
    assert found["release_refused"] == 0
    assert found['disk_free_bytes{folder="releases"}'] > 0
    assert 0 < found["release_age_seconds"] < 1e9


def test_a_server_is_ready_when_it_can_answer_queries(own_output: Path) -> None:
    with Running(own_output) as running:
        ready = running.send("GET", "/readyz")
        assert (ready.status, ready.json()["ready"]) == (200, True)
        assert ready.json()["release"] == (own_output / "current").resolve().name

        (supervisor,) = running.processes("pg-supervisor")
        os.kill(supervisor, signal.SIGSTOP)
        for pid in running.processes("pg-query"):
            os.kill(pid, signal.SIGKILL)
        os.kill(supervisor, signal.SIGCONT)
        assert eventually(lambda: running.send("GET", "/readyz").status == 200)
        assert running.send("GET", "/healthz").status == 200


def test_readiness_says_why_a_new_release_is_not_served(own_output: Path) -> None:
    with Running(own_output) as running:
        good = (own_output / "current").resolve()
        damaged = Path(shutil.copytree(good, own_output / "releases" / "damaged"))
        (damaged / "index.sqlite").write_bytes(b"")
        switch_to(own_output, damaged)

        assert eventually(lambda: "refused" in running.send("GET", "/readyz").json())
        ready = running.send("GET", "/readyz")
        assert (ready.status, ready.json()["ready"], ready.json()["release"]) == (200, True, good.name)
        assert ready.json()["refused"]["release"] == "damaged"
        assert "index.sqlite" in ready.json()["refused"]["reason"]
        assert metrics(running)["release_refused"] == 1

        switch_to(own_output, good)
        assert eventually(lambda: "refused" not in running.send("GET", "/readyz").json())


def test_a_damaged_release_at_the_start_is_told_too(own_output: Path) -> None:
    second = build_release(own_output, PRACTICES[:2])
    (second / "index.sqlite").write_bytes(b"")
    with Running(own_output) as running:
        assert running.send("GET", "/readyz").json()["refused"]["release"] == second.name


@pytest.mark.slow
def test_releases_change_under_readers_without_a_failed_request(own_output: Path) -> None:
    first, second = (own_output / "current").resolve(), build_release(own_output, PRACTICES[:2])
    sizes = {first.name: len(PRACTICES), second.name: 2}
    seen: Counter[int] = Counter()
    faults: list[object] = []
    stop = threading.Event()

    def read() -> None:
        tags: dict[str, int] = {}
        while not stop.is_set():
            reply = running.ask(PRACTICE)
            count = len(reply.json()["results"]["bindings"])
            if reply.status != 200 or tags.setdefault(reply.headers["ETag"], count) != count:
                faults.append((reply.status, reply.body))
            seen[count] += 1

    with Running(own_output) as running:
        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            for release in (first, second):
                switch_to(own_output, release)
                assert eventually(
                    lambda name=release.name: running.send("GET", "/readyz").json()["release"] == name
                )
        stop.set()
        for thread in threads:
            thread.join()

    assert faults == []
    assert set(seen) == set(sizes.values())


def test_pages_answer_while_ten_times_too_many_ask(output: Path) -> None:
    with Running(output, processes=1, queries_in_flight=4, query_timeout=1) as running:
        stop = threading.Event()
        statuses: Counter[int] = Counter()

        def ask(number: int) -> None:
            while not stop.is_set():
                try:
                    statuses[running.ask(f"{RUNAWAY} # {number}").status] += 1
                except OSError:
                    statuses[0] += 1

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
        for thread in threads:
            thread.start()
        pages = set()
        for enough in (100, 200, 300, 400):
            pages.add(running.send("GET", "/practices").status)
            assert eventually(lambda enough=enough: statuses.total() >= enough)
        stop.set()
        for thread in threads:
            thread.join()

        assert pages == {200}
        assert set(statuses) == {503}


def test_five_hundred_slow_clients_keep_nobody_waiting(server: Running) -> None:
    slow = []
    for number in range(512):
        connection = socket.create_connection(("127.0.0.1", server.port))
        if number % 3:
            connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        slow.append(connection)
    statuses = {server.ask("ASK {} # slow").status, server.send("GET", "/healthz").status}
    answered = select.select(slow, [], [], 0)[0]
    for connection in slow:
        connection.close()

    assert (statuses, answered) == ({200}, [])


@pytest.mark.parametrize(
    "path",
    [
        "/practice/p1%3E%20%3Fp%20%3Fo%20%7D%20%23",
        "/practice/%22",
        "/practice/%0A",
        "/practice/%7B%7D",
        "/doc/practice/..%2f..%2fmanifest.json",
        "/practice/%00",
        "/topic/%3Cscript%3E",
        "/country/%27%20OR%201=1",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/dumps/....//manifest.json",
        "/dumps/..%2fmanifest.json",
        "//evil.example/%2e%2e",
        "/doc/practice/%E2%80%AE",
        "/doc/practice/%ff",
    ],
)
def test_an_address_that_is_an_attack_is_not_found(server: Running, path: str) -> None:
    reply = server.send("GET", path)

    assert reply.status in (400, 404)
    assert "Location" not in reply.headers
    assert b"Traceback" not in reply.body


def test_an_update_changes_nothing(server: Running) -> None:
    count = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } # before and after"
    before = server.ask(count).body
    for body, content_type in (
        (b"CLEAR ALL", "application/sparql-update"),
        (b"update=CLEAR+ALL", "application/x-www-form-urlencoded"),
        (b"query=CLEAR+ALL", "application/x-www-form-urlencoded"),
        (b"DROP SILENT ALL", "application/sparql-query"),
        (b"PREFIX x: <http://e/> INSERT DATA { GRAPH x:g { x:s x:p x:o } }", "application/sparql-query"),
    ):
        reply = server.send("POST", "/sparql", body, {"Content-Type": content_type})
        assert reply.status in (400, 403)

    assert server.ask(count + "!").body == before


@pytest.mark.parametrize(
    "query",
    [
        "LOAD <{U}x>",
        "LOAD SILENT <{U}x> INTO GRAPH <http://e/g>",
        "# a comment\nload<{U}x>",
        "SELECT * FROM <{U}x> { ?s ?p ?o }",
        "SELECT * FROM NAMED <{U}x> { GRAPH ?g { ?s ?p ?o } }",
        "DESCRIBE <{U}x>",
        "CONSTRUCT { ?s ?p ?o } FROM <{U}x> WHERE { ?s ?p ?o }",
    ],
)
def test_nothing_that_a_query_names_is_fetched(server: Running, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, closing(listener):
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for reply in (
            server.ask(query.replace("{U}", address)),
            server.send("GET", f"{path_of('ASK { ?s ?p ?o }')}&default-graph-uri={quote(address)}"),
        ):
            assert reply.status in (200, 400)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_body_of_a_gigabyte_is_refused_before_it_is_sent(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 1073741824\r\n\r\n"
        )
        reply = connection.recv(4096)

    assert reply.startswith(b"HTTP/1.1 413 ")


def test_the_web_processes_do_without_what_only_a_build_needs() -> None:
    code = "import sys, endpoint.server.serve; print({'rdflib', 'pyshacl', 'SPARQLWrapper'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
