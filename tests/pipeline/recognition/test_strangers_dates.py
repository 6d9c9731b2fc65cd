"""Date texts as strangers write them, in many languages: what each is read as, and whether it is warned of.

``expected`` has alternatives, separated by "or": a start and an end (``..`` an open one, nothing an unknown one),
or ``?`` for a text that is left unread; ``+flag`` says that a warning is wanted, and without it none is.
"""

import csv

import locations
import pytest

from pipeline.model.finding import Place, Severity
from pipeline.model.rows import Row
from pipeline.recognition.dates import DateReading, contradict, merge, read_date
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.practice_dates import languages_of_date
from pipeline.recognition.practice_reader import RecognisedPractice, recognise

LATEST = 2036
CASES = locations.CASES / "strangers"
FILES = sorted(CASES.glob("dates_*.csv"))


def cases() -> list[dict[str, str]]:
    return [row for path in FILES for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


def reading_of(case: dict[str, str]) -> DateReading:
    countries = recognise_country(case["country"]).codes
    return read_date(
        case["text"], LATEST, languages_of_date(case["lang"], countries), month_first=countries == ("USA",)
    )


def in_short(reading: DateReading) -> str:
    period = reading.period
    if period is None:
        return "?"
    if period.start == period.end and not period.ongoing:
        return period.start or "?"
    return f"{period.start or ''}/{'..' if period.ongoing and not period.end else period.end or ''}"


def is_expected(reading: DateReading, expected: str) -> bool:
    short, flagged = in_short(reading), bool(reading.problems)
    for wanted in expected.split(" or "):
        value = wanted.removesuffix("+flag")
        if value == short and (value == "?" or flagged == wanted.endswith("+flag")):
            return True
    return False


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["text"])
def test_a_stranger_s_date_text_is_read_as_expected(case: dict[str, str]) -> None:
    reading = reading_of(case)

    assert is_expected(reading, case["expected"]), (in_short(reading), [p.message for p in reading.problems])


def practices_of(name: str) -> dict[str, RecognisedPractice]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        rows = [
            Row(Place(name, row=number), {field: text for field, text in cells.items() if text}, {}, cells)
            for number, cells in enumerate(csv.DictReader(lines), start=2)
        ]
    return {
        key: recognise([row for row in rows if row.texts["id"] == key], LATEST)
        for key in dict.fromkeys(row.texts["id"] for row in rows)
    }


def test_language_rows_that_say_more_are_combined_and_contradictions_are_warned_of() -> None:
    practices = practices_of("two_dates_of_one_practice.csv")
    periods = {key: found.practice.period for key, found in practices.items()}
    warnings = {
        key: [f.code for f in found.findings if f.severity is Severity.WARNING]
        for key, found in practices.items()
    }

    assert (periods["p1"].edtf, periods["p1"].ongoing) == ("2019-05-01/..", True)
    assert (periods["p2"].edtf, periods["p2"].ongoing) == ("2018-03/..", True)
    assert warnings == {"p1": [], "p2": [], "p3": ["date-conflict"]}


@pytest.mark.parametrize(
    ("date", "edtf", "ongoing"),
    [("2014 Bergen", "2014", False), ("2014 Qaraq", "2014/", None), ("2014-2016 Qaraq", "2014/2016", None)],
)
def test_words_that_are_not_the_stated_place_leave_unknown_whether_it_goes_on(
    date: str, edtf: str, ongoing: bool | None
) -> None:
    texts = {"title": "Long table", "country": "Norway", "city": "Bergen", "lang": "en", "date": date}

    period = recognise([Row(Place("a.csv", row=2), texts, {}, texts)], LATEST).practice.period

    assert period is not None
    assert (period.edtf, period.ongoing) == (edtf, ongoing)


@pytest.mark.parametrize(
    ("one", "other", "edtf"),
    [
        ("2018-2020", "March 2018 - 2020", "2018-03/2020"),
        ("started in March 2018", "2018-2020", "2018-03/2020"),
        ("started in March 2018", "2018", "2018-03/"),
        ("since May 2019", "2019", "2019-05/.."),
        ("until June 2020", "2018-2020", "2018/2020-06"),
        ("2018-2020", "since 2018", "2018/2020"),
        ("autumn 2018", "since 2018", "2018-23/.."),
    ],
)
def test_two_readings_become_one_period(one: str, other: str, edtf: str) -> None:
    first, second = (read_date(text, LATEST).period for text in (one, other))

    assert first is not None
    assert second is not None
    assert merge(first, second).edtf == edtf
    assert contradict(first, second) is (one == "2018-2020" and other == "since 2018")
