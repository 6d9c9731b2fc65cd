"""Measures the gate against pySHACL alone: `python tests/benchmarks/bench_gate.py [PRACTICES]`.

Each runs in a process of its own over the same practices, one in 200 of them broken; CPU seconds are those
of that process and its children, from the start of the interpreter to the last result. The shapes are taken
without their two SPARQL constraints, on which pySHACL spends most of its time, and once more with them over a
tenth of the practices. It fails where results differ or the gate is less than 8 times cheaper.
"""

import os
import pickle
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from gate_records import blocks, broken  # noqa: E402
from pyoxigraph import parse  # noqa: E402

from pipeline.gate.checker import Checker, merge_results  # noqa: E402
from pipeline.gate.shapes import load_shapes  # noqa: E402
from pipeline.model.shacl_result import ShaclResult  # noqa: E402
from pipeline.rdf.vocabulary import SH, shapes_files, vocabulary_files  # noqa: E402
from pipeline.steps.judge import RECORD  # noqa: E402
from pipeline.steps.local_engine import BATCH_SIZE  # noqa: E402

WANTED = 8.0
Row = tuple[str, ...]


def write_data(folder: Path, practices: int, core_only: bool) -> None:
    """Write batches of practices, the vocabulary and the shapes into a folder."""
    (folder / "batches").mkdir()
    for number, (_, lines) in enumerate(blocks(practices)):
        with (folder / "batches" / f"{number // BATCH_SIZE:04}.nt").open("a", encoding="utf-8") as batch:
            batch.write(broken(lines, number // 200) if number % 200 == 7 else lines)
    quads = [quad for file in vocabulary_files() for quad in parse(path=file)]
    (folder / "vocabulary.nt").write_text("".join(f"{quad.triple} .\n" for quad in quads), encoding="utf-8")
    with (folder / "data.nt").open("wb") as data:
        for file in (*sorted((folder / "batches").iterdir()), folder / "vocabulary.nt"):
            data.write(file.read_bytes())
    source = load_shapes([file for file in shapes_files() if file.name == "practice.ttl"]).source
    kept = [line for line in source.splitlines() if not (core_only and f"<{SH}sparql>" in line)]
    (folder / "shapes.nt").write_text("\n".join(kept) + "\n", encoding="utf-8")


def run_gate(folder: Path) -> Counter[Row]:
    """Return the results of the gate."""
    shapes = load_shapes([folder / "shapes.nt"], scope=RECORD)
    checker = Checker(shapes, (folder / "vocabulary.nt").read_bytes(), 0.01)
    batches = (checker.check(batch.read_bytes()) for batch in sorted((folder / "batches").iterdir()))
    return Counter(_row(result) for result in merge_results((checker.on_vocabulary, *batches)))


def _row(result: ShaclResult) -> Row:
    path = result.path or ""
    path = path if re.fullmatch("(<[^>]*>)?", path) else "_"
    return (result.focus, path, f"<{result.component}>", result.value or "", f"<{SH}{result.severity}>")


def run_pyshacl(folder: Path) -> Counter[Row]:
    """Return the results of pySHACL over everything, with literals as written."""
    import rdflib
    from pyshacl import validate
    from rdflib import BNode, URIRef

    rdflib.NORMALIZE_LITERALS = False
    data, shapes = str(folder / "data.nt"), str(folder / "shapes.nt")
    _, report, _ = validate(
        data, data_graph_format="nt", shacl_graph=shapes, shacl_graph_format="nt", inplace=True
    )
    names = ("focusNode", "resultPath", "sourceConstraintComponent", "value", "resultSeverity")

    def written(result: object, name: str) -> str:
        term = report.value(result, URIRef(SH + name))
        return "" if term is None else "_" if isinstance(term, BNode) else str(term.n3())

    results = report.objects(None, URIRef(SH + "result"))
    return Counter(tuple(written(result, name) for name in names) for result in results)


ENGINES = {"gate": run_gate, "pySHACL": run_pyshacl}


def measure(engine: str, folder: Path) -> tuple[float, float, float, Counter[Row]]:
    """Return the CPU seconds, wall seconds, peak megabytes and results of an engine in its own process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    output = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, engine, str(folder)], stdout=subprocess.PIPE, check=True
    ).stdout
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak, results = pickle.loads(output)
    return cpu, wall, peak / 1024, results


def peak_memory() -> int:
    """Return the largest resident size of this process or one of its children, in kilobytes."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who)


def compare(practices: int, core_only: bool) -> bool:
    """Print a table for some practices; return whether the gate keeps its promise."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_data(folder, practices, core_only)
        measured = {engine: measure(engine, folder) for engine in ENGINES}
    theirs = measured["pySHACL"]
    print(f"\n{practices:,} practices, {'SHACL Core' if core_only else 'with SPARQL constraints'}")
    print(f"{'':20}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'results':>9}{'times cheaper':>15}")
    for engine, (cpu, wall, peak, results) in measured.items():
        print(f"{engine:20}{cpu:8.1f}{wall:8.1f}{peak:9.0f}{results.total():9}{theirs[0] / cpu:15.1f}")
    same = all(results == theirs[3] for _, _, _, results in measured.values())
    print("results identical" if same else "RESULTS DIFFER")
    return same and theirs[0] / measured["gate"][0] >= WANTED


def main() -> int:
    """Compare, and return the exit status."""
    practices = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    names = ("pyshacl", "rdflib", "pyoxigraph")
    print(f"Python {platform.python_version()},", ", ".join(f"{name} {version(name)}" for name in names))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    kept = [compare(practices, core_only=True), compare(max(practices // 10, 200), core_only=False)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    if len(sys.argv) == 3:
        found = ENGINES[sys.argv[1]](Path(sys.argv[2]))
        sys.stdout.buffer.write(pickle.dumps((peak_memory(), found)))
    else:
        sys.exit(main())
