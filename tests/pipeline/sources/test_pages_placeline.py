import csv

import locations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recognition.places.cities import recognise_cities
from pipeline.recognition.places.countries import country, recognise_country
from pipeline.recognition.places.gazetteer import table
from pipeline.sources.pages.place_line import (
    PlaceLine,
    is_date,
    read_city_first,
    read_expected_place_line,
    read_place_line,
)

PRACTICES = locations.ROOT / "data" / "practices.csv"
DATES = (
    "",
    "2019",
    "Since 2008",
    "ongoing",
    "2018 à ...",
    "juin 2017",
    "March 2018 until 31 August 2019",
    "N/A",
)


def real_rows() -> list[dict[str, str]]:
    with PRACTICES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def keys(country_text: str, city_text: str) -> set[str]:
    return {city.key for city in recognise_cities(city_text, *recognise_country(country_text).codes).cities}


def test_every_real_practice_is_found_again_in_its_line_of_a_list() -> None:
    wrong = []
    for row in real_rows():
        date = " ".join(row["date"].split())
        line = " ".join(filter(None, (row["country"], *row["city"].replace("|", " ").split(), date)))
        place = read_expected_place_line(line)
        same = (
            place is not None
            and place.date == date
            and keys(place.country, place.city) == keys(row["country"], row["city"])
        )
        wrong += [] if same else [(line, place)]

    assert wrong == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Belgium 2021", ("Belgium", "", "2021")),
        ("Irlande Depuis 2020", ("Irlande", "", "Depuis 2020")),
        ("Ireland OD 2020", ("Ireland", "", "OD 2020")),
        ("Switzerland Geneva", ("Switzerland", "Geneva", "")),
        ("Suisse Canton de Neuchâtel 2015", ("Suisse", "Canton de Neuchâtel", "2015")),
        ("Corée du Sud Ansan 8 décembre 2020", ("Corée du Sud", "Ansan", "8 décembre 2020")),
        ("Royaume-Uni Londres depuis 2014", ("Royaume-Uni", "Londres", "depuis 2014")),
        ("Republic of Korea Ansan 2019", ("Republic of Korea", "Ansan", "2019")),
        ("Mexico Mexico City 1982-", ("Mexico", "Mexico City", "1982-")),
        ("Luxembourg Luxembourg 2020", ("Luxembourg", "Luxembourg", "2020")),
        ("Norway Oslo, Bergen and Stavanger 2016", ("Norway", "Oslo | Bergen | Stavanger", "2016")),
        ("Poland Lublin Krakow Wroclaw 2nd half 2021", ("Poland", "Lublin | Krakow | Wroclaw", "2nd half 2021")),
        ("Italy Fermo Fermo, Italy", ("Italy", "Fermo", "Fermo, Italy")),
        ("Italy Fermo 2009-ongoing Fermo, Italy", ("Italy", "Fermo", "2009-ongoing Fermo, Italy")),
        ("United Kingdom March 2019", ("United Kingdom", "", "March 2019")),
        ("United Kingdom Leeds March 2019", ("United Kingdom", "Leeds", "March 2019")),
        ("Canada Montréal de janvier à décembre 2017", ("Canada", "Montréal", "de janvier à décembre 2017")),
        ("Spain Villaverde de los Cántaros 2019", ("Spain", "Villaverde de los Cántaros", "2019")),
        ("Türkiye Kepez ongoing", ("Türkiye", "Kepez", "ongoing")),
    ],
)  # fmt: skip
def test_country_cities_and_date_are_told_apart(line: str, expected: tuple[str, str, str]) -> None:
    assert read_place_line(line) == PlaceLine(*expected)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "2019",
        "Bilbao, Spain",
        "Southern Spain 2019",
        "spain bilbao 2019",
        "Lamps of Spain",
        "Spain " + "x" * 300,
    ],
)
def test_what_does_not_begin_with_a_country_is_no_place_line(line: str) -> None:
    assert read_place_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "Spain is a country of many languages.",
        "Italy - Learn Arabic!",
        "Norway Oslo One day project",
        "Poland",
        "Germany Erlangen-Nürnberg",
    ],
)
def test_what_may_be_a_sentence_or_a_title_is_not_taken_for_sure(line: str) -> None:
    place = read_place_line(line)

    assert place is not None
    assert not place.is_telling


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Loures, Portugal 12-14 October 2020", ("Portugal", "Loures", "12-14 October 2020")),
        ("Bilbao, Spain", ("Spain", "Bilbao", "")),
        ("Lamps, Spain 2019", None),
        ("Bilbao, since 2019", None),
        ("Bilbao", None),
    ],
)
def test_a_city_may_come_before_its_country(line: str, expected: tuple[str, str, str] | None) -> None:
    assert read_city_first(line) == (PlaceLine(*expected) if expected else None)


def test_no_country_is_a_date() -> None:
    assert not is_date("Spain")
    assert not is_date("")
    assert is_date("since 2019")


PLACES = sorted(
    (city.country, name)
    for city in table().values()
    for language, name in city.names
    if language in ("en", "fr")
)


@given(st.sampled_from(PLACES), st.sampled_from(("en", "fr")), st.sampled_from(DATES))
def test_any_place_of_the_table_is_found_in_english_and_french(
    place: tuple[str, str], language: str, date: str
) -> None:
    iso3, city = place
    found = country(iso3)
    assert found is not None
    name = dict(found.names)[language]

    read = read_place_line(" ".join(filter(None, (name, city, date))))

    assert read is not None
    assert (read.country, read.date) == (name, date)
    assert keys(read.country, read.city) == keys(name, city)
