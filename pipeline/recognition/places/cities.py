"""Cities: which places of a country a cell names, and which a text mentions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.language.slugs import slugify, with_hash
from pipeline.language.text_matching import (
    MOST_SUGGESTIONS,
    UnknownValue,
    fold,
    mentions,
    nearest,
    says_nothing,
    segment,
    unknown_values,
    without_symbols,
)
from pipeline.model.finding import Suggestion
from pipeline.model.practice import City
from pipeline.recognition.places.countries import country, exact_code, is_name_of, recognise_country
from pipeline.recognition.places.gazetteer import geonames_names, table, table_names
from pipeline.recognition.places.spellings import BRACKETS, expand_abbreviation, regions, spellings, words

_BETWEEN_CITIES = re.compile(r"[|;\r\n]")
_NUMBERING = re.compile(r"\(?\d{1,2}[.)]\s+(?=[^\W\d])")
_PERHAPS_BETWEEN = re.compile(r",|\s(?:and|et|und|y|e|&)\s|\s")
_KINDS = {
    "region": re.compile(
        r"^(?:canton|kanton|cantone|province|provincia|provinz|region|regione|county|departe?ment|state|land"
        r"|comunidad|oblast|voivodeship|greater) | (?:canton|province|region|county|oblast|voivodeship)$"
    ),
    "island": re.compile(r"^(?:island|isle|ile|isla|isola|ilha|insel) | islands?$"),
    "district": re.compile(
        r"^(?:district|quartier|arrondissement|bezirk|stadtteil|distrito|barrio|bairro|(?:london )?borough) "
        r"| (?:district|borough)$"
    ),
    "municipality": re.compile(r"^(?:union|unione|syndicat|metropolitan area) | metropolitan area$"),
}
_OTHER_CODES = {"GB": ("UK",), "GR": ("EL",)}
_CACHED_LENGTH = 300
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class CityReading:
    """What a city cell says.

    ``cities`` are all its places in the order of the cell, none twice; a place that is not known is among
    them under a key of its own, without coordinates, and its text is in ``unknown``. ``ambiguous`` are texts
    that name several places of the country, of which the most populous was taken; ``passed_over`` are texts
    that name the country itself, or say that there is no city.
    """

    cities: tuple[City, ...] = ()
    unknown: tuple[UnknownValue, ...] = ()
    ambiguous: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def recognise_cities(cell: str, *countries: str) -> CityReading:
    """Return the places that a cell names inside the countries, by any spelling the table or GeoNames has.

    Places come between ``|``, ``;``, ``/`` or line breaks; commas, spaces and "and" part them only where
    every part is a known place and the whole is none. An unknown place is taken to be in the first country;
    without a known country every text is unknown.
    """
    return _cached_reading(cell, countries) if len(cell) <= _CACHED_LENGTH else _read(cell, countries)


def cities_named_in(text: str, iso3: str) -> tuple[City, ...]:
    """Return the places of a country that a running text mentions in proper case, in the text's order.

    For inference only: a name that is also a word counts where a word such as "in" or "city of" is before it.
    """
    names = _names_in_text(iso3)
    by_key: dict[str, City] = {}
    for mention in mentions(text, names):
        city = names[mention.name]
        if city is None or mention.after in words("after") or mention.before in words("before"):
            continue
        if mention.name in words("word") and mention.before not in words("place"):
            continue
        by_key[city.key] = city
    return tuple(by_key.values())


def city_by_key(key: str) -> City | None:
    """Return the known place with a key such as ``ch-geneva``, or None."""
    if city := table().get(key):
        return city
    codes = recognise_country(key[:2]).codes if key[2:3] == "-" else ()
    return next((_by_key(code)[key] for code in codes if key in _by_key(code)), None)


def countries_with_city(text: str) -> tuple[str, ...]:
    """Return the codes of the countries that have a place of this name in the table, as a hint only."""
    folded = fold(text)
    return tuple(sorted({iso3 for iso3, name in table_names() if name == folded}))


@lru_cache(maxsize=16_384)
def _cached_reading(cell: str, countries: tuple[str, ...]) -> CityReading:
    return _read(cell, countries)


def _read(cell: str, countries: tuple[str, ...]) -> CityReading:
    cities: dict[str, City] = {}
    unknown: dict[str, None] = {}
    ambiguous: dict[str, None] = {}
    passed_over: dict[str, None] = {}
    for text in dict.fromkeys(_pieces(cell, countries)):
        city, is_shared = _look_up(text, countries)
        if city is None and len(unknown) < MOST_SUGGESTIONS:
            city, is_shared = _of_abbreviation(text, countries), False
        if is_shared:
            ambiguous[text] = None
        if city is None and (says_nothing(text) or _is_national(text, countries)):
            if fold(text):
                passed_over[text] = None
            continue
        if city is None:
            unknown[text] = None
            city = _place_of_its_own(text, countries)
        if city is not None:
            cities.setdefault(city.key, city)
    missed = unknown_values(unknown, lambda text: _suggestion(text, countries))
    return CityReading(tuple(cities.values()), missed, tuple(ambiguous), tuple(passed_over))


def _items(cell: str) -> Iterator[str]:
    """Yield the items of a list, without their numbers where all have one: "1. Bergen", "2. Oslo"."""
    items = dict.fromkeys(filter(None, map(str.strip, _BETWEEN_CITIES.split(cell))))
    is_numbered = len(items) > 1 and all(_NUMBERING.match(item) for item in items)
    yield from (_NUMBERING.sub("", item) for item in items) if is_numbered else items


def _pieces(cell: str, countries: tuple[str, ...]) -> Iterator[str]:
    for part in _items(cell):
        if says_nothing(part) or _look_up(part, countries)[0]:
            yield part
            continue
        for piece in map(str.strip, part.split("/")):
            whole = (piece,)
            brackets = BRACKETS.search(piece) if len(piece) <= _LONGEST_NAME else None
            if _look_up(piece, countries)[0]:
                yield piece
            elif brackets and _is_one_place(piece[: brackets.start()], brackets[1], countries):
                yield piece[: brackets.start()].strip()
            else:
                yield from segment(piece, _PERHAPS_BETWEEN, lambda name: _is_part(name, countries)) or whole


def _is_one_place(name: str, beside: str, countries: tuple[str, ...]) -> bool:
    """Return whether what is in brackets behind a place is around it or its other name: "Liège (Lüttich)"."""
    city, _ = _look_up(name.strip(), countries)
    return city is not None and (_is_part(beside, countries) or _look_up(beside, countries)[0] == city)


def _is_part(text: str, countries: tuple[str, ...]) -> bool:
    """Return whether a text may be one of several places; GeoNames has too many other names to trust here."""
    folded = fold(text)
    known = any((iso3, folded) in table_names() or folded in geonames_names(iso3).main for iso3 in countries)
    return known or _is_national(text, countries)


def _is_national(text: str, countries: tuple[str, ...]) -> bool:
    return fold(text) in words("national") or any(is_name_of(iso3, text) for iso3 in countries)


def _look_up(text: str, countries: tuple[str, ...]) -> tuple[City | None, bool]:
    if len(text) > _LONGEST_NAME:
        return None, False
    for name in spellings(text, _around(countries)):
        for iso3 in countries:
            if city := table_names().get((iso3, name)):
                return city, False
            names = geonames_names(iso3)
            other = names.other.get(name) if _kind_of(name) == "city" else None
            if city := names.main.get(name) or other:
                return city, name in names.ambiguous
    return None, False


def _of_abbreviation(text: str, countries: tuple[str, ...]) -> City | None:
    """Return the one place of the countries whose name is abbreviated so ("Sta. Coloma de Gramenet"), else None."""
    tables = (
        names
        for iso3 in countries
        for own in [{name: city for (code, name), city in table_names().items() if code == iso3}]
        for names in (own, geonames_names(iso3).main, geonames_names(iso3).other)
    )
    return expand_abbreviation(without_symbols(text), tables)


@dataclass(frozen=True, slots=True)
class _Around:
    """What may be beside a city: codes and names of countries, and names of their regions that are no cities, too."""

    names: frozenset[str]
    regions: tuple[tuple[str, frozenset[str]], ...]

    def __contains__(self, name: object) -> bool:
        return name in self.names or any(
            name in names and not _is_city(iso3, str(name)) for iso3, names in self.regions
        )


@lru_cache(maxsize=64)
def _around(countries: tuple[str, ...]) -> _Around:
    known = [each for each in map(country, countries) if each]
    names = {
        fold(text)
        for each in known
        for text in (
            each.iso2,
            each.iso3,
            *(name for _, name in each.names),
            *_OTHER_CODES.get(each.iso2, ()),
        )
    }
    return _Around(frozenset(names), tuple((each.iso3, regions(each.iso2)) for each in known))


def _is_city(iso3: str, name: str) -> bool:
    own = table_names().get((iso3, name))
    return name in geonames_names(iso3).main or (own is not None and own.kind == "city")


def _kind_of(folded: str) -> str:
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(folded)), "city")


def _place_of_its_own(text: str, countries: tuple[str, ...]) -> City | None:
    known = country(countries[0]) if countries else None
    code = exact_code(text)
    if known is None or (code and is_name_of(code, text)):
        return None  # the name of another country is no place in this one
    folded = fold(text)
    slug = slugify(text)
    key = f"{known.iso2.lower()}-{with_hash(slug, folded) if len(folded) > len(slug) else slug}"
    name = " ".join(text.split())
    title = name.title() if name.isupper() or name.islower() else name
    return city_by_key(key) or City(key, known.iso3, (("en", title),), _kind_of(folded[:_LONGEST_NAME]))


def _suggestion(text: str, countries: tuple[str, ...]) -> Suggestion | None:
    suggestions = filter(None, (nearest(text, _names_to_suggest(iso3)) for iso3 in countries))
    return max(suggestions, key=lambda suggestion: suggestion.confidence, default=None)


@lru_cache(maxsize=64)
def _names_to_suggest(iso3: str) -> dict[str, str]:
    names = {name: city.names[0][1] for name, city in geonames_names(iso3).main.items()}
    names.update((name, city.names[0][1]) for (code, name), city in table_names().items() if code == iso3)
    return names


@lru_cache(maxsize=64)
def _by_key(iso3: str) -> dict[str, City]:
    return {city.key: city for city in geonames_names(iso3).main.values()}


@lru_cache(maxsize=64)
def _names_in_text(iso3: str) -> dict[str, City | None]:
    names: dict[str, City | None] = dict(geonames_names(iso3).large)
    names.update(
        (name, city) for (code, name), city in table_names().items() if code == iso3 and len(name) > 3
    )
    known = country(iso3)
    names.update((fold(name), None) for _, name in (known.names if known else ()))
    names.update((name, None) for name in words("never"))
    return {name: city for name, city in names.items() if len(name) > 3}
