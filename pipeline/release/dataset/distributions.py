"""Distributions: the dumps of a release as DCAT describes them, with address, form, size and checksum."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pyoxigraph import NamedNode, Triple

from pipeline.rdf.vocabulary import DCAT, DCT, RDF, SPDX
from pipeline.release.dataset.description_triples import in_languages, triple, typed
from pipeline.release.folder.manifest import FileFacts

_MEDIA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"


class Form(NamedTuple):
    """A form of a dump: the last part of its name, what people call it, and its two official names."""

    short: str
    label: str
    media_type: str
    file_type: str


_FORMS = {
    "dataset.nt.gz": Form("nt", "N-Triples", "application/n-triples", "RDF_N_TRIPLES"),
    "dataset.ttl.gz": Form("ttl", "Turtle", "text/turtle", "RDF_TURTLE"),
    "dataset.jsonld.gz": Form("jsonld", "JSON-LD", "application/ld+json", "JSON_LD"),
    "catalogue.csv": Form("csv", "CSV", "text/csv", "CSV"),
}


def describe_distributions(dataset: str, folder: str, dumps: Mapping[str, FileFacts]) -> Iterator[Triple]:
    """Yield the distributions of a dataset whose dumps can be downloaded from below an address."""
    for name, file in dumps.items():
        form = _FORMS[name]
        this = f"{dataset}#{form.short}"
        yield triple(dataset, DCAT + "distribution", NamedNode(this))
        yield triple(this, RDF + "type", NamedNode(DCAT + "Distribution"))
        yield from _texts(this, form, is_compressed=name.endswith(".gz"))
        yield triple(this, DCAT + "accessURL", NamedNode(dataset))
        yield triple(this, DCAT + "downloadURL", NamedNode(f"{folder}/{name}"))
        yield triple(this, DCAT + "mediaType", NamedNode(_MEDIA + form.media_type))
        yield triple(this, DCT + "format", NamedNode(_FILE_TYPE + form.file_type))
        yield triple(this, DCAT + "byteSize", typed(str(file.bytes), "nonNegativeInteger"))
        if name.endswith(".gz"):
            yield triple(this, DCAT + "compressFormat", NamedNode(_MEDIA + "application/gzip"))
        yield from _checksum(this, file.sha256)


def _texts(this: str, form: Form, *, is_compressed: bool) -> Iterator[Triple]:
    titles = {"en": f"All practices as {form.label}", "fr": f"Toutes les pratiques en {form.label}"}
    held = {"en": "All practices and the vocabulary", "fr": "Toutes les pratiques et le vocabulaire"}
    packed = {"en": "compressed with gzip", "fr": "compressé par gzip"}
    if not is_compressed:
        held = {"en": "One row for each practice", "fr": "Une ligne par pratique"}
        packed = {"en": "in UTF-8", "fr": "en UTF-8"}
    yield from in_languages(this, DCT + "title", titles)
    descriptions = {language: f"{held[language]}, {form.label}, {packed[language]}." for language in titles}
    yield from in_languages(this, DCT + "description", descriptions)


def _checksum(distribution: str, sha256: str) -> Iterator[Triple]:
    this = distribution + "-checksum"
    yield triple(distribution, SPDX + "checksum", NamedNode(this))
    yield triple(this, RDF + "type", NamedNode(SPDX + "Checksum"))
    yield triple(this, SPDX + "algorithm", NamedNode(_SHA256))
    yield triple(this, SPDX + "checksumValue", typed(sha256, "hexBinary"))
