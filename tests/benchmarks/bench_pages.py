"""Measures pages: `python tests/benchmarks/bench_pages.py [SECONDS]`.

Practice pages, their Turtle, searches and filtered lists at 1 and 8 clients, beside Trifid over the same triples where
npm can bring it (Trifid has no search and no filters: these are compared with its practice pages);
then lists, filters, searches and pages of 10,000 made-up practices, each asked for once, in CPU time of this process.
"""

import gzip
import http.client
import io
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from urllib.parse import quote_plus

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "benchmarks")]

from generate import generate_practices  # noqa: E402
from running import Running  # noqa: E402
from samples import build_release  # noqa: E402

from endpoint.app import create_app  # noqa: E402
from pipeline.cli import main as practicegraph  # noqa: E402

PEER = "trifid@5.3.0"
PEERS = Path(sys.prefix) / "npm"
KINDS = {"HTML": "text/html", "Turtle": "text/turtle"}
CLIENTS = (1, 8)
LISTS = ("search", "filter")
TOPICS = ("education", "roma", "anti-rumour", "refugees", "multilingualism", "neighbourhood")
SEARCHES = (
    *(
        "library refugees",
        "migrant women",
        "jobs",
        "école",
        "femmes",
        "anti-rumours spain since 2018",
        "police",
    ),
    *(
        "how to welcome newcomers",
        "music",
        "urban planning",
        "churches and mosques",
        "barcelona 2017",
        "rumors",
    ),
)
MADE_UP = 10_000
ASKED = 40


def rate(port: int, paths: list[str], accept: str, clients: int, seconds: float) -> tuple[float, float]:
    """Return answers a second and their median time in milliseconds, all paths having been asked for once."""
    until = time.perf_counter() + seconds
    times: list[list[float]] = [[] for _ in range(clients)]

    def ask(number: int) -> None:
        chance, connection = random.Random(number), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < until:
            times[number].append(answer(connection, chance.choice(paths), accept))
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(clients)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    all_times = [taken for each in times for taken in each]
    return len(all_times) / (time.perf_counter() - begun), statistics.median(all_times) * 1000


def answer(connection: http.client.HTTPConnection, path: str, accept: str) -> float:
    begun = time.perf_counter()
    status = asked(connection, path, accept)
    assert status == 200, (path, status)
    return time.perf_counter() - begun


def asked(connection: http.client.HTTPConnection, path: str, accept: str) -> int:
    connection.request("GET", path, headers={"Accept": accept})
    response = connection.getresponse()
    response.read()
    return response.status


