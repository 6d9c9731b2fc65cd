"""What is true of the dataset wherever it is published, with what its publisher says instead."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from pipeline.model.practice import OWN
from pipeline.rdf.iris import Deployment
from pipeline.rdf.vocabulary import ADMS, DCT, FOAF, RDF, SKOS, VCARD, XSD
from pipeline.release.dataset.description_triples import triple

PUBLISHER_TYPE = "http://purl.org/adms/publishertype/"
"""The namespace of the kinds of publishers; the setting ``publisher-type`` is the last part."""

_INDIVIDUAL = "PrivateIndividual"
_TYPE = NamedNode(RDF + "type")


def read_stated(deployment: Deployment, dataset_file: Path, settings: Mapping[str, str]) -> Iterator[Triple]:
    """Yield what the dataset file says below a base IRI; a setting replaces all that it says of the same.

    Nobody is called the creator as long as no publisher is named: portals would make a contact of it.
    """
    said = tuple(_replacements(deployment, settings))
    replaced = {(triple.subject, triple.predicate) for triple in said if triple.predicate != _TYPE}
    for quad in parse(path=dataset_file, format=RdfFormat.TURTLE, base_iri=deployment.base + "/"):
        is_unnamed_creator = quad.predicate.value == DCT + "creator" and "publisher" not in settings
        if (quad.subject, quad.predicate) not in replaced and not is_unnamed_creator:
            yield quad.triple
    yield from said


def _replacements(deployment: Deployment, settings: Mapping[str, str]) -> Iterator[Triple]:
    dataset, catalog = deployment.dataset()[1:-1], f"{deployment.base}/catalog"
    for name in ("title", "description"):
        if name in settings:
            yield triple(dataset, DCT + name, Literal(settings[name], language="en"))
    if "licence" in settings:
        licence = NamedNode(settings["licence"])
        yield triple(dataset, DCT + "license", licence)
        yield triple(catalog, DCT + "license", licence)
        yield triple(deployment.rights(OWN)[1:-1], DCT + "license", licence)
        yield triple(licence.value, RDF + "type", NamedNode(DCT + "LicenseDocument"))
    if "homepage" in settings:
        for this in (dataset, catalog):
            yield from _homepage(this, settings["homepage"])
    if "cite-as" in settings:
        yield from _identifier(dataset, settings["cite-as"])
    yield from _publisher(deployment.agent("publisher")[1:-1], settings)
    yield from _contact(deployment.agent("contact")[1:-1], settings)


def _publisher(this: str, settings: Mapping[str, str]) -> Iterator[Triple]:
    if "publisher" in settings:
        yield triple(this, FOAF + "name", settings["publisher"])
        if settings.get("publisher-type") != _INDIVIDUAL:
            yield Triple(NamedNode(this), _TYPE, NamedNode(FOAF + "Organization"))
    if "publisher-type" in settings:
        yield triple(this, DCT + "type", NamedNode(PUBLISHER_TYPE + settings["publisher-type"]))
    if "publisher-homepage" in settings:
        yield from _homepage(this, settings["publisher-homepage"])


def _contact(this: str, settings: Mapping[str, str]) -> Iterator[Triple]:
    if "contact" not in settings:
        return
    address = settings["contact"]
    is_mail = "@" in address and ":" not in address
    yield triple(this, VCARD + "fn", settings.get("publisher", address))
    yield Triple(NamedNode(this), _TYPE, NamedNode(VCARD + "Organization"))
    if is_mail or address.startswith("mailto:"):
        yield triple(this, VCARD + "hasEmail", NamedNode(f"mailto:{address}" if is_mail else address))
        return
    yield triple(this, VCARD + "hasURL", NamedNode(address))


def _homepage(subject: str, address: str) -> Iterator[Triple]:
    yield triple(subject, FOAF + "homepage", NamedNode(address))
    yield triple(address, RDF + "type", NamedNode(FOAF + "Document"))


def _identifier(dataset: str, address: str) -> Iterator[Triple]:
    """Yield a persistent identifier, such as a DOI, under which the dataset is cited."""
    yield triple(dataset, ADMS + "identifier", NamedNode(address))
    yield triple(address, RDF + "type", NamedNode(ADMS + "Identifier"))
    yield triple(address, SKOS + "notation", Literal(address, datatype=NamedNode(XSD + "anyURI")))
