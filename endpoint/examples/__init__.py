"""The example queries: what people want to ask, each in a file of its own with its title and description.

A file begins with ``# title: …`` and ``# description: …``; its number is its place in lists.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HEADER = re.compile(r"# title: (?P<title>[^\n]+)\n# description: (?P<description>[^\n]+)\n")
_NUMBER = re.compile(r"^\d+-")


@dataclass(frozen=True, slots=True)
class Example:
    """A query that can be run as it is; ``name`` is good for an anchor or an IRI."""

    name: str
    title: str
    description: str
    query: str


@cache
def examples() -> tuple[Example, ...]:
    """Return all examples in the order of their numbers."""
    found = (path for path in files(__name__).iterdir() if path.name.endswith(".rq"))
    return tuple(
        _example(path.name, path.read_text(encoding="utf-8"))
        for path in sorted(found, key=lambda path: path.name)
    )


def _example(name: str, text: str) -> Example:
    header = _HEADER.match(text)
    assert header, f"{name} does not begin with its title and description"
    return Example(
        _NUMBER.sub("", name.removesuffix(".rq")),
        header["title"],
        header["description"],
        text[header.end() :],
    )
