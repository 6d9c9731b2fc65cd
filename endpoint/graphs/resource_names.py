"""Names: what a resource is called on pages, and the link to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Store

from endpoint.catalogue.open_release import Release
from endpoint.language.graph_facts import Text, alphabetical, best, preferred
from endpoint.language.interface_languages import INTERFACE
from endpoint.language.links import local_path
from endpoint.language.text_filters import language_name
from pipeline.language.languages import language_tag
from pipeline.rdf.vocabulary import COUNTRY, FOAF, RDFS, TOPIC, YEAR

_SPACES = {"topic": TOPIC, "country": COUNTRY}
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
_VOCABULARIES = {
    "http://eurovoc.europa.eu/": "EuroVoc",
    "https://sws.geonames.org/": "GeoNames",
    "http://www.wikidata.org/entity/": "Wikidata",
}
"""Where linked entries of other vocabularies are → what people call the vocabulary."""


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
    """Return what a topic, a country or anything else with a label is called, None if nothing is known."""
    if iri.startswith(YEAR):
        return Text(iri.removeprefix(YEAR))
    for facet, space in _SPACES.items():
        if iri.startswith(space):
            return best(release.labels.get((facet, iri.removeprefix(space)), {}))
    kinds = (RDFS + "label", FOAF + "name")
    labels = next(filter(None, (labels_of(release.store, iri, kind) for kind in kinds)), {})
    return best(labels) or _elsewhere(iri)


def labels_of(store: Store, iri: str, predicate: str) -> dict[str, str]:
    """Return the texts of a property of a resource by language."""
    return {
        quad.object.language or "": quad.object.value
        for quad in store.quads_for_pattern(NamedNode(iri), NamedNode(predicate), None, None)
        if isinstance(quad.object, Literal)
    }


def _elsewhere(iri: str) -> Text | None:
    """Return the name of a language, or of a well-known vocabulary and what an entry is called in it."""
    if iri.startswith(_LANGUAGES) and (tag := language_tag(iri.removeprefix(_LANGUAGES))):
        reader = next(each for each in preferred.get() if each in INTERFACE)
        return Text(language_name(tag, reader), reader)
    for space, vocabulary in _VOCABULARIES.items():
        if iri.startswith(space) and (entry := iri.removeprefix(space).strip("/")):
            return Text(f"{vocabulary} {entry}")
    return None
