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
from endpoint.engine.question import Limits, Question
from pipeline.rdf.vocabulary import DCT, ICGP
from tests.running import below, eventually, name_of
from tests.samples import build_release

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="open files are told by /proc")

ROOT = locations.ROOT
SUPERVISOR = """
import socket, sys
from pathlib import Path
from endpoint.engine.board import Board
from endpoint.engine.question import Limits
from endpoint.engine.supervisor import Supervisor
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[2])
listener.listen(64)
limits = Limits(seconds=20, children=2, most=3, in_memory=int(sys.argv[3]))
Supervisor(listener, (Path(sys.argv[1]) / "current").resolve, limits, Board(limits.most)).run()
"""
TITLES = f"SELECT ?t {{ ?p a <{ICGP}GoodPractice> ; <{DCT}title> ?t }}"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_release(tmp_path_factory.mktemp("published"))


@contextmanager
def family(output: Path, folder: Path, most: int) -> Iterator[tuple[Path, int]]:
    path = folder / f"queries-{most}"
    command = [sys.executable, "-c", SUPERVISOR, str(output), str(path), str(most)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert eventually(path.exists)
        assert eventually(lambda: len(children(process.pid)) == 2)
        yield path, process.pid
    finally:
        process.terminate()
        process.communicate(timeout=10)


def ask(path: Path, release: Path, query: str, format_: str = "csv") -> bytes:
    question = Question(query, format_, str(release / "store"), 20, base_iri="http://localhost:8000/sparql")
    with Children(path, Limits()).ask(question, lambda: False) as answer:
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
        with family(release.parents[1], tmp_path, most) as (path, supervisor):
            assert b"Meeting neighbours" in ask(path, release, TITLES)
            assert eventually(lambda pid=supervisor, wanted=on_disk: bool(files_of_stores(pid)) is wanted)


def test_a_release_that_does_not_say_how_large_it_is_stays_on_the_disk(release: Path, tmp_path: Path) -> None:
    output = tmp_path / "published"
    shutil.copytree(release.parents[1], output, symlinks=True)
    own = output / "releases" / release.name
    (own / "manifest.json").write_text("{}")
    with family(output, tmp_path, 10**9) as (path, supervisor):
        assert b"Meeting neighbours" in ask(path, own, TITLES)
        assert files_of_stores(supervisor)


def test_children_follow_to_the_next_release(tmp_path: Path) -> None:
    output = tmp_path / "published"
    first = build_release(output)
    with family(output, tmp_path, 10**6) as (path, supervisor):
        before = children(supervisor)
        second = build_release(output, base="http://localhost:8001")
        assert second != first
        # Who still asks about the first, or already about the second, is answered all the while.
        for _ in range(20):
            assert sorted(ask(path, first, TITLES)) == sorted(ask(path, second, TITLES))
        assert eventually(lambda: len(children(supervisor)) == 2 and not children(supervisor) & before)
        assert eventually(lambda: not files_of_stores(supervisor))
        assert b"localhost:8001" in ask(path, second, "SELECT ?p { ?p a ?c }")


def test_a_store_that_cannot_be_read_is_no_reason_to_stop(release: Path, tmp_path: Path) -> None:
    output = tmp_path / "published"
    shutil.copytree(release.parents[1], output, symlinks=True)
    own = output / "releases" / release.name
    shutil.rmtree(own / "store")
    with family(output, tmp_path, 10**6) as (path, _):
        assert b"Meeting neighbours" in ask(path, release, TITLES)


@pytest.fixture(scope="module")
def both(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("s")
    with (
        family(release.parents[1], folder, 10**6) as (memory, _),
        family(release.parents[1], folder, 0) as (disk, _),
    ):
        yield memory, disk


@pytest.mark.parametrize(
    "example", sorted((ROOT / "endpoint/examples").glob("*.rq")), ids=lambda path: path.stem
)
def test_memory_and_disk_answer_alike(example: Path, both: tuple[Path, Path], release: Path) -> None:
    query = example.read_text(encoding="utf-8").replace("LIMIT", "#")
    memory, disk = (answers(path, release, query) for path in both)

    assert memory == disk


def answers(path: Path, release: Path, query: str) -> list[bytes]:
    """Return the rows or triples of an answer, in any order."""
    is_graph = "CONSTRUCT" in query or "DESCRIBE" in query
    return sorted(ask(path, release, query, "nt" if is_graph else "csv").splitlines())


def test_blank_nodes_keep_their_names(both: tuple[Path, Path], release: Path) -> None:
    query = "SELECT ?b { ?b <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> ?o FILTER isBlank(?b) }"
    memory, disk = (sorted(ask(path, release, query, "tsv").splitlines()) for path in both)

    assert len(memory) > 1
    assert memory == disk
