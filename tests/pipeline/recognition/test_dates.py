import csv
import itertools
import re
import time
from datetime import date
from importlib.resources import files

import locations
import pytest
from cldr import fresh_locale
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.model.finding import Severity
from pipeline.model.practice import Period
from pipeline.recognition.dates import DateReading, period_of_year, read_date
from pipeline.recognition.dates.date_words import AFFIXES, no_date, vocabulary
from pipeline.recognition.dates.edtf import LEVEL_1

LATEST = 2036
CASES = locations.CASES / "dates.csv"
SHARED = locations.SHARED
PRACTICES = SHARED / "data" / "practices.csv"
LANGUAGES = ("en", "fr", "es", "it", "de", "pt")
OTHER_LANGUAGES = ("ca", "el", "eu", "fi", "nl", "sq", "sr", "sr_Latn", "sv", "tr", "uk")

years = st.integers(1900, LATEST)
days = st.dates(date(1900, 1, 1), date(LATEST, 12, 31))
words = st.sampled_from(sorted(vocabulary()))
marks = st.sampled_from([*"-–/,;()|+.?~&:", "...", " - ", " / ", "\n", "€", "%"])
numbers = (
    st.integers(0, 99999).map(str) | years.map(str) | st.sampled_from(["03", "2O20", "20x5", "Q1", "2nd"])
)
date_like = st.lists(words | marks | numbers, max_size=12).map(" ".join) | st.lists(
    words | marks | numbers, max_size=6
).map("".join)


def cases():
    with CASES.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def years_of(text):
    if "-" in text:
        first, last = map(int, text.split("-"))
        return tuple(range(first, last + 1))
    return tuple(map(int, text.split()))


def month_names(language, *widths):
    months = fresh_locale(language).months
    for context, width in itertools.product(("format", "stand-alone"), widths):
        yield from ((number, name) for number, name in months[context][width].items())


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["text"])
def test_each_form_of_the_table_is_read_as_it_says(case):
    reading = read_date(case["text"], LATEST)
    wanted = None
    if case["edtf"]:
        wanted = Period(
            case["start"] or None,
            case["end"] or None,
            {"true": True, "false": False, "": None}[case["ongoing"]],
            case["edtf"],
            years_of(case["years"]),
        )
    assert reading.period == wanted
    assert [problem.code for problem in reading.problems] == case["codes"].split()
    assert reading.place_text == (case["place"] or None)
    suggestions = [problem.suggestion.value for problem in reading.problems if problem.suggestion]
    assert suggestions == ([case["suggestion"]] if case["suggestion"] else [])


@pytest.mark.skipif(not PRACTICES.exists(), reason="the real practices are not beside this folder")
def test_every_real_date_text_is_in_the_table_and_none_is_a_violation():
    with PRACTICES.open(encoding="utf-8-sig", newline="") as table:
        texts = {row["date"] for row in csv.DictReader(table)} - {""}
    assert texts <= {case["text"] for case in cases()}
    problems = [problem for text in texts for problem in read_date(text, LATEST).problems]
    assert not [problem for problem in problems if problem.severity is Severity.VIOLATION]
    assert len(problems) == 2


@pytest.mark.parametrize(
    ("text", "severity", "message"),
    [
        ("2019-2016", "violation", "ends (2016) before it starts (2019): correct one of the two."),
        ("1066", "violation", "names a year outside 1900 to 2036: correct it, or leave the date empty."),
        ("One day project", "warning", "says how long, not when: write the year or the years."),
        ("March", "warning", "names no year: write it beside the month, as in March 2018."),
        (
            "Pompei, Italy",
            "warning",
            "has no date; Pompei, Italy looks like a place or a name: write the date here.",
        ),
        ("Febuary 2020", "warning", 'was read only in part, as "2020": correct the spelling.'),
        (
            "2018 as agreed",
            "warning",
            'was read as "from 2018, end not known", but says more than that: write the date alone.',
        ),
    ],
)
def test_a_message_quotes_the_text_and_says_what_to_do(text, severity, message):
    (problem,) = read_date(text, LATEST).problems
    assert problem.severity == severity
    assert problem.message == f'The date text "{text}" {message}'


def test_a_violation_leaves_no_period():
    for text in ("2019-2016", "2037", "since 1850", "June 2019 - March 2018"):
        reading = read_date(text, LATEST)
        assert reading.period is None
        assert [problem.severity for problem in reading.problems] == [Severity.VIOLATION]


