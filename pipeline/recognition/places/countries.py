"""Countries: which ISO 3166-1 countries a cell names, and which a text mentions."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.findings.messages import Wording
from pipeline.language.text_matching import (
    MOST_SUGGESTIONS,
    UnknownValue,
    fold,
    mentions,
    nearest_part,
    nearest_spelling,
    says_nothing,
    segment,
    unknown_values,
    without_symbols,
)
from pipeline.model.finding import Suggestion
from pipeline.model.practice import Texts
from pipeline.rdf.concepts import read_concepts
from pipeline.rdf.vocabulary import COUNTRY, COUNTRY_FACET
from pipeline.recognition.places.spellings import expand_abbreviation, flag_codes
from pipeline.system.data_files import rows_of

LANGUAGES = ("en", "fr", "es", "it", "de", "pt")
"""The languages in which every country has a name."""

_AUTHORITY = "http://publications.europa.eu/resource/authority/country/"
_BETWEEN_COUNTRIES = re.compile(r"[|;\r\n]")
_PERHAPS_BETWEEN = re.compile(r"[,+]|\s[-–—]\s|\s(?:and|et|und|y|e|&)\s")
_IN_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]$")
_FORMAL = re.compile(
    r"^(?:the )?(?:(?:federal |islamic )?republic|kingdom|principality|state|union) of (?:the )?|^the |"
    r"^(?:la )?(?:republique|repubblica|republica|republiek|republik|republika|republiken|republikken)"
    r"(?: (?:de|du|d|di|do|da|del))?(?: (?:l|la))? (?!chin|kin)"
)
"""What official names of states begin with; Taiwan's names China."""

_CACHED_LENGTH = 300
_CLOSE, _VERY_CLOSE = 80.0, 88.0
_OF_REGION = 0.8
_LONGEST_NAME = 200
_SHORTEST_NATIVE = 6

_NO_LONGER_ISO = frozenset({"AN", "CS"})


@dataclass(frozen=True, slots=True)
class Country:
    """A country of ISO 3166-1: its codes, its names in six languages (English first), and its GeoNames id."""

    iso3: str
    iso2: str
    names: Texts
    in_facet: bool
    geonames: int | None = None

    @property
    def name(self) -> str:
        """Return the English name."""
        return self.names[0][1]


@dataclass(frozen=True, slots=True)
class CountryReading:
    """What a country cell says: alpha-3 codes in the order of the cell, and texts that are not countries."""

    codes: tuple[str, ...] = ()
    unknown: tuple[UnknownValue, ...] = ()

    @property
    def iso3(self) -> str | None:
        """Return the first code, or None."""
        return self.codes[0] if self.codes else None

    @property
    def in_facet(self) -> bool:
        """Return whether every country is one of the thirty of the catalogue's filter."""
        return all(_countries()[code].in_facet for code in self.codes)

    @property
    def suggestion(self) -> Suggestion | None:
        """Return the first suggestion for a text that is no country."""
        return next((value.suggestion for value in self.unknown if value.suggestion), None)


def recognise_country(cell: str) -> CountryReading:
    """Return the countries that a cell names by name, alias, code or IRI; no text but a whole name counts."""
    return _cached_reading(cell) if len(cell) <= _CACHED_LENGTH else _read(cell)


def country(iso3: str) -> Country | None:
    """Return the country with an alpha-3 code (Kosovo as XKX), or None where ISO 3166-1 has no such code."""
    return _countries().get(iso3)


@cache
def alpha3_codes() -> dict[str, str]:
    """Return alpha-2 code → alpha-3 code, without loading the names of countries."""
    return {known["iso2"]: known["iso3"] for known in _codes()}


@cache
def languages_of(iso3: str) -> tuple[str, ...]:
    """Return the official languages of a country and its regions as ISO 639 codes, the most spoken first."""
    from babel.languages import get_official_languages

    known = country(iso3)
    tags = get_official_languages(known.iso2, regional=True, de_facto=True) if known else ()
    return tuple(dict.fromkeys(tag.partition("_")[0] for tag in tags))