def sound(port: int, paths: list[str], kinds: dict[str, str]) -> list[str]:
    """Ask for every path in every kind once; return those that are answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = [path for path in paths if all(asked(connection, path, kind) == 200 for kind in kinds.values())]
    connection.close()
    if len(found) < len(paths):
        print(
            f"{len(paths) - len(found)} of {len(paths)} pages cannot be shown by the peer and are left out."
        )
    return found


@contextmanager
def trifid(output: Path, folder: Path) -> Iterator[int | None]:
    """Run the peer over the release's triples; yield its port, None where it cannot be had."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        yield None
        return
    program = PEERS / "node_modules" / "trifid" / "server.js"
    if not program.is_file():
        PEERS.mkdir(exist_ok=True)
        install = [npm, "install", "--prefix", PEERS, "--ignore-scripts", "--no-audit", "--no-fund", PEER]
        try:
            subprocess.run(install, check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{PEER} cannot be installed: {error}")
            yield None
            return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "data.nt").write_bytes(gzip.decompress((output / "current" / "dataset.nt.gz").read_bytes()))
    settings = (TESTS / "benchmarks" / "trifid.yaml").read_text()
    (folder / "trifid.yaml").write_text(settings.replace("port: 0", f"port: {port}"))
    command = [node, program, "-c", folder / "trifid.yaml"]
    process = subprocess.Popen(command, cwd=PEERS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the peer did not begin to listen")


def beside_the_peer(output: Path, folder: Path, seconds: float) -> None:
    slugs = [path.rpartition("/")[2] for path in practice_iris(output)]
    measured: dict[str, dict[tuple[str, int], tuple[float, float]]] = {}
    lists = {
        "search": [f"/practices?q={quote_plus(text)}" for text in SEARCHES],
        "filter": [f"/practices?topic={topic}&year={year}" for topic in TOPICS for year in range(2014, 2020)],
    }
    with Running(output) as ours:
        measured["practicegraph"] = measure(ours.port, [f"/doc/practice/{slug}" for slug in slugs], seconds)
        for name, paths in lists.items():
            measured["practicegraph"] |= measure(ours.port, paths, seconds, {name: "text/html"})
    with trifid(output, folder) as port:
        if port is None:
            print("Trifid could not be had here; practicegraph is measured alone.")
        else:
            measured[PEER] = measure(port, [f"/practice/{slug}" for slug in slugs], seconds)
            measured[PEER] |= {
                (name, clients): measured[PEER]["HTML", clients] for name in LISTS for clients in CLIENTS
            }
    print(f"{'page':8}{'clients':>8}" + "".join(f"{name:>24}" for name in measured))
    for kind in (*KINDS, *LISTS):
        for clients in CLIENTS:
            cells = [measured[name][kind, clients] for name in measured]
            shown = "".join(f"{rate:>12.0f}/s {median:>6.2f} ms" for rate, median in cells)
            times = f"   {cells[0][0] / cells[1][0]:.0f} times" if len(cells) > 1 else ""
            print(f"{kind:8}{clients:>8}{shown}{times}")


def measure(
    port: int, paths: list[str], seconds: float, kinds: dict[str, str] = KINDS
) -> dict[tuple[str, int], tuple[float, float]]:
    paths = sound(port, paths, kinds)
    for accept in kinds.values():
        # A server of several processes has pages to keep in each, which one client after another may never reach.
        rate(port, paths, accept, max(CLIENTS), seconds)
    return {
        (kind, clients): rate(port, paths, kinds[kind], clients, seconds)
        for kind in kinds
        for clients in CLIENTS
    }


def practice_iris(output: Path) -> list[str]:
    lines = (output / "current" / "catalogue.csv").read_text(encoding="utf-8").splitlines()[1:]
    return [part for line in lines for part in line.split(",")[1:2] if part.startswith("http")]


def cold(output: Path) -> None:
    """Print the CPU time of single answers that nobody has asked for before."""
    client = create_app(output).test_client()
    chance = random.Random(1)
    slugs = [path.rpartition("/")[2] for path in chance.sample(practice_iris(output), 3 * ASKED)]
    words = (
        *("school", "rumours", "housing women", "neighbours", "young people", "city", "mediation", "learn"),
        *("trust", "library", "team of volunteers", "parents", "council", "residents", "thirty countries"),
        "courses",
    )
    asked = {
        "list": [f"/practices?page={number}" for number in range(2, ASKED)],
        "filter": [f"/practices?topic={topic}&year={year}" for topic in TOPICS for year in range(2014, 2020)],
        "search": [f"/practices?q={word}" for word in words],
        "search, related": [f"/practices?q={quote_plus(text)}" for text in SEARCHES],
        "search, further pages": [
            f"/practices?q={word}&page={page}" for word in words[:8] for page in (2, 3)
        ],
        "list as Turtle": [f"/practices?page={number}&format=ttl" for number in range(2, ASKED)],
        "practice, HTML": [f"/doc/practice/{slug}.html" for slug in slugs[:ASKED]],
        "practice, Turtle": [f"/doc/practice/{slug}.ttl" for slug in slugs[ASKED : 2 * ASKED]],
        "practice, JSON-LD": [f"/doc/practice/{slug}.jsonld" for slug in slugs[2 * ASKED :]],
    }
    for path in ("/practices", "/practices?q=first", f"/doc/practice/{slugs[0]}.html?lang=x"):
        client.get(path)
    print(f"\n{'cold, of ' + format(MADE_UP, ','):24}{'median':>10}{'slowest':>10}")
    for name, paths in asked.items():
        times = []
        for path in paths:
            begun = time.process_time()
            response = client.get(path.replace(" ", "+"))
            times.append((time.process_time() - begun) * 1000)
            assert response.status_code == 200, (path, response.status)
        print(f"{name:24}{statistics.median(times):>7.1f} ms{max(times):>7.1f} ms")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        real = folder / "real"
        source = TESTS.parent / "data" / "practices.csv"
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            practicegraph(["build", str(source), "--output", str(real)], standalone_mode=False)
        beside_the_peer(real, folder, seconds)
        made_up = folder / "made-up"
        build_release(made_up, generate_practices(MADE_UP), gone=())
        # A process of its own, as a web process is: this one holds all that a build has loaded.
        subprocess.run([sys.executable, __file__, "--cold", str(made_up)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--cold"]:
        cold(Path(sys.argv[2]))
    else:
        main()
