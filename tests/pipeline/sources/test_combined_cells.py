"""City and country in one column: how headings show it, how cells are split, and which field a correction changes."""

import pytest

from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.recognition.places.city_with_country import city_and_country
from pipeline.records.corrections.suggesting import field_at
from pipeline.sources.headings.compound_headings import fields_in_heading
from pipeline.sources.headings.heading_meanings import meanings_of


@pytest.mark.parametrize(
    ("text", "city", "country"),
    [
        ("Torino / Italia", "Torino", "Italia"),
        ("Turin (Italy)", "Turin", "Italy"),
        ("Italy (Turin)", "Turin", "Italy"),
        ("Italy, Turin", "Turin", "Italy"),
        ("Turin Italy", "Turin", "Italy"),
        ("Turin, Piedmont, Italy", "Turin", "Italy"),
        ("Turin, Italy; Lyon, France", "Turin; Lyon", "Italy; France"),
        ("Luxembourg / Luxembourg", "Luxembourg", "Luxembourg"),
        ("浜松市、日本", "浜松市", "日本"),
        ("Botkyrka, SE", "Botkyrka", "SE"),
        ("Reggio Emilia, RE", "Reggio Emilia, RE", ""),
        ("Zürich, Schwiez", "Zürich", "Schwiez"),
        ("Santa Maria da Feira", "Santa Maria da Feira", ""),
        ("UK (Scotland)", "", "UK (Scotland)"),
        ("Italy", "", "Italy"),
        ("", "", ""),
    ],
)
def test_a_cell_with_city_and_country_is_split(text: str, city: str, country: str) -> None:
    assert city_and_country(text) == (city, country)


@pytest.mark.parametrize(
    "heading",
    [
        "Ville / Pays",
        "City, Country",
        "Luogo (città, paese)",
        "Stadt und Land",
        "Kraj / Država",
        "Stadt/Land/Region",
        "In quale città e paese?",
        "Where did it take place? (City, Country)",
    ],
)
def test_a_heading_names_city_and_country(heading: str) -> None:
    [meaning] = meanings_of(heading)
    assert (meaning.field, meaning.also) == ("city", "country")


@pytest.mark.parametrize(
    "heading", ["Land / Paese", "City / Town", "Title / Titre", "Country / Region", "Ort"]
)
def test_a_heading_in_two_languages_names_one_field(heading: str) -> None:
    assert not meanings_of(heading)[0].also
    assert not fields_in_heading(heading)


def test_a_correction_is_for_the_field_whose_text_is_wrong() -> None:
    columns = {"city": "Stadt/Land", "country": "Stadt/Land"}
    row = Row(Place("a.csv", row=2), {"city": "Zürich", "country": "Schwiez"}, columns, {})

    assert field_at(row, "Stadt/Land", "Schwiez") == "country"
    assert field_at(row, "Stadt/Land", "Zürich") == "city"
