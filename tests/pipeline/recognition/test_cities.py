import csv
from io import StringIO

import locations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recognition.places.cities import (
    cities_named_in,
    city_by_key,
    countries_with_city,
    recognise_cities,
)
from pipeline.recognition.places.countries import recognise_country
from pipeline.recognition.places.gazetteer import table

CASES = list(csv.DictReader(StringIO((locations.CASES / "cities.csv").read_text("utf-8"))))
PRACTICES = locations.SHARED / "data" / "practices.csv"
needs_practices = pytest.mark.skipif(not PRACTICES.exists(), reason="the shared practices are not here")


def listed(text):
    return tuple(text.split("|")) if text else ()


def keys(reading):
    return tuple(city.key for city in reading.cities)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['cell']} ({case['countries']})")
def test_a_city_cell_is_read_as_the_table_of_cases_says(case):
    reading = recognise_cities(case["cell"], *listed(case["countries"]))
    assert keys(reading) == listed(case["keys"])
    assert tuple(value.text for value in reading.unknown) == listed(case["unknown"])
    suggestions = [value.suggestion.value for value in reading.unknown if value.suggestion]
    assert suggestions == ([case["suggestion"]] if case["suggestion"] else [])
    assert reading.ambiguous == listed(case["ambiguous"])
    assert reading.passed_over == listed(case["passed_over"])


@needs_practices
def test_every_city_of_the_real_practices_is_in_the_table_but_one():
    with PRACTICES.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    unknown = set()
    for row in rows:
        reading = recognise_cities(row["city"], recognise_country(row["country"]).iso3)
        unknown.update(value.text for value in reading.unknown)
        assert not reading.ambiguous
        assert not reading.passed_over
        assert {city.key for city in reading.cities} <= {*table(), "de-erlangen-nurnberg"}
    assert unknown == {"Erlangen-Nürnberg"}


@pytest.mark.parametrize(
    ("cell", "iso3", "kind", "part_of"),
    [
        ("London-Lewisham", "GBR", "district", "gb-london"),
        ("Berlin-Neukölln", "DEU", "district", "de-berlin"),
        ("Tenerife", "ESP", "island", None),
        ("Calderdale", "GBR", "municipality", None),
        ("Kanton Neuenburg", "CHE", "region", None),
        ("Province of Ravenna", "ITA", "region", None),
        ("Isle of Mull", "GBR", "island", None),
        ("Bezirk Spandau", "DEU", "district", None),
        ("Unione Reno Galliera", "ITA", "municipality", None),
        ("Atlantis", "ITA", "city", None),
    ],
)
def test_a_place_has_the_kind_that_its_name_or_the_table_says(cell, iso3, kind, part_of):
    (city,) = recognise_cities(cell, iso3).cities
    assert (city.kind, city.part_of) == (kind, part_of)
    assert part_of is None or city_by_key(part_of) is not None


@pytest.mark.parametrize(
    ("cell", "iso3", "town"),
    [
        ("Tenerife", "ESP", "Santa Cruz de Tenerife"),
        ("Camden", "GBR", "Camden Town"),
        ("Brandenburg", "DEU", None),
    ],
)
def test_an_area_has_neither_the_id_nor_the_coordinates_of_a_town_that_shares_its_name(cell, iso3, town):
    (area,) = recognise_cities(cell, iso3).cities
    assert area.geonames is None
    if town:
        (other,) = recognise_cities(town, iso3).cities
        assert (other.latitude, other.longitude) != (area.latitude, area.longitude)


def test_an_unknown_place_has_a_key_of_its_own_and_no_coordinates():
    (city,) = recognise_cities("Erlangen-Nürnberg", "DEU").cities
    assert (city.latitude, city.longitude, city.geonames) == (None, None, None)
    assert city.names == (("en", "Erlangen-Nürnberg"),)


def test_spellings_of_an_unknown_place_share_its_key_and_shouting_is_softened():
    first, second = (recognise_cities(cell, "ITA").cities[0] for cell in ("SAN  QUALCHE", "San Qualche"))
    assert first == second


