"""schema.org: what search engines read of a practice's page and of the dataset's, and no more than these show.

Everything has its own name (``@id``): some that judge metadata count blank nodes against it.
"""

from collections.abc import Iterator
from typing import Any

from endpoint.catalogue.open_release import Release
from endpoint.graphs.dataset_publisher import Publisher, licence_of, publisher_of, rights_holders
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.resource_names import name_of
from endpoint.language.graph_facts import Facts, Text
from pipeline.model.fields import BY_KIND, FIELDS
from pipeline.rdf.vocabulary import ADMS, COUNTRY, DCAT, DCT, ICGP, OWL, PROV, RDFS, WGS, expand

Thing = dict[str, Any]

_CONTEXT = "https://schema.org"
_MEASURED = ("topic", "country", "city", "year", "purpose", "process", "impact")
_TERMS = {
    field.schema_org: expand(field.property)
    for field in FIELDS.values()
    if field.schema_org and field.kind in (*BY_KIND, "section")
}
"""Terms of schema.org for the fields that need no more than their values."""
_LETTERS = (50, 5000)
"""How long Google wants a dataset's description to be, at least and at most."""


def article(release: Release, slug: str, graph: Graph) -> Thing:
    """Return the page of a practice as an Article; the practice is what it is about."""
    facts = Facts(graph)
    this, record = release.iris.practice(slug)[1:-1], release.iris.record(slug)[1:-1]
    label = next(iter(facts.texts(this, RDFS + "label")), Text(slug))
    summary = next(iter(facts.texts(this, DCT + "description")), None)
    topics = [_name(release, iri) for iri in facts.iris(this, ICGP + "topic")]
    rights = facts.iris(record, DCT + "rights")
    return _with_values(
        {
            "@context": _CONTEXT,
            "@type": "Article",
            "@id": record,
            "headline": label.text,
            "description": summary.text if summary else None,
            "inLanguage": label.lang or None,
            "datePublished": facts.value(record, DCT + "issued"),
            "dateModified": facts.value(record, DCT + "modified"),
            "author": [_agent(holder) for holder in rights_holders(release, facts, record)],
            "publisher": _publisher(release),
            "license": licence_of(release, rights),
            "usageInfo": list(rights),
            "isBasedOn": list(facts.iris(record, DCT + "source")),
            "isPartOf": {"@type": "Dataset", "@id": release.iris.dataset()[1:-1]},
            "about": {"@type": "Thing", "@id": this, "name": label.text},
            "mainEntityOfPage": record,
            "keywords": topics,
            "temporalCoverage": _interval(facts.value(this, ICGP + "edtf")),
            "spatialCoverage": [*_places(release, facts, this)],
            **{
                term: [*facts.iris(this, iri), *(text.text for text in facts.texts(this, iri))]
                for term, iri in _TERMS.items()
            },
        }
    )


def dataset(release: Release, graph: Graph) -> Thing:
    """Return the dataset with the members that Google's Dataset Search requires and recommends."""
    facts, this = Facts(graph), release.iris.dataset()[1:-1]
    countries = sorted(value for facet, value in release.facets.bits if facet == "country")
    licences, identifiers = facts.iris(this, DCT + "license"), facts.iris(this, ADMS + "identifier")
    return _with_values(
        {
            "@context": _CONTEXT,
            "@type": "Dataset",
            "@id": this,
            "name": _first(facts, this, DCT + "title"),
            "alternateName": [text.text for text in facts.texts(this, DCT + "title")[1:]],
            "description": _description(facts, this),
            "url": this,
            "identifier": [this, *identifiers, *facts.iris(this, DCAT + "hasVersion")],
            "sameAs": [*identifiers],
            "version": facts.value(this, DCAT + "version"),
            "license": licences[0] if licences else None,
            "isAccessibleForFree": True,
            "creator": _publisher(release),
            "publisher": _publisher(release),
            "datePublished": facts.value(this, DCT + "issued"),
            "dateModified": facts.value(this, DCT + "modified"),
            "inLanguage": sorted({text.lang for text in facts.texts(this, DCT + "title") if text.lang}),
            "keywords": [text.text for text in facts.texts(this, DCAT + "keyword")],
            "isBasedOn": list(facts.iris(this, PROV + "wasDerivedFrom")),
            "usageInfo": list(facts.iris(this, DCT + "rights")),
            "temporalCoverage": _years(release),
            "spatialCoverage": [_country(release, COUNTRY + code) for code in countries],
            "variableMeasured": [*_MEASURED],
            "includedInDataCatalog": _catalog(release, facts),
            "distribution": [*_downloads(facts, this)],
        }
    )


