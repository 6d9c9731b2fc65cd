"""Places in the wrong column: a city in the country's column, or a country in the city's."""

from collections.abc import Sequence

from pipeline.findings.messages import Sentence, Value, Wording, say
from pipeline.model.rows import Row
from pipeline.recognition.places.cities import recognise_cities
from pipeline.recognition.places.countries import country, is_name_of, recognise_country
from pipeline.recognition.places.gazetteer import countries_of_city


def city_as_country(text: str, row: Row) -> Sentence | None:
    """Return what to do where the country cell of a row contains a city, None where it contains none that is known."""
    city = row.texts.get("city", "")
    beside = recognise_country(city)
    if beside.codes and not beside.unknown and any(is_name_of(code, city) for code in beside.codes):
        there = recognise_cities(text, *beside.codes)
        if there.cities and not there.unknown:
            return say(
                "the country and the city are swapped. Write “{country}” as the country and “{city}” as the city.",
                country=_names(beside.codes),
                city=text,
            )
    codes = countries_of_city(text)
    if len(codes) == 1:
        return say(
            "“{text}” is a city. Write its country, {country}, here.", text=text, country=_names(codes)
        )
    return say("“{text}” is a city. Write its country here.", text=text) if codes else None


def country_as_city(text: str, countries: Sequence[str]) -> Sentence | None:
    """Return what to do where the city cell of a row contains another country than the stated one, else None."""
    codes = recognise_country(text).codes
    if len(codes) != 1 or codes[0] in countries or not is_name_of(codes[0], text):
        return None
    return say(
        "“{text}” is a country, and the row says {country}. Correct one of the two.",
        text=text,
        country=_names(countries),
    )


def _names(codes: Sequence[str]) -> Value:
    known = ((iso3, country(iso3)) for iso3 in codes)
    return tuple(iso3 if entry is None else Wording(dict(entry.names)) for iso3, entry in known)
