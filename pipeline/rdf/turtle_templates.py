"""Templates of Turtle: Jinja fills in what is known, and the document is read into triples."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from pyoxigraph import Literal, RdfFormat, Triple, parse

from pipeline.rdf.vocabulary import prefixes
from pipeline.system.data_files import text_of

if TYPE_CHECKING:
    from jinja2 import Template


def triples_of(
    package: str, name: str, base: str, facts: Mapping[str, object], **filters: Callable[..., str]
) -> Iterator[Triple]:
    """Yield what a template in the folder of a package says of the facts, in its order.

    Relative IRIs in it are below the base IRI of a deployment. The prefixes of our dumps are declared.
    """
    declared = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in prefixes().items())
    text = turtle_template(package, name, **filters).render(facts, base=base)
    return (quad.triple for quad in parse(declared + text, RdfFormat.TURTLE, base_iri=f"{base}/"))


@cache
def turtle_template(package: str, name: str, **filters: Callable[..., str]) -> "Template":
    """Return a template in the folder of a package; its filter ``literal`` writes a text or number as Turtle has it."""
    from jinja2 import Environment  # slow to load, and many commands need no template

    environment = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - it is Turtle
    environment.filters |= {"literal": _literal, **filters}
    return environment.from_string(text_of(package, name))


def _literal(value: str | float, language: str | None = None) -> str:
    return str(Literal(value) if language is None else Literal(str(value), language=language))
