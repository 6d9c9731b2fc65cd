"""Versions: when the dataset was issued and changed, and its releases as datasets of their own."""

from collections.abc import Iterator, Mapping

from pyoxigraph import Dataset, Literal, NamedNode, Triple

from pipeline.rdf.iris import Deployment
from pipeline.rdf.vocabulary import ADMS, DCAT, DCT, RDF
from pipeline.release.dataset.description_triples import in_languages, triple, typed

_SHARED = (
    *(DCT + name for name in ("description", "publisher", "creator", "license", "rights", "accessRights")),
    *(DCT + name for name in ("language", "spatial", "temporal", "conformsTo", "accrualPeriodicity")),
    *(DCAT + name for name in ("contactPoint", "keyword", "theme", "landingPage")),
)
"""What holds of a release because it holds of the dataset."""

_CHANGES = {"added": "ajoutées", "changed": "modifiées", "withdrawn": "retirées", "merged": "fusionnées"}


def describe_dates(deployment: Deployment, issued: str, modified: str) -> Iterator[Triple]:
    """Yield the dates of the dataset and of its catalogue: those of the first and the last of its records."""
    for this in (deployment.dataset()[1:-1], f"{deployment.base}/catalog"):
        if issued:
            yield triple(this, DCT + "issued", typed(issued, "dateTime"))
        if modified:
            yield triple(this, DCT + "modified", typed(modified, "dateTime"))


def describe_version(
    deployment: Deployment, version: str, previous: str | None, counts: Mapping[str, int]
) -> Iterator[Triple]:
    """Yield the version of the dataset: what it is called, what changed, and which one was before."""
    dataset, release = deployment.dataset()[1:-1], deployment.dataset(version)[1:-1]
    yield triple(dataset, DCT + "identifier", dataset)
    yield triple(dataset, DCAT + "hasVersion", NamedNode(release))
    yield triple(release, RDF + "type", NamedNode(DCAT + "Dataset"))
    yield triple(release, DCT + "identifier", release)
    yield triple(release, DCAT + "isVersionOf", NamedNode(dataset))
    for this in (dataset, release):
        yield triple(this, DCAT + "version", version)
        yield from in_languages(this, ADMS + "versionNotes", _notes(counts))
    if previous is not None:
        yield triple(release, DCAT + "previousVersion", NamedNode(deployment.dataset(previous)[1:-1]))


def describe_release_as_dataset(
    deployment: Deployment, version: str, modified: str, said: Dataset
) -> Iterator[Triple]:
    """Yield what a release has of the dataset that it is a version of."""
    dataset, release = deployment.dataset()[1:-1], deployment.dataset(version)[1:-1]
    names = {"en": "release", "fr": "version"}
    for quad in said.quads_for_subject(NamedNode(dataset)):
        value = quad.object
        if quad.predicate.value in _SHARED:
            yield Triple(NamedNode(release), quad.predicate, value)
        elif quad.predicate.value == DCT + "title" and isinstance(value, Literal):
            name = names.get(value.language or "", names["en"])
            title = f"{value.value}, {name} {version}"
            yield triple(release, DCT + "title", Literal(title, language=value.language or "en"))
    if modified:
        yield triple(release, DCT + "issued", typed(modified, "dateTime"))
        yield triple(release, DCT + "modified", typed(modified, "dateTime"))


def _notes(counts: Mapping[str, int]) -> Mapping[str, str]:
    """Return in words how many practices became what, mergers where there were any; nothing if nobody counted."""
    if not counts.keys() & _CHANGES.keys():
        return {}
    words = {name: nom for name, nom in _CHANGES.items() if name != "merged" or counts.get(name)}
    english = ", ".join(f"{counts.get(name, 0)} {name}" for name in words)
    french = ", ".join(f"{counts.get(name, 0)} {nom}" for name, nom in words.items())
    return {"en": f"Practices: {english}.", "fr": f"Pratiques\u202f: {french}."}
