import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint.engine import wire_frames
from endpoint.engine.client import (
    Busy,
    Children,
    QueryAbandoned,
    QueryInterrupted,
    QueryRefused,
    QueryStopped,
    QuestionFailed,
)
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits, Question
from endpoint.engine.wire_frames import WORKER, BrokenConversation, Conversation, FrameKind
from endpoint.engine.worker_status import WorkerStatus
from endpoint.syntax.query_checks import Reading
from tests.running import below, eventually, name_of
from tests.samples import build_release

pytestmark = pytest.mark.thorough

SUPERVISOR = """
import socket, sys
from pathlib import Path
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits
from endpoint.engine.supervisor import Supervisor
from endpoint.engine.worker_status import WorkerStatus
queue = ConnectionQueue(socket.socket(fileno=int(sys.argv[2])))
limits = QueryLimits(seconds=60, memory=int(sys.argv[3]), children=1, most=3, spare_after=0.05, slow_after=0.1)
Supervisor(queue, (Path(sys.argv[1]) / "current").resolve, limits, WorkerStatus(limits.most)).run()
"""
SANDBOX = """
import os, socket
from pipeline.system.confinement import refuse_network_and_programs
left, right = socket.socketpair()
refuse_network_and_programs()
left.sendall(b"still")
assert right.recv(10) == b"still"
for name, call in {
    "socket": lambda: socket.socket(socket.AF_INET),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "connect": lambda: left.connect("/nowhere"),
    "exec": lambda: os.execv("/bin/true", ["true"]),
}.items():
    try:
        call()
    except PermissionError:
        print(name, "refused")
"""
READING = (FrameKind.READING, Reading("ASK").to_bytes())
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_release(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def family(release: Path) -> Iterator[tuple[ConnectionQueue, int]]:
    with ConnectionQueue() as queue:
        process = start_supervisor(SUPERVISOR, release, queue)
        assert eventually(lambda: bool(query_children(process.pid)), 20)
        yield queue, process.pid
        process.terminate()
        process.communicate(timeout=10)
        assert process.returncode == 0


def start_supervisor(program: str, release: Path, queue: ConnectionQueue) -> subprocess.Popen[str]:
    number = queue.fileno()
    command = [sys.executable, "-c", program, str(release.parents[1]), str(number), "300000000"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, pass_fds=(number,))


def ask(
    queue: ConnectionQueue, release: Path, query: str, format_: str = "json", *, seconds: float = 4
) -> bytes:
    children = Children(queue, QueryLimits())
    question = Question(query, format_, str(release / "store"), seconds)
    with children.ask(question, lambda: False) as answer:
        return answer.first + b"".join(answer.rest())


def query_children(supervisor: int) -> set[int]:
    return {pid for pid in below(supervisor) if name_of(pid) == "pg-query"}


def test_a_question_gets_its_whole_answer(family: tuple[ConnectionQueue, int], release: Path) -> None:
    content = ask(family[0], release, "SELECT * { ?s ?p ?o }", "csv")

    assert len(content) > 2 * wire_frames.BODY_LIMIT
    assert content.endswith(b"\r\n")


def test_a_question_at_a_store_that_is_not_there_is_refused(
    family: tuple[ConnectionQueue, int], release: Path, tmp_path: Path
) -> None:
    with pytest.raises(QueryRefused) as refused:
        ask(family[0], tmp_path, "ASK {}")

    assert refused.value.problem.name == "store-unavailable"
    assert ask(family[0], release, "ASK {}") == b'{"head":{},"boolean":true}'


def test_a_child_that_is_slow_gets_low_priority_and_a_spare_and_ends_with_its_answer(
    family: tuple[ConnectionQueue, int], release: Path
) -> None:
    queue, supervisor = family
    assert eventually(lambda: len(query_children(supervisor)) == 1)
    (child,) = query_children(supervisor)

    def run_away() -> None:
        with pytest.raises(QueryStopped):
            ask(queue, release, RUNAWAY, seconds=2)

    thread = threading.Thread(target=run_away)
    thread.start()
    assert eventually(lambda: len(query_children(supervisor)) == 2)
    assert eventually(lambda: os.getpriority(os.PRIO_PROCESS, child) == 10)
    autogroup = Path(f"/proc/{child}/autogroup")
    if autogroup.exists():
        assert eventually(lambda: autogroup.read_text().endswith("nice 10\n"))
    assert ask(queue, release, "ASK {}")
    thread.join()

    assert eventually(lambda: child not in query_children(supervisor))


def test_a_child_that_is_told_to_end_answers_first(
    family: tuple[ConnectionQueue, int], release: Path
) -> None:
    queue, supervisor = family
    assert eventually(lambda: len(query_children(supervisor)) == 1, 20)
    (child,) = query_children(supervisor)
    ask(queue, release, "ASK {}")
    answers: list[bytes] = []
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d a ?f }"
    thread = threading.Thread(target=lambda: answers.append(ask(queue, release, slow, "csv", seconds=60)))
    thread.start()
    assert eventually(lambda: len(query_children(supervisor)) == 2), "the child is not busy"
    os.kill(child, signal.SIGTERM)
    thread.join()

    assert answers
    assert answers[0].startswith(b"n\r\n")
    assert eventually(lambda: child not in query_children(supervisor))


