"""The dumps: the same nodes as N-Triples, Turtle and JSON-LD, compressed."""

import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from pipeline.release.contents.compressed import compressed
from pipeline.release.contents.rendered_nodes import NodeRenderer, RenderedNode

NAMES = ("dataset.nt.gz", "dataset.ttl.gz", "dataset.jsonld.gz")


def write_dumps(nodes: Iterable[RenderedNode], folder: Path, renderer: NodeRenderer, level: int) -> None:
    """Write the nodes in all three forms, in one pass."""
    with ExitStack() as stack:
        lines, statements, objects = (stack.enter_context(compressed(folder / name, level)) for name in NAMES)
        statements.write(renderer.head().encode())
        context = json.dumps(f"{renderer.base_iri}/context/v1.jsonld")
        objects.write(f'{{"@context":{context},"@graph":['.encode())
        joint = b"\n"
        for node in nodes:
            lines.write(node.lines)
            statements.write(node.turtle)
            objects.write(joint + node.jsonld)
            joint = b",\n"
        objects.write(b"\n]}\n")