def test_the_latest_year_is_the_callers():
    assert read_date("2037", 2037).period == period_of_year(2037)
    assert read_date("2037", 2036).period is None


@pytest.mark.parametrize("text", ["", " ", "\n", "\x00", "​", "–", "...", *sorted(no_date())])
def test_a_text_that_says_there_is_no_date_has_no_problem(text):
    assert read_date(text, LATEST) == DateReading(None)
    assert read_date(text.upper(), LATEST) == DateReading(None)


@pytest.mark.parametrize(
    "text",
    [
        "‎2018‏",
        "2018\x00",
        "\ufeff2018",
        " 2018 ",
        '"2018"',
        "20​18",
        "\t2018\r\n",
        "٢٠١٨",
        "２０１８",
        "2018\ud800",
    ],
)
def test_invisible_characters_and_other_digits_do_not_hide_a_year(text):
    assert read_date(text, LATEST).period == period_of_year(2018)


def test_lines_of_a_cell_are_a_list():
    assert read_date("2016\n2018", LATEST).period == Period("2016", "2018", False, "2016/2018", (2016, 2018))


def test_decomposed_letters_are_read_as_composed_ones():
    assert read_date("de\u0301cembre 2018", LATEST) == read_date("décembre 2018", LATEST)


def test_a_message_about_a_broken_text_can_be_printed():
    (problem,) = read_date("nonsense\ud800\u202e\x07 here", LATEST).problems
    assert problem.message.isprintable()


def test_a_page_of_text_is_refused_at_once_and_quoted_in_short():
    text = "2018 " * 2_000_000
    start = time.process_time()
    (problem,) = read_date(text, LATEST).problems
    assert time.process_time() - start < 2
    assert problem.code == "date-not-understood"
    assert "10,000,000 characters" in problem.message
    assert len(problem.message) < 400


def test_detail_prefers_years_to_nothing_open_ends_to_bare_years_and_months_to_years():
    texts = (
        "N/A",
        "Each year in March",
        "2018",
        "2018 à ...",
        "March 2018",
        "since March 2018",
        "21 March 2018",
    )
    details = [read_date(text, LATEST).detail for text in texts]
    assert details == sorted(set(details))


def test_a_stated_end_is_no_more_than_a_stated_open_end():
    assert read_date("2018-2020", LATEST).detail == read_date("2018-", LATEST).detail


def test_confidence_falls_with_the_distance_of_a_suggestion():
    def confidence(text):
        return read_date(text, LATEST).problems[0].suggestion.confidence

    assert 1 > confidence("Febuary 2020") > confidence("2O20") > confidence("20x5") > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_full_and_short_months_of_the_six_languages_are_read(language):
    for number, name in month_names(language, "wide", "abbreviated"):
        for text in (f"{name} 2018", f"{name.upper()} 2018", f"1 {name} 2018"):
            start = read_date(text, LATEST).period.start
            assert start[:7] == f"2018-{number:02}", text


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_full_months_of_the_other_languages_are_read(language):
    for number, name in month_names(language, "wide"):
        assert read_date(f"{name} 2018", LATEST).period.start == f"2018-{number:02}", name


