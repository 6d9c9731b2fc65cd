"""Chaos: what a reader notices while everything goes wrong: `python tests/benchmarks/bench_chaos.py [SECONDS [SEED]]`.

A server of two releases is switched between them, its processes are killed at random, its temporary folder is
filled and emptied, and eight clients send queries and data that nobody should. Beside them one light client asks
for pages, documents, a description, a count and `/healthz`, and holds every answer against what each of the two
releases says.
"""

import http.client
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from running import Running, below, eventually  # noqa: E402
from samples import PRACTICES, build_release  # noqa: E402

from pipeline.release.switch import switch_to  # noqa: E402

_ICGP = "https://w3id.org/intercultural-practices/ns#"
_PRACTICE = f"http://localhost:8000/practice/{PRACTICES[0].slug}"
_COUNT = f"SELECT (COUNT(*) AS ?n) {{ ?p a <{_ICGP}GoodPractice> }}"
QUESTIONS = {
    "page": (f"/doc/practice/{PRACTICES[0].slug}.html", "text/html"),
    "list": ("/practices", "text/html"),
    "document": (f"/doc/practice/{PRACTICES[0].slug}.nt", "application/n-triples"),
    "describe": (f"/sparql?query={quote(f'DESCRIBE <{_PRACTICE}> #')}", "application/n-triples"),
    "count": (f"/sparql?query={quote(_COUNT + ' #')}", "text/csv"),
    "healthz": ("/healthz", "*/*"),
}
"""Name → address and media type of what the light client asks for; a number after # makes a query another one."""

_VICTIMS = (
    "pg-web",
    "pg-query",
    "pg-query",
    "pg-supervisor",
    "pg-checks",
    "pg-check",
    "pg-verify",
    "pg-reader",
)
_BOMBS = tomllib.loads((TESTS / "cases" / "sparql" / "bombs.toml").read_text(encoding="utf-8"))["bomb"]
_HOSTILE = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "`" * 40_000,
    '"\n' * 20_000,
    "<#>" * 10_000,
    *(
        bomb["before"]
        + bomb.get("repeat", "") * bomb.get("times", 0)
        + bomb.get("middle", "")
        + bomb.get("after_repeat", "") * bomb.get("times", 0)
        + bomb.get("after", "")
        for bomb in _BOMBS
    ),
)
_CLIENTS = 8
_STRANGE = b"id,title\n" + b'"' * 50_000


