import json

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld as pyld
from pyld.jsonld import JsonLdError
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from samples import BASE, PRACTICES

from endpoint.catalogue.open_release import Release
from endpoint.graphs import jsonld_documents
from endpoint.graphs.document_graphs import names_within
from endpoint.graphs.document_graphs import practice as practice_graph


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
    options = {"format": "application/n-quads", "documentLoader": jsonld_documents.loader(BASE)}
    return {quad.triple for quad in parse(pyld.to_rdf(document, options), format=RdfFormat.N_QUADS)}


@given(GRAPHS)
def test_compact_json_is_the_same_graph(graph: set[Triple]) -> None:
    kept = {
        triple
        for triple in graph
        if triple.predicate.value != "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
        or isinstance(triple.object, NamedNode)
    }
    document = json.loads(jsonld_documents.text(jsonld_documents.compact(sorted(kept, key=str), BASE)))
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


def of_profile(client: FlaskClient, path: str, form: str):
    accept = f'application/ld+json;profile="http://www.w3.org/ns/json-ld#{form}"'
    return client.get(path, headers={"Accept": accept})


FRAMED = {
    "practice": [f"/doc/practice/{practice.slug}" for practice in PRACTICES],
    "collection": [
        "/topic/education",
        "/country/DEU",
        "/year/2018",
        "/doc/city/de-berlin-neukolln",
        "/practices",
    ],
}


@pytest.mark.parametrize(("name", "path"), [(name, path) for name in FRAMED for path in FRAMED[name]])
def test_the_tree_is_the_one_that_the_published_frame_gives(
    client: FlaskClient, name: str, path: str
) -> None:
    load = {"documentLoader": jsonld_documents.loader(BASE)}
    frame = client.get(f"/frames/v1/{name}.jsonld").json
    flat = of_profile(client, path, "expanded").json
    framed = pyld.frame(flat, frame, load)
    assert same(framed, of_profile(client, path, "framed").json)


def same(one: object, other: object) -> bool:
    """Return whether two documents are equal apart from the order of their arrays."""
    return sorted_within(one) == sorted_within(other)


def sorted_within(value):
    if isinstance(value, dict):
        # The alias of a keyword within a value is a matter of taste, and so is the name of a text without language.
        names = {"type": "@type", "id": "@id", "rdfs:label": "label", "skos:prefLabel": "prefLabel"}
        if list(value) == ["@none"]:
            return sorted_within(value["@none"])
        return {names.get(key, key): sorted_within(value[key]) for key in value}
    if isinstance(value, list):
        return sorted((sorted_within(each) for each in value), key=str)
    return value


@pytest.mark.parametrize("form", ["framed", "compacted", "flattened", "expanded"])
def test_a_form_of_json_ld_is_honoured_and_named(client: FlaskClient, release: Release, form: str) -> None:
    path = "/doc/practice/meeting-neighbours-turin"
    response = of_profile(client, path, form)
    assert response.headers["Content-Type"] == (
        f'application/ld+json; profile="http://www.w3.org/ns/json-ld#{form}"'
    )
    assert response.headers["Content-Location"] == f"{path}.jsonld?profile={form}"
    assert client.get(response.headers["Content-Location"]).data == response.data
    graph = practice_graph(release, "meeting-neighbours-turin")
    assert read_back(response.json) == {*graph, *names_within(release, graph)}


def test_each_form_of_json_ld_is_what_its_name_says(client: FlaskClient) -> None:
    path = "/doc/practice/meeting-neighbours-turin"
    expanded = of_profile(client, path, "expanded").json
    assert all("@id" in node for node in expanded)
    assert "@context" not in json.dumps(expanded)
    flattened = of_profile(client, path, "flattened").json
    assert {node["id"] for node in flattened["@graph"]} == {node["@id"] for node in expanded}
    assert of_profile(client, path, "compacted").data == client.get(f"{path}.jsonld").data