def test_a_word_has_one_meaning_in_a_language():
    meanings = {}
    table = files("pipeline.recognition.dates").joinpath("date_words.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        for word in row["words"].split("|"):
            if row["kind"] not in ("no date", *AFFIXES):
                meanings.setdefault((row["language"], word), []).append((row["kind"], row["value"]))
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


def test_accents_tell_words_apart_where_both_are_known():
    assert read_date("dès 2018", LATEST).period.edtf == "2018/.."
    assert read_date("fin des années 1990", LATEST).period.edtf == "199X"


@given(st.text(max_size=60) | date_like)
@example("2018-00-05")
@example("² ① Ⅳ ½ 2018²")
@example("٢٠١٨-٠٣-٠٥")
@example("0000")
@example("1.1.0000")
def test_no_text_breaks_the_reading_and_every_period_is_sound(text):
    reading = read_date(text, LATEST)
    for problem in reading.problems:
        assert problem.message.isprintable()
        assert problem.message.endswith(".")
    assert len({problem.code for problem in reading.problems}) == len(reading.problems)
    assert read_date(f" {text} ", LATEST) == reading
    if reading.period is not None:
        check_soundness(reading.period)
        assert not any(problem.severity is Severity.VIOLATION for problem in reading.problems)


def check_soundness(period):
    assert period.start or period.end or period.ongoing
    assert all(1900 <= year <= LATEST for year in period.years)
    assert list(period.years) == sorted(set(period.years))
    for moment in filter(None, (period.start, period.end)):
        assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", moment)
        assert 1900 <= int(moment[:4]) <= LATEST
        date.fromisoformat((moment + "-01-01")[:10])
    if period.start and period.end:
        length = min(len(period.start), len(period.end))
        assert period.start[:length] <= period.end[:length]
    assert LEVEL_1.fullmatch(period.edtf), period.edtf


@given(days)
def test_an_iso_date_is_read_back_exactly(day):
    text = day.isoformat()
    assert read_date(text, LATEST) == DateReading(Period(text, text, False, text, (day.year,)), detail=30)


@given(
    days,
    st.sampled_from(
        ["{0:%d/%m/%Y}", "{0:%d.%m.%Y}", "{0.day}-{0.month}-{0.year}", "{0.day} {0:%B} {0.year}"]
    ),
)
def test_a_day_is_read_before_the_month_whatever_the_separator(day, form):
    assert read_date(form.format(day), LATEST).period.start == day.isoformat()


@given(
    years,
    years,
    st.sampled_from(["{}-{}", "{} - {}", "{}–{}", "{}/{}", "from {} to {}", "de {} à {}", "{} bis {}"]),
)
def test_a_pair_of_years_is_a_span_or_a_violation(first, last, form):
    reading = read_date(form.format(first, last), LATEST)
    if last < first:
        assert [problem.code for problem in reading.problems] == ["end-before-start"]
        return
    named = tuple(range(first, last + 1)) if last - first < 10 else (first, last)
    edtf = f"{first}/{last}" if first != last else f"{first}"
    assert reading.period == Period(f"{first}", f"{last}", False, edtf, named)


@given(st.sampled_from(LANGUAGES), st.integers(1, 12), st.integers(1, 12), years)
def test_a_span_of_months_is_read_in_every_language(language, first, last, year):
    names = dict(month_names(language, "wide"))
    reading = read_date(f"{names[first]} - {names[last]} {year}", LATEST)
    if first > last:
        assert reading.period.start is None
        assert reading.period.end == f"{year}-{last:02}"
    else:
        assert (reading.period.start, reading.period.end) == (f"{year}-{first:02}", f"{year}-{last:02}")


@given(date_like)
@example("1900%bre")
@example("2018-03~")
def test_a_reading_is_read_back_from_its_edtf(text):
    period = read_date(text, LATEST).period
    if (
        period is None
        or re.search(r"\d{4}-2[1-4](?!-)", period.edtf)
        or re.fullmatch(r"20\d\d-\d\d", period.edtf)
    ):
        return
    again = read_date(period.edtf, LATEST).period
    assert (again.start, again.end, again.edtf) == (period.start, period.end, period.edtf)


@given(date_like)
def test_no_year_is_invented(text):
    period = read_date(text, LATEST).period
    digits = [int(found) for found in re.findall(r"\d+", text)]
    for year in (int(moment[:4]) for moment in (period and period.start, period and period.end) if moment):
        assert any(number == year or number == year % 100 or number == year // 10 for number in digits) or (
            year % 10 == 9 and year - 9 in digits
        )


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1-",
        "a-",
        "(",
        "2018-",
        "2018, ",
        "23/02/18 ",
        "Febuary ",
        "20x5 ",
        "9 June - ",
        "+1 ",
        "'",
        "de ",
        "年",
        "1年",
        "から",
        "IX-",
        "2018-tól ",
        "szeptemberétől ",
        "KW12 ",
        "18/19 ",
        "2018/2019",
        "1. ",
    ],
)
def test_no_text_of_any_length_takes_long(piece):
    text = (piece * 400)[:399]
    start = time.process_time()
    read_date(text, LATEST)
    assert time.process_time() - start < 2


def test_common_forms_cost_little():
    texts = [case["text"] for case in cases()] * 200
    start = time.process_time()
    for text in texts:
        read_date(text, LATEST)
    assert (time.process_time() - start) / len(texts) < 250e-6
