"""The example queries: what people want to ask, each in a file of its own with its titles and descriptions.

A file begins with ``# title@en: …`` and ``# description@en: …`` and the same for each other language of the
interface; its number is its place in lists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_HEADER = re.compile(r"(?:# (?:title|description)@[a-z]+: [^\n]+\n)+")
_LINE = re.compile(r"# (title|description)@([a-z]+): ([^\n]+)\n")
_NUMBER = re.compile(r"^\d+-")


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """A query that can be run as it is; ``name`` can be used in an anchor or an IRI, texts are by language."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    query: str


@cache
def examples() -> tuple[ExampleQuery, ...]:
    """Return all examples in the order of their numbers."""
    paths = (path for path in files(__name__).iterdir() if path.name.endswith(".rq"))
    return tuple(
        _example(path.name, path.read_text(encoding="utf-8"))
        for path in sorted(paths, key=lambda path: path.name)
    )


def _example(name: str, text: str) -> ExampleQuery:
    header = _HEADER.match(text)
    assert header, f"{name} does not begin with its titles and descriptions"
    texts: dict[str, dict[str, str]] = {"title": {}, "description": {}}
    for kind, language, words in _LINE.findall(header[0]):
        texts[kind][language] = words
    return ExampleQuery(
        _NUMBER.sub("", name.removesuffix(".rq")), texts["title"], texts["description"], text[header.end() :]
    )
