import csv
import json
from collections import Counter
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import locations
import pytest
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Triple

from endpoint.language.interface_languages import INTERFACE
from endpoint.sparql.examples import ExampleQuery, examples
from endpoint.syntax.query_checks import read
from pipeline.rdf.vocabulary import ICGP, SCHEMA, TOPIC, prefixes

DATA = locations.ROOT / "data"
EXAMPLES = {example.name: example for example in examples()}


@pytest.fixture(scope="module")
def store(real_output: Path) -> Store:
    return Store.read_only(str(real_output / "current" / "store"))


@cache
def practices() -> dict[str, dict[str, str]]:
    """Return the first row of each practice of the source, by its id, with the topics of all its rows."""
    found: dict[str, dict[str, str]] = {}
    with (DATA / "practices.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            first = found.setdefault(row["id"], row)
            first["topics"] = "|".join(
                sorted({*first["topics"].split("|"), *row["topics"].split("|")} - {""})
            )
    return found


def ask(store: Store, name: str) -> Any:
    return store.query(EXAMPLES[name].query, use_default_graph_as_union=True)


def rows(store: Store, name: str) -> list[dict[str, str]]:
    result = ask(store, name)
    assert isinstance(result, QuerySolutions)
    names = [variable.value for variable in result.variables]
    return [{key: row[key].value for key in names if row[key] is not None} for row in result]


def test_there_are_enough_of_them_and_each_has_its_own_title() -> None:
    assert len(EXAMPLES) == len(examples()) >= 12
    assert len({example.title["en"] for example in examples()}) == len(examples())
    assert len({example.title["fr"] for example in examples()}) == len(examples())


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_an_example_is_allowed_says_what_it_is_and_declares_the_usual_prefixes(example: ExampleQuery) -> None:
    reading = read(example.query)

    assert example.title.keys() == example.description.keys() == INTERFACE.keys()
    assert all(description.endswith(".") for description in example.description.values())
    assert reading.undeclared == ()
    assert not reading.changes
    assert reading.prefixes.items() <= prefixes().items()
    used = {name for name in reading.prefixes if f"{name}:" in example.query.replace(f"PREFIX {name}:", "")}
    assert used == set(reading.prefixes)


def test_the_practices_on_a_topic_in_a_country_are_those_of_the_source(store: Store) -> None:
    wanted = [
        row["title"]
        for row in practices().values()
        if row["country"] == "Spain" and "Education" in row["topics"].split("|")
    ]

    found = rows(store, "practices-by-topic-and-country")

    assert len(wanted) > 5
    assert [row["title"] for row in found] == sorted(wanted)
    assert all(row["source"].startswith("https://www.coe.int/") for row in found)


def test_the_practices_since_2018_begin_in_2018_or_later(store: Store) -> None:
    found = rows(store, "practices-since-2018")

    years = [int(row["startYear"]) for row in found]
    assert years == sorted(years, reverse=True)
    assert years[-1] == 2018
    assert len(found) == len({row["practice"] for row in found})
    dates = {row["title"]: row["date"] for row in practices().values()}
    assert all(dates[row["title"]] in row["date"] for row in found if row["title"] in dates)


def test_the_practices_per_country_are_counted_as_in_the_source(store: Store) -> None:
    wanted = Counter(row["country"] for row in practices().values())

    found = rows(store, "practices-per-country")

    assert {row["name"]: int(row["practices"]) for row in found} == wanted
    assert all(0 <= int(row["ongoing"]) <= int(row["practices"]) for row in found)
    assert found[0]["ongoing"] != "0"


def test_the_practices_per_year_are_each_counted_once(store: Store) -> None:
    found = rows(store, "practices-per-year")

    years = [int(row["year"]) for row in found]
    assert years == sorted(set(years))
    query = f"SELECT (COUNT(*) AS ?n) {{ ?p a <{ICGP}GoodPractice> ; <{ICGP}startYear> ?y }}"
    (row,) = store.query(query, use_default_graph_as_union=True)  # type: ignore[misc]
    assert sum(int(row["practices"]) for row in found) == int(row["n"].value)


def test_the_topics_are_all_there_also_those_without_a_practice(store: Store) -> None:
    wanted = Counter(topic for row in practices().values() for topic in row["topics"].split("|") if topic)

    found = rows(store, "topics-and-their-practices")

    assert len({row["topic"].removeprefix(TOPIC) for row in found}) == len(found) == 22
    assert {row["english"]: int(row["practices"]) for row in found if row["practices"] != "0"} == wanted
    assert all(row["definition"] for row in found)


def test_topics_occur_together_as_in_the_source(store: Store) -> None:
    pairs = Counter(
        pair
        for row in practices().values()
        for pair in combinations(sorted(topic for topic in row["topics"].split("|") if topic), 2)
    )

    found = rows(store, "topics-that-occur-together")

    assert int(found[0]["practices"]) == max(pairs.values())
    assert all(row["first"] < row["second"] for row in found)
    assert len({(row["first"], row["second"]) for row in found}) == len(found) == 25


def test_the_map_has_each_city_once_and_within_the_world(store: Store) -> None:
    found = rows(store, "map-of-cities")

    assert len({row["city"] for row in found}) == len(found) > 60
    assert all(-90 < float(row["lat"]) < 90 and -180 < float(row["long"]) < 180 for row in found)
    assert any(row["name"] == "Turin" and abs(float(row["lat"]) - 45.07) < 0.1 for row in found)


def test_titles_in_several_languages_come_with_all_of_them(store: Store) -> None:
    found = rows(store, "titles-in-several-languages")

    languages = {row["practice"]: [] for row in found}
    for row in found:
        languages[row["practice"]].append(row["language"])
    assert languages
    assert all(len(set(of_one)) == len(of_one) > 1 for of_one in languages.values())


def test_inferred_values_come_with_what_was_inferred(store: Store) -> None:
    found = rows(store, "inferred-values")

    assert [(row["title"], row["property"], row["name"]) for row in found] == [
        ("Diversity in the workforce", f"{ICGP}city", "Bergen")
    ]


def test_a_search_finds_the_word_in_every_text_it_shows(store: Store) -> None:
    found = rows(store, "search-in-words")

    assert len(found) > 5
    assert all("school" in row["text"].lower() for row in found)


def test_a_property_path_reaches_the_districts_of_a_country_too(store: Store) -> None:
    found = rows(store, "everything-in-a-place")

    wanted = {row["title"] for row in practices().values() if row["country"] == "Germany" and row["city"]}
    assert {row["title"] for row in found} == wanted
    assert ("Berlin-Neukölln", "Berlin") in {(row["place"], row.get("within")) for row in found}


def test_describe_gives_a_practice_its_record_and_its_period(store: Store) -> None:
    result = ask(store, "describe-a-practice")
    assert isinstance(result, QueryTriples)

    subjects = {str(triple.subject) for triple in result}

    assert len(subjects) == 3
    assert sum("/doc/practice/" in subject for subject in subjects) == 1
    assert sum("#period" in subject for subject in subjects) == 1


def test_schema_org_has_a_work_for_each_record_and_only_schema_orgs_terms(store: Store) -> None:
    result = ask(store, "schema-org")
    assert isinstance(result, QueryTriples)
    triples = set(result)

    predicates = {triple.predicate.value for triple in triples}
    assert {name for name in predicates if not name.startswith(SCHEMA)} == {
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    }
    work = NamedNode(f"{SCHEMA}CreativeWork")
    assert sum(isinstance(triple, Triple) and triple.object == work for triple in triples) == len(practices())


def test_asking_whether_there_is_any_is_answered_with_yes(store: Store) -> None:
    result = ask(store, "is-there-any")

    assert isinstance(result, QueryBoolean)
    assert bool(result)


def test_records_name_their_page_and_their_row(store: Store) -> None:
    found = rows(store, "where-it-comes-from")

    assert len(found) == 100
    assert all(row["row"].startswith("practices.csv#") for row in found)
    assert all(row["page"].startswith("https://") for row in found)


def test_cities_have_their_address_in_geonames(store: Store) -> None:
    found = rows(store, "cities-elsewhere")

    assert len(found) > 50
    assert ("Turin", "Italy", "https://sws.geonames.org/3165524/") in {
        (row["name"], row["country"], row["elsewhere"]) for row in found
    }


def test_the_graphs_are_counted_as_the_manifest_does(store: Store, real_output: Path) -> None:
    counts = json.loads((real_output / "current" / "manifest.json").read_text(encoding="utf-8"))["counts"]

    found = rows(store, "what-the-graphs-hold")

    assert {row["graph"].rpartition("/")[2]: int(row["statements"]) for row in found} == counts["graphs"]
