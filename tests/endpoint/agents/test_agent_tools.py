"""The tools as an agent sees them: the SDK's client, connected to a server in this process that reads a real site."""

import re
from collections.abc import Iterator

import pytest
from agents import Agent, text_of
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mcp import MCPError
from running import Running

from endpoint.agents.agent_server import agent_server
from endpoint.agents.site_client import SiteClient

MOST_TEXT = 25_000
TOOLS = {"search_practices", "read_practice", "describe_data", "run_query", "list_terms", "validate_data"}


@pytest.fixture(scope="module")
def agent(server: Running) -> Iterator[Agent]:
    site = SiteClient(f"http://127.0.0.1:{server.port}", is_local=True)
    with Agent(agent_server(site)) as agent, agent.portal.wrap_async_context_manager(site):
        yield agent


def test_every_tool_says_what_it_does_and_that_it_only_reads(agent: Agent) -> None:
    tools = {tool.name: tool for tool in agent.portal.call(agent.client.list_tools).tools}

    assert set(tools) == TOOLS
    for tool in tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert "xample" in str(tool.description)
        assert tool.input_schema["additionalProperties"] is False
        assert all("description" in each for each in tool.input_schema["properties"].values()), tool.name
        assert tool.output_schema is not None or tool.name == "describe_data"


CALLS = {
    "search_practices": {"country": "DE", "language": "fr"},
    "read_practice": {"practice": "meeting-neighbours-turin"},
    "run_query": {"query": "SELECT * { ?s a icgp:Topic ; skos:prefLabel ?name }"},
    "list_terms": {"kind": "city"},
    "validate_data": {"data": "title,country\nA kitchen for all,Spane\n"},
}


@pytest.mark.parametrize("tool", CALLS)
def test_a_result_has_the_form_that_its_tool_promises(agent: Agent, tool: str) -> None:
    schemas = {each.name: each.output_schema for each in agent.portal.call(agent.client.list_tools).tools}
    result = agent.call(tool, **CALLS[tool])
    schema = schemas[tool]

    assert schema is not None
    assert [
        error.message for error in Draft202012Validator(schema).iter_errors(result.structured_content)
    ] == []
    assert len(text_of(result)) < MOST_TEXT


# Searching


@pytest.mark.parametrize("country", ["DEU", "de", "Germany", "Allemagne", "Deutschland", "country:DEU"])
def test_a_filter_takes_codes_and_names(agent: Agent, country: str) -> None:
    found = agent.data("search_practices", country=country)

    assert found["filters"] == {"country": ["DEU"]}
    assert found["total"] > 0
    assert all("Germany" in card["countries"] for card in found["practices"])


def test_words_and_filters_narrow_a_search_together(agent: Agent) -> None:
    words = agent.data("search_practices", text="neighbours")
    both = agent.data("search_practices", text="neighbours", country="Germany")

    assert "meeting-neighbours-turin" in [card["slug"] for card in words["practices"]]
    assert both["total"] < words["total"]


def test_a_city_includes_its_districts(agent: Agent) -> None:
    berlin = agent.data("search_practices", city="Berlin")

    assert "a-script-in-a-title" in [card["slug"] for card in berlin["practices"]]
    assert all({"Berlin", "Berlin-Neukölln"} & set(card["cities"]) for card in berlin["practices"])


def test_several_values_of_a_filter_are_alternatives(agent: Agent) -> None:
    one = agent.data("search_practices", topic="education")["total"]
    more = agent.data("search_practices", topic=["education", "anti-rumour"])["total"]

    assert more > one


def test_years_are_a_range(agent: Agent) -> None:
    found = agent.data("search_practices", first_year=2018, last_year=2019)

    assert [card["slug"] for card in found["practices"]].count("meeting-neighbours-turin") == 1
    assert agent.data("search_practices", last_year=1900)["total"] == 0
    assert "after last_year" in agent.error("search_practices", first_year=2020, last_year=2019)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"topic": "educaton"}, "education (Education)"),
        ({"topic": "start-up"}, "business-and-employment"),
        ({"country": "Germny"}, "DEU (Germany)"),
        ({"country": "Georgia"}, "GEO"),
        ({"city": "Torin"}, "it-turin (Turin)"),
        ({"topics": "education"}, "Did you mean “topic”?"),
        ({"country": ["Germany", "Atlantis"]}, "Unknown country “Atlantis”"),
        ({"sort": "best"}, "Argument “sort”"),
        ({"page": 500}, "no page 500"),
        ({"city": ["Berlin"] * 51}, "at most 50"),
        ({"language": "English"}, "Argument “language”"),
    ],
)
def test_a_value_that_is_unknown_is_refused_with_what_is_near(
    agent: Agent, arguments: dict[str, object], hint: str
) -> None:
    assert hint in agent.error("search_practices", **arguments)


def test_a_search_without_matches_says_which_part_of_it_matches(agent: Agent) -> None:
    note = agent.data("search_practices", text="zeppelin", country="Italy")["note"]

    assert re.search(r"\b0 with these words and no filter", note)
    assert re.search(r"\b[1-9]\d* with these filters and no words", note)


