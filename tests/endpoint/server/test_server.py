import http.client
import os
import re
import select
import shutil
import signal
import socket
import threading
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import locations
import pytest

from tests.running import Reply, Running, eventually, state_of
from tests.samples import PRACTICES, build_release

CASES = locations.CASES / "sparql"
BOMBS = tomllib.loads((CASES / "bombs.toml").read_text(encoding="utf-8"))["bomb"]

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
STREAM = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
FRESH = "ASK { FILTER(RAND() < 2) }"
"""A query whose answer is never cached, so a query child must answer it."""
FACET = (
    "SELECT ?t (COUNT(?p) AS ?n) { ?p <https://w3id.org/intercultural-practices/ns#topic> ?t } GROUP BY ?t"
)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("published")
    build_release(output)
    return output


@pytest.fixture(scope="module")
def server(output: Path) -> Iterator[Running]:
    with Running(output, query_timeout=1.5) as running:
        yield running


@pytest.fixture(scope="module")
def patient(output: Path) -> Iterator[Running]:
    """A server whose deadline no test waits for."""
    with Running(output, query_timeout=300) as running:
        yield running


@pytest.fixture
def own_output(output: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(output, tmp_path / "published", symlinks=True))


def text_of(bomb: dict[str, Any]) -> str:
    doubling = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(28))
    times = bomb.get("times", 0)
    repeated = bomb.get("repeat", "") * times + bomb.get("middle", "") + bomb.get("after_repeat", "") * times
    return bomb["before"].replace("{doubling}", doubling) + repeated + bomb.get("after", "")


def begin(server: Running, query: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port))
    connection.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def is_answered(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb["name"])
def test_no_query_takes_the_server_down(server: Running, bomb: dict[str, Any]) -> None:
    webs = server.processes("pg-web")
    reply = server.send(
        "POST", "/sparql", text_of(bomb).encode(), {"Content-Type": "application/sparql-query"}
    )

    assert reply.status in (200, 400, 503)
    assert (reply.json()["type"].partition("#")[2] if reply.status != 200 else "") in bomb["ends"]
    assert server.ask(FRESH).status == 200
    assert server.processes("pg-web") == webs


def test_a_query_over_its_deadline_is_told_the_limit_and_what_to_do(server: Running) -> None:
    problem = server.ask(RUNAWAY)

    assert problem.status == 503
    assert "1.5 s" in problem.json()["detail"]
    assert "LIMIT" in problem.json()["detail"]
    assert "Retry-After" not in problem.headers


def test_a_query_over_its_memory_is_told_the_limit(output: Path) -> None:
    with Running(output, query_memory_mb=64, query_timeout=20) as small:
        problem = small.ask("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i")

        assert problem.status == 503
        assert "64 MB" in problem.json()["detail"]


def test_an_answer_that_is_cut_short_cannot_look_complete(server: Running) -> None:
    connection = server.connect()
    connection.request("GET", f"/sparql?query={quote(STREAM)}")
    response = connection.getresponse()

    assert response.status == 200
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    server.wait_for_log("cut short by its deadline")
    assert "Traceback" not in server.log


def test_a_client_of_http_1_0_gets_all_or_nothing(server: Running) -> None:
    def ask(query: str) -> http.client.HTTPResponse:
        connection = server.connect()
        connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
        connection.request("GET", f"/sparql?query={quote(query)}")
        return connection.getresponse()

    whole, too_large = ask("SELECT * { ?s ?p ?o }"), ask(STREAM)

    content = whole.read()
    assert (whole.status, whole.headers["Content-Length"]) == (200, str(len(content)))
    assert len(content) > 65536
    assert "Transfer-Encoding" not in whole.headers
    assert too_large.status == 503
    assert too_large.headers["Content-Length"] == str(len(too_large.read()))


def test_runaway_queries_do_not_keep_others_waiting(patient: Running) -> None:
    with ExitStack() as stack:
        runaways = [stack.enter_context(closing(begin(patient, f"{RUNAWAY} #{n}"))) for n in range(4)]
        assert eventually(lambda: len(patient.processes("pg-query")) == 6)
        reply, page = patient.ask(FACET), patient.send("GET", "/practices")

        assert (reply.status, page.status) == (200, 200)
        assert not any(is_answered(runaway) for runaway in runaways)
    assert eventually(lambda: len(patient.processes("pg-query")) == 2)