@pytest.mark.parametrize(
    "profile", ["http://example.org/p", "http://www.w3.org/ns/json-ld#frame", '"', ";;="]
)
def test_an_unknown_form_of_json_ld_is_read_past(client: FlaskClient, profile: str) -> None:
    accept = f'application/ld+json;profile="{profile}"'
    response = client.get("/doc/practice/a-national-practice", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/ld+json"


def test_a_form_is_for_json_ld_only(client: FlaskClient) -> None:
    accept = 'text/turtle, application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded";q=0.1'
    response = client.get("/doc/practice/a-national-practice", headers={"Accept": accept})
    assert response.headers["Content-Location"] == "/doc/practice/a-national-practice.ttl"


def test_no_second_request_is_needed_to_show_a_practice(client: FlaskClient) -> None:
    document = client.get("/doc/practice/meeting-neighbours-turin.jsonld").json
    assert {topic["prefLabel"]["fr"] for topic in document["topic"]} == {"Quartier", "Anti-rumeurs"}
    assert document["country"][0]["prefLabel"]["en"] == "Italy"
    assert document["city"][0]["prefLabel"]["it"] == "Torino"
    assert document["temporal"]["startDate"]["@value"] == "2018-03"
    assert document["isPrimaryTopicOf"]["rightsHolder"]["name"]["en"] == "Council of Europe"


def test_a_frame_may_be_kept_for_good_and_an_unknown_one_is_not_found(client: FlaskClient) -> None:
    frame = client.get("/frames/v1/practice.jsonld")
    assert frame.json["@context"] == f"{BASE}/context/v1.jsonld"
    assert "immutable" in frame.headers["Cache-Control"]
    assert client.get("/frames/v1/nothing.jsonld").status_code == 404
    link = client.get("/doc/practice/meeting-neighbours-turin.jsonld").headers["Link"]
    assert '</frames/v1/practice.jsonld>; rel="http://www.w3.org/ns/json-ld#frame"' in link


def test_what_stands_nowhere_inside_stands_beside() -> None:
    graph = [
        Triple(NamedNode(f"{BASE}/{one}"), NamedNode("http://example.org/p"), NamedNode(f"{BASE}/{two}"))
        for one, two in (("a", "b"), ("b", "a"))
    ]
    document = jsonld_documents.compact(graph, BASE, {"topic": {}})
    assert [node["id"] for node in document["@graph"]] == [f"{BASE}/a", f"{BASE}/b"]
    assert read_back(document) == set(graph)


def test_years_and_truths_are_plain_json(client: FlaskClient) -> None:
    document = client.get("/doc/practice/meeting-neighbours-turin.jsonld").json
    assert (document["startYear"], document["endYear"], document["ongoing"]) == (2018, 2019, False)
    assert document["title"]["fr"] == "À la rencontre des voisins"


def test_the_context_is_named_by_its_address_below_the_base() -> None:
    assert jsonld_documents.compact((), "https://data.example.org/icp") == {
        "@context": "https://data.example.org/icp/context/v1.jsonld"
    }


@given(TEXTS)
def test_no_text_ends_the_script_element(text: str) -> None:
    written = jsonld_documents.script({"title": f"{text}</script><!--"})
    assert "<" not in written
    assert json.loads(written) == {"title": f"{text}</script><!--"}


def test_the_loader_knows_our_context_and_fetches_nothing() -> None:
    load = jsonld_documents.loader(BASE)
    for url in (f"{BASE}/context/v1.jsonld", "https://w3id.org/intercultural-practices/context/v1.jsonld"):
        assert "GoodPractice" in load(url, {})["document"]["@context"]
    with pytest.raises(JsonLdError):
        load("http://127.0.0.1:9/context", {})


def test_blank_nodes_keep_their_labels() -> None:
    graph = (Triple(BlankNode("a"), NamedNode("http://example.org/p"), BlankNode("b")),)
    assert jsonld_documents.expand(graph) == [{"@id": "_:a", "http://example.org/p": [{"@id": "_:b"}]}]
