"""The dataset's page: what the dataset is, who answers for it, and what can be downloaded of it."""

from dataclasses import dataclass

from endpoint.facts import Facts, Text, in_preferred
from endpoint.graphs import Graph
from endpoint.names import Link, link
from endpoint.release import Release
from pipeline.vocabulary import DCAT, DCT, FOAF, SPDX, VOID


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the release: what it holds, where it is, its bytes and their SHA-256."""

    title: Text
    url: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """A dataset as people read of it."""

    title: Text
    descriptions: tuple[Text, ...]
    publishers: tuple[Text, ...]
    licences: tuple[Link, ...]
    rights: tuple[str, ...]
    triples: int
    downloads: tuple[Download, ...]


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
        licences=tuple(link(release, iri) for iri in facts.iris(this, DCT + "license")),
        rights=facts.iris(this, DCT + "rights"),
        triples=_number(facts.value(this, VOID + "triples")),
        downloads=tuple(_downloads(facts, this)),
    )


def _downloads(facts: Facts, dataset: str) -> list[Download]:
    found = []
    for iri in facts.iris(dataset, DCAT + "distribution"):
        checksum = next(iter(facts.iris(iri, SPDX + "checksum")), "")
        for url in facts.iris(iri, DCAT + "downloadURL"):
            title = next(iter(facts.texts(iri, DCT + "title")), Text(url.rpartition("/")[2]))
            size = _number(facts.value(iri, DCAT + "byteSize"))
            found.append(Download(title, url, size, facts.value(checksum, SPDX + "checksumValue") or ""))
    return sorted(found, key=lambda download: download.title.text)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
