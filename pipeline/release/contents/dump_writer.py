"""The dumps: practices and vocabulary as N-Triples, Turtle and JSON-LD; the same data, the same bytes."""

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipeline.release.contents.compressed import compressed_text
from pipeline.release.contents.graph_statistics import Statistics
from pipeline.release.contents.jsonld_writer import JsonLdWriter
from pipeline.release.contents.nodes import Node, node_lines, type_first
from pipeline.release.contents.turtle_writer import TurtleWriter

NAMES = ("dataset.nt.gz", "dataset.ttl.gz", "dataset.jsonld.gz")


def write_dumps(
    nodes: Iterable[Node],
    folder: Path,
    *,
    base_iri: str,
    context: Mapping[str, Any],
    prefixes: Mapping[str, str],
    level: int,
) -> Statistics:
    """Write the nodes in all three forms, in one pass; return what was counted on the way."""
    statistics = Statistics()
    turtle = TurtleWriter(prefixes, base_iri)
    jsonld = JsonLdWriter(context)
    with ExitStack() as stack:
        lines, statements, objects = (
            stack.enter_context(compressed_text(folder / name, level)) for name in NAMES
        )
        statements.write(turtle.head())
        objects.write(f'{{"@context":{json.dumps(f"{base_iri}/context/v1.jsonld")},"@graph":[')
        joint = "\n"
        for node in nodes:
            statistics.add(node)
            lines.write(node_lines(node))
            readable = type_first(node)
            statements.write(turtle.node(readable))
            objects.write(joint + jsonld.node(readable))
            joint = ",\n"
        objects.write("\n]}\n")
    return statistics
