"""Countries and cities of a practice: stated, or found in its texts and marked as inferred."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.findings.finding_messages import message
from pipeline.findings.messages import Sentence, Value, Wording
from pipeline.language.text_matching import UnknownValue, says_nothing
from pipeline.model.fields import TELLING
from pipeline.model.finding import Severity
from pipeline.model.practice import City
from pipeline.model.rows import Row
from pipeline.recognition.notes import Notes, did_you_mean
from pipeline.recognition.places.cities import cities_named_in, countries_with_city, recognise_cities
from pipeline.recognition.places.city_with_country import city_and_country
from pipeline.recognition.places.countries import country, country_named_in, is_name_of, recognise_country
from pipeline.recognition.places.gazetteer import countries_of_city


@dataclass(frozen=True, slots=True)
class PracticePlaces:
    """Where a practice is carried out; ``inferred`` names the properties that were not stated."""

    countries: tuple[str, ...] = ()
    cities: tuple[City, ...] = ()
    inferred: tuple[str, ...] = ()


def read_places(rows: Sequence[Row], notes: Notes) -> PracticePlaces:
    """Return the countries and cities of a practice."""
    inferred: list[str] = []
    rows = [_with_own_country(row, notes) for row in rows]
    everything, rows = rows, _of_lasting(rows, notes)
    countries = _stated_countries(rows, notes)
    if not countries and not any(recognise_country(row.texts.get("country", "")).unknown for row in rows):
        countries = _inferred_country(rows, notes)
        inferred += ["country"] * bool(countries)
    if not countries:
        return PracticePlaces()
    cities = _stated_cities(rows, countries, notes)
    if not cities and len(everything) > len(rows):
        cities = _stated_cities(everything, countries, notes)
    if not cities:
        cities = _inferred_city(rows, countries, notes)
        inferred += ["city"] * bool(cities)
    return PracticePlaces(countries, cities, tuple(inferred))


def _with_own_country(row: Row, notes: Notes) -> Row:
    """Return a row without a country whose city cell names both, "Bergen, Norway", with each in its place."""
    cell = row.texts.get("city")
    stated = row.texts.get("country", "")
    if not cell or recognise_country(stated).codes or not says_nothing(stated):
        return row
    city, country = city_and_country(cell)
    codes = recognise_country(country).codes
    if not city or not codes or recognise_cities(city, *codes).unknown:
        return row  # "Atlanta, Georgia" is in neither of the two for certain
    notes.note("country-beside-city", row, "city", country=country)
    columns = {**row.columns, "country": row.columns.get("city", "city")}
    return replace(row, texts={**row.texts, "city": city, "country": country}, columns=columns)


def _of_lasting(rows: Sequence[Row], notes: Notes) -> Sequence[Row]:
    """Return the rows whose place counts: of practices merged on purpose those of the lasting one, if it states any."""
    lasting = [row for row in rows if not row.is_merged]
    if len(lasting) == len(rows) or not any(row.texts.get("country") for row in lasting):
        return rows
    for row in rows:
        if row.is_merged and not any(_same_place(row, other) for other in lasting):
            stated = [field for field in ("city", "country") if row.texts.get(field)]
            text = ", ".join(row.texts[field] for field in stated)
            notes.note("place-of-merged", row, (*stated, "country")[0], text=text)
    return lasting


def _same_place(row: Row, other: Row) -> bool:
    return all(row.texts.get(field) in (None, other.texts.get(field)) for field in ("country", "city"))


def _stated_countries(rows: Sequence[Row], notes: Notes) -> tuple[str, ...]:
    first: Row | None = None
    codes: tuple[str, ...] = ()
    for row in rows:
        cell = row.texts.get("country")
        if not cell:
            continue
        reading = recognise_country(cell)
        for unknown in reading.unknown:
            _note_unknown_country(row, unknown, notes)
        if not reading.codes:
            continue
        if first is None:
            first, codes = row, reading.codes
            _note_outside_facet(row, codes, notes)
        elif set(reading.codes) != set(codes):
            one, other, place = _names(codes), _names(reading.codes), first.place_of("country")
            notes.note("country-conflict", row, "country", one=one, place=place, other=other)
    return codes


def _note_unknown_country(row: Row, unknown: UnknownValue, notes: Notes) -> None:
    """Report a text that is not a country; none is suggested for a city, since all rows may be corrected so."""
    misplaced = _city_as_country(unknown.text, row)
    suggestion = None if misplaced else unknown.suggestion
    sentence = misplaced or message("country-unknown", text=unknown.text, question=did_you_mean(suggestion))
    notes.add(Severity.VIOLATION, "country-unknown", sentence, row, "country", suggestion, part=unknown.text)


def _city_as_country(text: str, row: Row) -> Sentence | None:
    """Return what to do where the country cell of a row contains a city, None where it contains none that is known."""
    city = row.texts.get("city", "")
    beside = recognise_country(city)
    if beside.codes and not beside.unknown and any(is_name_of(code, city) for code in beside.codes):
        there = recognise_cities(text, *beside.codes)
        if there.cities and not there.unknown:
            return message("country-unknown/swapped", country=_names(beside.codes), city=text)
    codes = countries_of_city(text)
    if len(codes) == 1:
        return message("country-unknown/city", text=text, country=_names(codes))
    return message("country-unknown/city-of-several", text=text) if codes else None


def _note_outside_facet(row: Row, codes: Sequence[str], notes: Notes) -> None:
    for iso3 in codes:
        if (entry := country(iso3)) is not None and not entry.in_facet:
            notes.note("country-outside-facet", row, "country", country=_names([iso3]))


def _inferred_country(rows: Sequence[Row], notes: Notes) -> tuple[str, ...]:
    for row in rows:
        for field in TELLING:
            text = row.texts.get(field)
            iso3 = country_named_in(text) if text else None
            if iso3:
                notes.note("country-inferred", row, "country", country=_names([iso3]))
                return (iso3,)
    return _country_of_city(rows, notes)


def _country_of_city(rows: Sequence[Row], notes: Notes) -> tuple[str, ...]:
    """Return the country of a stated city that the table knows in one country only."""
    for row in rows:
        codes = countries_with_city(row.texts.get("city", ""))
        if len(codes) == 1:
            notes.note("country-inferred/city", row, "country", country=_names(codes))
            return codes
    return ()


def _stated_cities(rows: Sequence[Row], countries: Sequence[str], notes: Notes) -> tuple[City, ...]:
    first: Row | None = None
    cities: dict[str, City] = {}
    for row in rows:
        cell = row.texts.get("city")
        if not cell or not set(recognise_country(row.texts.get("country", "")).codes) <= set(countries):
            continue  # a city of another country is told by the conflict of the countries
        in_cell = _cities_in_cell(row, cell, countries, notes)
        if first is not None and in_cell and not _are_related(cities, in_cell):
            one, other = _city_names(cities.values()), _city_names(in_cell.values())
            notes.note("city-conflict", row, "city", one=one, place=first.place_of("city"), other=other)
            continue
        first = first or row
        cities.update(in_cell)
    return tuple(cities.values())


def _cities_in_cell(row: Row, cell: str, countries: Sequence[str], notes: Notes) -> dict[str, City]:
    reading = recognise_cities(cell, *countries)
    names = _names(countries)
    for unknown in reading.unknown:
        text, suggestion = unknown.text, unknown.suggestion
        if _is_other_country(text, countries):
            notes.note("city-unknown/country", row, "city", part=text, country=names)
        else:
            notes.note("city-unknown", row, "city", suggestion, part=text, country=names)
    for text in reading.ambiguous:
        notes.note("city-ambiguous", row, "city", country=names, text=text)
    return {city.key: city for city in reading.cities}


def _is_other_country(text: str, countries: Sequence[str]) -> bool:
    """Return whether the city cell of a row contains another country than the stated one."""
    codes = recognise_country(text).codes
    return len(codes) == 1 and codes[0] not in countries and is_name_of(codes[0], text)


def _are_related(known: dict[str, City], others: dict[str, City]) -> bool:
    """Return whether two cells may speak of one place: a city in common, or one is in the other."""
    return any(
        key in known or city.part_of in known or any(other.part_of == key for other in known.values())
        for key, city in others.items()
    )


def _inferred_city(rows: Sequence[Row], countries: Sequence[str], notes: Notes) -> tuple[City, ...]:
    """Return the city of the stated country that the first text with one names; None if it names several."""
    for row in rows:
        for field in TELLING:
            text = row.texts.get(field)
            named = (
                {city.key: city for iso3 in countries for city in cities_named_in(text, iso3)} if text else {}
            )
            innermost = [
                city
                for city in named.values()
                if not any(other.part_of == city.key for other in named.values())
            ]
            if len(innermost) == 1:
                city = innermost[0]
                notes.note("city-inferred", row, "city", city=city.names[0][1])
                return (city,)
    return ()


def _names(codes: Sequence[str]) -> Value:
    known = ((iso3, country(iso3)) for iso3 in codes)
    return tuple(iso3 if entry is None else Wording(dict(entry.names)) for iso3, entry in known)


def _city_names(cities: Iterable[City]) -> str:
    return ", ".join(city.names[0][1] for city in cities)
