"""Coverage: which years and countries the practices of a release mention, and when its records were changed."""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from pipeline.model.practice import Practice
from pipeline.rdf.iris import DEFAULT_BASE
from pipeline.rdf.turtle_templates import triples_of
from pipeline.rdf.vocabulary import COUNTRY, SKOS, extents_file

_COUNTRIES = "http://publications.europa.eu/resource/authority/country"
_GEONAMES = "https://sws.geonames.org/"
_CONTINENTS = "http://publications.europa.eu/resource/authority/continent"
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
        self.countries.update(practice.countries)
        period, years = practice.period, list[int]()
        if period is not None:
            years += period.years
            years += [int(moment[:4]) for moment in (period.start, period.end) if moment]
        self._widen(practice.issued, practice.modified, practice.slug, years)

    def merge(self, other: "Coverage") -> None:
        """Widen the coverage to another."""
        self.countries.update(other.countries)
        self._widen(other.issued, other.modified, other.example, other.years or ())

    def _widen(self, issued: str, modified: str, example: str, years: Iterable[int]) -> None:
        self.issued = min(filter(None, (self.issued, issued)), default="")
        self.modified = max(self.modified, modified)
        self.example = min(filter(None, (self.example, example)), default="")
        every = [*(self.years or ()), *years]
        self.years = (min(every), max(every)) if every else None


class BoundingBox(NamedTuple):
    """The box around a place, in degrees as they are written."""

    west: str
    south: str
    east: str
    north: str

    def holds(self, other: "BoundingBox") -> bool:
        """Return whether another box is inside."""
        west, south, east, north = map(float, self)
        return (
            west <= float(other.west)
            and south <= float(other.south)
            and east >= float(other.east)
            and north >= float(other.north)
        )


class Area(NamedTuple):
    """A place as portals know it: its IRI, its names, the scheme it belongs to, its box and a point inside."""

    iri: str
    names: tuple[Literal, ...]
    scheme: str | None = None
    box: BoundingBox | None = None
    point: tuple[str, str] | None = None


_EUROPE = Area(
    f"{_CONTINENTS}/EUROPE",
    (Literal("Europe", language="en"), Literal("Europe", language="fr")),
    _CONTINENTS,
    BoundingBox("-31.30", "34.50", "51.00", "81.90"),
    ("9.14", "48.69"),
)
"""Europe from Iceland to the Caspian Sea, without the overseas parts of its countries."""

_WORLD = Area(
    f"{_GEONAMES}6295630/",
    (Literal("World", language="en"), Literal("Monde", language="fr")),
    box=BoundingBox("-180.00", "-90.00", "180.00", "90.00"),
    point=("0.00", "0.00"),
)


def describe_coverage(
    dataset: str, catalog: str, coverage: Coverage, lines: Iterable[str]
) -> Iterator[Triple]:
    """Yield the years and places of a dataset; ``lines`` are those of the vocabulary, which names the countries.

    The end is the last year that a practice names, even where some go on: a later one is not known. Both are
    written as days, since not every portal reads years. The dataset has one place, since portals keep one and mix
    the names and boxes of several: its country, or an area that includes all of them. The catalogue lists them.
    """
    countries = tuple(_known_countries(coverage.countries, lines))
    facts = {
        "dataset": dataset,
        "catalog": catalog,
        "years": coverage.years,
        "countries": countries,
        "area": _area_of(countries),
    }
    return triples_of(__package__, "coverage.ttl.template", DEFAULT_BASE, facts)


def _area_of(countries: tuple[Area, ...]) -> Area | None:
    """Return the one place that includes all countries."""
    if len(countries) < 2:
        return next(iter(countries), None)
    europe = _EUROPE.box
    assert europe is not None
    in_europe = all(country.box and europe.holds(country.box) for country in countries)
    return _EUROPE if in_europe else _WORLD


def _known_countries(codes: Iterable[str], lines: Iterable[str]) -> Iterator[Area]:
    """Yield the countries that portals know by an IRI, in the order of their codes."""
    wanted = tuple(f"<{COUNTRY}{code}> " for code in codes)
    said = "".join(line for line in lines if wanted and line.startswith(wanted))
    triples = [quad.triple for quad in parse(said, format=RdfFormat.N_TRIPLES)]
    for code in sorted(codes):
        own = [each for each in triples if each.subject == NamedNode(COUNTRY + code)]
        if iri := _name_elsewhere(own):
            scheme = _COUNTRIES if iri.startswith(_COUNTRIES) else None
            box, point = _extents().get(code, (None, None))
            yield Area(iri, tuple(_names(own)), scheme, box, point)


def _name_elsewhere(own: Iterable[Triple]) -> str | None:
    """Return the IRI of a country that portals know: that of the Publications Office, else of GeoNames."""
    known = [
        each.object.value
        for each in own
        if each.predicate.value == SKOS + "exactMatch" and isinstance(each.object, NamedNode)
    ]
    return next((iri for space in (_COUNTRIES, _GEONAMES) for iri in known if iri.startswith(space)), None)


def _names(own: Iterable[Triple]) -> Iterator[Literal]:
    for each in own:
        label = each.object
        named = each.predicate.value == SKOS + "prefLabel" and isinstance(label, Literal)
        if named and isinstance(label, Literal) and label.language in _LANGUAGES:
            yield label


@cache
def _extents() -> dict[str, tuple[BoundingBox, tuple[str, str]]]:
    """Return the box around each country and a point inside, by the code of the country."""
    with extents_file().open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    return {code: (BoundingBox(*numbers[:4]), (numbers[4], numbers[5])) for code, *numbers in rows}
