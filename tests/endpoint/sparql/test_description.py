"""The description that queries are written from: as data, as Turtle and as a page."""

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import locations
import pytest
from axe import faults
from browsing import needs_chromium, watched
from playwright.sync_api import Browser
from pyoxigraph import CanonicalizationAlgorithm, Dataset, QuerySolutions, RdfFormat, Store, parse
from running import Running

from endpoint.catalogue.open_release import Release, open_release
from endpoint.engine.question import QueryLimits
from endpoint.sparql.description_data import description_data
from endpoint.sparql.service_description import describe_service
from pipeline.rdf.vocabulary import prefixes

QUESTIONS = tomllib.loads(
    (locations.ROOT / "tests" / "cases" / "sparql" / "questions.toml").read_text(encoding="utf-8")
)["question"]
FORMATS = {"nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML, "jsonld": RdfFormat.JSON_LD}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def real(real_output: Path) -> Release:
    return open_release(real_output / "current")


@pytest.fixture(scope="module")
def described(real: Release) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(json.dumps(description_data(real, QueryLimits())))
    return written


def ask(store: Store, query: str) -> set[tuple[str, ...]]:
    declared = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
    found = store.query(declared + query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return {tuple(value.value for value in row) for row in found}


# Questions, answered from the source


@cache
def source() -> Rows:
    with (locations.ROOT / "data" / "practices.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def topics() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in source():
        found.setdefault(row["id"], set()).update(filter(None, row["topics"].split("|")))
    return found


def identifiers(*, wanted: Callable[[dict[str, str]], bool]) -> set[tuple[str, ...]]:
    return {(row["id"],) for row in source() if wanted(row)}


def per_country() -> Counter[str]:
    return Counter({row["id"]: row["country"] for row in source()}.values())


def answers() -> dict[str, set[tuple[str, ...]]]:
    about = topics()
    codes = {"Spain": "ESP", "United Kingdom": "GBR", "Portugal": "PRT", "Norway": "NOR"}
    pairs = ({"Business and Employment", "Neighbourhood"}, {"Education", "Culture, Leisure and Heritage"})
    dated = identifiers(wanted=lambda row: bool(row["date"]))
    return {
        "how many": {(str(len(about)),)},
        "per country": {(name, str(count)) for name, count in per_country().items()},
        "education in Spain": {
            (each,)
            for (each,) in identifiers(wanted=lambda row: row["country"] == "Spain")
            if "Education" in about[each]
        },
        "in Oslo": identifiers(wanted=lambda row: row["city"] == "Oslo"),
        "on Roma": {(str(sum("Roma" in each for each in about.values())),)},
        "French titles": {(row["title"],) for row in source() if row["lang"] == "fr"},
        "rare topics": {
            (name,) for name in english_topics() if sum(name in each for each in about.values()) < 8
        },
        "sources of Leeds": {(row["source_url"],) for row in source() if row["city"] == "Leeds"},
        "about schools": identifiers(wanted=lambda row: "school" in row["summary"].lower()),
        "two topics": {(each,) for each, named in about.items() if any(pair <= named for pair in pairs)},
        "without a date": {(str(len(about) - len(dated)),)},
        "many practices": {(codes[name],) for name, count in per_country().items() if count > 20},
    }


def english_topics() -> set[str]:
    text = (locations.ROOT / "ontology" / "topics.ttl").read_text(encoding="utf-8")
    return set(re.findall(r'^  skos:prefLabel "([^"]*)"@en', text, re.MULTILINE)) - {"Topics"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["name"])
def test_a_question_is_answered_by_a_query_written_from_the_description(
    real: Release, described: dict[str, Any], question: dict[str, str]
) -> None:
    wanted = answers()[question["name"]]

    assert ask(real.store, question["query"]) == wanted
    assert wanted
    known = {each["name"] for each in described["classes"]}
    known |= {each["name"] for kind in described["classes"] for each in kind["properties"]}
    known |= {
        name for kind in described["classes"] for each in kind["properties"] for name in each["datatypes"]
    }
    known |= {code["name"] for codes in described["codes"].values() for code in codes}
    assert set(re.findall(r"\b[a-z]+:[\w-]+", question["query"])) <= known


def test_there_are_twelve_questions() -> None:
    assert len(QUESTIONS) >= 12
    assert {question["name"] for question in QUESTIONS} == answers().keys()


# What it says


def test_the_notes_on_texts_and_codes_have_queries_that_find_something(
    real: Release, described: dict[str, Any]
) -> None:
    assert len(described["notes"]) >= 8
    for note in described["notes"]:
        assert note["en"].endswith(".")
        assert note["fr"].endswith(".")
        assert ask(real.store, note["query"]), note["id"]


def test_classes_are_counted_as_the_store_has_them(real: Release, described: dict[str, Any]) -> None:
    counts = dict(ask(real.store, "SELECT ?c (COUNT(DISTINCT ?x) AS ?n) { ?x a ?c } GROUP BY ?c"))
    assert {each["iri"]: str(each["count"]) for each in described["classes"]} == counts
    practice = described["classes"][0]
    assert practice["name"] == "icgp:GoodPractice"
    query = (
        "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?x) AS ?m) { ?x a icgp:GoodPractice ; ?p ?o } GROUP BY ?p"
    )
    found = {(each["iri"], str(each["triples"]), str(each["subjects"])) for each in practice["properties"]}
    assert found == {row for row in ask(real.store, query) if not row[0].endswith("#type")}


def test_values_examples_and_how_many_there_are(described: dict[str, Any]) -> None:
    practice = {each["name"]: each for each in described["classes"][0]["properties"]}

    assert practice["icgp:topic"]["classes"] == ["icgp:Topic"]
    assert set(practice["dct:spatial"]["classes"]) == {"icgp:City", "icgp:Country"}
    assert practice["icgp:topic"]["example"].startswith("topic:")
    assert practice["icgp:startYear"]["datatypes"].keys() == {"xsd:integer"}
    assert practice["icgp:startYear"]["example"].isdigit()
    assert {"en", "fr"} <= practice["dct:title"]["languages"].keys()
    assert (practice["rdfs:label"]["least"], practice["rdfs:label"]["most"]) == (1, 1)
    assert practice["icgp:city"]["least"] == 0


def test_every_example_value_can_stand_in_a_query(real: Release, described: dict[str, Any]) -> None:
    for kind in described["classes"][:6]:
        for each in kind["properties"]:
            if "…" not in each["example"]:
                query = (
                    f"SELECT (COUNT(*) AS ?n) {{ ?x a {kind['name']} ; {each['name']} {each['example']} }}"
                )
                assert ask(real.store, query) != {("0",)}, query


def test_a_remote_store_is_described_without_functions(real: Release) -> None:
    assert description_data(real, QueryLimits(), is_remote=True)["functions"] == {}
    assert b"extensionFunction" not in describe_service(real, QueryLimits(), "ttl", is_remote=True)


def test_an_older_release_is_described_without_classes(real: Release, tmp_path: Path) -> None:
    from dataclasses import replace

    older = replace(real, path=tmp_path)
    assert description_data(older, QueryLimits())["classes"] == []
    assert b"void:classPartition" in describe_service(older, QueryLimits(), "ttl")


# Its forms


def test_turtle_is_grouped_and_says_the_same_as_the_other_formats(real: Release) -> None:
    turtle = describe_service(real, QueryLimits(), "ttl")
    graph = canonical(turtle, RdfFormat.TURTLE)

    for name, syntax in FORMATS.items():
        assert canonical(describe_service(real, QueryLimits(), name), syntax) == graph
    lines = turtle.decode().split("\n")
    headings = [line for line in lines if line.startswith("### ")]
    assert headings[0] == "### The service"
    assert "### icgp:GoodPractice: 222" in headings
    assert "" in lines
    assert "sd:supportedLanguage sd:SPARQL11Query , sd:SPARQL12Query" in turtle.decode()


def canonical(content: bytes, syntax: RdfFormat) -> Dataset:
    found = Dataset(parse(content, syntax))
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return found


def test_the_description_comes_as_json(server: Running) -> None:
    reply = server.send("GET", "/sparql/description.json")
    described = reply.json()

    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert described["endpoint"] == "http://localhost:8000/sparql"
    assert {code["name"] for code in described["codes"]["topic"]} >= {"topic:education", "topic:refugees"}
    assert "country:facet" not in {code["name"] for code in described["codes"]["country"]}
    assert (
        server.send(
            "GET", "/sparql/description.json", headers={"If-None-Match": reply.headers["ETag"]}
        ).status
        == 304
    )


@needs_chromium
@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("fr", 360)])
def test_the_page_fits_and_can_be_used_by_all(
    server: Running, browser: Browser, axe: str, language: str, width: int
) -> None:
    with watched(browser, f"http://127.0.0.1:{server.port}") as context:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/{language}/sparql/about")

        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("h2").count() > 10
        assert page.locator("#class-0 + p", has_text="icgp:GoodPractice").is_visible()
        assert faults(page, axe) == []
        page.locator("#note-languages + details summary").click()
        assert page.locator("#note-languages + details pre").is_visible()
        link = page.locator("#note-languages + details a.button").get_attribute("href")
    assert link is not None
    assert (
        server.send("GET", link.removeprefix(f"/{language}"), headers={"Accept": "text/html"}).status == 200
    )
