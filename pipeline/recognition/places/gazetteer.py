"""The gazetteer: places by name within a country, from the project's own table first, GeoNames second."""

import csv
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from pipeline.language.slugs import slugify
from pipeline.language.text_matching import fold
from pipeline.model.practice import City
from pipeline.rdf.vocabulary import ontology_directory
from pipeline.recognition.places.countries import alpha3_codes, country
from pipeline.system.data_files import rows_of, text_of

_LARGE = 50_000


@dataclass(frozen=True, slots=True)
class Names:
    """Folded names of a country's places: main names, other names, and names that several places share.

    ``large`` are the main names of places of 50,000 people and more.
    """

    main: Mapping[str, City]
    other: Mapping[str, City]
    ambiguous: frozenset[str]
    large: Mapping[str, City]


@cache
def table() -> dict[str, City]:
    """Return the places of ontology/cities.csv by key."""
    return {row["key"]: _city_in(row) for row in _rows()}


@cache
def table_names() -> dict[tuple[str, str], City]:
    """Return the places of the table by (alpha-3 code, folded name), whatever the language of the name."""
    names: dict[tuple[str, str], City] = {}
    for row in _rows():
        city = table()[row["key"]]
        aliases = [alias for alias in row["aliases"].split("|") if alias]
        for text in (city.key[3:], *(name for _, name in city.names), *aliases):
            names.setdefault((city.country, fold(text)), city)
    return names


@lru_cache(maxsize=64)
def geonames_names(iso3: str) -> Names:
    """Return the names of a country's places of 15,000 people and more, those of the table under its keys.

    Where places of one country share a name, the most populous has it.
    """
    known = country(iso3)
    places = _geonames_places(known.iso2) if known else []
    cities = _cities(iso3, places)
    main: dict[str, City] = {}
    other: dict[str, City] = {}
    shared = set()
    for place, city in zip(places, cities, strict=True):
        name = fold(place["name"])
        if main.setdefault(name, city) is not city:
            shared.add(name)
    for place, city in zip(places, cities, strict=True):
        for text in place["other_names"].split("|"):
            name = fold(text)
            if len(name) > 2 and name not in main and other.setdefault(name, city) is not city:
                shared.add(name)
    large = {fold(place["name"]) for place in places if int(place["population"]) >= _LARGE}
    return Names(main, other, frozenset(shared), {name: main[name] for name in main if name in large})


def other_names(identifiers: Container[int], countries: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the names in other languages of some places of some countries, each with the place's GeoNames id."""
    for known in filter(None, map(country, countries)):
        for place in _geonames_places(known.iso2):
            if (identifier := int(place["geonames"])) in identifiers:
                yield from ((identifier, name) for name in place["other_names"].split("|"))


def countries_of_city(name: str) -> tuple[str, ...]:
    """Return the alpha-3 codes of the countries that have a larger city of this name, whatever its language."""
    folded = fold(name)
    own = {iso3 for (iso3, known), city in table_names().items() if known == folded and city.kind == "city"}
    others = map(alpha3_codes().get, _large_cities().get(folded, "").split())
    return tuple(sorted(own.union(filter(None, others)))) if len(folded) > 2 else ()


def country_of_large_city(name: str) -> str:
    """Return the alpha-3 code of the one country with a larger city of this name, empty if there is none or several.

    Unlike ``countries_of_city`` it keeps only the text of the table in memory, for searches that rarely ask.
    """
    _, is_named, rest = text_of("ontology", "geonames/large_cities.csv").partition(f"\n{fold(name)},")
    codes = rest.partition("\n")[0].split() if is_named else []
    return alpha3_codes().get(codes[0], "") if len(codes) == 1 else ""


@cache
def _large_cities() -> dict[str, str]:
    """Return folded name → alpha-2 codes, for cities of 50,000 people, and of 200,000 by their other names too."""
    return dict(csv.reader(text_of("ontology", "geonames/large_cities.csv").splitlines()))


@cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(rows_of("ontology", "cities.csv"))


def _city_in(row: dict[str, str]) -> City:
    pairs = [pair.partition("=") for pair in row["names"].split("|") if pair]
    return City(
        key=row["key"],
        country=row["iso3"],
        names=(("en", row["name_en"]), *((language, name) for language, _, name in pairs)),
        kind=row["kind"],
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        geonames=int(row["geonames"]) if row["geonames"] else None,
        part_of=row["part_of"] or None,
    )


@cache
def _geonames_lines() -> dict[str, list[str]]:
    """Return alpha-2 code → lines of the GeoNames table, the most populous places first."""
    with (ontology_directory() / "geonames" / "places.csv").open(encoding="utf-8", newline="") as lines:
        return {iso2: list(group) for iso2, group in groupby(lines, lambda line: line.partition(",")[0])}


def _geonames_places(iso2: str) -> list[dict[str, str]]:
    columns, *_ = csv.reader(_geonames_lines()["iso2"])
    return list(csv.DictReader(_geonames_lines().get(iso2, ()), columns))


def _cities(iso3: str, places: Iterable[Mapping[str, str]]) -> list[City]:
    own = {city.geonames: city for city in table().values() if city.geonames is not None}
    taken = set(table())
    cities = []
    for place in places:
        identifier = int(place["geonames"])
        city = own.get(identifier)
        if city is None:
            key = f"{place['iso2'].lower()}-{slugify(place['name'])}"
            # The GeoNames id tells a smaller place of the same name apart for good, unlike a running number.
            key = f"{key}-{identifier}" if key in taken else key
            taken.add(key)
            city = City(
                key,
                iso3,
                (("en", place["name"]),),
                "city",
                float(place["latitude"]),
                float(place["longitude"]),
                identifier,
            )
        cities.append(city)
    return cities
