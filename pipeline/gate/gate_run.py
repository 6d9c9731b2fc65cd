"""The gate on graphs of different kinds: on files of vocabulary as lines, and on graphs that fit into memory."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Triple, parse

from pipeline.gate.gate_results import ShaclResult
from pipeline.gate.shapes import Shapes
from pipeline.gate.small_graph import SmallGraph


def vocabulary_lines(files: Sequence[Path]) -> bytes:
    """Return files as N-Triples, each line once."""
    lines = (line for file in files for line in _lines_of(file, file.stat().st_mtime_ns))
    return b"".join(dict.fromkeys(lines))


@lru_cache(maxsize=16)
def _lines_of(file: Path, _changed: int) -> tuple[bytes, ...]:
    """Return a file as N-Triples; its blank nodes get new names at each reading, so it is read once."""
    return tuple(f"{quad.triple} .\n".encode() for quad in parse(path=file, rename_blank_nodes=True))


def validate_graph(triples: Iterable[Triple | Quad], shapes: Shapes) -> tuple[ShaclResult, ...]:
    """Return the results of shapes on a graph that fits into memory; named graphs count as one."""
    return SmallGraph(triples).results(shapes)


def validate_text(
    data: str | bytes, shapes: Shapes, *, form: RdfFormat = RdfFormat.TURTLE, base_iri: str | None = None
) -> tuple[ShaclResult, ...]:
    """Return the results of shapes on a serialised graph; raise SyntaxError if it cannot be read."""
    return validate_graph(parse(data, format=form, base_iri=base_iri), shapes)
