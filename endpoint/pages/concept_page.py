"""Concept pages: what the page of a city, topic, country or year shows besides the facts, and those that list them."""

from typing import Any

from endpoint.catalogue import filters
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection
from endpoint.graphs.document_graphs import Graph, subjects_of
from endpoint.graphs.hydra import Collection
from endpoint.graphs.resource_names import Link, link
from endpoint.language.graph_facts import Facts, Text, by_preference, in_preferred_language
from endpoint.pages.cards import cards_of
from endpoint.pages.maps import coordinates, map_of
from pipeline.rdf.vocabulary import DCT, ICGP, OWL, RDFS, SKOS

_ALIGNMENTS = (
    OWL + "sameAs",
    *(SKOS + match for match in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")),
)


def concept_page(
    release: Release, facet: str, value: str, graph: Graph, iri: str, listed: Collection
) -> dict[str, Any]:
    """Return what the page of a value of a facet shows, with a page of its practices.

    ``places`` are the cities of a country, or the parts of a city, with how many practices name each.
    """
    facts = Facts(graph)
    labels = facts.texts(iri, RDFS + "label") + facts.texts(iri, SKOS + "prefLabel")
    names = by_preference(iter(dict.fromkeys(labels))) or (Text(value),)
    return {
        "kind": facts.value(iri, ICGP + "kind") or facet,
        "name": names[0],
        "other_names": names[1:],
        "definitions": in_preferred_language(facts.texts(iri, SKOS + "definition"))
        + in_preferred_language(facts.texts(iri, SKOS + "scopeNote")),
        "within": _within(release, facts, iri),
        "places": _places(release, value) if facet == "country" else _parts(release, iri),
        "coordinates": coordinates(facts, iri),
        "map": map_of(facts, iri),
        "alignments": [
            (kind.rpartition("#")[2], link(release, other))
            for kind in _ALIGNMENTS
            for other in facts.iris(iri, kind)
        ],
        "cards": cards_of(release, listed.practices, listed.result.words),
        "count": listed.result.count,
        "selection": listed.selection,
        "pages": listed.result.pages,
        "query": f"?{facet}={value}" if facet != "city" else "",
    }


def scheme_page(release: Release, name: str, iri: str, graph: Graph) -> dict[str, Any]:
    """Return what the page of all topics, countries or years shows: those that practices have, with how many each."""
    facts, counts, everything = Facts(graph), release.facets.counts({}), Selection()
    return {
        "kind": name,
        "title": next(iter(facts.texts(iri, SKOS + "prefLabel")), Text(name)),
        "descriptions": in_preferred_language(facts.texts(iri, DCT + "description")),
        "concepts": filters.years(counts, everything)
        if name == "year"
        else filters.choices(release, name, counts, everything),
    }


def _within(release: Release, facts: Facts, iri: str) -> tuple[Link, ...]:
    """Return the places that contain a city, the country last."""
    countries = facts.iris(iri, ICGP + "inCountry")
    places = [place for place in facts.iris(iri, DCT + "isPartOf") if place not in countries]
    return tuple(link(release, place) for place in (*places, *countries))


def _places(release: Release, country: str) -> tuple[tuple[Link, int], ...]:
    rows = release.index.rows("places", country=country)
    return tuple(
        (Link(Text(row["name"]), release.iris.city(row["key"])[1:-1]), row["practices"]) for row in rows
    )


def _parts(release: Release, iri: str) -> tuple[tuple[Link, int], ...]:
    """Return the places that are part of a city: without them its page would not show their practices."""
    parts = sorted(set(subjects_of(release.store, DCT + "isPartOf", iri)))
    counted = ((part, release.having("city", part.rpartition("/")[2]).bit_count()) for part in parts)
    return tuple((link(release, part), count) for part, count in counted if count)
