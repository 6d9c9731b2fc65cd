"""What an operating system does to a server: each fault is a real one, and the site stays up."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.endpoint.validation.test_validation_service import SOUND, post
from tests.running import Running, eventually
from tests.samples import PRACTICES, build_release

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the faults are made with means of Linux")

FRESH = "ASK { FILTER(RAND() < 2) }"
PRACTICE = "SELECT * { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }"
IS_ROOT = os.geteuid() == 0
WITHOUT_SECCOMP = """
import ctypes, errno, os, struct, sys
# A filter that lets everything pass but prctl(PR_SET_SECCOMP): no other filter can be set up after it.
prctl = {"x86_64": 157, "aarch64": 167}[os.uname().machine]
steps = [
    (0x20, 0, 0, 0), (0x15, 0, 3, prctl), (0x20, 0, 0, 16), (0x15, 0, 1, 22),
    (0x06, 0, 0, 0x00050000 | errno.EPERM), (0x06, 0, 0, 0x7FFF0000),
]
code = b"".join(struct.pack("=HBBI", *step) for step in steps)
buffer = ctypes.create_string_buffer(code, len(code))
class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))
program = Program(len(steps), ctypes.addressof(buffer))
library = ctypes.CDLL(None)
library.prctl(38, 1, 0, 0, 0)
assert library.prctl(22, 2, ctypes.c_ulong(ctypes.addressof(program)), 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"""
SOME_USER = 61_000
"""A user who owns no process and no file; with the number of this process added, no other test's."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_release(tmp_path_factory.mktemp("published"))


@pytest.fixture
def output(release: Path) -> Iterator[Path]:
    """Return a folder with one release that any user can read and replace."""
    with copied(release) as folder:
        yield folder


@contextmanager
def copied(release: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(release.parents[1], Path(name) / "published", symlinks=True))
        for path in (Path(name), *Path(name).rglob("*")):
            if not path.is_symlink():
                path.chmod(0o777 if path.is_dir() else 0o666)
        yield folder


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Return a folder for temporary files that any user can write to, with a short path."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


@pytest.fixture(scope="module")
def somebodys(release: Path) -> Iterator[tuple[Running, Path]]:
    """Return a server of a user with limits, and the folder of its releases; each test repairs what it breaks."""
    with copied(release) as folder, tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        with Running(folder, prefix=as_somebody(), env={"TMPDIR": name}) as server:
            yield server, folder


@pytest.fixture(scope="module")
def serving(release: Path) -> Iterator[tuple[Running, Path]]:
    """Return a server and the folder of its releases; each test repairs what it breaks."""
    with copied(release) as folder, Running(folder) as server:
        yield server, folder


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a small file system in memory on a folder."""
    command = ["mount", "-t", "tmpfs", "-o", f"mode=1777,{options}", "tmpfs", str(folder)]
    if not IS_ROOT or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only a user who may mount can make a folder full or read-only")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Write files until there is room for no more, neither for bytes nor for names."""
    try:
        for number in range(100_000):
            (folder / f"filler-{number}").write_bytes(b"x" * 65536)
    except OSError:
        pass
    try:
        for number in range(100_000):
            (folder / f"small-filler-{number}").write_bytes(b"x" * 100)
    except OSError:
        pass


@cache
def as_somebody(number: int = 0) -> Sequence[str]:
    """Return the words that start a command as a user whom the limit on processes holds for: not root."""
    if not IS_ROOT:
        return ()
    user = str(SOME_USER + number * 4000 + os.getpid() % 4000)
    prefix = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--inh-caps=-all")
    command = [*prefix, sys.executable, "-B", "-c", "import endpoint.server"]
    if shutil.which("setpriv") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no other user can run the server from here")
    return prefix


def allow_processes(pids: set[int], number: int = 5000) -> None:
    """Limit the number of processes of a user, as that user."""
    for pid in pids:
        command = [*as_somebody(), "prlimit", f"--pid={pid}", f"--nproc={number}:"]
        subprocess.run(command, check=True)


def readiness(server: Running) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(server.send("GET", "/readyz").body)
    return told


def warnings(server: Running) -> str:
    return " ".join(readiness(server).get("warnings", ()))


def switch(output: Path, target: str) -> None:
    (output / "next").symlink_to(target)
    (output / "next").replace(output / "current")


def count(server: Running) -> int:
    return len(server.ask(PRACTICE).json()["results"]["bindings"])


def test_a_web_process_that_cannot_be_replaced_is_replaced_later(somebodys: tuple[Running, Path]) -> None:
    server, _ = somebodys
    webs = server.processes("pg-web")
    allow_processes({server.pid}, 1)
    os.kill(min(webs), signal.SIGKILL)

    assert eventually(lambda: "No process can be started (Resource temporarily" in warnings(server))
    assert server.send("GET", "/practices").status == 200
    assert server.ask(FRESH).status == 200
    assert readiness(server)["ready"] is True
    server.wait_for_log("pg-web: No process can be started .Resource temporarily unavailable.")
    allow_processes({server.pid})

    assert eventually(lambda: len(server.processes("pg-web")) == 2)
    assert eventually(lambda: not warnings(server))
    assert "Traceback" not in server.log


def test_query_children_that_cannot_be_replaced_are_replaced_later(somebodys: tuple[Running, Path]) -> None:
    server, _ = somebodys
    supervisor = server.processes("pg-supervisor")
    allow_processes(supervisor, 1)
    for pid in server.processes("pg-query"):
        os.kill(pid, signal.SIGKILL)

    assert eventually(lambda: readiness(server)["ready"] is False)
    assert "pg-query: No process can be started" in warnings(server)
    assert server.send("GET", "/practices").status == 200
    refusal = server.ask(FRESH)
    assert (refusal.status, int(refusal.headers["Retry-After"]) > 0) == (503, True)
    assert server.processes("pg-supervisor") == supervisor
    allow_processes(supervisor)

    assert eventually(lambda: server.ask(FRESH).status == 200, 10)
    assert eventually(lambda: not warnings(server))


def test_a_check_that_cannot_be_started_is_to_be_tried_again(somebodys: tuple[Running, Path]) -> None:
    server, _ = somebodys
    assert post(server, SOUND).status == 200
    checks = server.processes("pg-checks")
    allow_processes(checks, 1)
    refusal = post(server, SOUND)

    assert (refusal.status, refusal.json()["type"].rpartition("#")[2]) == (503, "service-busy")
    assert int(refusal.headers["Retry-After"]) > 0
    assert "pg-checks: No process can be started" in warnings(server)
    allow_processes(checks)

    assert post(server, SOUND).status == 200
    assert not warnings(server)
    assert server.processes("pg-checks") == checks


def test_a_new_release_that_cannot_be_checked_is_checked_later(somebodys: tuple[Running, Path]) -> None:
    server, output = somebodys
    allow_processes({server.pid}, 1)
    build_release(output, PRACTICES[:2])

    assert eventually(lambda: "could not be checked. No process can be started" in warnings(server))
    assert count(server) == len(PRACTICES)
    allow_processes({server.pid})

    assert eventually(lambda: count(server) == 2)
    assert eventually(lambda: not warnings(server))


def test_a_server_that_can_start_no_process_ends_with_a_sentence(output: Path) -> None:
    server = Running(output, prefix=("prlimit", "--nproc=1:1", *as_somebody(1)))

    assert server.end() == 3
    assert server.log.splitlines()[-1].startswith("refused: ")
    assert "Resource temporarily unavailable" in server.log.splitlines()[-1]


@pytest.mark.parametrize("options", ["size=8m", "size=8m,nr_inodes=100"])
def test_a_full_temporary_folder_stops_neither_pages_nor_queries_nor_new_releases(
    output: Path, temporary: Path, options: str
) -> None:
    with mounted(temporary, options), Running(output, env={"TMPDIR": str(temporary)}) as server:
        assert not warnings(server)
        fill(temporary)

        assert "takes no files (No space left on device)" in warnings(server)
        assert_pages_queries_and_new_releases(server, output)
        for filler in temporary.glob("*filler-*"):
            filler.unlink()
        assert eventually(lambda: post(server, SOUND).status == 200)
        assert not warnings(server)


def test_a_temporary_folder_that_becomes_read_only_stops_neither(output: Path, temporary: Path) -> None:
    with mounted(temporary, "size=8m"), Running(output, env={"TMPDIR": str(temporary)}) as server:
        subprocess.run(["mount", "-o", "remount,ro", str(temporary)], check=True)

        assert "takes no files (Read-only file system)" in warnings(server)
        assert_pages_queries_and_new_releases(server, output)


def test_a_temporary_folder_that_is_emptied_stops_neither(output: Path, temporary: Path) -> None:
    with Running(output, env={"TMPDIR": str(temporary)}) as server:
        for path in temporary.iterdir():
            shutil.rmtree(path)

        assert server.send("GET", "/practices").status == 200
        build_release(output, PRACTICES[:2])
        assert eventually(lambda: "2" in server.send("GET", "/practices").text, 10)
        assert post(server, SOUND).status == 200
        assert server.stop() == 0


def assert_pages_queries_and_new_releases(server: Running, output: Path) -> None:
    assert server.send("GET", "/practices").status == 200
    assert count(server) == len(PRACTICES)
    refusal = post(server, SOUND)
    assert (refusal.status, refusal.json()["type"].rpartition("#")[2]) == (503, "service-busy")
    assert int(refusal.headers["Retry-After"]) > 0
    build_release(output, PRACTICES[:2])
    assert eventually(lambda: count(server) == 2)
    for name in ("pg-web", "pg-supervisor"):
        os.kill(min(server.processes(name)), signal.SIGKILL)
    assert eventually(lambda: len(server.processes("pg-web")) == 2)
    assert eventually(lambda: server.ask(FRESH).status == 200)
    assert eventually(lambda: readiness(server)["ready"] is True)


@pytest.mark.parametrize("damage", ["nothing", "loop", "file", "folder", "truncated"])
def test_the_last_good_release_stays_whatever_current_becomes(
    serving: tuple[Running, Path], damage: str
) -> None:
    server, output = serving
    good = (output / "current").resolve()
    damage_current(output, damage)

    def tells() -> bool:
        told = readiness(server)
        return bool(told.get("warnings") or told.get("refused"))

    assert eventually(tells)
    assert readiness(server)["ready"] is True
    assert count(server) == len(PRACTICES)
    os.kill(min(server.processes("pg-web")), signal.SIGKILL)
    os.kill(min(server.processes("pg-supervisor")), signal.SIGKILL)
    assert eventually(lambda: len(server.processes("pg-web")) == 2)
    assert eventually(lambda: server.ask(FRESH).status == 200)
    assert {server.send("GET", "/practices").status for _ in range(5)} == {200}

    remove(output / "current")
    switch(output, str(good))
    assert eventually(lambda: not tells())
    assert "Traceback" not in server.log


def damage_current(output: Path, damage: str) -> None:
    link = output / "current"
    if damage == "nothing":
        switch(output, "releases/nothing")
    elif damage == "loop":
        switch(output, "current")
    elif damage == "file":
        (output / "next").write_text("no release")
        (output / "next").replace(link)
    elif damage == "folder":
        link.unlink()
        link.mkdir()
    else:
        damaged = shutil.copytree(link.resolve(), output / "releases" / "damaged")
        for path in (damaged / "store").glob("*.sst"):
            path.write_bytes(path.read_bytes()[:100])
        switch(output, "releases/damaged")


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()


def test_a_sandbox_that_cannot_be_set_up_is_said_loudly(output: Path, tmp_path: Path) -> None:
    start = tmp_path / "without_seccomp.py"
    start.write_text(WITHOUT_SECCOMP, encoding="utf-8")
    with Running(output, prefix=(sys.executable, str(start))) as server:
        assert server.ask(FRESH).status == 200
        assert post(server, SOUND).status == 200

        assert "without the kernel's filter" in warnings(server)
        assert readiness(server)["ready"] is True
        for sandbox in ("Query children run", "A check runs", "Parsers run"):
            server.wait_for_log(f"CRITICAL {sandbox} WITHOUT the filter .*seccomp.*EPERM")


def test_a_check_of_a_release_that_is_killed_is_done_again(serving: tuple[Running, Path]) -> None:
    server, output = serving
    (pid,) = {server.pid}
    build_release(output, PRACTICES[:2])
    killed = 0
    while not killed and count(server) != 2:
        for each in server.processes("pg-verify"):
            os.kill(each, signal.SIGKILL)
            killed += 1

    assert eventually(lambda: count(server) == 2)
    assert pid == server.pid
