import json

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld as pyld
from pyld.jsonld import JsonLdError
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from samples import BASE, PRACTICES

from endpoint import jsonld
from endpoint.graphs import names_within
from endpoint.graphs import practice as practice_graph
from endpoint.release import Release


def node(name: str) -> NamedNode:
    return NamedNode(f"http://www.w3.org/2001/XMLSchema#{name}")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
TERMS = st.one_of(
    TEXTS.map(Literal),
    st.builds(
        lambda text, tag: Literal(text, language=tag), TEXTS, st.sampled_from(["en", "fr", "pt-br", "ar"])
    ),
    st.integers(min_value=-(10**18), max_value=10**18).map(
        lambda number: Literal(str(number), datatype=node("integer"))
    ),
    st.sampled_from(["007", "+1", "-0", "1.5"]).map(
        lambda lexical: Literal(lexical, datatype=node("integer"))
    ),
    st.booleans().map(Literal),
    st.sampled_from(["1", "TRUE"]).map(lambda lexical: Literal(lexical, datatype=node("boolean"))),
    st.just(Literal("45.07049", datatype=node("decimal"))),
    st.sampled_from(["topic/education", "country/ITA", "ns#city"]).map(
        lambda end: NamedNode(f"https://w3id.org/intercultural-practices/{end}")
    ),
)
PREDICATES = st.sampled_from(
    [
        "http://purl.org/dc/terms/title",
        "http://www.w3.org/2000/01/rdf-schema#label",
        "https://w3id.org/intercultural-practices/ns#topic",
        "https://w3id.org/intercultural-practices/ns#startYear",
        "https://w3id.org/intercultural-practices/ns#ongoing",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://example.org/unknown",
    ]
).map(NamedNode)
SUBJECTS = st.sampled_from([NamedNode(f"{BASE}/practice/{slug}") for slug in "abc"])
GRAPHS = st.sets(st.builds(Triple, SUBJECTS, PREDICATES, TERMS), min_size=1, max_size=12)


def read_back(document: object) -> set[Triple]:
    options = {"format": "application/n-quads", "documentLoader": jsonld.loader(BASE)}
    return {quad.triple for quad in parse(pyld.to_rdf(document, options), format=RdfFormat.N_QUADS)}


@given(GRAPHS)
def test_compact_json_is_the_same_graph(graph: set[Triple]) -> None:
    kept = {
        triple
        for triple in graph
        if triple.predicate.value != "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        or isinstance(triple.object, NamedNode)
    }
    document = json.loads(jsonld.text(jsonld.compact(sorted(kept, key=str), BASE)))
    assert read_back(document) == kept


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.slug)
def test_a_practice_is_one_node_with_the_others_inside(
    client: FlaskClient, release: Release, practice
) -> None:
    graph = practice_graph(release, practice.slug)
    iri = f"{BASE}/practice/{practice.slug}"
    document = client.get(f"/doc/practice/{practice.slug}.jsonld").json
    assert document["id"] == iri
    assert document["isPrimaryTopicOf"]["primaryTopic"] == iri
    inside = {city["id"] for city in document.get("city", [])}
    assert inside == {f"{BASE}/city/{city.key}" for city in practice.cities}
    assert read_back(document) == {*graph, *names_within(release, graph)}


def test_years_and_truths_are_plain_json(client: FlaskClient) -> None:
    document = client.get("/doc/practice/meeting-neighbours-turin.jsonld").json
    assert (document["startYear"], document["endYear"], document["ongoing"]) == (2018, 2019, False)
    assert document["title"]["fr"] == "À la rencontre des voisins"


def test_the_context_is_named_by_its_address_below_the_base() -> None:
    assert jsonld.compact((), "https://data.example.org/icp") == {
        "@context": "https://data.example.org/icp/context/v1.jsonld"
    }


@given(TEXTS)
def test_no_text_ends_the_script_element(text: str) -> None:
    written = jsonld.script({"title": f"{text}</script><!--"})
    assert "<" not in written
    assert json.loads(written) == {"title": f"{text}</script><!--"}


def test_the_loader_knows_our_context_and_fetches_nothing() -> None:
    load = jsonld.loader(BASE)
    for url in (f"{BASE}/context/v1.jsonld", "https://w3id.org/intercultural-practices/context/v1.jsonld"):
        assert "GoodPractice" in load(url, {})["document"]["@context"]
    with pytest.raises(JsonLdError):
        load("http://127.0.0.1:9/context", {})


def test_blank_nodes_keep_their_labels() -> None:
    graph = (Triple(BlankNode("a"), NamedNode("http://example.org/p"), BlankNode("b")),)
    assert jsonld.expand(graph) == [{"@id": "_:a", "http://example.org/p": [{"@id": "_:b"}]}]
