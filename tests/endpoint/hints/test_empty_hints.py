"""Hints: queries that find nothing with their hints, and queries that must get no hint."""

import io
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import locations
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from endpoint.engine.query_results import write_answer
from endpoint.engine.question import Question
from endpoint.hints.empty_answers import empty_columns, is_empty
from endpoint.hints.empty_hints import MOST_HINTS, empty_hints
from endpoint.hints.hint import Hint, as_json, sentences
from endpoint.syntax.query_checks import read
from endpoint.syntax.query_patterns import sketch
from pipeline.rdf.vocabulary import prefixes
from pipeline.release.contents.class_profiles import PROFILE

ADDRESS = "http://localhost:8000/sparql"
CASES = tomllib.loads(
    (locations.ROOT / "tests" / "cases" / "sparql" / "empty_queries.toml").read_text(encoding="utf-8")
)["query"]
PIECES = [
    "SELECT",
    "?a",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ".",
    ";",
    ",",
    "a",
    "?b",
    "<x>",
    "dct:title",
    "|",
    "/",
    "^",
    "*",
    "!",
    "FILTER",
    "OPTIONAL",
    "GRAPH",
    "VALUES",
    "LANG",
    "=",
    "1",
    "@en",
    "^^",
]


@cache
def opened(release: Path) -> Store:
    return Store.read_only(str(release / "store"))


def with_prefixes(query: str) -> str:
    declared = (
        f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items() if f"PREFIX {name}:" not in query
    )
    return "".join(declared) + query


def hints(release: Path, query: str, columns: tuple[str, ...] = ()) -> tuple[Hint, ...]:
    return empty_hints(query, opened(release), release / PROFILE, address=ADDRESS, columns=columns)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_query_that_finds_nothing_is_explained_where_it_can_be(
    real_output: Path, case: dict[str, Any]
) -> None:
    release = real_output / "current"
    query = with_prefixes(case["query"].replace("{list}", "<http://e/x> " * 6000))
    reading = read(query)
    format_name = "nt" if reading.form in ("CONSTRUCT", "DESCRIBE") else "json"
    out = io.BytesIO()
    result = opened(release).query(
        query, base_iri=ADDRESS, use_default_graph_as_union=not reading.names_dataset
    )
    write_answer(result, Question(query, format_name, "", 1), reading, out)
    columns = empty_columns(out.getvalue(), format_name)
    assert is_empty(out.getvalue(), format_name) or columns == tuple(case["columns"])

    found = hints(release, query, columns)

    if "hint" not in case:
        assert found == ()
        return
    [hint] = [each for each in found if case["hint"] in each.text]
    assert hint.kind == case["kind"]
    assert hint.at < 0 or query[hint.at :].startswith(hint.written)


def test_there_are_enough_of_them() -> None:
    assert len([case for case in CASES if "hint" in case]) >= 40
    assert len([case for case in CASES if "hint" not in case]) >= 10


@pytest.mark.parametrize(
    ("query", "empty"),
    [
        ("SELECT ?s { ?s ?p ?o } LIMIT 1", False),
        ("SELECT ?x { ?s ?p ?o } LIMIT 2", True),
        ("SELECT ?s { ?s <http://e/q> ?o }", True),
        ("SELECT (COUNT(*) AS ?n) { ?s <http://e/q> ?o }", True),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", False),
        ("SELECT (10 AS ?n) {}", False),
        ("SELECT ('a0' AS ?n) (0 AS ?m) {}", False),
        ("SELECT (BNODE() AS ?b) {}", False),
        ("SELECT (<<(<a:b> <a:b> 0)>> AS ?t) {}", False),
        ("ASK { ?s ?p ?o }", False),
        ("ASK { ?s <http://e/q> ?o }", True),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1", False),
        ("CONSTRUCT { ?s ?p ?o } { ?s <http://e/q> ?p, ?o }", True),
    ],
)
def test_an_empty_answer_is_known_in_every_format(real_output: Path, query: str, empty: bool) -> None:
    reading = read(query)
    graphs = ("ttl", "nt", "rdf", "trig", "nq", "jsonld", "jsonld-expanded", "jsonld-flattened")
    formats = graphs if reading.form == "CONSTRUCT" else ("json", "xml", "csv", "tsv")
    for format_name in formats:
        out = io.BytesIO()
        result = opened(real_output / "current").query(query, use_default_graph_as_union=True)
        write_answer(result, Question(query, format_name, "", 1), reading, out)
        assert is_empty(out.getvalue(), format_name) is empty, (format_name, out.getvalue())


@pytest.mark.parametrize("format_name", ["json", "xml", "tsv"])
@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT ?a ?é ?b ?c { VALUES (?a ?b) { (UNDEF '\"b\": {') ('' UNDEF) } }", ("é", "c")),
        ("SELECT ?a { VALUES ?a { UNDEF } }", ("a",)),
        ("SELECT ?a { VALUES ?a {} }", ()),
        ("SELECT ?a { VALUES ?a { '\\t\\n<result>' } }", ()),
        ("ASK {}", ()),
    ],
)
def test_columns_without_a_value_are_known(format_name: str, query: str, columns: tuple[str, ...]) -> None:
    out = io.BytesIO()

    write_answer(Store().query(query), Question(query, format_name, "", 1), read(query), out)  # type: ignore[arg-type]

    assert empty_columns(out.getvalue(), format_name) == columns


def test_a_store_without_a_profile_has_hints_too(real_output: Path) -> None:
    store = opened(real_output / "current")
    wanted = {
        'SELECT ?t { ?t rdfs:label "Education" }': '"Education"@en',
        "SELECT ?n { ?p schema:name ?n }": "Names are in rdfs:label",
        "SELECT ?p { ?p icgp:topic 'x' }": "are resources",
    }
    for query, text in wanted.items():
        [hint] = empty_hints(with_prefixes(query), store, None, address=ADDRESS)
        assert text in hint.text


def test_hints_go_into_a_header_whatever_the_query_holds(real_output: Path) -> None:
    query = with_prefixes('SELECT ?p { ?p dct:titel """é\r\n“x”""" ; <http://e/é> ?o }')
    written = as_json(hints(real_output / "current", query))

    assert written.isascii()
    assert written.isprintable()
    assert "dct:titel does not occur" in sentences(written)[0]


def test_hints_on_a_query_of_many_patterns_are_few(real_output: Path) -> None:
    arms = " UNION ".join(
        f'{{ ?s{n} dct:title "no{n}"@en ; dct:description "no{n}"@en }}' for n in range(400)
    )
    found = hints(real_output / "current", with_prefixes(f"SELECT * {{ {arms} }}"))

    assert len(found) <= MOST_HINTS


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_tokens_can_be_read(pieces: list[str]) -> None:
    sketch(" ".join(pieces))
