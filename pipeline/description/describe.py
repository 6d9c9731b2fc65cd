"""Description: a practice as the triples of the practices graph, without blank nodes."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from pipeline.language.languages import language_iri
from pipeline.model.fields import FIELDS
from pipeline.model.practice import OWN, PROGRAMME, City, Period, Practice, Texts
from pipeline.rdf import iris
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import NAMED, Term, Triple, iri, string, tagged_literal, typed_literal, write
from pipeline.rdf.vocabulary import COUNTRY_SCHEME, EDTF
from pipeline.recognition.places.countries import Country, country

_HOLDERS = {PROGRAMME: "council-of-europe", OWN: "publisher"}
_EDTF = iri(EDTF)
_TRUE = typed_literal("true", NAMED["xsd:boolean"])
_FALSE = typed_literal("false", NAMED["xsd:boolean"])
_DATE_TYPES = {4: NAMED["xsd:gYear"], 7: NAMED["xsd:gYearMonth"], 10: NAMED["xsd:date"]}
_PROPERTIES = {name: NAMED[field.property] for name, field in FIELDS.items() if field.property}
_OBJECTS: Mapping[str, Callable[[str], Term]] = {
    "string": string,
    "number": lambda text: typed_literal(text, NAMED["xsd:decimal"]),
    "link": iri,
}
"""Kind of field → what makes a term of a value of it."""


def describe(practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    """Yield what the practices graph says of a practice, its period and its record, the record's dates apart.

    The result depends only on the content, so that its hash says whether a record has changed.
    """
    yield from describe_texts(practice, deployment)
    yield from describe_facts(practice, deployment)


def describe_facts(practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    """Yield what describes a practice, its period and its record apart from names and texts."""
    this = deployment.practice(practice.slug)
    for slug in practice.topics:
        yield this, _PROPERTIES["topics"], (topic := iris.topic(slug))
        yield this, NAMED["dct:subject"], topic
    for iso3 in practice.countries:
        yield this, _PROPERTIES["country"], (nation := iris.country(iso3))
        yield this, NAMED["dct:spatial"], nation
    for city in practice.cities:
        yield this, _PROPERTIES["city"], (place := deployment.city(city.key))
        yield this, NAMED["dct:spatial"], place
    for language, text in practice.date_texts:
        yield this, _PROPERTIES["date"], tagged_literal(text, language)
    for name, values in practice.values:
        make = _OBJECTS[FIELDS[name].kind]
        for value in values:
            yield this, _PROPERTIES[name], make(value)
    if practice.period is not None:
        yield from _period(this, deployment.period(practice.slug), practice.period)
    yield from _record(this, practice, deployment)


def describe_texts(practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    """Yield the types of a practice, its names and its texts, with which its description begins."""
    this = deployment.practice(practice.slug)
    yield this, NAMED["rdf:type"], NAMED["icgp:GoodPractice"]
    yield this, NAMED["rdf:type"], NAMED["prov:Activity"]
    if practice.titles:
        yield this, NAMED["rdfs:label"], _display_label(practice.titles)
    for language, text in practice.titles:
        yield this, _PROPERTIES["title"], tagged_literal(text, language)
    for language, text in practice.descriptions:
        yield this, _PROPERTIES["summary"], tagged_literal(text, language)
    for name, texts in practice.sections:
        for language, text in texts:
            yield this, _PROPERTIES[name], tagged_literal(text, language)
    if practice.identifier:
        yield this, _PROPERTIES["id"], string(practice.identifier)


def _display_label(texts: Texts) -> Term:
    by_language = dict(texts)
    language = next((tag for tag in ("en", "fr") if tag in by_language), texts[0][0])
    return tagged_literal(by_language[language], language)


def _period(this: Term, period_iri: Term, period: Period) -> Iterator[Triple]:
    if period.edtf:
        yield this, NAMED["icgp:edtf"], typed_literal(period.edtf, _EDTF)
    if period.ongoing is not None:
        yield this, NAMED["icgp:ongoing"], _TRUE if period.ongoing else _FALSE
    for number in period.years:
        yield this, NAMED["icgp:year"], iris.year(number)
    if period.start is None and period.end is None:
        return
    yield this, NAMED["dct:temporal"], period_iri
    yield period_iri, NAMED["rdf:type"], NAMED["dct:PeriodOfTime"]
    if period.start is not None:
        yield this, NAMED["icgp:startYear"], typed_literal(str(int(period.start[:4])), NAMED["xsd:integer"])
        yield period_iri, NAMED["dcat:startDate"], typed_literal(period.start, _DATE_TYPES[len(period.start)])
    if period.end is not None:
        yield this, NAMED["icgp:endYear"], typed_literal(str(int(period.end[:4])), NAMED["xsd:integer"])
        yield period_iri, NAMED["dcat:endDate"], typed_literal(period.end, _DATE_TYPES[len(period.end)])


def _record(this: Term, practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    record = deployment.record(practice.slug)
    yield this, NAMED["foaf:isPrimaryTopicOf"], record
    yield record, NAMED["foaf:primaryTopic"], this
    for kind in (NAMED["icgp:PracticeRecord"], NAMED["foaf:Document"], NAMED["prov:Entity"]):
        yield record, NAMED["rdf:type"], kind
    for source in practice.sources:
        yield record, _PROPERTIES["source_url"], iri(source)
    for language in languages_of(practice):
        authority = language_iri(language)
        if authority is not None:
            yield record, NAMED["dct:language"], iri(authority)
    for statement in practice.rights:
        yield record, NAMED["dct:rights"], deployment.rights(statement)
        yield record, NAMED["dct:rightsHolder"], deployment.agent(_HOLDERS[statement])
    yield record, NAMED["dct:conformsTo"], iris.SHAPES
    yield record, NAMED["void:inDataset"], deployment.dataset()
    for name in practice.inferred:
        yield record, NAMED["icgp:inferredProperty"], NAMED[f"icgp:{name}"]


def languages_of(practice: Practice) -> tuple[str, ...]:
    """Return the languages that a record is said to be in, in the order of their tags."""
    return tuple(sorted({language for language, _ in practice.titles + practice.descriptions}))


def describe_state(practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    """Yield what of a record is no content: its label, its dates, and whether a newer version is held back."""
    record = deployment.record(practice.slug)
    if practice.titles:
        yield record, NAMED["rdfs:label"], _display_label(practice.titles)
    if practice.issued:
        yield record, _PROPERTIES["issued"], typed_literal(practice.issued, NAMED["xsd:dateTime"])
    if practice.modified:
        yield record, _PROPERTIES["modified"], typed_literal(practice.modified, NAMED["xsd:dateTime"])
    if practice.held_back:
        yield record, NAMED["icgp:heldBack"], _TRUE


def describe_city(city: City, deployment: Deployment) -> Iterator[Triple]:
    """Yield what the practices graph says of a city; the same for every practice that names it."""
    this = deployment.city(city.key)
    yield this, NAMED["rdf:type"], NAMED["icgp:City"]
    yield this, NAMED["rdf:type"], NAMED["dct:Location"]
    yield this, NAMED["rdfs:label"], tagged_literal(city.names[0][1], city.names[0][0])
    for language, name in city.names:
        yield this, NAMED["skos:prefLabel"], tagged_literal(name, language)
    nation = iris.country(city.country)
    yield this, NAMED["icgp:inCountry"], nation
    yield this, NAMED["dct:isPartOf"], nation
    if city.part_of is not None:
        yield this, NAMED["dct:isPartOf"], deployment.city(city.part_of)
    yield this, NAMED["icgp:kind"], string(city.kind)
    if city.latitude is not None and city.longitude is not None:
        yield this, NAMED["wgs:lat"], typed_literal(_decimal(city.latitude), NAMED["xsd:decimal"])
        yield this, NAMED["wgs:long"], typed_literal(_decimal(city.longitude), NAMED["xsd:decimal"])
    if city.geonames is not None:
        yield this, NAMED["owl:sameAs"], iri(f"https://sws.geonames.org/{city.geonames}/")


def describe_countries(codes: Iterable[str]) -> str:
    """Return the N-Triples that the vocabulary needs for those of the countries that are not among the thirty."""
    outside = [known for code in sorted(codes) if (known := country(code)) is not None and not known.in_facet]
    return "".join(write(_describe_country(each)) for each in outside)


def _describe_country(place: Country) -> Iterator[Triple]:
    this = iris.country(place.iso3)
    for kind in (NAMED["icgp:Country"], NAMED["skos:Concept"], NAMED["dct:Location"]):
        yield this, NAMED["rdf:type"], kind
    yield this, NAMED["skos:inScheme"], iri(COUNTRY_SCHEME)
    yield this, NAMED["skos:topConceptOf"], iri(COUNTRY_SCHEME)
    yield iri(COUNTRY_SCHEME), NAMED["skos:hasTopConcept"], this
    for language, name in place.names:
        yield this, NAMED["skos:prefLabel"], tagged_literal(name, language)
    yield this, NAMED["skos:notation"], typed_literal(place.iso3, NAMED["icgp:Alpha3Code"])
    yield this, NAMED["skos:notation"], typed_literal(place.iso2, NAMED["icgp:Alpha2Code"])
    if place.geonames is not None:
        yield this, NAMED["skos:exactMatch"], iri(f"https://sws.geonames.org/{place.geonames}/")


def _decimal(number: float) -> str:
    """Return the lexical form of xsd:decimal that Oxigraph keeps: no zeros at the end, no lone point."""
    text = f"{number:.5f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
