"""When a practice was carried out: the date text of each language, and the period that follows from all."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.model.finding import Severity
from pipeline.model.practice import Period, Texts
from pipeline.model.rows import Row
from pipeline.recognition.dates import (
    DateReading,
    contradict,
    merge,
    read_date,
    says_no_date,
    with_unknown_end,
)
from pipeline.recognition.notes import Notes
from pipeline.recognition.places.cities import recognise_cities
from pipeline.recognition.places.countries import languages_of, recognise_country
from pipeline.recognition.practice_places import PracticePlaces

DateCell = tuple[str, Row, DateReading]
_MONTH_FIRST = ("USA",)


def read_dates(
    rows: Sequence[tuple[str, Row]], places: PracticePlaces, latest_year: int, notes: Notes
) -> tuple[Texts, Period | None, tuple[DateCell, ...]]:
    """Return the date texts by language, the period that follows from all of them, and all readings.

    The period is that of the text which says most, with what the others say more and do not contradict.
    """
    dated = tuple(
        (language, row, _read(row.texts["date"], language, places, latest_year))
        for language, row in rows
        if row.texts.get("date") and not says_no_date(row.texts["date"])
    )
    if not dated:
        return (), None, ()
    by_language = dict[str, DateCell]()
    for entry in dated:
        before = by_language.get(entry[0])
        # Of two in one language the one that says more is used, and of equals the later one, as of other texts.
        if before is None or entry[2].detail >= before[2].detail:
            by_language[entry[0]] = entry
    chosen = max(by_language.values(), key=lambda entry: entry[2].detail)
    period = chosen[2].period
    for _, _, reading in dated if len(dated) > 1 else ():
        period = merge(period, reading.period) if period and reading.period else period
    _note_problems(dated, chosen, notes)
    texts = tuple((language, row.texts["date"]) for language, row, _ in by_language.values())
    return texts, period, dated


@lru_cache(maxsize=1024)
def languages_of_date(language: str, countries: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages a date may be written in: that of its row, then those of the countries."""
    tags = (language.partition("-")[0], *(tag for iso3 in countries for tag in languages_of(iso3)))
    return tuple(dict.fromkeys("no" if tag in ("nb", "nn") else tag for tag in tags))


def _read(text: str, language: str, places: PracticePlaces, latest_year: int) -> DateReading:
    """Return the reading of a date text; words beside it that are not the stated place may say anything."""
    languages = languages_of_date(language, places.countries)
    reading = read_date(text, latest_year, languages, month_first=places.countries == _MONTH_FIRST)
    if reading.period is None or reading.place_text is None or _names_only(reading.place_text, places):
        return reading
    return replace(reading, period=with_unknown_end(reading.period))


def _note_problems(dated: Sequence[DateCell], chosen: DateCell, notes: Notes) -> None:
    """Report what the chosen text leaves open; of the others only what a reader must know."""
    for _, row, reading in dated:
        for problem in reading.problems:
            if row is chosen[1] or problem.severity is Severity.VIOLATION:
                notes.add(problem.severity, problem.code, problem.message, row, "date", problem.suggestion)
        if row is not chosen[1] and contradict(reading.period, chosen[2].period):
            notes.note("date-conflict", row, "date", place=chosen[1].place_of("date"))


def note_places_in_dates(dated: Sequence[DateCell], places: PracticePlaces, notes: Notes) -> None:
    """Note a place that is beside a date: the stated one adds nothing, another one is a warning."""
    for _, row, reading in dated:
        if reading.place_text is None or reading.period is None:
            continue  # a cell that holds nothing but a place has been told of already
        is_stated = _names_only(reading.place_text, places)
        key = "date-holds-place" if is_stated else "date-holds-place/other"
        notes.note(key, row, "date", text=reading.place_text)


def _names_only(text: str, places: PracticePlaces) -> bool:
    known = {city.key for city in places.cities}
    for part in (part.strip() for part in text.split(",")):
        codes = recognise_country(part).codes
        if codes and set(codes) <= set(places.countries):
            continue
        city_keys = {city.key for city in recognise_cities(part, *places.countries).cities}
        if not city_keys & known:
            return False
    return bool(places.countries)