def _with_values(thing: Thing) -> Thing:
    """Return a thing without its empty members; a list of one value is that value."""
    one = {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in thing.items()
    }
    return {name: value for name, value in one.items() if value}


def _catalog(release: Release, facts: Facts) -> Thing:
    iri = f"{release.base}/catalog"
    name = _first(facts, iri, DCT + "title")
    return _with_values({"@type": "DataCatalog", "@id": iri, "name": name, "url": iri})


def _publisher(release: Release) -> Thing | None:
    """Return the publisher, None if nobody is named."""
    publisher = publisher_of(release)
    return _agent(publisher) if publisher.kind else None


def _agent(agent: Publisher) -> Thing:
    return {"@type": agent.kind, "@id": agent.iri, "name": agent.name, "url": agent.homepage}


def _places(release: Release, facts: Facts, practice: str) -> Iterator[Thing]:
    """Yield the cities of a practice, its countries where it names no city."""
    cities = facts.iris(practice, ICGP + "city")
    for iri in cities:
        is_city = facts.value(iri, ICGP + "kind") == "city"
        yield _with_values(
            {
                "@type": "City" if is_city else "AdministrativeArea",
                "@id": iri,
                "name": _first(facts, iri, RDFS + "label"),
                "sameAs": list(facts.iris(iri, OWL + "sameAs")),
                "geo": _point(facts, iri),
                "containedInPlace": [
                    _country(release, country) for country in facts.iris(iri, ICGP + "inCountry")
                ],
            }
        )
    if not cities:
        yield from (_country(release, iri) for iri in facts.iris(practice, ICGP + "country"))


def _interval(edtf: str | None) -> str:
    """Return a period as schema.org has it; empty if the beginning is unknown, which schema.org cannot say."""
    return "" if edtf is None or edtf.startswith(("/", "..")) else edtf


def _point(facts: Facts, place: str) -> Thing | None:
    latitude, longitude = facts.value(place, WGS + "lat"), facts.value(place, WGS + "long")
    if latitude is None or longitude is None:
        return None
    return {
        "@type": "GeoCoordinates",
        "@id": f"{place}#point",
        "latitude": float(latitude),
        "longitude": float(longitude),
    }


def _country(release: Release, iri: str) -> Thing:
    return {"@type": "Country", "@id": iri, "name": _name(release, iri)}


def _years(release: Release) -> str:
    """Return the years that practices name, open at the end where some go on."""
    years = sorted(value for facet, value in release.facets.bits if facet == "year")
    if not years:
        return ""
    return f"{years[0]}/{'..' if ('status', 'ongoing') in release.facets.bits else years[-1]}"


def _downloads(facts: Facts, this: str) -> Iterator[Thing]:
    for iri in facts.iris(this, DCAT + "distribution"):
        kinds = facts.iris(iri, DCAT + "mediaType")
        for url in facts.iris(iri, DCAT + "downloadURL"):
            yield _with_values(
                {
                    "@type": "DataDownload",
                    "@id": iri,
                    "name": _first(facts, iri, DCT + "title"),
                    "contentUrl": url,
                    "encodingFormat": kinds[0].partition("/media-types/")[2] if kinds else "",
                    "contentSize": f"{facts.value(iri, DCAT + 'byteSize') or 0} B",
                }
            )


def _description(facts: Facts, this: str) -> str:
    """Return the dataset's description, lengthened or cut where search engines would refuse it."""
    least, most = _LETTERS
    text = _first(facts, this, DCT + "description")
    if len(text) < least:
        text = f"{text} Good practices of intercultural cities as linked data.".strip()
    return text[:most]


def _first(facts: Facts, subject: str, predicate: str) -> str:
    return next((text.text for text in facts.texts(subject, predicate)), "")


def _name(release: Release, iri: str) -> str:
    name = name_of(release, iri)
    return name.text if name else iri.rpartition("/")[2]
