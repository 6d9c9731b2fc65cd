import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from locations import CASES
from pyoxigraph import QuerySolutions, Store
from running import Running

from endpoint.http.problems import Problem
from endpoint.syntax.explanations import explain_failure, explain_refusal, explain_syntax
from endpoint.syntax.query_checks import read
from endpoint.syntax.query_places import spot
from pipeline.cli import main

PLACE = "▸"
MISTAKES = tomllib.loads((CASES / "sparql" / "mistakes.toml").read_text(encoding="utf-8"))["mistake"]


def problem_of(query: str) -> Problem | None:
    """Return what a query child says about a query, None where it is answered."""
    try:
        reading = read(query)
    except Problem as problem:
        return explain_refusal(problem, query)
    try:
        result = Store().query(query, base_iri="http://localhost:8000/sparql")
        if isinstance(result, QuerySolutions):
            next(result, None)
    except SyntaxError as error:
        return explain_syntax(str(error), query, reading)
    except RuntimeError as error:
        return explain_failure(str(error), query)
    return None


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["id"])
def test_a_common_mistake_is_named_with_its_place_and_correction(case: dict[str, Any]) -> None:
    query = case["query"].replace(PLACE, "")

    problem = problem_of(query)

    assert problem is not None
    assert case["names"] in problem.sentence
    assert case["correction"] in problem.sentence
    assert problem.at == case["query"].index(PLACE), query[problem.at or 0 :]


def test_no_sentence_of_a_mistake_has_a_gap_left() -> None:
    sentences = [
        problem.sentence for case in MISTAKES if (problem := problem_of(case["query"].replace(PLACE, "")))
    ]

    assert [sentence for sentence in sentences if "$" in sentence and "${" not in sentence] == []


@pytest.mark.parametrize("case", MISTAKES[::12], ids=lambda case: case["id"])
def test_the_endpoint_and_the_command_line_say_the_same(
    server: Running, output: Path, case: dict[str, Any]
) -> None:
    query = case["query"].replace(PLACE, "")
    place = spot(query, case["query"].index(PLACE))

    reply = server.send("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})
    result = CliRunner().invoke(main, ["query", "-", "--release", str(output)], input=query)

    problem = reply.json()
    assert (reply.status, problem["line"], problem["column"]) == (400, place.line, place.column)
    assert case["correction"] in problem["detail"]
    assert result.exit_code == 2
    if "prefix" not in case["id"]:  # the usual prefixes need no declaration there
        assert problem["detail"] in result.stderr
        assert f"Line {place.line}, column {place.column}:" in result.stderr


@pytest.mark.parametrize(
    "query",
    [
        "\ufeffASK { ?s ?p ?o }",
        "SELECT (IF(?o > 1 && ?o < 5 || ?o = 9, 'l’école “a”', 'b') AS ?x) { ?s ?p ?o }",
        "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(*) > 1) ORDER BY DESC(?n) LIMIT 5 OFFSET 5",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(?o) > 1) } }",
        "PREFIX insert: <http://e/> PREFIX add: <http://e/> ASK { insert:a add:b <x> # SERVICE “\n }",
        "ASK { ?s ?p '%20 &lt; ``` {{x}} %s -- // \u200b' , <http://e/%20> }",
    ],
)
def test_a_correct_query_is_answered_whatever_it_looks_like(server: Running, query: str) -> None:
    reply = server.send("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})

    assert (reply.status, reply.text if reply.status != 200 else "") == (200, "")
