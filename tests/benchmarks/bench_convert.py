"""Measures describing and reading against the naive way: `python tests/benchmarks/bench_convert.py [PRACTICES]`.

Describing: the same Practice objects as N-Triples, by `describe` and `write`, and as an rdflib graph that is
serialised. Reading: a CSV file to N-Triples, all recognition included, and the same rows copied into an rdflib
graph without any recognition. Memory: peaks of reading a file and one five times as long, each in a process of
its own. CPU seconds; it fails where describing is less than 8 or reading less than 4 times cheaper.
"""

import csv
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import rdflib  # noqa: E402
from generate import generate_practices, write_csv  # noqa: E402
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse  # noqa: E402

from pipeline.description.describe import describe, describe_city, describe_state  # noqa: E402
from pipeline.model.practice import Practice  # noqa: E402
from pipeline.model.text_selection import TextPolicy  # noqa: E402
from pipeline.rdf.iris import Deployment  # noqa: E402
from pipeline.rdf.ntriples import write  # noqa: E402
from pipeline.records.workspace import Workspace  # noqa: E402
from pipeline.steps.convert import Conversion, convert, place_lines  # noqa: E402
from pipeline.steps.practice_rows import gathered_practices  # noqa: E402
from pipeline.steps.read import named_files, read_named  # noqa: E402
from pipeline.system.progress import Progress  # noqa: E402

DEPLOYMENT = Deployment("https://data.example.org")
CONVERSION = Conversion(DEPLOYMENT, TextPolicy.FULL, "2026-01-01T00:00:00Z")


def cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def lines_of(practice: Practice) -> str:
    cities = (triple for city in practice.cities for triple in describe_city(city, DEPLOYMENT))
    return write(describe(practice, DEPLOYMENT)) + write(describe_state(practice, DEPLOYMENT)) + write(cities)


def written(practices: Iterable[Practice], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for practice in practices:
            file.write(lines_of(practice))


def term(text: NamedNode | Literal) -> rdflib.term.Identifier:
    if isinstance(text, NamedNode):
        return rdflib.URIRef(text.value)
    datatype = None if text.language else rdflib.URIRef(text.datatype.value)
    return rdflib.Literal(text.value, lang=text.language, datatype=datatype, normalize=False)


def naive(practices: list[list[tuple[rdflib.term.Identifier, ...]]], path: Path) -> None:
    graph = rdflib.Graph()
    for triples in practices:
        for subject, predicate, value in triples:
            graph.add((rdflib.URIRef(subject), rdflib.URIRef(predicate), value))
    graph.serialize(path, format="nt", encoding="utf-8")


def parsed(path: Path) -> set[Triple]:
    return {quad.triple for quad in parse(path=path, format=RdfFormat.N_TRIPLES)}


def read(source: Path, path: Path) -> None:
    with Workspace(path.parent) as workspace, path.open("w", encoding="utf-8") as file:
        read_named(named_files([source]), workspace, Progress())
        workspace.staging.gather()
        for given in gathered_practices(workspace):
            converted = convert(given, CONVERSION)
            file.writelines((converted.lines, *place_lines(converted.practice, DEPLOYMENT)))


def naive_read(source: Path, path: Path, triples_a_row: int) -> None:
    """Copy each row into a graph of about as many triples as our way makes of it."""
    graph = rdflib.Graph()
    with source.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            subject = rdflib.URIRef(f"https://data.example.org/practice/{number}")
            cells = [(name, text) for name, text in row.items() if text]
            for at in range(triples_a_row):
                name, text = cells[at % len(cells)]
                predicate = rdflib.URIRef(f"https://data.example.org/ns#{name}{at}")
                graph.add((subject, predicate, rdflib.Literal(text if at < len(cells) else text[:20])))
    graph.serialize(path, format="nt", encoding="utf-8")


def peak(source: Path) -> float:
    """Return the megabytes that a separate process took for reading a file to N-Triples."""
    found = subprocess.run(
        [sys.executable, __file__, "--read", str(source)], capture_output=True, text=True, check=True
    )
    return float(found.stdout)


def main(practices: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = list(generate_practices(practices))
        ours = cpu(lambda: written(made, folder / "ours.nt"))
        triples = [
            [
                tuple(term(part) for part in quad.triple)
                for quad in parse(lines_of(practice).encode(), format=RdfFormat.N_TRIPLES)
            ]
            for practice in made
        ]
        theirs = cpu(lambda: naive(triples, folder / "theirs.nt"))
        count = sum(map(len, triples))
        same = parsed(folder / "ours.nt") == parsed(folder / "theirs.nt")
        source, longer = folder / "source.csv", folder / "longer.csv"
        for path, number in ((source, practices), (longer, 5 * practices)):
            with path.open("w", encoding="utf-8", newline="") as file:
                write_csv(file, number, bad=0.005, seed=1)
        our_read = cpu(lambda: read(source, folder / "read.nt"))
        their_read = cpu(lambda: naive_read(source, folder / "copied.nt", count // practices))
        short, long = peak(source), peak(longer)
    print(
        f"{practices:,} practices, {count:,} triples; CPython {platform.python_version()}, rdflib {version('rdflib')}"
    )
    print(f"{'step':<22}{'ours, CPU s':>14}{'rdflib, CPU s':>16}{'ratio':>8}")
    print(f"{'describe and write':<22}{ours:>14.2f}{theirs:>16.2f}{theirs / ours:>8.1f}")
    print(f"{'CSV to N-Triples':<22}{our_read:>14.2f}{their_read:>16.2f}{their_read / our_read:>8.1f}")
    print(f"peak memory of reading: {short:.0f} MB, of five times as many practices {long:.0f} MB")
    print("same triples" if same else "DIFFERENT TRIPLES")
    return 0 if same and theirs >= 8 * ours and their_read >= 4 * our_read else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        with tempfile.TemporaryDirectory() as work:
            read(Path(sys.argv[2]), Path(work) / "read.nt")
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
