"""Description: a practice as the triples of the practices graph, without blank nodes."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from pipeline.language.languages import language_iri
from pipeline.model.fields import FIELDS
from pipeline.model.practice import City, Period, Practice, Texts
from pipeline.model.rights import OWN, PROGRAMME
from pipeline.rdf import iris
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import Term, Triple, iri, string, tagged, typed, write
from pipeline.rdf.vocabulary import (
    COUNTRY_SCHEME,
    DCAT,
    DCT,
    EDTF,
    FOAF,
    OWL,
    PROV,
    RDF,
    RDFS,
    SKOS,
    VOID,
    WGS,
    XSD,
    expand,
)
from pipeline.recognition.places.countries import Country, country

_A = iri(RDF + "type")
_LABEL = iri(RDFS + "label")

_SUBJECT = iri(DCT + "subject")
_SPATIAL = iri(DCT + "spatial")
_TEMPORAL = iri(DCT + "temporal")
_LANGUAGE = iri(DCT + "language")
_RIGHTS = iri(DCT + "rights")
_RIGHTS_HOLDER = iri(DCT + "rightsHolder")
_HOLDERS = {PROGRAMME: "council-of-europe", OWN: "publisher"}
_CONFORMS_TO = iri(DCT + "conformsTo")
_IS_PART_OF = iri(DCT + "isPartOf")
_PERIOD_OF_TIME = iri(DCT + "PeriodOfTime")
_LOCATION = iri(DCT + "Location")
_START_DATE = iri(DCAT + "startDate")
_END_DATE = iri(DCAT + "endDate")
_PRIMARY_TOPIC = iri(FOAF + "primaryTopic")
_IS_PRIMARY_TOPIC_OF = iri(FOAF + "isPrimaryTopicOf")
_DOCUMENT = iri(FOAF + "Document")
_ACTIVITY = iri(PROV + "Activity")
_ENTITY = iri(PROV + "Entity")
_IN_DATASET = iri(VOID + "inDataset")
_PREF_LABEL = iri(SKOS + "prefLabel")
_SAME_AS = iri(OWL + "sameAs")
_LATITUDE = iri(WGS + "lat")
_LONGITUDE = iri(WGS + "long")
_EDTF = iri(EDTF)
_INTEGER = iri(XSD + "integer")
_DECIMAL = iri(XSD + "decimal")
_DATE_TIME = iri(XSD + "dateTime")
_TRUE = typed("true", iri(XSD + "boolean"))
_FALSE = typed("false", iri(XSD + "boolean"))
_DATE_TYPES = {4: iri(XSD + "gYear"), 7: iri(XSD + "gYearMonth"), 10: iri(XSD + "date")}

_GOOD_PRACTICE = iris.term("GoodPractice")
_PRACTICE_RECORD = iris.term("PracticeRecord")
_CITY_CLASS = iris.term("City")
_IN_COUNTRY = iris.term("inCountry")
_KIND = iris.term("kind")
_YEAR = iris.term("year")
_START_YEAR = iris.term("startYear")
_END_YEAR = iris.term("endYear")
_EDTF_PROPERTY = iris.term("edtf")
_ONGOING = iris.term("ongoing")
_INFERRED = iris.term("inferredProperty")
_HELD_BACK = iris.term("heldBack")
_PROPERTIES = {name: iri(expand(field.property)) for name, field in FIELDS.items() if field.property}
_OBJECTS: Mapping[str, Callable[[str], Term]] = {
    "string": string,
    "number": lambda text: typed(text, _DECIMAL),
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
        yield this, _SUBJECT, topic
    for iso3 in practice.countries:
        yield this, _PROPERTIES["country"], (nation := iris.country(iso3))
        yield this, _SPATIAL, nation
    for city in practice.cities:
        yield this, _PROPERTIES["city"], (place := deployment.city(city.key))
        yield this, _SPATIAL, place
    for language, text in practice.date_texts:
        yield this, _PROPERTIES["date"], tagged(text, language)
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
    yield this, _A, _GOOD_PRACTICE
    yield this, _A, _ACTIVITY
    if practice.titles:
        yield this, _LABEL, _display_label(practice.titles)
    for language, text in practice.titles:
        yield this, _PROPERTIES["title"], tagged(text, language)
    for language, text in practice.descriptions:
        yield this, _PROPERTIES["summary"], tagged(text, language)
    for name, texts in practice.sections:
        for language, text in texts:
            yield this, _PROPERTIES[name], tagged(text, language)
    if practice.identifier:
        yield this, _PROPERTIES["id"], string(practice.identifier)


def _display_label(texts: Texts) -> Term:
    by_language = dict(texts)
    language = next((tag for tag in ("en", "fr") if tag in by_language), texts[0][0])
    return tagged(by_language[language], language)


def _period(this: Term, period_iri: Term, period: Period) -> Iterator[Triple]:
    if period.edtf:
        yield this, _EDTF_PROPERTY, typed(period.edtf, _EDTF)
    if period.ongoing is not None:
        yield this, _ONGOING, _TRUE if period.ongoing else _FALSE
    for number in period.years:
        yield this, _YEAR, iris.year(number)
    if period.start is None and period.end is None:
        return
    yield this, _TEMPORAL, period_iri
    yield period_iri, _A, _PERIOD_OF_TIME
    if period.start is not None:
        yield this, _START_YEAR, typed(str(int(period.start[:4])), _INTEGER)
        yield period_iri, _START_DATE, typed(period.start, _DATE_TYPES[len(period.start)])
    if period.end is not None:
        yield this, _END_YEAR, typed(str(int(period.end[:4])), _INTEGER)
        yield period_iri, _END_DATE, typed(period.end, _DATE_TYPES[len(period.end)])


def _record(this: Term, practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    record = deployment.record(practice.slug)
    yield this, _IS_PRIMARY_TOPIC_OF, record
    yield record, _PRIMARY_TOPIC, this
    for kind in (_PRACTICE_RECORD, _DOCUMENT, _ENTITY):
        yield record, _A, kind
    for source in practice.sources:
        yield record, _PROPERTIES["source_url"], iri(source)
    for language in languages_of(practice):
        authority = language_iri(language)
        if authority is not None:
            yield record, _LANGUAGE, iri(authority)
    for statement in practice.rights:
        yield record, _RIGHTS, deployment.rights(statement)
        yield record, _RIGHTS_HOLDER, deployment.agent(_HOLDERS[statement])
    yield record, _CONFORMS_TO, iris.SHAPES
    yield record, _IN_DATASET, deployment.dataset()
    for name in practice.inferred:
        yield record, _INFERRED, iris.term(name)


def languages_of(practice: Practice) -> tuple[str, ...]:
    """Return the languages that a record is said to be in, in the order of their tags."""
    return tuple(sorted({language for language, _ in practice.titles + practice.descriptions}))


def describe_state(practice: Practice, deployment: Deployment) -> Iterator[Triple]:
    """Yield what of a record is no content: its label, its dates, and whether a newer version is held back."""
    record = deployment.record(practice.slug)
    if practice.titles:
        yield record, _LABEL, _display_label(practice.titles)
    if practice.issued:
        yield record, _PROPERTIES["issued"], typed(practice.issued, _DATE_TIME)
    if practice.modified:
        yield record, _PROPERTIES["modified"], typed(practice.modified, _DATE_TIME)
    if practice.held_back:
        yield record, _HELD_BACK, _TRUE


def describe_city(city: City, deployment: Deployment) -> Iterator[Triple]:
    """Yield what the practices graph says of a city; the same for every practice that names it."""
    this = deployment.city(city.key)
    yield this, _A, _CITY_CLASS
    yield this, _A, _LOCATION
    yield this, _LABEL, tagged(city.names[0][1], city.names[0][0])
    for language, name in city.names:
        yield this, _PREF_LABEL, tagged(name, language)
    nation = iris.country(city.country)
    yield this, _IN_COUNTRY, nation
    yield this, _IS_PART_OF, nation
    if city.part_of is not None:
        yield this, _IS_PART_OF, deployment.city(city.part_of)
    yield this, _KIND, string(city.kind)
    if city.latitude is not None and city.longitude is not None:
        yield this, _LATITUDE, typed(_decimal(city.latitude), _DECIMAL)
        yield this, _LONGITUDE, typed(_decimal(city.longitude), _DECIMAL)
    if city.geonames is not None:
        yield this, _SAME_AS, iri(f"https://sws.geonames.org/{city.geonames}/")


def describe_countries(codes: Iterable[str]) -> str:
    """Return the N-Triples that the vocabulary needs for those of the countries that are not among the thirty."""
    outside = [known for code in sorted(codes) if (known := country(code)) is not None and not known.in_facet]
    return "".join(write(_describe_country(each)) for each in outside)


def _describe_country(place: Country) -> Iterator[Triple]:
    this = iris.country(place.iso3)
    for kind in (iris.term("Country"), iri(SKOS + "Concept"), _LOCATION):
        yield this, _A, kind
    yield this, iri(SKOS + "inScheme"), iri(COUNTRY_SCHEME)
    yield this, iri(SKOS + "topConceptOf"), iri(COUNTRY_SCHEME)
    yield iri(COUNTRY_SCHEME), iri(SKOS + "hasTopConcept"), this
    for language, name in place.names:
        yield this, _PREF_LABEL, tagged(name, language)
    yield this, iri(SKOS + "notation"), typed(place.iso3, iris.term("Alpha3Code"))
    yield this, iri(SKOS + "notation"), typed(place.iso2, iris.term("Alpha2Code"))
    if place.geonames is not None:
        yield this, iri(SKOS + "exactMatch"), iri(f"https://sws.geonames.org/{place.geonames}/")


def _decimal(number: float) -> str:
    """Return the lexical form of xsd:decimal that Oxigraph keeps: no zeros at the end, no lone point."""
    text = f"{number:.5f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
