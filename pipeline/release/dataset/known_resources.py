"""What is known of the IRIs of others that a description names: their type, name and scheme."""

from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from pipeline.rdf.vocabulary import known_file


def known_of(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield what the file of known IRIs says of all that some triples point at, and of what that points at."""
    waiting = [each.object for each in triples]
    told = set()
    while waiting:
        this = waiting.pop()
        if not isinstance(this, NamedNode) or this in told:
            continue
        told.add(this)
        for each in _known().get(this, ()):
            yield each
            waiting.append(each.object)


@cache
def _known() -> dict[NamedNode, tuple[Triple, ...]]:
    resources: dict[NamedNode, tuple[Triple, ...]] = {}
    for quad in parse(path=known_file(), format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode):
            resources[quad.subject] = (*resources.get(quad.subject, ()), quad.triple)
    return resources
