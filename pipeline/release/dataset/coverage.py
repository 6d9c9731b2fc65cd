"""Coverage: which years and countries the practices of a release speak of, and when its records were changed."""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from pipeline.model.practice import Practice
from pipeline.rdf.vocabulary import COUNTRY, DCAT, DCT, RDF, SKOS, extents_file
from pipeline.release.dataset.description_triples import triple, typed

_WKT = NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")
_COUNTRIES = "http://publications.europa.eu/resource/authority/country"
_GEONAMES = "https://sws.geonames.org/"
_LANGUAGES = ("en", "fr")


class Coverage:
    """Takes practices as they pass.

    ``issued`` and ``modified`` are the first and the last of their records, ``example`` is the slug of one of them.
    """

    def __init__(self) -> None:
        self.issued = ""
        self.modified = ""
        self.example = ""
        self.countries: set[str] = set()
        self.years: tuple[int, int] | None = None

    def add(self, practice: Practice) -> None:
        """Widen the coverage to a practice."""
        self.issued = min(filter(None, (self.issued, practice.issued)), default="")
        self.modified = max(self.modified, practice.modified)
        self.example = min(filter(None, (self.example, practice.slug)))
        self.countries.update(practice.countries)
        period = practice.period
        if period is None:
            return
        years = [*(self.years or ()), *period.years]
        years += [int(moment[:4]) for moment in (period.start, period.end) if moment]
        self.years = (min(years), max(years)) if years else None


class BoundingBox(NamedTuple):
    """The box around a country and a point inside, in degrees as they are written."""

    west: str
    south: str
    east: str
    north: str
    longitude: str
    latitude: str


def describe_coverage(dataset: str, coverage: Coverage, lines: Iterable[str]) -> Iterator[Triple]:
    """Yield the years and places of a dataset; ``lines`` are those of the vocabulary, which names the countries.

    The end is the last year that a practice names, even where some go on: a later one is not known. Both are
    written as days, since not every portal reads years.
    """
    if coverage.years:
        first, last = coverage.years
        period = f"{dataset}#period"
        yield triple(dataset, DCT + "temporal", NamedNode(period))
        yield triple(period, RDF + "type", NamedNode(DCT + "PeriodOfTime"))
        yield triple(period, DCAT + "startDate", typed(f"{first:04d}-01-01", "date"))
        yield triple(period, DCAT + "endDate", typed(f"{last:04d}-12-31", "date"))
    wanted = tuple(f"<{COUNTRY}{code}> " for code in coverage.countries)
    said = "".join(line for line in lines if wanted and line.startswith(wanted))
    triples = [quad.triple for quad in parse(said, format=RdfFormat.N_TRIPLES)]
    for code in sorted(coverage.countries):
        own = [each for each in triples if each.subject == NamedNode(COUNTRY + code)]
        if place := _name_elsewhere(own):
            yield triple(dataset, DCT + "spatial", NamedNode(place))
            yield from _place(place, code, own)


def _name_elsewhere(own: Iterable[Triple]) -> str | None:
    """Return the IRI by which portals know a country: that of the Publications Office, else of GeoNames."""
    known = [
        each.object.value
        for each in own
        if each.predicate.value == SKOS + "exactMatch" and isinstance(each.object, NamedNode)
    ]
    return next((iri for space in (_COUNTRIES, _GEONAMES) for iri in known if iri.startswith(space)), None)


def _place(place: str, code: str, own: Iterable[Triple]) -> Iterator[Triple]:
    yield triple(place, RDF + "type", NamedNode(DCT + "Location"))
    for each in own:
        label = each.object
        named = each.predicate.value == SKOS + "prefLabel" and isinstance(label, Literal)
        if named and isinstance(label, Literal) and label.language in _LANGUAGES:
            yield triple(place, SKOS + "prefLabel", label)
    if place.startswith(_COUNTRIES):
        yield triple(place, RDF + "type", NamedNode(SKOS + "Concept"))
        yield triple(place, SKOS + "inScheme", NamedNode(_COUNTRIES))
    if extent := _extents().get(code):
        yield triple(place, DCAT + "bbox", Literal(_box(extent), datatype=_WKT))
        point = f"POINT({extent.longitude} {extent.latitude})"
        yield triple(place, DCAT + "centroid", Literal(point, datatype=_WKT))


def _box(extent: BoundingBox) -> str:
    west, south, east, north, _, _ = extent
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON(({', '.join(f'{x} {y}' for x, y in corners)}))"


@cache
def _extents() -> dict[str, BoundingBox]:
    with extents_file().open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    return {code: BoundingBox(*numbers) for code, *numbers in rows}
