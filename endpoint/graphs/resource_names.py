"""Names: what a resource is called on pages, and the link to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.language.graph_facts import Text, alphabetical, best
from endpoint.language.links import local_path
from pipeline.rdf.vocabulary import COUNTRY, RDFS, TOPIC, YEAR

_SPACES = {"topic": TOPIC, "country": COUNTRY, "year": YEAR}


@dataclass(frozen=True, slots=True)
class Link:
    """A resource's name and its IRI, which pages turn into a path where it is one of ours."""

    label: Text
    iri: str


def links(release: Release, iris: Iterable[str]) -> tuple[Link, ...]:
    """Return links to resources, by the alphabet of their names."""
    unsorted = (link(release, iri) for iri in iris)
    return tuple(sorted(unsorted, key=lambda made: alphabetical(made.label.text)))


def link(release: Release, iri: str) -> Link:
    """Return the link to a resource; where it has no name, by its place here or its address elsewhere."""
    path = local_path(iri, release.base)
    name = name_of(release, iri) or Text(path.rpartition("/")[2] if path else iri.partition("://")[2] or iri)
    return Link(name, iri)


def name_of(release: Release, iri: str) -> Text | None:
    """Return what a topic, a country or anything else with a label is called, None where nothing is known."""
    for facet, space in _SPACES.items():
        if iri.startswith(space):
            return best(release.labels.get((facet, iri.removeprefix(space)), {}))
    labels = {
        quad.object.language or "": quad.object.value
        for quad in release.store.quads_for_pattern(NamedNode(iri), NamedNode(RDFS + "label"), None, None)
        if isinstance(quad.object, Literal)
    }
    return best(labels)
