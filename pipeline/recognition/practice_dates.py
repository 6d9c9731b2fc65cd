"""When a practice was carried out: the date text of each language, and the reading that says most."""

from collections.abc import Sequence

from pipeline.findings.messages import say
from pipeline.model.finding import Severity
from pipeline.model.practice import Period, Texts
from pipeline.model.rows import Row
from pipeline.recognition.dates import DateReading, read_date
from pipeline.recognition.notes import Notes
from pipeline.recognition.places.cities import recognise_cities
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.practice_places import Places

Dated = tuple[str, Row, DateReading]


def read_dates(
    rows: Sequence[tuple[str, Row]], latest_year: int, notes: Notes
) -> tuple[Texts, Period | None, tuple[Dated, ...]]:
    """Return the date texts by language, the period read from the one that says most, and all readings."""
    dated = tuple(
        (language, row, read_date(row.texts["date"], latest_year))
        for language, row in rows
        if row.texts.get("date")
    )
    if not dated:
        return (), None, ()
    kept = dict[str, Dated]()
    for entry in dated:
        before = kept.get(entry[0])
        # Of two in one language the one that says more is used, and of equals the later one, as of other texts.
        if before is None or entry[2].detail >= before[2].detail:
            kept[entry[0]] = entry
    chosen = max(kept.values(), key=lambda entry: entry[2].detail)
    _note_problems(dated, chosen, notes)
    texts = tuple((language, row.texts["date"]) for language, row, _ in kept.values())
    return texts, chosen[2].period, dated


def _note_problems(dated: Sequence[Dated], chosen: Dated, notes: Notes) -> None:
    """Report what the chosen text leaves open; of the others only what a reader must know."""
    for _, row, reading in dated:
        for problem in reading.problems:
            if row is chosen[1] or problem.severity is Severity.VIOLATION:
                notes.add(problem.severity, problem.code, problem.message, row, "date", problem.suggestion)
        if row is not chosen[1] and _contradict(reading.period, chosen[2].period):
            sentence = say(
                "two dates that contradict each other; {place} is used. Correct one.",
                place=chosen[1].place_of("date"),
            )
            notes.add(Severity.WARNING, "date-conflict", sentence, row, "date")


def _contradict(one: Period | None, other: Period | None) -> bool:
    """Tell whether two readings give different starts or ends, as far as both say."""
    if one is None or other is None:
        return False
    return _differ(one.start, other.start) or (
        _differ(one.end, other.end) and not (one.ongoing or other.ongoing)
    )


def _differ(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    shared = min(len(one), len(other))
    return one[:shared] != other[:shared]


def note_places_in_dates(dated: Sequence[Dated], places: Places, notes: Notes) -> None:
    """Note a place that stands beside a date: the stated one tells nothing new, another one is a warning."""
    for _, row, reading in dated:
        if reading.place_text is None or reading.period is None:
            continue  # a cell that holds nothing but a place has been told of already
        if _names_only(reading.place_text, places):
            sentence = say(
                "the date cell also names the place, “{text}”, which is the stated one.",
                text=reading.place_text,
            )
            notes.add(Severity.INFO, "date-holds-place", sentence, row, "date")
        else:
            sentence = say(
                "the date cell also holds “{text}”, which is not the stated place; check both.",
                text=reading.place_text,
            )
            notes.add(Severity.WARNING, "date-holds-place", sentence, row, "date")


def _names_only(text: str, places: Places) -> bool:
    known = {city.key for city in places.cities}
    for part in (part.strip() for part in text.split(",")):
        codes = recognise_country(part).codes
        if codes and set(codes) <= set(places.countries):
            continue
        found = {city.key for city in recognise_cities(part, *places.countries).cities}
        if not found & known:
            return False
    return bool(places.countries)
