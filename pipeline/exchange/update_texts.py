"""Queries and updates for remote stores, each from its own file; ``$name`` stands for an IRI or a text."""

from functools import cache
from importlib.resources import files
from string import Template


def text(name: str, **filled: str) -> str:
    """Return a query or an update with its blanks filled in."""
    return _template(name).substitute(filled)


@cache
def _template(name: str) -> Template:
    return Template((files(__package__) / name).read_text(encoding="utf-8"))