def names_of_countries() -> Iterator[tuple[str, str]]:
    """Yield folded names of countries in any language, each with its alpha-3 code."""
    yield from _native_names().items()
    yield from ((name, code) for name, code, use in _other_names() if use == "cell and text")


def is_name_of(iso3: str, text: str) -> bool:
    """Return whether a text is a name (and not merely a code) of the country, in one of the six languages."""
    folded = fold(text)
    return len(folded) > 3 and _names().get(folded) == iso3


def countries_named_in(text: str) -> tuple[str, ...]:
    """Return the codes of the countries that a text mentions by full name, the most mentioned first."""
    codes = _full_names()
    counted = Counter(code for mention in mentions(text, codes) if (code := codes[mention.name]))
    return tuple(code for code, _ in counted.most_common())


def country_named_in(text: str) -> str | None:
    """Return the code of the one country that a text can be about, or None where it mentions none or several.

    A single country of the catalogue's filter wins over others, which texts name as where people come from.
    """
    named = countries_named_in(text)
    in_facet = [code for code in named if _countries()[code].in_facet]
    candidates = in_facet or named
    return candidates[0] if len(candidates) == 1 else None


@lru_cache(maxsize=4_096)
def _cached_reading(cell: str) -> CountryReading:
    return _read(cell)


def _read(cell: str) -> CountryReading:
    codes: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for piece in () if says_nothing(cell) else dict.fromkeys(_pieces(cell)):
        if named := _codes_of_piece(piece, is_early=len(unknown) < MOST_SUGGESTIONS):
            codes.update(dict.fromkeys(named))
        elif fold(piece):
            unknown[piece] = None
    return CountryReading(tuple(codes), unknown_values(unknown, _suggestion))


def _codes_of_piece(piece: str, *, is_early: bool) -> tuple[str, ...]:
    """Return the codes that a piece of a cell names: one as a rule, several where it is nothing but flags."""
    if code := exact_code(piece):
        return (code,)
    if (flags := flag_codes(piece)) and says_nothing(without_symbols(piece)):
        return tuple(code for flag in flags if (code := _names().get(flag.lower())))
    if is_early and (code := expand_abbreviation(without_symbols(piece), (_names(), _native_names()))):
        return (code,)  # "N. Ireland"
    return ()


def _suggestion(text: str) -> Suggestion | None:
    """Return the country that is probably meant, None if the words of the text fit several.

    What is suggested is offered for all rows that say so, and "West Guinea" may be any of four countries.
    """
    if len(text) > _LONGEST_NAME:
        return None
    folded = fold(text)
    if folded in _regions():
        return Suggestion(_wording(_regions()[folded]), _OF_REGION)
    words = {word for word in folded.split() if len(word) > 3}
    codes = set[str]().union(*(_codes_by_word().get(word, ()) for word in words))
    begun = {code for name, code in _names().items() if name.startswith(folded)}
    if (len(codes) > 1 and len(words) == 1) or len(begun) > 1:
        return None
    if close := nearest_spelling(text, _names_to_suggest(), _CLOSE) or nearest_spelling(
        text, _natively(), _VERY_CLOSE
    ):
        return close
    return nearest_part(text, _names_to_suggest()) if len(codes) == 1 else None


@cache
def _codes_by_word() -> dict[str, set[str]]:
    """Return word → the codes of the countries that have it in a name."""
    codes: dict[str, set[str]] = {}
    for name, code in _names().items():
        for word in name.split():
            codes.setdefault(word, set()).add(code)
    return codes


def _pieces(cell: str) -> Iterator[str]:
    for part in dict.fromkeys(map(str.strip, _BETWEEN_COUNTRIES.split(cell))):
        if "://" in part or _is_country(part):
            yield part
            continue
        for piece in part.split("/"):
            whole = (piece.strip(),)
            yield from whole if _is_country(piece) else segment(piece, _PERHAPS_BETWEEN, _is_country) or whole


