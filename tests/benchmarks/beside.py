"""Measures the command beside pySHACL and rudof: `python tests/benchmarks/beside.py [RECORDS…]`.

All are given the same file of data and the same shapes: ours for practices, and those of DCAT-AP 3.0.1 where they are
beside the project. Each runs as a process of its own, start and reading included; CPU seconds and the largest
resident size are what the kernel says of it and its children. How many results each has is printed, too.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from bench_validate import write_turtle  # noqa: E402
from locations import SHARED  # noqa: E402
from pyoxigraph import RdfFormat, parse, serialize  # noqa: E402

from pipeline.rdf.vocabulary import shapes_files, vocabulary_files  # noqa: E402

LIMIT = 900
"""Seconds of CPU after which a tool is stopped."""

_RUDOF = """
import sys, pyrudof
rudof = pyrudof.Rudof(pyrudof.RudofConfig())
rudof.read_data(sys.argv[1], pyrudof.RDFFormat.NTriples)
rudof.read_shacl(sys.argv[2])
print("results", len(rudof.validate_shacl()))
"""
_DATASET = """<http://example.org/dataset/{0}> a dcat:Dataset ; dct:title "Dataset {0}"@en ;{1}
  dcat:keyword "number {0}"@en ; dct:publisher <http://example.org/agent> ;
  dcat:distribution <http://example.org/file/{0}> .
<http://example.org/file/{0}> a dcat:Distribution ; dcat:accessURL <http://example.org/file/{0}.csv> .
"""
_CATALOGUE = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<http://example.org/catalogue> a dcat:Catalog ; dct:title "Catalogue"@en ; dct:description "All data"@en ;
  dct:publisher <http://example.org/agent> .
<http://example.org/agent> a foaf:Agent ; foaf:name "Agency" .
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of a tool took, and how many results it has; None where it was stopped or failed."""

    seconds: float
    megabytes: float
    results: int | None


def commands(data: Path, shapes: Path) -> dict[str, tuple[list[str], str]]:
    """Return for each tool its command, and the pattern of its number of results."""
    python = [sys.executable, "-W", "ignore"]
    return {
        "practicegraph": (
            [
                *python,
                "-m",
                "pipeline.cli",
                "validate",
                str(data),
                "--shapes",
                str(shapes),
                "--format",
                "json",
            ],
            r'"shacl_results": (\d+)',
        ),
        "pySHACL": (
            [*python, "-m", "pyshacl", "--shacl", str(shapes), str(data)],
            r"Results \((\d+)\)|Conforms: True",
        ),
        "rudof": ([*python, "-c", _RUDOF, str(data), str(shapes)], r"results (\d+)"),
    }


def measure(command: list[str], pattern: str) -> Run:
    """Run a command, and return what it took."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT)),
        )
        _, _, usage = os.wait4(process.pid, 0)
        out.seek(0)
        found = re.search(pattern, out.read())
    results = None if found is None else int(found[1] or 0) if found.groups() else 0
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, results)


def write_practices(path: Path, count: int) -> None:
    """Write valid practices with the vocabulary."""
    turtle = path.with_suffix(".ttl")
    write_turtle(turtle, count)
    with path.open("wb") as file:
        for each in (turtle, *vocabulary_files()):
            serialize((quad.triple for quad in parse(path=each)), file, RdfFormat.N_TRIPLES)


def write_datasets(path: Path, count: int) -> None:
    """Write a catalogue of datasets, of which one in twenty has no description."""
    text = _CATALOGUE + "".join(
        _DATASET.format(number, "" if number % 20 == 0 else f' dct:description "About {number}"@en ;')
        for number in range(count)
    )
    with path.open("wb") as file:
        triples = (quad.triple for quad in parse(text.encode(), format=RdfFormat.TURTLE))
        serialize(triples, file, RdfFormat.N_TRIPLES)


def main() -> None:
    """Measure, and print a table."""
    counts = [int(each) for each in sys.argv[1:]] or [10, 100, 1_000, 10_000]
    [ours] = [file for file in shapes_files() if file.name == "practice.ttl"]
    sets = {"practices": (ours, write_practices)}
    dcat_ap = SHARED / "suites" / "dcat-ap-3.0.1" / "shapes.ttl"
    if dcat_ap.is_file():
        sets["DCAT-AP 3.0.1"] = (dcat_ap, write_datasets)
    print(f"pySHACL {version('pyshacl')}, pyrudof {version('pyrudof')}; load {os.getloadavg()[0]:.1f}")
    print("| shapes | records | tool | CPU s | times | MB | results |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as name:
        for title, (shapes, write) in sets.items():
            for count in counts:
                data = Path(name) / f"{count}.nt"
                write(data, count)
                _compare(title, count, data, shapes)


def _compare(title: str, count: int, data: Path, shapes: Path) -> None:
    first: Run | None = None
    for tool, (command, pattern) in commands(data, shapes).items():
        run = measure(command, pattern)
        first = first or run
        results = "stopped" if run.results is None else str(run.results)
        times = f"{run.seconds / first.seconds:.1f}"
        print(
            f"| {title} | {count:,} | {tool} | {run.seconds:.1f} | {times} | {run.megabytes:.0f} | {results} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