# Reading


@pytest.mark.parametrize(
    "name",
    [
        "meeting-neighbours-turin",
        "http://localhost:8000/practice/meeting-neighbours-turin",
        "https://elsewhere.example/fr/doc/practice/meeting-neighbours-turin.html?x=1#y",
        "/doc/practice/meeting-neighbours-turin.jsonld",
        "meeting-neighbours",
        "Meeting Neighbours",
        "À la rencontre des voisins",
        "https://www.coe.int/en/web/interculturalcities/-/meeting-neighbours",
    ],
)
def test_a_practice_is_read_by_any_of_its_names(agent: Agent, name: str) -> None:
    assert agent.data("read_practice", practice=name)["slug"] == "meeting-neighbours-turin"


def test_a_practice_comes_with_all_texts_in_the_language_asked_for(agent: Agent) -> None:
    english = agent.data("read_practice", practice="meeting-neighbours-turin")
    french = agent.data("read_practice", practice="meeting-neighbours-turin", language="fr-CA")

    assert english["title"] == "Meeting neighbours"
    assert english["sections"][0] == {
        "name": "Purpose",
        "text": "Bring people together.\n\nMake courtyards safe.",
    }
    assert len({section["text"] for section in english["sections"]}) == len(english["sections"])
    assert (english["start_year"], english["end_year"], english["ongoing"]) == (2018, 2019, False)
    assert set(english["other_languages"]) == {"ar", "fr"}
    assert french["title"] == "À la rencontre des voisins"
    assert [topic["name"] for topic in french["topics"]] == ["Anti-rumeurs", "Quartier"]


def test_what_is_unknown_of_a_practice_is_not_asserted(agent: Agent) -> None:
    found = agent.data("read_practice", practice="a-national-practice")

    assert (found["ongoing"], found["start_year"], found["cities"], found["date"]) == (None, None, [], "")


def test_a_practice_that_is_not_there_is_refused_with_similar_ones(agent: Agent) -> None:
    assert "meeting-neighbours-turin" in agent.error(
        "read_practice", practice="meeting the neighbours of turin"
    )


# Querying


def test_a_query_needs_no_usual_prefixes_and_gives_typed_cells(agent: Agent) -> None:
    found = agent.data(
        "run_query", query="SELECT ?p ?year ?on { ?p icgp:startYear ?year ; icgp:ongoing ?on } ORDER BY ?year"
    )

    assert found["columns"] == ["p", "year", "on"]
    assert found["rows"][0][1:] == [2008, True]


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_rows_are_cut_visibly_and_continued(agent: Agent, form: str) -> None:
    query = "SELECT ?name { ?topic a icgp:Topic ; skos:prefLabel ?name } ORDER BY ?name"
    whole = agent.data("run_query", query=query, max_rows=500)["rows"]
    rows, offset = [], 0
    while offset < len(whole):
        result = agent.call("run_query", query=query, max_rows=50, offset=offset, format=form)
        assert result.structured_content is not None
        assert f"Rows {offset + 1} to " in text_of(result)
        rows += result.structured_content["rows"]
        offset = len(rows)

    assert rows == whole
    assert "beyond the last" in agent.data("run_query", query=query, offset=offset)["note"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT ?name {\n  ?p icgp:topic ?n ", ("Line 1, column 14", "never closed")),
        ("SELECT ?x WHERE { ?x foo:bar 1 }", ("foo", "Line 1, column 22")),
        ("SELECT * { ?p icgp:topic ?n }\n LIMIT LIMIT", ("Line 2",)),
        ("INSERT DATA { <a:a> <a:b> 1 }", ("INSERT",)),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }", ("SERVICE",)),
        ("", ("query",)),
        ("hello", ("query failed",)),
    ],
)
def test_an_error_lets_an_agent_repair_its_query(agent: Agent, query: str, said: tuple[str, ...]) -> None:
    error = agent.error("run_query", query=query)

    assert all(each in error for each in said), error


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("?p icgp:topicc ?topic", "icgp:topic"),
        ('?p dct:title "À la rencontre des voisins"', '"À la rencontre des voisins"@fr'),
        ("?p icgp:startYear 1066", ""),
    ],
)
def test_an_empty_result_says_what_to_check(agent: Agent, pattern: str, said: str) -> None:
    note = agent.data("run_query", query=f"SELECT * {{ {pattern} }}")["note"]

    assert "list_terms" in note
    assert said in note


