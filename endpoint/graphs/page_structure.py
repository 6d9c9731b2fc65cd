"""Page structure: where a page is in the site and what it lists, in schema.org, for search engines."""

from collections.abc import Iterable
from typing import Any

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import PAGE_SIZE
from endpoint.graphs.dataset_publisher import publisher_of
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.hydra import Collection
from endpoint.graphs.resource_names import link
from endpoint.language.graph_facts import Facts
from endpoint.language.interface_languages import interface, own_path, say
from endpoint.language.links import local_path
from pipeline.rdf.vocabulary import DCT, ICGP

Thing = dict[str, Any]

_CONTEXT = "https://schema.org"

Entry = tuple[str, str]
"""The name and the path of a page."""


def of_practice(release: Release, slug: str, graph: Graph) -> Thing:
    """Return the breadcrumbs of a practice: the list, its country, its city."""
    facts, this = Facts(graph), release.iris.practice(slug)[1:-1]
    places = (*facts.iris(this, ICGP + "country")[:1], *facts.iris(this, ICGP + "city")[:1])
    return _breadcrumbs(release, release.iris.record(slug)[1:-1], (*places, this))


def of_concept(release: Release, iri: str, graph: Graph, listed: Collection) -> tuple[Thing, ...]:
    """Return the breadcrumbs of a city, topic, country or year, and the list of its practices."""
    facts = Facts(graph)
    countries = facts.iris(iri, ICGP + "inCountry")
    within = [place for place in facts.iris(iri, DCT + "isPartOf") if place not in countries]
    crumbs = _breadcrumbs(release, listed.address, (*countries, *reversed(within), iri))
    return (crumbs, of_list(release, listed)) if listed.practices else (crumbs,)


def of_list(release: Release, listed: Collection) -> Thing:
    """Return the practices on one page of a list, by their addresses."""
    records = (release.iris.record(practice.slug)[1:-1] for practice in listed.practices)
    return {
        "@context": _CONTEXT,
        "@type": "ItemList",
        "@id": f"{listed.address}{listed.selection.query}#list",
        "numberOfItems": listed.result.count,
        "itemListElement": [
            {"@type": "ListItem", "position": position, "url": record}
            for position, record in enumerate(records, (listed.selection.page - 1) * PAGE_SIZE + 1)
        ],
    }


def of_site(release: Release) -> Thing:
    """Return the site, how to search it and, where one is named, who publishes it."""
    site, publisher = f"{release.base}/", publisher_of(release)
    site_thing: Thing = {
        "@context": _CONTEXT,
        "@type": "WebSite",
        "@id": f"{site}#site",
        "url": site,
        "name": say("Intercultural good practices"),
        "inLanguage": interface(),
        "potentialAction": {
            "@type": "SearchAction",
            "@id": f"{site}#search",
            "target": f"{release.base}/practices?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }
    if publisher.kind:
        site_thing["publisher"] = {
            "@type": publisher.kind,
            "@id": publisher.iri,
            "name": publisher.name,
            "url": publisher.homepage,
        }
    return site_thing


def _breadcrumbs(release: Release, page: str, iris: Iterable[str]) -> Thing:
    trail = [(say("Practices"), f"{release.base}/practices")]
    for iri in iris:
        path = local_path(iri, release.base)
        trail.append((link(release, iri).label.text, iri if path is None else release.base + path))
    return {
        "@context": _CONTEXT,
        "@type": "BreadcrumbList",
        "@id": f"{page}#breadcrumbs",
        "itemListElement": [
            {
                "@type": "ListItem",
                "@id": f"{page}#breadcrumb-{position}",
                "position": position,
                "name": name,
                "item": address,
            }
            for position, (name, address) in enumerate(trail, 1)
        ],
    }


def collection_page(release: Release, path: str, name: str, entries: Iterable[Entry] = ()) -> Thing:
    """Return what a page is called, where it is below the start page, and the pages that it lists."""
    spoken = f"{release.base}{own_path()}"
    this = spoken + path
    listed = [_item(number, name, spoken + to) for number, (name, to) in enumerate(entries, 1)]
    page: Thing = {
        "@context": _CONTEXT,
        "@type": "CollectionPage",
        "@id": this,
        "url": this,
        "name": name,
        "inLanguage": interface(),
        "isPartOf": {"@type": "Dataset", "@id": release.iris.dataset()[1:-1]},
        "breadcrumb": {
            "@type": "BreadcrumbList",
            "@id": f"{this}#breadcrumb",
            "itemListElement": [_item(1, say("Practices"), f"{spoken}/practices"), _item(2, name, this)],
        },
    }
    if listed:
        page["mainEntity"] = {
            "@type": "ItemList",
            "@id": f"{this}#list",
            "numberOfItems": len(listed),
            "itemListElement": listed,
        }
    return page


def _item(position: int, name: str, address: str) -> Thing:
    return {"@type": "ListItem", "position": position, "name": name, "item": address}