@pytest.mark.parametrize(
    ("query", "format_", "beginning"),
    [
        ("SELECT ?n", "json", b'{"head"'),
        ("SELECT ?n", "xml", b"<?xml"),
        ("CONSTRUCT { <http://e/s> <http://e/p> ?n ; <http://e/q> <http://e/o> }", "ttl", b"@prefix e:"),
        ("CONSTRUCT { <http://e/s> <http://e/p> ?n }", "nt", b"<http://e/s>"),
        ("CONSTRUCT { <http://e/s> <http://e/p> ?n }", "rdf", b"<?xml"),
    ],
)
def test_a_slow_answer_is_whole_too(
    family: tuple[ConnectionQueue, int], release: Path, query: str, format_: str, beginning: bytes
) -> None:
    prefixes = "PREFIX e: <http://e/> PREFIX x: <http://x/>"
    slow = f"{prefixes} {query} {{ {{ SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d a ?f }} }} }}"
    question = Question(slow, format_, str(release / "store"), 60)

    with Children(family[0], QueryLimits()).ask(question, lambda: False) as answer:
        assert answer.first.startswith(beginning)
        assert answer.complete


def test_a_question_that_a_dying_child_took_goes_to_another(tmp_path: Path) -> None:
    with ConnectionQueue() as queue:

        def be_two_children() -> None:
            queue.accept().close()
            with queue.accept() as connection:
                Conversation(connection).receive()
                started = (FrameKind.STARTED, WORKER.pack(0, 1))
                for kind, content in (started, READING, (FrameKind.END, b"")):
                    wire_frames.send(connection, kind, content)

        thread = threading.Thread(target=be_two_children)
        thread.start()
        assert ask(queue, tmp_path, "ASK {}") == b""
        thread.join()


def test_a_child_that_nobody_waits_for_ends(family: tuple[ConnectionQueue, int], release: Path) -> None:
    queue, supervisor = family
    assert eventually(lambda: len(query_children(supervisor)) >= 1)
    children = Children(queue, QueryLimits())

    with pytest.raises(QueryAbandoned):
        children.ask(Question(RUNAWAY, "json", str(release / "store"), 4), lambda: True)

    assert ask(queue, release, "ASK {}")
    with children.ask(Question("ASK {}", "json", str(release / "store"), 4), lambda: False) as answer:
        assert answer.complete


def test_without_children_everything_is_busy(tmp_path: Path) -> None:
    with ConnectionQueue() as queue, pytest.raises(Busy):
        ask(queue, tmp_path, "ASK {}")


def test_children_that_cannot_work_are_not_started_without_pause(tmp_path: Path, release: Path) -> None:
    deaf = SUPERVISOR.replace("limits =", "queue.accept = lambda: 1 / 0\nlimits =")
    with ConnectionQueue() as queue:
        process = start_supervisor(deaf, release, queue)
        with pytest.raises(Busy):
            ask(queue, release, "ASK {}")
        assert process.stderr is not None
        assert any("which no query did to it" in line for line in process.stderr)
        time.sleep(1)  # without a pause, there would be hundreds by then
        process.terminate()
        _, log = process.communicate(timeout=60)

    assert log.count("which no query did to it") < 9


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_the_sandbox_refuses_network_and_programs() -> None:
    done = subprocess.run([sys.executable, "-c", SANDBOX], capture_output=True, text=True, check=True)

    assert done.stdout.split("\n")[:-1] == [
        "socket refused",
        "unix refused",
        "connect refused",
        "exec refused",
    ]