def test_a_client_that_does_not_read_holds_its_place_only_for_a_while(output: Path) -> None:
    with Running(output, processes=1, queries_in_flight=1, query_timeout=4, reading_grace=1) as narrow:
        with closing(begin(narrow, STREAM)) as unread:
            assert eventually(lambda: is_answered(unread))
            assert narrow.ask(FRESH).status == 503
            assert eventually(lambda: narrow.ask(FRESH).status == 200)
        narrow.wait_for_log("A client that read too slowly was cut off")


def test_a_client_that_sends_too_slowly_is_told_and_cut_off(output: Path) -> None:
    head = b"POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"

    def has_answer(connection: socket.socket, drop: bytes) -> bool:
        if not is_answered(connection):
            connection.sendall(drop)
        return is_answered(connection)

    with Running(output, processes=1, sending_grace=1) as server, ExitStack() as stack:
        address = ("127.0.0.1", server.port)
        in_head, in_body = (stack.enter_context(socket.create_connection(address)) for _ in range(2))
        in_head.sendall(head)
        in_body.sendall(head + b"Content-Length: 100000\r\n\r\n--b\r\n")

        assert eventually(lambda: has_answer(in_head, b"X: y\r\n"))
        assert eventually(lambda: has_answer(in_body, b"x"))
        assert in_head.recv(1000).split()[1] == b"408"
        assert b"did not come whole in time" in in_body.makefile("rb").read()
        assert server.send("GET", "/healthz").status == 200
        server.wait_for_log("A client that sent too slowly was cut off")


def test_too_many_queries_at_once_are_refused_at_once(output: Path) -> None:
    with Running(output, processes=1, queries_in_flight=2, query_timeout=300) as narrow:
        with closing(begin(narrow, RUNAWAY)) as first, closing(begin(narrow, f"{RUNAWAY} #2")) as second:
            assert eventually(lambda: len(narrow.processes("pg-query")) == 4)
            reply = narrow.ask(FRESH)
            page = narrow.send("GET", "/practices")
            assert not is_answered(first)
            assert not is_answered(second)

        assert (reply.status, reply.json()["type"].partition("#")[2]) == (503, "endpoint-busy")
        assert int(reply.headers["Retry-After"]) > 0
        assert page.status == 200
        assert eventually(lambda: narrow.ask(FRESH).status == 200)


def test_a_client_that_goes_away_frees_its_query_child(patient: Running) -> None:
    assert eventually(lambda: len(patient.processes("pg-query")) == 2)
    children = patient.processes("pg-query")
    with closing(begin(patient, RUNAWAY)):
        assert eventually(lambda: len(patient.processes("pg-query")) == 3)

    assert eventually(lambda: not children <= patient.processes("pg-query"))
    assert eventually(lambda: len(patient.processes("pg-query")) == 2)


def test_the_pool_is_back_after_all_children_were_killed_at_once(server: Running) -> None:
    for _ in range(3):
        assert eventually(lambda: len(server.processes("pg-query")) >= 2)
        for pid in server.processes("pg-query"):
            with suppress(ProcessLookupError):  # an idle one may have ended by itself
                os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: server.ask(FRESH).status == 200)
    assert eventually(lambda: all(state_of(pid) != "Z" for pid in server.processes("pg-query")))


def test_a_dead_supervisor_is_replaced_and_takes_its_children_with_it(server: Running) -> None:
    (supervisor,) = server.processes("pg-supervisor")
    children = server.processes("pg-query")
    os.kill(supervisor, signal.SIGKILL)

    assert eventually(lambda: not children & server.processes("pg-query"))
    assert eventually(lambda: server.ask(FRESH).status == 200)
    assert server.processes("pg-supervisor") not in ({supervisor}, set())


@pytest.mark.parametrize("name", ["pg-supervisor", "pg-query"])
def test_a_query_whose_process_is_killed_may_be_tried_again(output: Path, name: str) -> None:
    with Running(output, query_timeout=20) as running:
        replies: list[Reply] = []
        thread = threading.Thread(target=lambda: replies.append(running.ask(RUNAWAY)))
        thread.start()
        assert eventually(lambda: 'children{state="busy"} 1' in running.send("GET", "/metrics").text)
        for pid in running.processes(name):
            os.kill(pid, signal.SIGKILL)
        thread.join()

        assert (replies[0].status, replies[0].json()["type"].partition("#")[2]) == (503, "query-interrupted")
        assert int(replies[0].headers["Retry-After"]) > 0
        assert eventually(lambda: running.ask(FRESH).status == 200)


