"""Frames: how linked data is nested for people, as JSON-LD Framing files that are published too.

A frame here says of each property that points at something whether it is inside (``@embed: @always``) or is
only named. Our own nesting follows it in a fraction of the time that a general processor takes; the tests hold
the two against each other.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pipeline.rdf.vocabulary import CONTEXT_IRI
from pipeline.system.data_files import text_of

PRACTICE, COLLECTION = NAMES = ("practice", "collection")

Tree = Mapping[str, "Tree"]
"""Properties whose values are inside, each with those of its values that are."""


def path(name: str) -> str:
    """Return the path below the base at which a frame is published."""
    return f"/frames/v1/{name}.jsonld"


def published_frame(name: str, context: str) -> bytes:
    """Return a frame as it is published, with the address of the context that it is written by."""
    return text_of(__package__, f"{name}.jsonld").replace(CONTEXT_IRI, context).encode()


@cache
def tree(name: str) -> Tree:
    """Return what a frame puts inside what."""
    return _tree(json.loads(text_of(__package__, f"{name}.jsonld")))


def _tree(frame: Mapping[str, Any]) -> Tree:
    inside = ((name, part) for name, part in frame.items() if isinstance(part, dict))
    return {name: _tree(part) for name, part in inside if part["@embed"] == "@always"}