def test_graphs_and_booleans_are_results_too(agent: Agent) -> None:
    graph = agent.data("run_query", query="CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    assert graph["truncated"]
    assert "[Cut: " in graph["graph"]
    assert agent.data("run_query", query="ASK { ?p a icgp:GoodPractice }")["boolean"] is True


# Listing and describing


def test_terms_have_codes_names_and_counts(agent: Agent) -> None:
    topics = {row["code"]: row for row in agent.data("list_terms", kind="topic", language="fr")["terms"]}
    cities = agent.data("list_terms", kind="city", match="TORI")["terms"]

    assert topics["education"]["name"] == "Éducation"
    assert topics["education"]["count"] == agent.data("search_practices", topic="education")["total"]
    assert [city["code"] for city in cities] == ["it-turin"]
    for kind, code in {"class": "icgp:GoodPractice", "property": "icgp:topic", "year": "2018"}.items():
        assert code in [row["code"] for row in agent.data("list_terms", kind=kind)["terms"]]


def test_the_description_is_enough_to_find_examples_and_their_queries_run(agent: Agent) -> None:
    description = text_of(agent.call("describe_data"))
    names = re.findall(r"^- ([a-z0-9-]+): ", description.partition("## Example queries")[2], re.MULTILINE)

    assert "topic:education" in description
    assert "[Cut" not in description
    assert "practices-per-country" in names
    for name in names:
        assert not agent.call("run_query", query=text_of(agent.call("describe_data", example=name))).is_error
    assert "practices-per-country" in agent.error("describe_data", example="practices-by-country")


def test_resources_are_readable(agent: Agent) -> None:
    listed = {str(each.uri) for each in agent.portal.call(agent.client.list_resources).resources}

    assert all(agent.read(uri) for uri in listed)
    assert "owl:Ontology" in agent.read("practicegraph://ontology")
    assert "# Meeting neighbours" in agent.read("practicegraph://practice/meeting-neighbours-turin")
    assert '"@context"' in agent.read("practicegraph://practice/meeting-neighbours-turin/jsonld")
    with pytest.raises(MCPError, match="There is no practice"):
        agent.read("practicegraph://practice/zeppelin")


def test_prompts_name_the_tools(agent: Agent) -> None:
    prompts = agent.portal.call(agent.client.list_prompts).prompts
    arguments = {"find_practices": {"task": "a {welcome} centre"}, "check_table": {"table": "title\n{x}"}}

    assert {prompt.name for prompt in prompts} == set(arguments)
    for name, values in arguments.items():
        (message,) = agent.portal.call(agent.client.get_prompt, name, values).messages
        assert all(
            value in str(message.content) for value in ("{", *TOOLS & set(str(message.content).split()))
        )


# Validating


@pytest.mark.parametrize(
    ("data", "data_format", "verdict"),
    [
        ("title,country,summary\nA kitchen for all,Spain,People cook\n", "csv", "accepted"),
        ("title,country\nA kitchen for all,Spane\n", "guess", "not-accepted"),
        ('[{"title": "A kitchen for all", "country": "Spain"}]', "json", "accepted"),
    ],
)
def test_data_gets_a_verdict_with_the_worst_first(
    agent: Agent, data: str, data_format: str, verdict: str
) -> None:
    found = agent.data("validate_data", data=data, format=data_format)
    order = ["violation", "warning", "info"]
    severities = [order.index(finding["severity"]) for finding in found["findings"]]

    assert found["verdict"] == verdict
    assert severities == sorted(severities)


def test_only_the_most_serious_of_many_findings_are_shown(agent: Agent) -> None:
    rows = "".join(f"Kitchen number {number},Spane,Madrid {number}\n" for number in range(60))
    found = agent.data("validate_data", data=f"title,country,city\n{rows}")

    assert found["violations"] >= 60
    assert len(found["findings"]) < 60
    assert "Left out: " in found["note"]


@pytest.mark.parametrize(
    ("data", "said"),
    [(" \n", "There is no data"), ("x" * 1_000_001, "at most 1,000,000"), ("@prefix : <x", "line 1")],
)
def test_data_that_cannot_be_checked_is_refused_with_the_reason(agent: Agent, data: str, said: str) -> None:
    assert said in agent.error("validate_data", data=data, format="turtle")


# What nobody foresaw


_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_ARGUMENTS = sorted(
    {name for arguments in CALLS.values() for name in arguments} | {"topic", "page", "offset"}
)


@settings(max_examples=60)
@given(st.sampled_from(sorted(TOOLS)), st.dictionaries(st.sampled_from(_ARGUMENTS), _ANYTHING, max_size=3))
def test_no_arguments_break_a_tool(agent: Agent, tool: str, arguments: dict[str, object]) -> None:
    result = agent.call(tool, **arguments)

    assert len(text_of(result)) < MOST_TEXT
    assert not re.search(rf"Error executing tool {tool}$", text_of(result))


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_no_text_breaks_a_search_or_a_query(agent: Agent, text: str) -> None:
    for tool, name in {"search_practices": "text", "read_practice": "practice", "run_query": "query"}.items():
        result = agent.call(tool, **{name: text})
        assert not re.search(rf"Error executing tool {tool}$", text_of(result))
        assert "status 5" not in text_of(result)
    for filter_name in ("topic", "country", "city"):
        if text.strip():
            agent.error("search_practices", **{filter_name: f"{text} zeppelin zeppelin"})