@given(
    st.builds(
        Question,
        query=st.text(),
        format=st.sampled_from(["json", "ttl"]),
        store=st.text(),
        seconds=st.floats(0, 100),
        base_iri=st.none() | st.text(),
        union=st.booleans(),
        default_graphs=st.none() | st.lists(st.text()).map(tuple),
        named_graphs=st.none() | st.lists(st.text()).map(tuple),
    )
)
def test_a_question_comes_over_the_socket_as_it_was(question: Question) -> None:
    assert Question.from_bytes(question.to_bytes()) == question


@given(st.sampled_from((FrameKind.QUESTION, FrameKind.BODY, FrameKind.END)), st.binary(max_size=200))
def test_a_frame_comes_over_the_socket_as_it_was(kind: bytes, content: bytes) -> None:
    left, right = socket.socketpair()
    with left, right:
        wire_frames.send(left, kind, content)
        assert Conversation(right).receive() == (kind, content)


@pytest.mark.parametrize("sent", [b"", b"B", b"B\0\0\0\5abc", b"Z\0\0\0\0", b"B\xff\xff\xff\xff"])
def test_what_is_no_frame_breaks_the_conversation(sent: bytes) -> None:
    left, right = socket.socketpair()
    with right:
        with left:
            left.sendall(sent)
        with pytest.raises(BrokenConversation):
            Conversation(right).receive()


@pytest.mark.parametrize(
    ("said", "ending", "failure"),
    [
        ([], "memory", QueryStopped),
        ([], "deadline", QueryStopped),
        ([], "abandoned", QueryInterrupted),
        ([], None, QueryInterrupted),
        ([READING, (FrameKind.BODY, b"abc")], "memory", QueryStopped),
        ([READING, (FrameKind.BODY, b"x" * wire_frames.BODY_LIMIT)], None, QueryInterrupted),
        ([(FrameKind.REFUSED, b'["query-not-understood", "no", 3]')], None, QueryRefused),
    ],
)
def test_an_answer_without_its_end_is_no_answer(
    tmp_path: Path, said: list[tuple[bytes, bytes]], ending: str | None, failure: type[QuestionFailed]
) -> None:
    status = WorkerStatus(2)
    with ConnectionQueue() as queue:

        def be_a_child() -> None:
            with queue.accept() as connection:
                Conversation(connection).receive()
                for kind, content in [(FrameKind.STARTED, WORKER.pack(1, 17)), *said]:
                    wire_frames.send(connection, kind, content)
            if ending is not None:
                status.end(1, 17, ending)

        thread = threading.Thread(target=be_a_child)
        thread.start()
        question = Question("ASK {}", "json", str(tmp_path), 20)
        with (
            pytest.raises(failure),
            Children(queue, QueryLimits(), status).ask(question, lambda: False) as answer,
        ):
            list(answer.rest())
        thread.join()


def test_the_status_tells_what_each_child_does_and_how_the_last_one_ended() -> None:
    status = WorkerStatus(3)
    status.clear(1)
    assert not status.is_ready(1)
    status.ready(1)
    assert (status.is_ready(1), status.busy_for(1)) == (True, 0.0)
    status.busy(1)
    assert eventually(lambda: status.busy_for(1) > 0)
    assert status.busy_for(2) == 0.0
    status.end(1, 42, "memory")
    assert (status.is_ready(1), status.ending(1, 42), status.ending(1, 43)) == (False, "memory", None)
    assert status.endings()["memory"] == 1


def test_what_finds_nothing_elsewhere_is_explained_by_the_release_here(
    family: tuple[ConnectionQueue, int], release: Path
) -> None:
    question = Question("ASK { ?s <http://schema.org/name> ?o }", "json", str(release / "store"), 4)

    said = Children(family[0], QueryLimits()).hints(question, (), lambda: False)

    assert "<http://schema.org/name> does not occur in this data." in said
