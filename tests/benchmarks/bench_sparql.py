"""Measures the SPARQL endpoint beside its peers.

`python tests/benchmarks/bench_sparql.py [PRACTICES [SECONDS [OUTPUT]]]`; OUTPUT is a folder with a release of generated
practices, and without it one is built. The peers are `oxigraph serve-read-only` on the same store, Virtuoso 7 of
Debian on the same triples, and rdflib-endpoint from PyPI, in an environment of its own, up to 10,000 practices. A peer
that is not installed is left out. A query is cold when nobody has asked it before (a comment makes it another one),
repeated when all clients ask the same. Describe asks for another practice each time. CPU milliseconds are those of all
processes of a server for one answer; on a machine that does other things too they say more than the rates.
"""

import gzip
import os
import platform
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "benchmarks")]

from generate import generate_practices  # noqa: E402
from load import QUERIES, Rate, measure  # noqa: E402
from running import below, name_of  # noqa: E402
from samples import build_release  # noqa: E402
from virtuoso import load_virtuoso, virtuoso_command  # noqa: E402

PEER = "rdflib-endpoint[web]==0.6.3"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CLIENTS = (1, 8)
SECONDS_TO_START = 300
MOST_IN_MEMORY = 10_000
"""Practices: rdflib-endpoint, which holds all triples in memory, takes minutes to read more."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its first process, and its address as host:port/path."""

    pid: int
    address: str


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str], port: int) -> Iterator[int]:
    """Start a server, wait until it listens, and end it; yield its process id."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + SECONDS_TO_START
        while True:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def peer_environment(folder: Path) -> Path | None:
    """Return the command of rdflib-endpoint in its own environment, None if it cannot be installed."""
    python = folder / "peer" / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", str(folder / "peer")],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER],
    ):
        if subprocess.run(command, capture_output=True).returncode != 0:
            return None
    return python.parent / "rdflib-endpoint"


def commands(release: Path, folder: Path, number: int) -> Iterator[tuple[str, list[str], int, str]]:
    """Yield the name, command, port and path of each server that is installed, but Virtuoso."""
    port = free_port()
    ours = [sys.executable, "-m", "pipeline.cli", "serve", "--release", str(release.parents[1])]
    yield "practicegraph", [*ours, "--port", str(port), "--access-log", "none"], port, "sparql"
    port = free_port()
    memory = ["--in-memory", "1000000000", "--port", str(port), "--access-log", "none"]
    if number <= MOST_IN_MEMORY:
        yield "practicegraph, in memory", [*ours, *memory], port, "sparql"
    port = free_port()
    oxigraph = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if oxigraph:
        store = ["--location", str(release / "store"), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
        yield "oxigraph", [oxigraph, "serve-read-only", *store], port, "query"
    port = free_port()
    endpoint = peer_environment(folder) if number <= MOST_IN_MEMORY else None
    if endpoint:
        triples = folder / "dataset.nt"
        with gzip.open(release / "dataset.nt.gz") as packed, triples.open("wb") as file:
            shutil.copyfileobj(packed, file)
        yield "rdflib-endpoint", [str(endpoint), "serve", "--port", str(port), str(triples)], port, ""


@contextmanager
def started_servers(release: Path, folder: Path, number: int) -> Iterator[dict[str, Server]]:
    """Start all servers on a release, load what has to be loaded, and end them; yield them by name."""
    with ExitStack() as stack:
        servers = {
            title: Server(stack.enter_context(started(command, port)), f"127.0.0.1:{port}/{path}")
            for title, command, port, path in commands(release, folder, number)
        }
        port, sql_port, database = free_port(), free_port(), folder / "virtuoso"
        if command := virtuoso_command(database, port, sql_port):
            pid = stack.enter_context(started(command, port))
            load_virtuoso(database, sql_port, release / "dataset.nt.gz")
            servers["Virtuoso"] = Server(pid, f"127.0.0.1:{port}/sparql")
        yield servers


def some_practices(release: Path) -> list[str]:
    """Return the IRIs of at most 2,000 practices of a release."""
    with closing(sqlite3.connect(release / "index.sqlite")) as index:
        slugs = [slug for (slug,) in index.execute("SELECT slug FROM practice ORDER BY position")]
    return [f"http://localhost:8000/practice/{slug}" for slug in slugs[:: max(len(slugs) // 2000, 1)]]


def pss(pid: int) -> dict[str, int]:
    """Return the memory of a process and all below it in megabytes, by their names, shared pages shared out."""
    found: dict[str, int] = {}
    for each in (pid, *below(pid)):
        lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        found[name_of(each)] = found.get(name_of(each), 0) + kilobytes // 1024
    return found


def cpu(pid: int) -> float:
    """Return the CPU seconds that a process and all below it have used, those that have ended left out."""
    ticks = 0
    for each in (pid, *below(pid)):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(
    server: Server, name: str, practices: list[str], clients: int, seconds: float, *, repeated: bool = False
) -> tuple[Rate, float]:
    """Return what clients got of a server, and the CPU milliseconds that an answer cost it."""
    before = cpu(server.pid)
    rate = measure(server.address, name, practices, clients=clients, seconds=seconds, repeated=repeated)
    return rate, (cpu(server.pid) - before) * 1000 / max(sum(rate.statuses.values()), 1)


def shown(server: str, kind: str, clients: int, rate: Rate, cost: float) -> None:
    bad = {status: number for status, number in rate.statuses.items() if status != "200"}
    print(
        f"| {kind} | {clients} | {server} | {rate.per_second:.1f} | {rate.median:.2f} | {rate.slowest:.1f} |"
        f" {cost:.2f} | {rate.size} | {bad or ''} |",
        flush=True,
    )


def compare(servers: dict[str, Server], practices: list[str], seconds: float) -> None:
    """Print how many answers a second each server gives, in turn, so that all meet the same machine."""
    for name in QUERIES:
        for clients in CLIENTS:
            for title, server in servers.items():
                keeps = title.startswith("practicegraph") and name != "describe"
                for repeated in (False, True) if keeps else (False,):
                    kind = f"{name}, {'repeated' if repeated else 'cold'}"
                    found = measured(server, name, practices, clients, seconds, repeated=repeated)
                    shown(title, kind, clients, *found)


def with_runaways(title: str, server: Server, practices: list[str], seconds: float) -> None:
    """Print the rate of describe, and how long a page takes, while four queries run away."""
    host, _, rest = server.address.partition(":")
    port = int(rest.partition("/")[0])
    with ExitStack() as stack:
        for number in range(4):
            connection = stack.enter_context(closing(socket.create_connection((host, port))))
            query = quote(f"{RUNAWAY} # {number}")
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(4)
        times: list[float] = []

        def read_pages() -> None:
            for _ in range(5):
                began = time.monotonic()
                urllib.request.urlopen(f"http://{host}:{port}/practices").read()
                times.append(time.monotonic() - began)

        reader = threading.Thread(target=read_pages)
        reader.start()
        rate, _ = measured(server, "describe", practices, 4, seconds)
        reader.join()
    shown(title, "describe beside 4 runaways", 4, rate, float("nan"))
    print(f"\n{title}, pages beside 4 runaways: {max(times) * 1000:.0f} ms at most.")


def main() -> None:
    """Build a release, start the servers, and print the tables."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 3.0
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        if len(sys.argv) > 3:
            release = (Path(sys.argv[3]) / "current").resolve()
        else:
            release = build_release(folder / "published", generate_practices(number))
        practices = some_practices(release)
        servers = stack.enter_context(started_servers(release, folder, number))
        print(f"{number} practices, {platform.machine()}, Python {platform.python_version()}\n")
        print("| query | clients | server | answers/s | median ms | p99 ms | CPU ms | bytes | not 200 |")
        print("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | --- |")
        compare(servers, practices, seconds)
        for title in filter(servers.__contains__, ("practicegraph", "practicegraph, in memory")):
            ours = servers[title]
            shown(title, "describe", 4, *measured(ours, "describe", practices, 4, seconds))
            with_runaways(title, ours, practices, seconds)
        time.sleep(8)
        ours = servers["practicegraph"]
        for title, server in servers.items():
            found = pss(server.pid)
            print(f"PSS of {title}: {sum(found.values())} MB {found}")
        text = urllib.request.urlopen(f"http://{ours.address.partition('/')[0]}/metrics").read().decode()
        kept = next(
            line for line in text.splitlines() if line.startswith("practicegraph_sparql_cache_bytes ")
        )
        print(f"Cache: {float(kept.split()[1]) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