def test_long_unknown_places_that_begin_alike_have_keys_of_their_own():
    start = "A place with a long name " * 5
    first, second = (recognise_cities(f"{start}{end}", "ITA").cities[0] for end in ("one", "two"))
    assert first.key != second.key
    assert len(first.key) < 100


def test_a_name_that_several_places_share_goes_to_the_most_populous_and_says_so():
    reading = recognise_cities("Springfield", "USA")
    assert reading.ambiguous == ("Springfield",)
    assert reading.cities[0].geonames == 4409896


def test_the_key_of_a_place_leads_back_to_it():
    for key in ("ch-geneva", "no-trondheim", "us-springfield", "gb-camden"):
        assert city_by_key(key).key == key
    assert [city_by_key(key) for key in ("", "geneva", "zz-nowhere", "ch-nowhere")] == [None] * 4


def test_a_city_hints_at_its_country():
    assert countries_with_city("Genève") == ("CHE",)
    assert countries_with_city("Nowhere") == ()


@pytest.mark.parametrize(
    ("text", "iso3", "expected"),
    [
        ("Bergen municipality encourages diversity in its workforce.", "NOR", ["no-bergen"]),
        ("Oslo's schools and Trondheim's too.", "NOR", ["no-oslo", "no-trondheim"]),
        ("From Reggio Emilia, Casalecchio di Reno.", "ITA", ["it-reggio-emilia", "it-casalecchio-di-reno"]),
        ("Berlin-Neukölln acts.", "DEU", ["de-neukolln"]),
        ("A meeting in Bergen.", "DEU", []),
        ("bergen in lower case", "NOR", []),
        ("Salt runs out.", "ESP", []),
        ("Courses in Salt.", "ESP", ["es-salt"]),
        ("The Roma of Italy in March.", "ITA", []),
        ("Partners of New York and of York.", "GBR", ["gb-york"]),
        ("The Geneva Convention, read in Zurich.", "CHE", ["ch-zurich"]),
        ("Luxembourg as a country, and Dudelange.", "LUX", ["lu-dudelange"]),
        ("Starting with Fort Pienc.", "ESP", []),
        ("St. Gallen and Zürich", "CHE", ["ch-st-gallen", "ch-zurich"]),
    ],
)  # fmt: skip
def test_places_in_running_text_count_in_proper_case_inside_the_country(text, iso3, expected):
    assert [city.key for city in cities_named_in(text, iso3)] == expected


@given(st.text(max_size=60))
def test_whatever_a_cell_holds_its_places_have_clean_keys_and_no_text_is_invented(cell):
    reading = recognise_cities(cell, "ITA")
    assert all(city.key.startswith("it-") and city.country == "ITA" for city in reading.cities)
    assert all(value.text in cell for value in reading.unknown)
    assert recognise_cities(cell, "ITA") == reading


@given(st.lists(st.sampled_from(["Turin", "Milano", "Reggio Emilia", "Forlì"]), min_size=1, max_size=4),
       st.sampled_from([" ", ", ", "; ", "/", " and ", " | ", "\n"]))  # fmt: skip
def test_places_of_the_table_are_found_whatever_parts_them(names, separator):
    wanted = {
        "Turin": "it-turin",
        "Milano": "it-milan",
        "Reggio Emilia": "it-reggio-emilia",
        "Forlì": "it-forli",
    }
    reading = recognise_cities(separator.join(names), "ITA")
    assert keys(reading) == tuple(dict.fromkeys(wanted[name] for name in names))
    assert reading.unknown == ()


def test_a_cell_far_longer_than_any_name_is_one_unknown_place_without_a_suggestion():
    reading = recognise_cities("Turin " * 1000, "ITA")
    assert len(reading.cities) == len(reading.unknown) == 1
    assert reading.unknown[0].suggestion is None
    assert reading.cities[0].latitude is None