def _is_country(text: str) -> bool:
    return exact_code(text) is not None


def exact_code(text: str) -> str | None:
    """Return the code of the country that a text names as a whole, None for anything near it or more than it."""
    stated = text.strip()
    if len(stated) > _LONGEST_NAME:
        return None
    if stated.startswith((COUNTRY, _AUTHORITY)):
        code = stated.rpartition("/")[2]
        return code if code in _countries() else None
    stated = without_symbols(stated, numbered=True)
    folded = fold(stated)
    bare = fold(_IN_BRACKETS.sub("", stated))
    shorter = _FORMAL.sub("", folded)
    for name in (folded, bare, shorter, _FORMAL.sub("", bare)):
        if name in _names():
            return _names()[name]
    return _native_names().get(folded) or _native_names().get(shorter)


@cache
def _countries() -> dict[str, Country]:
    from babel import Locale  # loads large tables: only when a country is asked for

    territories = {language: Locale(language).territories for language in LANGUAGES}
    facet = {
        concept.iri.removeprefix(COUNTRY): concept.preferred
        for concept in read_concepts("countries.ttl")
        if COUNTRY_FACET in concept.collections
    }
    countries = {}
    for known in _codes():
        iso2, iso3 = known["iso2"], known["iso3"]
        if iso2 in _NO_LONGER_ISO:
            continue
        names = facet.get(iso3) or tuple(
            (language, str(territories[language][iso2])) for language in LANGUAGES
        )
        countries[iso3] = Country(iso3, iso2, names, iso3 in facet, int(known["geonames"]) or None)
    return countries


def _codes() -> Iterator[dict[str, str]]:
    """Yield the lines of the table of codes, which is GeoNames'."""
    return rows_of("ontology", "geonames/countries.csv")


@cache
def _names() -> dict[str, str]:
    names = {name: code for name, code, use in _other_names() if use not in ("never in text", "region")}
    for concept in read_concepts("countries.ttl"):
        for _, label in concept.other:
            names[fold(label)] = concept.iri.removeprefix(COUNTRY)
    for code, known in _countries().items():
        for text in (code, known.iso2, *(name for _, name in known.names)):
            names.setdefault(fold(text), code)
    return names


@cache
def _native_names() -> dict[str, str]:
    """Return folded name → code: each country in its official languages, as CLDR has them."""
    return {row["name"]: row["iso3"] for row in rows_of(__package__, "native_country_names.csv")}


@cache
def _names_to_suggest() -> dict[str, str]:
    return {name: _wording(code) for name, code in _names().items() if len(name) > 3}


@cache
def _natively() -> dict[str, str]:
    """Return what may be meant by a near miss of a country's name in its own languages."""
    return {
        name: _wording(code)
        for name, code in _native_names().items()
        if len(name) >= _SHORTEST_NATIVE and code in _countries()
    }


@cache
def _wording(code: str) -> Wording:
    return Wording(dict(_countries()[code].names))


@cache
def _regions() -> dict[str, str]:
    """Return folded name → code of regions that people take for countries; what is stated is not changed."""
    return {name: code for name, code, use in _other_names() if use == "region"}


@cache
def _full_names() -> dict[str, str]:
    full: dict[str, str] = {}
    for code, known in _countries().items():
        languages = LANGUAGES if known.in_facet else LANGUAGES[:2]
        full.update((fold(name), code) for language, name in known.names if language in languages)
    for concept in read_concepts("countries.ttl"):
        formal = [label for _, label in concept.other if " " in label and not set(label) & set("(,")]
        full.update((fold(label), concept.iri.removeprefix(COUNTRY)) for label in formal)
    full.update((name, code) for name, code, use in _other_names() if use not in ("cell", "region"))
    return full


@cache
def _other_names() -> tuple[tuple[str, str, str], ...]:
    table = rows_of(__package__, "country_names.csv")
    return tuple((fold(row["name"]), row["iso3"], row["use"]) for row in table)
