import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.practice import Period
from pipeline.recognition.dates import read_date
from pipeline.recognition.dates.edtf import LEVEL_1, describe_period, interval

LATEST = 2036

WORDS = {
    "2018": ("2018", "2018"),
    "March 2018": ("March 2018", "mars 2018"),
    "21 June 2018": ("21 June 2018", "21 juin 2018"),
    "1 March 2018": ("1 March 2018", "1er mars 2018"),
    "2016-2019": ("2016–2019", "2016–2019"),
    "Jan - Feb 2018": ("January – February 2018", "janvier – février 2018"),
    "9-10 June 2016": ("9–10 June 2016", "9–10 juin 2016"),
    "1-3 March 2018": ("1–3 March 2018", "1er–3 mars 2018"),
    "30 June - 2 July 2018": ("30 June – 2 July 2018", "30 juin – 2 juillet 2018"),
    "March 2018 until 31 August 2019": ("March 2018 – 31 August 2019", "mars 2018 – 31 août 2019"),
    "2016 - 9 June 2016": ("2016 – 9 June 2016", "2016 – 9 juin 2016"),
    "January 2017 - January 2018": ("January 2017 – January 2018", "janvier 2017 – janvier 2018"),
    "since 2017": ("since 2017", "depuis 2017"),
    "since April 2017": ("since April 2017", "depuis avril 2017"),
    "2018-2022 (still in use)": ("since 2018", "depuis 2018"),
    "From September 2014 to May 2015 (still ongoing)": ("since 2014", "depuis 2014"),
    "Social network - ongoing / Assessment - 2017": ("2017, ongoing", "2017, en cours"),
    "until 2023": ("until 2023", "jusqu’en 2023"),
    "until June 2023": ("until June 2023", "jusqu’en juin 2023"),
    "until 31 August 2019": ("until 31 August 2019", "jusqu’au 31 août 2019"),
    "ongoing until 2023": ("ongoing until 2023", "en cours jusqu’en 2023"),
    "ongoing": ("ongoing, start not known", "en cours, début non connu"),
    "one year since November 2017": (
        "from November 2017, end not known",
        "à partir de novembre 2017, fin non connue",
    ),
    "started 2 May 2017": ("from 2 May 2017, end not known", "à partir du 2 mai 2017, fin non connue"),
    "started in April 2017": ("from April 2017, end not known", "à partir d’avril 2017, fin non connue"),
    "since 2 May 2017": ("since 2 May 2017", "depuis le 2 mai 2017"),
    "the 1990s": ("the 1990s", "les années 1990"),
    "circa 2015": ("about 2015", "vers 2015"),
    "2015?": ("probably 2015", "probablement 2015"),
    "2015%": ("probably about 2015", "probablement vers 2015"),
    "summer 2018": ("summer 2018", "été 2018"),
    "winter 2018": ("winter 2018", "hiver 2018"),
    "spring 2018 - autumn 2018": ("spring – autumn 2018", "printemps – automne 2018"),
    "2nd half 2021": ("July – December 2021", "juillet – décembre 2021"),
}


@pytest.mark.parametrize(("text", "wanted"), WORDS.items(), ids=WORDS)
def test_a_period_is_said_as_people_say_it(text, wanted):
    period = read_date(text, LATEST).period
    assert (describe_period(period, "en"), describe_period(period, "fr")) == wanted


def test_another_language_gets_english():
    assert describe_period(Period(start="2018", ongoing=True, edtf="2018/.."), "pt") == "since 2018"


def test_a_period_without_edtf_is_described_from_its_ends():
    assert describe_period(Period(start="2018", end="2019-03"), "en") == "2018 – March 2019"
    assert describe_period(Period(start="2018", end="2018"), "en") == "2018"
    assert describe_period(Period(start="2018", ongoing=True), "en") == "since 2018"
    assert describe_period(Period(), "en") == ""


@given(st.text("0123456789-./ ", max_size=24) | st.sampled_from(sorted(WORDS)))
def test_every_period_has_words(text):
    period = read_date(text, LATEST).period
    if period is not None:
        for lang in ("en", "fr"):
            described = describe_period(period, lang)
            assert described
            assert "{" not in described
            assert ".." not in described


def test_an_interval_may_be_open_or_unknown_at_either_end():
    for start, end in (
        ("2018", ".."),
        ("", "2018"),
        ("2018-03", "2019-08-31"),
        ("1990~", ".."),
        ("2018", ""),
    ):
        assert LEVEL_1.fullmatch(interval(start, end))


@pytest.mark.parametrize(
    "text", ["2018-13", "2018/", "201X/..", "18", "2018-3", "2018//2019", "../..x", "2018-25"]
)
def test_what_is_no_level_1_date_of_ours_does_not_match(text):
    assert bool(LEVEL_1.fullmatch(text)) == (text == "2018/")
