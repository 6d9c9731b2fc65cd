"""Measures `POST /validate` against pySHACL: `python tests/benchmarks/bench_validate.py [PRACTICES]`.

Both are given the same valid practices in Turtle and the same shapes; what pySHACL gets holds the vocabulary as
well, which the service has. Small files are sent one after the other, and once to pySHACL.
Seconds on the clock from the start of the request, or of the process, to its end; memory is the largest resident
size that a process of the check had. It fails where the service is less than 6 times as fast, or a check takes
600 MB.
"""

import http.client
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from generate import generate_practices, write_csv  # noqa: E402
from pyoxigraph import RdfFormat, parse, serialize  # noqa: E402

from pipeline.description.describe import describe, describe_city, describe_state  # noqa: E402
from pipeline.rdf.iris import Deployment  # noqa: E402
from pipeline.rdf.ntriples import write  # noqa: E402
from pipeline.rdf.vocabulary import prefixes, shapes_files, vocabulary_files  # noqa: E402
from tests.running import Running, below, name_of  # noqa: E402
from tests.samples import build_release  # noqa: E402

WANTED = 6.0
MOST_MB = 600
SMALL = 20
_DEPLOYMENT = Deployment("http://localhost:8000")


def write_turtle(path: Path, practices: int) -> None:
    """Write so many practices, with their records and cities, as a publisher would."""
    lines: dict[str, None] = {}
    for practice in generate_practices(practices):
        cities = (triple for city in practice.cities for triple in describe_city(city, _DEPLOYMENT))
        text = write((*describe(practice, _DEPLOYMENT), *describe_state(practice, _DEPLOYMENT), *cities))
        lines.update(dict.fromkeys(text.splitlines(keepends=True)))
    quads = parse("".join(lines), format=RdfFormat.N_TRIPLES)
    with path.open("wb") as file:
        serialize((quad.triple for quad in quads), file, RdfFormat.TURTLE, prefixes=prefixes())


def write_vocabulary(path: Path) -> None:
    """Write the vocabulary as one file."""
    quads = (quad.triple for file in vocabulary_files() for quad in parse(path=file))
    with path.open("wb") as file:
        serialize(quads, file, RdfFormat.N_TRIPLES)


class Peak:
    """The largest resident size, in megabytes, of any process that a server has forked for checks."""

    def __init__(self, server: Running) -> None:
        self.megabytes = 0.0
        self._server = server
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.05):
            for pid in below(self._server.pid):
                if name_of(pid) == "pg-check":
                    self.megabytes = max(self.megabytes, _peak_of(pid))


def _peak_of(pid: int) -> float:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    return 0.0


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def send(server: Running, body: bytes, media_type: str) -> None:
    """Have data checked; they must be accepted."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    connection.request("POST", "/validate", body, {"Content-Type": media_type})
    response = connection.getresponse()
    report = response.read()
    assert response.headers["Practicegraph-Accepted"] == "true", report[:2000]
    connection.close()


def run_pyshacl(data: Path, vocabulary: Path) -> None:
    """Run pySHACL's command line on a file and the vocabulary, as one graph: as two it takes far longer."""
    both = data.with_suffix(".nt")
    with both.open("wb") as file:
        for path in (data, vocabulary):
            serialize((quad.triple for quad in parse(path=path)), file, RdfFormat.N_TRIPLES)
    [shapes] = [file for file in shapes_files() if file.name == "practice.ttl"]
    command = [sys.executable, "-W", "ignore", "-m", "pyshacl", "--shacl", str(shapes)]
    command += ["--allow-warnings", "--output", os.devnull, str(both)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, (ended.returncode, ended.stderr[-2000:])


def main() -> int:
    """Compare, print, and return the exit status."""
    practices = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    names = ("pyshacl", "rdflib", "pyoxigraph")
    print(f"Python {platform.python_version()},", ", ".join(f"{name} {version(name)}" for name in names))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {folder / "small.ttl": 5, folder / "large.ttl": practices}
        for path, count in files.items():
            write_turtle(path, count)
        write_vocabulary(folder / "vocabulary.nt")
        with (folder / "small.csv").open("w", encoding="utf-8", newline="") as file:
            write_csv(file, 5)
        build_release(folder / "published")
        with Running(folder / "published") as server:
            small = (folder / "small.ttl").read_bytes()
            first = timed(lambda: send(server, small, "text/turtle"))
            turtle = sorted(timed(lambda: send(server, small, "text/turtle")) for _ in range(SMALL))
            table = (folder / "small.csv").read_bytes()
            tables = sorted(timed(lambda: send(server, table, "text/csv")) for _ in range(SMALL))
            body = (folder / "large.ttl").read_bytes()
            with Peak(server) as peak:
                ours = timed(lambda: send(server, body, "text/turtle"))
        print("pySHACL is asked now", flush=True)
        alone = timed(lambda: run_pyshacl(folder / "small.ttl", folder / "vocabulary.nt"))
        theirs = timed(lambda: run_pyshacl(folder / "large.ttl", folder / "vocabulary.nt"))
    print(
        f"5 practices: first check of a server {first:.2f} s, then Turtle {turtle[SMALL // 2]:.2f} s, ",
        end="",
    )
    print(f"CSV {tables[SMALL // 2]:.2f} s (medians of {SMALL}); pySHACL {alone:.2f} s")
    print(
        f"{practices:,} practices, {len(body) / 1e6:.0f} MB: service {ours:.1f} s, pySHACL {theirs:.1f} s",
        end="",
    )
    print(f", {theirs / ours:.1f} times as fast; a process of the check had {peak.megabytes:.0f} MB at most")
    return 0 if theirs / ours >= WANTED and peak.megabytes < MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main())
