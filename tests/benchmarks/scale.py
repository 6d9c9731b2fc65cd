"""Measures how a build grows: `python tests/benchmarks/scale.py [--ways WAY…] [PRACTICES…]`, then draws docs/scale.md.

Each build is a process of its own. Time is by the clock; CPU, memory (PSS) and disk are of the process with all that
it starts, looked at while they run. The rows of scale.csv beside this file are replaced, the others stay. The
naive ways stop where they take minutes: rdflib copies rows into a graph without recognising anything, pySHACL checks
the N-Triples of the release.
"""

import argparse
import csv
import gzip
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from itertools import count
from os import sysconf, walk
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from bench_convert import naive_read  # noqa: E402
from clusters import cluster  # noqa: E402
from generate import write_csv  # noqa: E402
from scale_charts import RESULTS, draw  # noqa: E402

BUILD = (sys.executable, "-m", "pipeline.cli", "build", "--brief", "--base-iri", "http://localhost:8000")
TRIPLES = 41
"""So many triples a practice has, with those on where it comes from."""

WAYS = {"1 process": 10**9, "2 processes": 10**9, "Spark, local[2]": 10**9, "Spark, 2 workers": 10**9}
NAIVE = {"rdflib, naive": 10_000, "pySHACL alone": 1_000}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a build took: seconds, and megabytes; ``disk`` is the most that it had on disk at once."""

    way: str
    practices: int
    wall: float
    cpu: float
    memory: float
    disk: float
    source: float
    release: float


def main(sizes: Sequence[int], ways: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for practices in sizes:
            source = folder / f"{practices}.csv"
            with source.open("w", encoding="utf-8", newline="") as file:
                write_csv(file, practices, bad=0.005, seed=1)
            for way in ways:
                if practices <= (WAYS | NAIVE)[way]:
                    note(measured(way, practices, source, folder / "output"))
                    shutil.rmtree(folder / "output", ignore_errors=True)
            source.unlink()
    draw()


def measured(way: str, practices: int, source: Path, output: Path) -> Measured:
    output.mkdir()
    with command_of(way, source, output) as (command, others):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        begun, used, memory, disk = time.monotonic(), dict[int, float](), 0.0, 0.0
        looks = count()
        while process.poll() is None:
            tree = set(family(process.pid, *others))
            used |= {pid: seconds for pid in tree if (seconds := cpu_of(pid)) is not None}
            if next(looks) % 10 == 0:  # it stops the processes for a moment
                memory, disk = max(memory, sum(map(memory_of, tree))), max(disk, size_of(output))
            time.sleep(0.1)
        wall = time.monotonic() - begun
        if process.returncode not in (0, 1 if way == "pySHACL alone" else 0):
            raise SystemExit(f"{way}: {process.stderr.read().decode() if process.stderr else ''}")
    release = (output / "current").resolve() if (output / "current").exists() else output
    sizes = (memory, max(disk, size_of(output)), size_of(source), size_of(release))
    told = (round(number, 1) for number in (wall, sum(used.values()), *sizes))
    return Measured(way, practices, *told)


@contextmanager
def command_of(way: str, source: Path, output: Path) -> Iterator[tuple[list[str], list[int]]]:
    """Yield the command that builds in a way, and the processes beside it that work for it."""
    build = [*BUILD, "--output", str(output)]
    if way == "Spark, 2 workers":
        with tempfile.TemporaryDirectory() as logs, cluster(Path(logs)) as running:
            workers = [process.pid for process in running.processes]
            yield [*build, "--engine", "spark", "--spark-master", running.master, str(source)], workers
    elif way == "Spark, local[2]":
        yield [*build, "--engine", "spark", "--spark-master", "local[2]", str(source)], []
    elif way == "rdflib, naive":
        yield [sys.executable, __file__, "--copy", str(source), str(output / "copied.nt")], []
    elif way == "pySHACL alone":
        subprocess.run([*build, "--jobs", "2", str(source)], capture_output=True, check=True)
        data = output / "data.nt"
        data.write_bytes(gzip.decompress((output / "current" / "dataset.nt.gz").read_bytes()))
        shapes = str(ROOT / "shapes" / "practice.ttl")
        yield [sys.executable, "-m", "pyshacl", "-s", shapes, "-df", "nt", str(data)], []
    else:
        yield [*build, "--jobs", way.split()[0], str(source)], []


def family(*roots: int) -> Iterator[int]:
    """Yield processes and all that they have started."""
    for root in roots:
        yield root
        for children in Path(f"/proc/{root}/task").glob("*/children"):
            with suppress(OSError):
                yield from family(*map(int, children.read_text().split()))


def cpu_of(pid: int) -> float | None:
    """Return the CPU seconds of a process that still runs."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / sysconf("SC_CLK_TCK")
    return None


def memory_of(pid: int) -> float:
    """Return the megabytes of a process; of pages that several share, its part."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(told.partition("Pss:")[2].split()[0]) / 1024
    return 0.0


def size_of(path: Path) -> float:
    total = 0
    # What a build deletes meanwhile ends Path.rglob, but not walk.
    inside = [Path(folder, name) for folder, _, names in walk(path) for name in names]
    for file in inside if path.is_dir() else [path]:
        with suppress(OSError):
            total += file.lstat().st_blocks * 512
    return total / 1e6


def note(new: Measured) -> None:
    """Write a measurement into the results, in place of an earlier one."""
    print(new, flush=True)
    names = [field.name for field in fields(Measured)]
    with RESULTS.open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["way"], row["practices"]) != (new.way, str(new.practices))
        ]
    rows.append({name: str(value) for name, value in asdict(new).items()})
    order = list(WAYS | NAIVE)
    rows.sort(key=lambda row: (order.index(row["way"]), int(row["practices"])))
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    if sys.argv[1] == "--copy":
        naive_read(Path(sys.argv[2]), Path(sys.argv[3]), TRIPLES)
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000, 1_000_000])
        parser.add_argument("--ways", nargs="*", choices=[*WAYS, *NAIVE], default=[*WAYS, *NAIVE])
        chosen = parser.parse_args()
        main(chosen.sizes, chosen.ways)
