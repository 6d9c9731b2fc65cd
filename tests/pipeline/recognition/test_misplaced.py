"""Countries and cities in each other's columns: one finding that says what to write, no suggestion for all rows."""

import pytest

from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.recognition.practice_reader import recognise


def place_findings(country: str, city: str) -> tuple[tuple[str, ...], list[Finding]]:
    texts = {"title": "Long table", "country": country, "city": city, "lang": "en", "date": "2019"}
    made = recognise([Row(Place("a.csv", row=2), texts, {}, texts)], 2036)
    codes = {"country-unknown", "city-unknown", "country-conflict", "country-outside-facet", "city-inferred"}
    return tuple(city.key for city in made.practice.cities), [f for f in made.findings if f.code in codes]


SWAPPED = "the country and the city are swapped. Write “{}” as the country and “{}” as the city."


@pytest.mark.parametrize(
    ("country", "city", "message"),
    [
        ("Bergen", "Norway", SWAPPED.format("Norway", "Bergen")),
        ("Milano", "Italia", SWAPPED.format("Italy", "Milano")),
        ("Vienna", "Austria", SWAPPED.format("Austria", "Vienna")),
        ("Roma", "Trastevere", "“Roma” is a city. Write its country, Italy, here."),
        ("Porto", "Porto", "“Porto” is a city. Write its country here."),
    ],
)
def test_a_city_in_the_column_of_the_country_is_told_once(country: str, city: str, message: str) -> None:
    _, findings = place_findings(country, city)

    assert [finding.message for finding in findings] == [f"“Long table”: {message}"]
    assert findings[0].suggestion is None


def test_another_country_in_the_column_of_the_city_is_no_city() -> None:
    cities, findings = place_findings("Norway", "Sweden")

    assert cities == ()
    assert [finding.message for finding in findings] == [
        "“Long table”: “Sweden” is a country, and the row says Norway. Correct one of the two."
    ]


def test_a_misspelt_country_is_still_suggested() -> None:
    _, findings = place_findings("Norwey", "Bergen")

    assert [finding.suggestion.value for finding in findings if finding.suggestion] == ["Norway"]
