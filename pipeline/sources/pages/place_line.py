"""Place lines: "Country City date" in one line without delimiters, taken apart by what its words name."""

import re
from dataclasses import dataclass
from itertools import islice

from pipeline.language.text_matching import fold
from pipeline.recognition.dates import read_date
from pipeline.recognition.places.countries import countries_named_in, is_name_of, recognise_country
from pipeline.recognition.places.gazetteer import geonames_names, table_names

_LATEST = 2199
_LONGEST = 300
_LONGEST_NAME = 6
_LONGEST_SHORT_NAME = 3
_SHORT_DATE = 40
_WORD = re.compile(r"\S+")
_BETWEEN = re.compile(r"^(?:[,;|/&–-]|and\b|et\b|e\b|y\b|und\b)\s*")
_EDGES = " ,;|/–-"
_GOES_ON = re.compile(
    "(?:de|del|dels|della|delle|dei|di|do|dos|da|das|des|du|la|le|les|al|am|an|im|sur|sous|upon|of|nad) "
    "(?:la |las |los |el |der )?[A-ZÀ-ÖØ-Þ]"
)
"""A longer name: a town named by its first words only is another town."""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """Where and when, as texts: the country, its cities with bars between them, the date.

    ``is_certain`` says that every word of the line was accounted for by a name or a date.
    """

    country: str
    city: str = ""
    date: str = ""
    is_certain: bool = True

    @property
    def is_telling(self) -> bool:
        """Return whether the line is certain and says more than a country."""
        return self.is_certain and bool(self.city or self.date)

    def texts(self) -> dict[str, str]:
        """Return the fields that the line fills."""
        texts = {"country": self.country, "city": self.city, "date": self.date}
        return {field: text for field, text in texts.items() if text}


def read_place_line(text: str) -> PlaceLine | None:
    """Return what a line says that begins with the name of a country, or None where it does not."""
    if len(text) > _LONGEST or not text[:1].isupper():
        return None
    named = _country_at_start(text)
    return _place_line(text, *named) if named else None


def read_expected_place_line(text: str) -> PlaceLine | None:
    """Return what a line says that should be a place line: here short and ambiguous names count, too.

    "UK" and "Georgia" begin sentences about other things, so they count only with nothing left unexplained.
    """
    if place := read_place_line(text):
        return place
    for end in _ends_of_words(text)[:_LONGEST_SHORT_NAME]:
        name = text[:end].rstrip(_EDGES)
        if (len(name) > 3 or name.isupper()) and len(codes := recognise_country(name).codes) == 1:
            place = _place_line(text, codes[0], len(name))
            return place if place.is_telling else None
    return None


def _place_line(text: str, iso3: str, end: int) -> PlaceLine:
    cities, rest = _cities_at_start(text[end:].lstrip(_EDGES), iso3)
    if not cities and rest[:1].isupper() and not is_date(rest):
        city, date = _unknown_city(rest)
        if city:
            return PlaceLine(text[:end], city, date, is_date(date))
    return PlaceLine(text[:end], " | ".join(cities), rest, _is_likely_date(rest, cities))


def read_city_first(text: str) -> PlaceLine | None:
    """Return what a line of the form "City, Country date" says, or None where it is of another form."""
    city, comma, rest = text.partition(",")
    if not comma or len(text) > _LONGEST:
        return None
    place = read_place_line(rest.strip())
    if place is None or place.city or not place.is_certain:
        return None
    iso3 = recognise_country(place.country).iso3
    if iso3 is None or _city_end(city.strip(), iso3, is_first=True) != len(city.strip()):
        return None
    return PlaceLine(place.country, city.strip(), place.date)


def is_date(text: str) -> bool:
    """Return whether a text is nothing but a date, or says that there is none."""
    reading = read_date(text, _LATEST)
    return not reading.problems and reading.place_text is None and any(map(str.isalnum, text))


def _unknown_city(text: str) -> tuple[str, str]:
    """Return the name of a place that no table knows, and what comes after it."""
    starts = [word.start() for word in islice(_WORD.finditer(text), 1, _LONGEST_NAME + 1)]
    start = next((start for start in starts if is_date(text[start:])), None)
    if start is not None:
        return text[:start].strip(_EDGES), text[start:]
    place = read_date(text, _LATEST).place_text or ""
    return (place, text[len(place) :].lstrip(_EDGES)) if text.startswith(place) else ("", text)


def _is_likely_date(rest: str, cities: list[str]) -> bool:
    if not rest or is_date(rest):
        return True
    reading = read_date(rest, _LATEST)
    if reading.period is not None:
        return len(rest) <= _SHORT_DATE or rest[:1].isdigit()
    return any(rest.startswith(city) for city in cities)


def _ends_of_words(text: str) -> list[int]:
    return [word.end() for word in islice(_WORD.finditer(text), _LONGEST_NAME)]


def _country_at_start(text: str) -> tuple[str, int] | None:
    """Return the alpha-3 code of the country that begins a text, and where its name ends."""
    ends = _ends_of_words(text)
    codes = countries_named_in(text[: ends[-1]])
    for end in reversed(ends) if codes else ():
        name = text[:end].rstrip(_EDGES)
        for iso3 in codes:
            if is_name_of(iso3, name):
                return iso3, len(name)
    for end in ends if codes else ():
        name = text[:end].rstrip(_EDGES)
        if named := countries_named_in(name):
            # Where the name is found without its first word, too, that word is none of it: "Southern Spain".
            is_whole = named[0] not in countries_named_in(name.partition(" ")[2])
            return (named[0], len(name)) if is_whole else None
    return None


def _cities_at_start(text: str, iso3: str) -> tuple[list[str], str]:
    """Return the cities of the country that begin a text, and what follows them; none is taken twice."""
    cities: list[str] = []
    rest = text
    while rest and not rest[0].isdigit() and not is_date(rest):
        start = _BETWEEN.sub("", rest)
        end = _city_end(start, iso3, is_first=not cities)
        if end is None or _GOES_ON.match(start[end:].lstrip()):
            break
        city = start[:end].strip(_EDGES)
        if fold(city) in map(fold, cities):
            break
        cities.append(city)
        rest = start[end:].lstrip(" ,;|/")
    return cities, rest


def _city_end(text: str, iso3: str, *, is_first: bool) -> int | None:
    """Return where the longest name of a place of the country ends that begins a text, or None.

    The project's own table comes first, because the alternate names of GeoNames include many common words.
    """
    if not text[:1].isupper():
        return None
    ends = _ends_of_words(text)
    names = {end: fold(text[:end]) for end in reversed(ends)}
    if end_of_name := next((end for end, name in names.items() if (iso3, name) in table_names()), None):
        return end_of_name
    known = geonames_names(iso3)
    if end_of_name := next((end for end, name in names.items() if name in known.main), None):
        return end_of_name
    return next((end for end, name in names.items() if is_first and name in known.other), None)
