"""Templates of Turtle, filled with what is known of a release."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from pyoxigraph import Literal, RdfFormat, Triple, parse

from pipeline.rdf.vocabulary import prefixes
from pipeline.system.data_files import text_of

if TYPE_CHECKING:
    from jinja2 import Environment

_DECLARED = {**prefixes(), "geo": "http://www.opengis.net/ont/geosparql#"}


def statements(name: str, base: str, **facts: object) -> Iterator[Triple]:
    """Yield what a template says of the facts; its relative IRIs are below the base IRI of a deployment."""
    declared = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in _DECLARED.items())
    text = _environment().from_string(text_of(__package__, name)).render(facts, base=base)
    return (quad.triple for quad in parse(declared + text, RdfFormat.TURTLE, base_iri=f"{base}/"))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment  # slow to load, and only a build wants it

    environment = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - it is Turtle
    environment.filters |= {"literal": _literal, "short_name": _short_name}
    return environment


def _literal(text: str, language: str | None = None) -> str:
    """Return a text as a literal in Turtle."""
    return str(Literal(text, language=language))


def _short_name(term: str) -> str:
    """Return the part of a lasting name for a class or property: its prefix and local name, else a hash."""
    for prefix, namespace in prefixes().items():
        local = term[1:-1].removeprefix(namespace)
        if local != term[1:-1] and local.isalnum():
            return f"{prefix}-{local}"
    return sha256(term.encode()).hexdigest()[:8]
