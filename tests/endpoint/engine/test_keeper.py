"""The store in memory: whether it is used, follows releases, and answers as the one on the disk does."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import locations
import pytest

from endpoint.engine.client import Children
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits, Question
from pipeline.rdf.vocabulary import DCT, ICGP
from tests.running import below, eventually, name_of
from tests.samples import build_release

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform != "linux", reason="open files are told by /proc"),
]

ROOT = locations.ROOT
SERVICE = """
import signal, socket, sys, time
from pathlib import Path
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.engine.question import QueryLimits
from endpoint.engine.supervisor_group import SupervisorGroup
from pipeline.system.processes import Signals, reap
queue = ConnectionQueue(socket.socket(fileno=int(sys.argv[2])))
limits = QueryLimits(seconds=20, children=2, most=3, in_memory=int(sys.argv[3]))
group = SupervisorGroup(queue, (Path(sys.argv[1]) / "current").resolve, limits)
with Signals(signal.SIGTERM) as signals:
    while not signals.wait(0.1):
        reap()
        group.tend()
group.signal(signal.SIGTERM)
while group.is_running():
    reap()
    time.sleep(0.02)
"""
TITLES = f"SELECT ?t {{ ?p a <{ICGP}GoodPractice> ; <{DCT}title> ?t }}"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_release(tmp_path_factory.mktemp("published"))


@contextmanager
def family(output: Path, most: int) -> Iterator[tuple[ConnectionQueue, int]]:
    with ConnectionQueue() as queue:
        command = [sys.executable, "-c", SERVICE, str(output), str(queue.fileno()), str(most)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, pass_fds=(queue.fileno(),))
        try:
            assert eventually(lambda: len(children(process.pid)) >= 2, 20)
            yield queue, process.pid
        finally:
            process.terminate()
            process.communicate(timeout=10)
        assert process.returncode == 0


def ask(queue: ConnectionQueue, release: Path, query: str, format_: str = "csv") -> bytes:
    question = Question(query, format_, str(release / "store"), 20, base_iri="http://localhost:8000/sparql")
    with Children(queue, QueryLimits()).ask(question, lambda: False) as answer:
        return answer.first + b"".join(answer.rest())


def children(supervisor: int) -> set[int]:
    return {pid for pid in below(supervisor) if name_of(pid) == "pg-query"}


def files_of_stores(supervisor: int) -> set[str]:
    """Return the files of stores on the disk that query children have open."""
    found = set()
    for pid in children(supervisor):
        with suppress(OSError):  # a child may end while it is looked at
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(OSError):
                    found.add(str(file.readlink()))
    return {file for file in found if "/store/" in file}


def test_a_small_release_is_asked_in_memory_and_a_large_one_on_the_disk(
    release: Path, tmp_path: Path
) -> None:
    size = json.loads((release / "manifest.json").read_text())["counts"]["quads"]
    for most, on_disk in ((size, False), (size - 1, True)):
        with family(release.parents[1], most) as (queue, supervisor):
            assert b"Meeting neighbours" in ask(queue, release, TITLES)
            assert eventually(lambda pid=supervisor, wanted=on_disk: bool(files_of_stores(pid)) is wanted, 20)


def test_a_release_that_does_not_say_how_large_it_is_stays_on_the_disk(release: Path, tmp_path: Path) -> None:
    output = tmp_path / "published"
    shutil.copytree(release.parents[1], output, symlinks=True)
    own = output / "releases" / release.name
    (own / "manifest.json").write_text("{}")
    with family(output, 10**9) as (queue, supervisor):
        assert b"Meeting neighbours" in ask(queue, own, TITLES)
        assert files_of_stores(supervisor)


def test_children_follow_to_the_next_release(tmp_path: Path) -> None:
    output = tmp_path / "published"
    first = build_release(output)
    with family(output, 10**6) as (queue, supervisor):
        before = children(supervisor)
        second = build_release(output, base="http://localhost:8001")
        assert second != first
        # Who still asks about the first, or already about the second, is answered all the while.
        for _ in range(20):
            assert sorted(ask(queue, first, TITLES)) == sorted(ask(queue, second, TITLES))
        assert eventually(lambda: len(children(supervisor)) == 2 and not children(supervisor) & before, 20)
        assert eventually(lambda: not files_of_stores(supervisor), 20)
        assert b"localhost:8001" in ask(queue, second, "SELECT ?p { ?p a ?c }")


def test_a_store_that_cannot_be_read_is_no_reason_to_stop(release: Path, tmp_path: Path) -> None:
    output = tmp_path / "published"
    shutil.copytree(release.parents[1], output, symlinks=True)
    own = output / "releases" / release.name
    shutil.rmtree(own / "store")
    with family(output, 10**6) as (queue, _):
        assert b"Meeting neighbours" in ask(queue, release, TITLES)


@pytest.fixture(scope="module")
def both(release: Path) -> Iterator[tuple[ConnectionQueue, ConnectionQueue]]:
    with (
        family(release.parents[1], 10**6) as (memory, supervisor),
        family(release.parents[1], 0) as (disk, _),
    ):
        assert eventually(lambda: bool(children(supervisor)) and not files_of_stores(supervisor), 20)
        yield memory, disk


@pytest.mark.parametrize(
    "example", sorted((ROOT / "endpoint/sparql/examples").glob("*.rq")), ids=lambda path: path.stem
)
def test_memory_and_disk_answer_alike(
    example: Path, both: tuple[ConnectionQueue, ConnectionQueue], release: Path
) -> None:
    query = example.read_text(encoding="utf-8").replace("LIMIT", "#")
    memory, disk = (answers(queue, release, query) for queue in both)

    assert memory == disk


def answers(queue: ConnectionQueue, release: Path, query: str) -> list[bytes]:
    """Return the rows or triples of an answer, in any order."""
    is_graph = "CONSTRUCT" in query or "DESCRIBE" in query
    return sorted(ask(queue, release, query, "nt" if is_graph else "csv").splitlines())


def test_blank_nodes_keep_their_names(both: tuple[ConnectionQueue, ConnectionQueue], release: Path) -> None:
    query = "SELECT ?b { ?b <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> ?o FILTER isBlank(?b) }"
    memory, disk = (sorted(ask(queue, release, query, "tsv").splitlines()) for queue in both)

    assert len(memory) > 1
    assert memory == disk