@dataclass(slots=True)
class Result:
    """What the light client met: statuses by question, wrong answers, and the longest time without a right one."""

    statuses: dict[str, Counter[str]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    longest_gap: float = 0.0
    megabytes: list[int] = field(default_factory=list)
    deeds: Counter[str] = field(default_factory=Counter)
    log: str = ""

    @property
    def availability(self) -> float:
        """Return the part of the requests that got a right answer."""
        total = sum(map(Counter.total, self.statuses.values()))
        return sum(counter["right"] for counter in self.statuses.values()) / max(total, 1)


def run_chaos(folder: Path, seconds: float, seed: int = 1) -> Result:
    """Do harm to a server in a folder for so many seconds, and return what a reader noticed."""
    output, temporary = folder / "published", folder / "t"
    temporary.mkdir()
    releases = (build_release(output, PRACTICES[:2]), build_release(output))
    result = Result()
    with limited(temporary), Running(output, env={"TMPDIR": str(temporary)}, query_timeout=1.5) as server:
        known = {release.name: known_answers(server, output, release) for release in releases}
        stop = threading.Event()
        deeds = _Deeds(server, output, releases, temporary, random.Random(seed), result)
        tasks: list[Callable[[threading.Event], None]] = [deeds.kill, deeds.switch, deeds.fill]
        tasks += [Hostile(server, seed + number).run for number in range(_CLIENTS)]
        tasks += [lambda stop: watch_memory(server, stop, result)]
        threads = [threading.Thread(target=task, args=(stop,)) for task in tasks]
        for thread in threads:
            thread.start()
        ask_lightly(server, tuple(known.values()), time.monotonic() + seconds, result)
        stop.set()
        for thread in threads:
            thread.join()
        deeds.free()
        if not eventually(lambda: is_well(server, known)):
            result.wrong.append(f"The server did not recover: {server.send('GET', '/readyz').text}")
    result.log = server.log
    return result


@contextmanager
def limited(folder: Path) -> Iterator[None]:
    """Limit a folder to some megabytes, if this user may mount."""
    can_mount = os.geteuid() == 0 and not os.system(f"mount -t tmpfs -o size=8m tmpfs {folder} 2>/dev/null")
    try:
        yield
    finally:
        if can_mount:
            os.system(f"umount --lazy {folder}")


def ask(server: Running, name: str, number: int = 0) -> tuple[int, bytes]:
    """Return the status and the body of an answer; raise OSError or HTTPException where it breaks off."""
    path, accept = QUESTIONS[name]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(
            "GET", path + (f"{number}" if "?query=" in path else ""), headers={"Accept": accept}
        )
        response = connection.getresponse()
        return response.status, b"\n".join(sorted(response.read().splitlines()))
    finally:
        connection.close()


def known_answers(server: Running, output: Path, release: Path) -> dict[str, bytes]:
    """Return the answers of an undisturbed server over one release; lines are sorted, as their order is open."""
    switch_to(output, release)
    assert eventually(lambda: serves(server, release.name))
    answers = {}
    for name in QUESTIONS:
        status, answers[name] = ask(server, name)
        assert status == 200, (name, status)
    return answers


def serves(server: Running, release: str) -> bool:
    """Return whether both web processes serve a release.

    Many ask at once: one that asks often may always meet the same process.
    """
    with ThreadPoolExecutor(_CLIENTS) as clients:
        states = [
            json.loads(each.body) for each in clients.map(lambda _: server.send("GET", "/readyz"), range(40))
        ]
    return all(each["release"] == release and each["ready"] for each in states)


def is_well(server: Running, known: Mapping[str, Mapping[str, bytes]]) -> bool:
    """Return whether every question is answered right, and nothing is wrong."""
    with suppress(OSError, http.client.HTTPException):
        told = json.loads(server.send("GET", "/readyz").body)
        answers = {name: ask(server, name) for name in QUESTIONS}
        right = all(answers[name] == (200, known[told["release"]][name]) for name in QUESTIONS)
        return right and told["ready"] and not told.get("warnings")
    return False


def ask_lightly(
    server: Running, known: tuple[Mapping[str, bytes], ...], until: float, result: Result
) -> None:
    """Ask each question in turn until the time is over."""
    result.statuses = {name: Counter() for name in QUESTIONS}
    number, last = 0, time.monotonic()
    while time.monotonic() < until:
        for name in QUESTIONS:
            number += 1
            try:
                status, body = ask(server, name, number)
            except (OSError, http.client.HTTPException) as error:
                result.statuses[name][type(error).__name__] += 1
                continue
            if status == 200 and body in [answers[name] for answers in known]:
                result.statuses[name]["right"] += 1
                result.longest_gap = max(result.longest_gap, time.monotonic() - last)
                last = time.monotonic()
            else:
                result.statuses[name][str(status)] += 1
                if status not in (503,):
                    result.wrong.append(f"{name}: {status} {body[:200]!r}")
        time.sleep(0.02)
    result.longest_gap = max(result.longest_gap, time.monotonic() - last)


@dataclass(slots=True)
class _Deeds:
    """What is done to the server."""

    server: Running
    output: Path
    releases: tuple[Path, ...]
    temporary: Path
    chance: random.Random
    result: Result

    def kill(self, stop: threading.Event) -> None:
        """Kill a process of the server now and then, any but the first one."""
        while not stop.wait(self.chance.uniform(0.1, 1.0)):
            name = self.chance.choice(_VICTIMS)
            if pids := sorted(self.server.processes(name)):
                with suppress(ProcessLookupError):
                    os.kill(self.chance.choice(pids), self.chance.choice((signal.SIGKILL, signal.SIGTERM)))
                self.result.deeds[f"killed {name}"] += 1

    def switch(self, stop: threading.Event) -> None:
        """Switch to the other release, to a damaged one, or to nothing."""
        while not stop.wait(self.chance.uniform(0.5, 2.0)):
            if self.chance.random() < 0.2:
                (self.output / "next").symlink_to("releases/nothing")
                (self.output / "next").replace(self.output / "current")
                self.result.deeds["dangling"] += 1
                stop.wait(0.5)
            switch_to(self.output, self.chance.choice(self.releases))
            self.result.deeds["switched"] += 1
        switch_to(self.output, self.releases[0])

    def fill(self, stop: threading.Event) -> None:
        """Fill the temporary folder and empty it, with all that others have there."""
        while not stop.wait(self.chance.uniform(0.5, 2.0)):
            with suppress(OSError):
                for number in range(200):
                    (self.temporary / f"filler-{number}").write_bytes(b"x" * 65536)
            self.result.deeds["filled"] += 1
            stop.wait(self.chance.uniform(0.2, 1.0))
            self.free()
            self.result.deeds["emptied"] += 1

    def free(self) -> None:
        """Delete everything in the temporary folder."""
        for path in self.temporary.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


class Hostile:
    """A client that sends what nobody should, and does not care for the answers."""

    def __init__(self, server: Running, seed: int) -> None:
        self._server = server
        self._chance = random.Random(seed)

    def run(self, stop: threading.Event) -> None:
        """Send one thing after the other; hang up on some of them."""
        while not stop.is_set():
            connection = http.client.HTTPConnection(
                "127.0.0.1", self._server.port, timeout=self._chance.choice((0.2, 5.0))
            )
            with suppress(OSError, http.client.HTTPException):
                if self._chance.random() < 0.15:
                    connection.request("POST", "/validate", _STRANGE, {"Content-Type": "text/csv"})
                else:
                    query = f"{self._chance.choice(_HOSTILE)} #{self._chance.random()}"
                    connection.request("POST", "/sparql", query, {"Content-Type": "application/sparql-query"})
                while connection.getresponse().read(65536):
                    pass
            connection.close()
            stop.wait(0.02)


def watch_memory(server: Running, stop: threading.Event, result: Result) -> None:
    """Note each second how many megabytes all processes take, shared pages shared out."""
    while not stop.wait(1.0):
        result.megabytes.append(sum(map(_megabytes, (server.pid, *below(server.pid)))))


def _megabytes(pid: int) -> int:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) // 1024
    return 0


def main() -> None:
    """Print what a reader noticed."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 120.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as name:
        result = run_chaos(Path(name), seconds, seed)
    print(f"{seconds:g} s, seed {seed}: {dict(result.deeds)}\n")
    print("| asked | right | other |")
    print("| --- | ---: | --- |")
    for name, counter in result.statuses.items():
        right = counter.pop("right", 0)
        print(f"| {name} | {right} | {dict(counter) or ''} |")
        counter["right"] = right
    print(f"\nAvailability: {result.availability:.2%}. Longest gap: {result.longest_gap:.1f} s.")
    print(f"Wrong answers: {len(result.wrong)}. {' '.join(result.wrong[:5])}")
    print(f"Megabytes each second: {result.megabytes}")
    if "Traceback" in result.log:
        print(result.log[result.log.index("Traceback") - 300 :][:3000])


if __name__ == "__main__":
    main()
