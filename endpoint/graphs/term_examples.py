"""Examples of terms: what a release itself says with a class or a property, one example each."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import Literal, NamedNode, Quad

from endpoint.catalogue.open_release import Release
from endpoint.graphs.resource_names import Link, link
from endpoint.graphs.statements import StatementValue
from endpoint.language.graph_facts import Object
from pipeline.rdf.vocabulary import RDF

_LOOKED_AT = 200
_TYPE = NamedNode(RDF + "type")


@dataclass(frozen=True, slots=True)
class TermExample:
    """A use of a term: the resource it describes, and the value, None for a class."""

    subject: Link
    value: StatementValue | None = None


def example_of(release: Release, term: str) -> TermExample | None:
    """Return an example of a class or a property, None if the release does not use it."""
    node = NamedNode(term)
    instance = _first(release.store.quads_for_pattern(None, _TYPE, node, None))
    if instance:
        return TermExample(link(release, instance[0].value))
    said = _first(release.store.quads_for_pattern(None, node, None, None))
    return TermExample(link(release, said[0].value), _value(release, said[1])) if said else None


def _first(quads: Iterable[Quad]) -> tuple[NamedNode, Object] | None:
    """Return the subject and object that come first as texts, so that a page does not depend on the store."""
    looked_at = islice(quads, _LOOKED_AT)
    pairs = [(quad.subject, quad.object) for quad in looked_at if isinstance(quad.subject, NamedNode)]
    return min(pairs, key=str, default=None)


def _value(release: Release, node: Object) -> StatementValue | None:
    if isinstance(node, Literal):
        return StatementValue(node.value, node.language or "")
    if isinstance(node, NamedNode):
        label = link(release, node.value).label
        return StatementValue(label.text, label.lang, iri=node.value)
    return None
