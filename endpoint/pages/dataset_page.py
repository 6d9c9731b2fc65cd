"""The dataset's pages: what the dataset is, who answers for it, what can be downloaded of it; and it in numbers."""

from collections.abc import Iterator
from typing import Any

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph, statements_of
from endpoint.graphs.resource_names import Link, link
from endpoint.language.graph_facts import Facts, Text, in_preferred_language
from pipeline.rdf.vocabulary import ADMS, DCAT, DCT, FOAF, SD, SKOS, SPDX, VCARD, VOID

_MAIN = (".ttl.gz", ".csv")
"""The ends of the names of files to which crawlers are led: the others contain the same."""

_WAYS = (DCAT + "accessURL", DCAT + "endpointURL", SD + "name")


def dataset_page(release: Release, graph: Graph) -> dict[str, Any]:
    """Return what the page of the dataset shows; contacts and versions are addresses, notes are what changed last."""
    facts = Facts(graph)
    this = release.iris.dataset()[1:-1]
    publishers = facts.iris(this, DCT + "publisher")
    return {
        "title": next(iter(facts.texts(this, DCT + "title")), Text("Dataset", "en")),
        "descriptions": in_preferred_language(facts.texts(this, DCT + "description")),
        "publishers": [
            name for iri in publishers for name in in_preferred_language(facts.texts(iri, FOAF + "name"))
        ],
        "contacts": [
            address
            for iri in facts.iris(this, DCAT + "contactPoint")
            for way in ("hasEmail", "hasURL")
            for address in facts.iris(iri, VCARD + way)
        ],
        "licences": [_licence(release, facts, iri) for iri in facts.iris(this, DCT + "license")],
        "rights": facts.iris(this, DCT + "rights"),
        "triples": facts.number(this, VOID + "triples"),
        "years": _years(facts, this),
        "notes": in_preferred_language(facts.texts(this, ADMS + "versionNotes")),
        "versions": _versions(facts, this),
        "run": _run(release),
        "downloads": sorted(_downloads(facts, this), key=lambda download: download["title"].text),
        "parts": [*_parts(facts, this)],
    }


def void_page(release: Release, iri: str, graph: Graph) -> dict[str, Any]:
    """Return what the page of the VoID document shows: how often each class and property occurs in the dataset."""
    facts = Facts(graph)
    dataset = release.iris.dataset()[1:-1]
    return {
        "title": next(iter(facts.texts(iri, DCT + "title")), Text("VoID", "en")),
        "triples": facts.number(dataset, VOID + "triples"),
        "classes": [*_partitions(facts, dataset, "class", "entities")],
        "properties": [*_partitions(facts, dataset, "property", "triples")],
    }


def _partitions(facts: Facts, dataset: str, kind: str, number: str) -> Iterator[dict[str, Any]]:
    """Yield classes or properties with their numbers, and the fragment of the document's IRI that names each count."""
    for iri in facts.iris(dataset, f"{VOID}{kind}Partition"):
        for term in facts.iris(iri, VOID + kind):
            count = facts.number(iri, VOID + number)
            yield {"term": term, "count": count, "fragment": iri.partition("#")[2]}


def _licence(release: Release, facts: Facts, iri: str) -> Link:
    """Return the link to a licence by its name, by its address where the description has none."""
    names = (*facts.texts(iri, SKOS + "prefLabel"), *facts.texts(iri, DCT + "title"))
    return next((Link(text, iri) for text in names), link(release, iri))


def _downloads(facts: Facts, dataset: str) -> Iterator[dict[str, Any]]:
    """Yield the files of the release; of those with the same content one is the main one, to which crawlers are led."""
    for iri in facts.iris(dataset, DCAT + "distribution"):
        checksum = next(iter(facts.iris(iri, SPDX + "checksum")), "")
        for url in facts.iris(iri, DCAT + "downloadURL"):
            yield {
                "fragment": iri.partition("#")[2],
                "title": next(iter(facts.texts(iri, DCT + "title")), Text(url.rpartition("/")[2])),
                "url": url,
                "size": facts.number(iri, DCAT + "byteSize"),
                "sha256": facts.value(checksum, SPDX + "checksumValue") or "",
                "is_main": url.endswith(_MAIN),
            }


def _parts(facts: Facts, dataset: str) -> Iterator[dict[str, Any]]:
    """Yield the ways to the data that are no files, and the graphs, by the fragments that name them."""
    for iri in facts.subjects():
        own, _, fragment = iri.partition("#")
        if own == dataset and not facts.iris(iri, DCAT + "downloadURL"):
            for target in (target for way in _WAYS for target in facts.iris(iri, way)[:1]):
                title = next(iter(in_preferred_language(facts.texts(iri, DCT + "title"))), Text(target))
                yield {"fragment": fragment, "title": title, "target": target}


def _years(facts: Facts, dataset: str) -> str:
    """Return the first and the last year that the dataset covers, empty if it names none."""
    period = next(iter(facts.iris(dataset, DCT + "temporal")), "")
    years = (facts.value(period, DCAT + name) for name in ("startDate", "endDate"))
    return "–".join(dict.fromkeys(year[:4] for year in years if year))


def _versions(facts: Facts, dataset: str) -> tuple[str, ...]:
    """Return the release that is served and the one before, as far as there are such."""
    served = facts.iris(dataset, DCAT + "hasVersion")
    return (*served, *(iri for this in served for iri in facts.iris(this, DCAT + "previousVersion")))


def _run(release: Release) -> str:
    """Return the run that made the release; empty if it changed no record, so that none names it."""
    run = release.iris.run(release.version)[1:-1]
    return run if statements_of(release.store, NamedNode(run)) else ""
