"""The dataset's page: what the dataset is, who answers for it, and what can be downloaded of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph, said_of
from endpoint.graphs.resource_names import Link, link
from endpoint.language.graph_facts import Facts, Text, in_preferred
from pipeline.rdf.vocabulary import ADMS, DCAT, DCT, FOAF, SD, SKOS, SPDX, VCARD, VOID

_MAIN = (".ttl.gz", ".csv")
"""The ends of the names of files to which crawlers are led: the others contain the same."""

_WAYS = (DCAT + "accessURL", DCAT + "endpointURL", SD + "name")


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the release: what it contains, where it is, its bytes and their SHA-256.

    ``is_main`` of one file of the same content, to which crawlers are led.
    """

    fragment: str
    title: Text
    url: str
    size: int
    sha256: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Another part of the description, by the fragment of the dataset's IRI that names it, and what it leads to."""

    fragment: str
    title: Text
    target: str


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """A dataset as people read of it; ``contacts`` and ``versions`` are addresses, ``notes`` what changed last."""

    title: Text
    descriptions: tuple[Text, ...]
    publishers: tuple[Text, ...]
    contacts: tuple[str, ...]
    licences: tuple[Link, ...]
    rights: tuple[str, ...]
    triples: int
    years: str
    notes: tuple[Text, ...]
    versions: tuple[str, ...]
    run: str
    downloads: tuple[Download, ...]
    parts: tuple[Part, ...]


def dataset_page(release: Release, graph: Graph) -> DatasetPage:
    """Return what the page of the dataset shows."""
    facts = Facts(graph)
    this = release.iris.dataset()[1:-1]
    publishers = facts.iris(this, DCT + "publisher")
    return DatasetPage(
        title=next(iter(facts.texts(this, DCT + "title")), Text("Dataset", "en")),
        descriptions=in_preferred(facts.texts(this, DCT + "description")),
        publishers=tuple(
            name for iri in publishers for name in in_preferred(facts.texts(iri, FOAF + "name"))
        ),
        contacts=tuple(
            address
            for iri in facts.iris(this, DCAT + "contactPoint")
            for way in ("hasEmail", "hasURL")
            for address in facts.iris(iri, VCARD + way)
        ),
        licences=tuple(_licence(release, facts, iri) for iri in facts.iris(this, DCT + "license")),
        rights=facts.iris(this, DCT + "rights"),
        triples=facts.number(this, VOID + "triples"),
        years=_years(facts, this),
        notes=in_preferred(facts.texts(this, ADMS + "versionNotes")),
        versions=_versions(facts, this),
        run=_run(release),
        downloads=tuple(_downloads(facts, this)),
        parts=tuple(_parts(facts, this)),
    )


def _licence(release: Release, facts: Facts, iri: str) -> Link:
    """Return the link to a licence by its name, by its address where the description has none."""
    names = (*facts.texts(iri, SKOS + "prefLabel"), *facts.texts(iri, DCT + "title"))
    return next((Link(text, iri) for text in names), link(release, iri))


def _downloads(facts: Facts, dataset: str) -> list[Download]:
    downloads = []
    for iri in facts.iris(dataset, DCAT + "distribution"):
        checksum = next(iter(facts.iris(iri, SPDX + "checksum")), "")
        for url in facts.iris(iri, DCAT + "downloadURL"):
            title = next(iter(facts.texts(iri, DCT + "title")), Text(url.rpartition("/")[2]))
            size = facts.number(iri, DCAT + "byteSize")
            digest = facts.value(checksum, SPDX + "checksumValue") or ""
            is_main = url.endswith(_MAIN)
            downloads.append(Download(iri.partition("#")[2], title, url, size, digest, is_main))
    return sorted(downloads, key=lambda download: download.title.text)


def _parts(facts: Facts, dataset: str) -> Iterator[Part]:
    """Yield the ways to the data that are no files, and the graphs."""
    for iri in facts.subjects():
        own, _, fragment = iri.partition("#")
        if own == dataset and not facts.iris(iri, DCAT + "downloadURL"):
            for target in (target for way in _WAYS for target in facts.iris(iri, way)[:1]):
                title = next(iter(in_preferred(facts.texts(iri, DCT + "title"))), Text(target))
                yield Part(fragment, title, target)


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
    return run if said_of(release.store, NamedNode(run)) else ""
