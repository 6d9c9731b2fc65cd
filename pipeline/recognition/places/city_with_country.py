"""City and country in one text: "Torino / Italia", "Turin (Italy)", "Bergen, Norway"."""

import re

from pipeline.recognition.places.cities import recognise_cities
from pipeline.recognition.places.countries import recognise_country

_ENTRIES = re.compile(r"\s*[;|\r\n]\s*")
_PARTS = re.compile(r"\s*[/,()\[\]:\u3001\uff0c\uff08\uff09\uff0f]\s*|\s+[-\u2013\u2014>\u2192]\s+")
_LONGEST = 300
_LONGEST_CODE = 3
_MOST_WORDS = 3
_EDGES = " \t,/:-\u2013\u2014>\u2192\u3001\uff0c\uff0f"
_OPENING, _CLOSING = "([\uff08", ")]\uff09"
BETWEEN = "; "
"""Stands between the cities, and between the countries, of a text with several places."""


def city_and_country(text: str) -> tuple[str, str]:
    """Return the cities and the countries that a text names; if they cannot be separated, all belongs to the city."""
    if len(text) > _LONGEST:
        return text, ""
    pairs = [_split(entry) for entry in _ENTRIES.split(text) if entry]
    cities, countries = (
        ([part for part in parts if part] for parts in zip(*pairs, strict=True)) if pairs else ([], [])
    )
    return BETWEEN.join(dict.fromkeys(cities)), BETWEEN.join(dict.fromkeys(countries))


def _split(text: str) -> tuple[str, str]:
    parts = [part for part in _PARTS.split(text) if part]
    if len(parts) > 1 and len(set(parts)) == 1 and _is_country_of(parts[0], parts[0]):
        return parts[0], parts[0]  # "Luxembourg / Luxembourg"
    if all(_is_country(part) for part in parts) and not _is_code(text):
        return "", text
    if len(parts) > 1 and _is_country_of(parts[-1], parts[0]):
        return _of_country(text[: text.rindex(parts[-1])].rstrip(_EDGES + _OPENING), parts), parts[-1]
    if len(parts) > 1 and _is_country_of(parts[0], parts[1]):
        return text.replace(parts[0], "", 1).strip(_EDGES + _OPENING + _CLOSING), parts[0]
    if len(parts) == 2 and recognise_country(parts[1]).suggestion is not None:
        return parts[0], parts[1]  # a misspelt country, for which another name is suggested
    return _split_words(text)


def _of_country(city: str, parts: list[str]) -> str:
    """Return a city without the region between it and its country: "Turin, Piedmont, Italy"."""
    codes = recognise_country(parts[-1]).codes
    if len(parts) < 3 or not _is_known(parts[0], codes):
        return city
    whole, alone = (recognise_cities(text, *codes) for text in (city, parts[0]))
    return parts[0] if whole.unknown or whole.cities == alone.cities else city


def _is_code(text: str) -> bool:
    return len(text) <= _LONGEST_CODE and text.isascii()


def _is_country(text: str) -> bool:
    country = recognise_country(text)
    return bool(country.codes) and not country.unknown


def _is_country_of(text: str, city: str) -> bool:
    """Return whether a text names a country; a code, which may be a province's, only beside a city of that country."""
    codes = recognise_country(text).codes
    return bool(codes) and (not _is_code(text) or _is_known(city, codes))


def _is_known(city: str, codes: tuple[str, ...]) -> bool:
    return not recognise_cities(city, *codes).unknown


def _split_words(text: str) -> tuple[str, str]:
    """Return a known city and the country of its last words: "Turin Italy"."""
    words = text.split()
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        city, country = " ".join(words[:-count]), " ".join(words[-count:])
        codes = recognise_country(country).codes
        if codes and _is_known(city, codes):
            return city, country
    return text, ""
