"""What is known of the IRIs of others that a description names: their type, name and scheme."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from pipeline.rdf.vocabulary import DCT, SKOS, known_file

_LICENCES = "http://publications.europa.eu/resource/authority/licence/"
_START = re.compile(r"https?://(www\.)?")
_END = re.compile(r"/?((deed|legalcode)[^/]*|summary|index\.html?)?/?([?#].*)?$")
_DOT = re.compile(r"(?<=\d)\.(?=\d)")


def statements_about(triples: Iterable[Triple]) -> Iterator[Triple]:
    """Yield what the file of known IRIs says of all that some triples point at, and of what that points at."""
    waiting = [each.object for each in triples]
    visited = set()
    while waiting:
        this = waiting.pop()
        if not isinstance(this, NamedNode) or this in visited:
            continue
        visited.add(this)
        for each in _resources().get(this) or _known_licence(this):
            yield each
            waiting.append(each.object)


def _known_licence(this: NamedNode) -> tuple[Triple, ...]:
    """Return what is known of a licence that is named by another of its addresses."""
    licence = _licences().get(_key(this.value))
    if licence is None:
        return ()
    return tuple(Triple(this, each.predicate, each.object) for each in _resources()[licence])


@cache
def _licences() -> dict[str, NamedNode]:
    kind = NamedNode(DCT + "LicenseDocument")
    licences: dict[str, NamedNode] = {}
    for this, said in _resources().items():
        if any(each.object == kind for each in said):
            notations = (each.object for each in said if each.predicate.value == SKOS + "notation")
            codes = (each.value for each in notations if isinstance(each, Literal))
            licences |= {
                _key(address): this for address in (this.value, *(_LICENCES + code for code in codes))
            }
    return licences


def _key(address: str) -> str:
    """Return an address without what differs between the ways to write it."""
    return _DOT.sub("-", _END.sub("", _START.sub("", address.lower(), count=1), count=1))


@cache
def _resources() -> dict[NamedNode, tuple[Triple, ...]]:
    resources: dict[NamedNode, tuple[Triple, ...]] = {}
    for quad in parse(path=known_file(), format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode):
            resources[quad.subject] = (*resources.get(quad.subject, ()), quad.triple)
    return resources
