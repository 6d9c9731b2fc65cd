"""The process that forks checks: they are counted for the whole server, and none outlives its client."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.validation.check_limits import CheckLimits
from endpoint.validation.forker import Forker
from endpoint.validation.orders import COME, Order
from tests.endpoint.validation.test_validation_service import SOUND, form, post, post_form
from tests.running import Reply, Running, eventually

TURTLE = "text/turtle"
HEAD = b"@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
DATA = HEAD + b"".join(b"ex:a%d a ex:A ; ex:p ex:a%d ." % (n, (n + 1) % 2000) for n in range(2000))
ENDLESS = HEAD + (
    b"ex:S sh:targetClass ex:A ; sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:A ] ."
)
"""A path around a long circle, which keeps the store busy; nothing ends it but the end of its process."""

BODY = form(("data", "d.ttl", TURTLE, DATA), ("shapes", "s.ttl", TURTLE, ENDLESS))


@pytest.fixture(scope="module")
def server(output: Path) -> Iterator[Running]:
    with Running(output, processes=2, checks=1, checks_waiting=1, check_timeout=4) as running:
        assert post(running, SOUND).status == 200
        yield running


def start_endless(server: Running) -> socket.socket:
    """Have something checked that takes longer than it may; return the connection."""
    connection = socket.create_connection(("127.0.0.1", server.port))
    head = (
        "POST /validate HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=4f0c1a\r\n"
        f"Content-Length: {len(BODY)}\r\n\r\n"
    )
    connection.sendall(head.encode() + BODY)
    return connection


def checks(server: Running) -> set[int]:
    """Return the checks under way; one that reads a file has for a moment a child of the same name, born later."""
    return server.processes("pg-check")


def test_checks_are_counted_over_all_web_processes(server: Running) -> None:
    replies: list[Reply] = []
    threads = [threading.Thread(target=lambda: replies.append(post_form(server, BODY))) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(checks(server)) == 1)
    for thread in threads:
        thread.join()

    names = sorted(reply.json()["type"].rpartition("#")[2] for reply in replies)
    assert names == ["service-busy"] * 4 + ["shapes-malformed"] * 2
    assert {reply.headers["Retry-After"] for reply in replies if "busy" in reply.json()["type"]} == {"5"}
    assert post(server, SOUND).status == 200


def test_a_check_ends_when_its_client_hangs_up(server: Running) -> None:
    with start_endless(server):
        assert eventually(lambda: len(checks(server)) == 1)

    assert eventually(lambda: not checks(server), 2.0)
    assert post(server, SOUND).status == 200


def test_a_check_that_is_killed_is_told_of_and_the_next_one_goes_on(server: Running) -> None:
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(post_form(server, BODY)))
    thread.start()
    assert eventually(lambda: len(checks(server)) == 1)
    os.kill(min(checks(server)), signal.SIGKILL)
    thread.join()

    assert (replies[0].status, replies[0].json()["type"].rpartition("#")[2]) == (503, "service-busy")
    assert int(replies[0].headers["Retry-After"]) > 0
    assert post(server, SOUND).status == 200


def test_the_process_that_forks_checks_is_replaced_when_it_dies(server: Running) -> None:
    webs = server.processes("pg-web")
    [forker] = server.processes("pg-checks")
    os.kill(forker, signal.SIGKILL)

    assert eventually(lambda: server.processes("pg-checks") not in (set(), {forker}))
    assert post(server, SOUND).status == 200
    assert server.processes("pg-web") == webs


def test_the_process_that_forks_checks_has_one_thread_and_a_check_no_socket_of_others(
    server: Running,
) -> None:
    [forker] = server.processes("pg-checks")
    assert len(list(Path(f"/proc/{forker}/task").iterdir())) == 1
    with start_endless(server):
        assert eventually(lambda: len(checks(server)) == 1)
        check = min(checks(server))
        assert eventually(lambda: "Seccomp:\t2" in Path(f"/proc/{check}/status").read_text())
        targets = [os.path.realpath(each) for each in Path(f"/proc/{check}/fd").iterdir()]
    assert targets
    assert not [target for target in targets if "socket:" in target]


def note(path: Path, word: str, _: Order | None = None) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(word + "\n")


def serve_orders(accepting: socket.socket, log: Path) -> None:
    steps = tuple(partial(note, log, word) for word in ("rules", "shapes", "more"))
    Forker(ConnectionQueue(accepting), CheckLimits(), partial(note, log, "job"), steps).run()


def test_what_few_checks_need_is_loaded_when_nobody_waits(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with ConnectionQueue() as queue:
        process = get_context("spawn").Process(target=serve_orders, args=(queue.accepting, log))
        process.start()
        try:
            with queue.connect() as connection:
                assert connection.recv(len(COME)) == COME
                assert eventually(lambda: log.exists() and log.read_text() == "rules\n")
                connection.sendall(Order(str(tmp_path), (), "json").to_line())
                assert b'"code": 0' in connection.recv(100)
            assert eventually(lambda: log.read_text().split() == ["rules", "job", "shapes", "more"])
        finally:
            process.terminate()
            process.join()


def kept(shapes: bytes, number: int = 0) -> bytes:
    """Return a form with shapes that are large enough to be cached."""
    long = b"# %d\n" % number + b"#" * 20_000 + b"\n" + shapes
    return form(("data", "d.ttl", TURTLE, DATA), ("shapes", "s.ttl", TURTLE, long))


BOUNDED = HEAD + b"ex:S sh:targetNode ex:a0 ; sh:path ex:p ; sh:minCount 3 ."


def keepers(server: Running) -> set[int]:
    return server.processes("pg-shapes")


def test_shapes_that_were_sent_before_are_ready_in_a_confined_process(server: Running) -> None:
    first = post_form(server, kept(BOUNDED))
    [keeper] = keepers(server)
    second = post_form(server, kept(BOUNDED))
    other = form(
        ("data", "d.ttl", TURTLE, DATA + b"ex:b a ex:B ."), ("shapes", "s.ttl", TURTLE, b"#" * 20_000)
    )

    assert first.json()["summary"]["violations"] == second.json()["summary"]["violations"] == 1
    assert keepers(server) == {keeper}
    assert "Seccomp:\t2" in Path(f"/proc/{keeper}/status").read_text()
    assert post_form(server, other).json()["verdict"] == "not-fully-checked"
    os.kill(keeper, signal.SIGKILL)
    assert eventually(lambda: keeper not in keepers(server))
    assert post_form(server, kept(BOUNDED)).json()["summary"]["violations"] == 1
    assert keeper not in keepers(server)


def test_only_so_many_shapes_are_kept(server: Running) -> None:
    for number in range(6):
        assert post_form(server, kept(BOUNDED, number)).status == 200

    assert eventually(lambda: 0 < len(keepers(server)) <= 4)


def test_a_shape_that_never_ends_is_named_its_process_ended_and_others_stay(server: Running) -> None:
    assert post_form(server, kept(BOUNDED)).status == 200
    [forker] = server.processes("pg-checks")

    reply = post_form(server, kept(ENDLESS))

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (400, "shapes-malformed")
    assert "takes more than" in reply.json()["detail"]
    assert eventually(lambda: not checks(server) and not server.processes("pg-suspects"))
    assert server.processes("pg-checks") == {forker}
    assert post_form(server, kept(BOUNDED)).status == 200


def test_a_check_that_hangs_ends_at_the_deadline(server: Running) -> None:
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(post_form, server, BODY)
        assert eventually(lambda: bool(checks(server)))
        for process in checks(server):
            os.kill(process, signal.SIGSTOP)
        reply = waiting.result()

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (503, "check-deadline")
    assert eventually(lambda: not checks(server))


def test_shapes_that_cannot_be_applied_are_refused_and_not_kept(server: Running) -> None:
    before = keepers(server)

    reply = post_form(server, kept(b"[" * 100))

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (400, "shapes-unreadable")
    assert eventually(lambda: keepers(server) == before)
