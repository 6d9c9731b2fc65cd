"""Graphs that are templates of Turtle: their blanks are filled in, and the document is read."""

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment, Template
from pyoxigraph import Literal, RdfFormat, parse

from endpoint.graphs.document_graphs import Graph
from pipeline.system.data_files import text_of


def turtle_graph(package: str, name: str, base: str, **values: Any) -> Graph:
    """Return the triples of a template, in its order; relative IRIs in it are resolved against a base."""
    text = turtle_template(package, name).render(**values)
    return tuple(quad.triple for quad in parse(text, RdfFormat.TURTLE, base_iri=f"{base}/"))


@cache
def turtle_template(package: str, name: str, **filters: Callable[..., str]) -> Template:
    """Return a template in the folder of a package; its filter ``literal`` writes a text as Turtle has it."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - it is Turtle
    environment.filters |= {"literal": _literal, **filters}
    return environment.from_string(text_of(package, name))


def _literal(value: str | float, language: str | None = None) -> str:
    return str(Literal(value) if language is None else Literal(str(value), language=language))
