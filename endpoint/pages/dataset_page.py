"""The dataset's page: what the dataset is, who answers for it, and what can be downloaded of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import Graph, said_of
from endpoint.graphs.resource_names import Link, link
from endpoint.language.graph_facts import Facts, Text, in_preferred
from pipeline.rdf.vocabulary import ADMS, DCAT, DCT, FOAF, SKOS, SPDX, VCARD, VOID


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the release: what it contains, where it is, its bytes and their SHA-256."""

    title: Text
    url: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A class or property, how often it occurs, and the fragment of the dataset's IRI that names this count."""

    term: str
    count: int
    fragment: str


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
    classes: tuple[Counted, ...]
    properties: tuple[Counted, ...]


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
        triples=_number(facts.value(this, VOID + "triples")),
        years=_years(facts, this),
        notes=in_preferred(facts.texts(this, ADMS + "versionNotes")),
        versions=_versions(facts, this),
        run=_run(release),
        downloads=tuple(_downloads(facts, this)),
        classes=tuple(_counted(facts, this, "class", "entities")),
        properties=tuple(_counted(facts, this, "property", "triples")),
    )


def is_counted(iri: str) -> bool:
    """Return whether a part of the dataset's description is a count, which the page shows in its own table."""
    return iri.partition("#")[2].startswith(("class-", "property-"))


def _counted(facts: Facts, dataset: str, kind: str, number: str) -> Iterator[Counted]:
    for iri in facts.iris(dataset, f"{VOID}{kind}Partition"):
        for term in facts.iris(iri, VOID + kind):
            yield Counted(term, _number(facts.value(iri, VOID + number)), iri.partition("#")[2])


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
            size = _number(facts.value(iri, DCAT + "byteSize"))
            downloads.append(Download(title, url, size, facts.value(checksum, SPDX + "checksumValue") or ""))
    return sorted(downloads, key=lambda download: download.title.text)


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


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