def test_a_dead_web_process_is_replaced(server: Running) -> None:
    before = server.processes("pg-web")
    os.kill(min(before), signal.SIGKILL)

    assert eventually(lambda: len(server.processes("pg-web") - before) == 1)
    assert eventually(lambda: server.send("GET", "/").status == 200)
    server.wait_for_log("pg-web .* was ended by SIGKILL; it will be replaced")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_an_answer_finish_and_leaves_nothing_behind(
    own_output: Path, number: signal.Signals
) -> None:
    with Running(own_output, query_timeout=300) as running:
        everyone = running.processes("pg-web") | running.processes("pg-query")
        everyone |= running.processes("pg-supervisor")
        replies: list[int] = []
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d a ?f }"
        thread = threading.Thread(target=lambda: replies.append(running.ask(slow).status))
        thread.start()
        assert eventually(lambda: len(running.processes("pg-query")) == 3)
        running.kill(number)
        thread.join()

        assert running.end() == 0
        assert replies == [200]
        assert not any(state_of(pid) for pid in everyone)
        assert "Traceback" not in running.log


def test_everything_ends_when_the_parent_is_killed(
    own_output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    running = Running(own_output)
    with running:
        everyone = running.processes("pg-web") | running.processes("pg-query")
        everyone |= running.processes("pg-supervisor")
        running.kill()
        running.end()

        assert eventually(lambda: not any(state_of(pid) in ("R", "S", "D") for pid in everyone))
        assert eventually(lambda: not list(tmp_path.glob("practicegraph-*")))


def test_a_busy_port_is_one_sentence(output: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = Running(output, port=port)

        assert running.end() == 2
        (line,) = running.log.splitlines()
        assert line.startswith(f"refused: Port {port} of 127.0.0.1 cannot be listened on: another program")


def test_a_host_that_is_not_there_is_one_sentence(output: Path) -> None:
    running = Running(output, host="256.0.0.1")

    assert running.end() == 2
    assert len(running.log.splitlines()) == 1


def test_a_folder_without_a_release_is_one_sentence(tmp_path: Path) -> None:
    running = Running(tmp_path)

    assert running.end() == 3
    assert "holds no release" in running.log
    assert "Traceback" not in running.log


def test_a_damaged_release_is_refused_and_the_one_before_is_served(own_output: Path) -> None:
    first = (own_output / "current").resolve()
    second = build_release(own_output, PRACTICES[:2])
    for path in (second / "store").glob("*.sst"):
        path.write_bytes(path.read_bytes()[:100])

    with Running(own_output) as running:
        assert f"The release {first.name} is served instead" in running.log
        reply = running.ask("SELECT * { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }")
        assert len(reply.json()["results"]["bindings"]) == len(PRACTICES)


def test_a_new_release_is_served_once_it_is_found_sound(own_output: Path) -> None:
    query = "SELECT * { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }"
    with Running(own_output) as running:
        tag = running.ask(query).headers["ETag"]
        build_release(own_output, PRACTICES[:2])

        assert eventually(lambda: len(running.ask(query).json()["results"]["bindings"]) == 2)
        assert eventually(lambda: running.ask(query).headers["ETag"] != tag)


def test_a_new_release_that_is_damaged_is_not_served(own_output: Path) -> None:
    query = "SELECT * { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }"
    with Running(own_output) as running:
        link = own_output / "current"
        damaged = shutil.copytree(link.resolve(), own_output / "releases" / "damaged")
        (damaged / "index.sqlite").write_bytes(b"")
        (own_output / "next").symlink_to("releases/damaged")
        (own_output / "next").replace(link)

        running.wait_for_log("The new release damaged is damaged and is not served")
        assert "is not served" in running.log
        assert len(running.ask(query).json()["results"]["bindings"]) == len(PRACTICES)
        assert running.send("GET", "/").status == 200


def test_slow_clients_keep_nobody_waiting(server: Running) -> None:
    slow = []
    for number in range(100):
        connection = socket.create_connection(("127.0.0.1", server.port))
        if number % 3:
            connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\n")
        if number % 3 == 2:
            connection.sendall(b"Content-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nA")
        slow.append(connection)

    statuses = {server.ask(FRESH).status for _ in range(4)}
    answered = [connection for connection in slow if is_answered(connection)]
    for connection in slow:
        connection.close()

    assert (statuses, answered) == ({200}, [])


def test_a_body_without_end_is_refused(output: Path) -> None:
    with Running(output, body_limit_mb=1) as running:
        with socket.create_connection(("127.0.0.1", running.port)) as connection:
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n"
            )
            chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
            try:
                for _ in range(200):
                    connection.sendall(chunk)
            except OSError:
                pass
            reply = connection.recv(100)

        assert re.match(rb"HTTP/1.1 413 ", reply)
        assert running.ask(FRESH).status == 200
