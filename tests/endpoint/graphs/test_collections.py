import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Store
from samples import BASE, PRACTICES, build_release

from endpoint.app import create_app
from pipeline.model.practice import Practice
from tests.endpoint.documents.test_documents import canonical, canonical_json, embedded, links_of

HYDRA = "http://www.w3.org/ns/hydra/core#"
MANY = 47


@pytest.fixture(scope="module")
def output_of_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output: Path = tmp_path_factory.mktemp("many")
    practices = tuple(
        Practice(
            f"practice-{number:02}",
            (("en", f"Practice {number:02}"),),
            f"practice-{number:02}",
            topics=("education",) if number % 2 else ("education", "roma"),
            countries=("ITA",) if number % 3 else ("ESP",),
            issued="2026-11-01T10:00:00Z",
            modified="2026-11-01T10:00:00Z",
        )
        for number in range(MANY)
    )
    build_release(output, practices)
    return output


@pytest.fixture(scope="module")
def many(output_of_many: Path) -> FlaskClient:
    return create_app(output_of_many).test_client()


def read(client: FlaskClient, address: str) -> Store:
    response = client.get(address.removeprefix(BASE), headers={"Accept": "text/turtle"})
    assert response.status_code == 200, address
    store = Store()
    store.load(response.data, format=RdfFormat.TURTLE)
    return store


def objects(graph: Store, subject: str, name: str) -> list[str]:
    quads = graph.quads_for_pattern(NamedNode(subject), NamedNode(HYDRA + name), None, None)
    return [quad.object.value for quad in quads]


def pages(client: FlaskClient, address: str) -> Iterator[tuple[str, Store]]:
    """Yield the pages of a collection as a Hydra client walks them."""
    graph = read(client, address)
    (view,) = objects(graph, address, "view")
    (first,) = objects(graph, view, "first")
    waiting = [first]
    while waiting:
        page = waiting.pop()
        graph = read(client, page)
        yield page, graph
        waiting += objects(graph, page, "next")


@pytest.mark.parametrize("path", ["/practices", "/topic/education", "/practices?topic=education&sort=newest"])
def test_a_client_walks_all_pages_and_finds_every_practice_once(many: FlaskClient, path: str) -> None:
    walked = list(pages(many, BASE + path))
    assert len(walked) == 3
    members = [member for _, graph in walked for member in objects(graph, BASE + path, "member")]
    assert len(members) == len(set(members)) == MANY
    for page, graph in walked:
        assert objects(graph, BASE + path, "totalItems") == [str(MANY)]
        assert objects(graph, page, "last") == [walked[-1][0]]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/practices?topic=roma", 24),
        ("/practices?topic=roma&country=ESP", 8),
        ("/topic/roma?country=ESP", 8),
        ("/country/ESP?topic=roma", 8),
        ("/topic/education?q=practice+07", 1),
        ("/topic/roma?country=XYZ", 24),
        ("/year/2018", 0),
    ],
)
def test_a_collection_takes_the_filters_of_the_page(many: FlaskClient, path: str, count: int) -> None:
    graph = read(many, path)
    totals = graph.quads_for_pattern(None, NamedNode(HYDRA + "totalItems"), None, None)
    assert [int(quad.object.value) for quad in totals] == [count]


@pytest.mark.parametrize(
    "path",
    ["/practices?topic=roma&page=2", "/topic/education?page=2", "/country/ITA?topic=roma", "/practices"],
)
def test_a_page_of_a_collection_is_the_same_graph_in_every_format(many: FlaskClient, path: str) -> None:
    formats = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
    joint = "&" if "?" in path else "?"
    graphs = {
        canonical(many.get(f"{path}{joint}format={suffix}").data, form) for suffix, form in formats.items()
    }
    graphs.add(canonical_json(many.get(f"{path}{joint}format=jsonld").json))
    graphs.add(canonical_json(embedded(many.get(path).text)))
    assert len(graphs) == 1


def test_the_page_for_people_shows_the_practices_that_its_data_lists(many: FlaskClient) -> None:
    for path in ("/practices?page=2", "/topic/education?page=3", "/country/ITA?topic=roma"):
        page = many.get(path).text
        shown = set(re.findall(r'href="/doc/practice/(practice-[0-9]+)"', page))
        listed = {item["id"].rpartition("/")[2] for item in embedded(page)["items"]}  # type: ignore[index]
        assert shown == listed


def test_a_list_is_one_tree_with_its_practices_inside(many: FlaskClient) -> None:
    document = many.get("/topic/roma", headers={"Accept": "application/ld+json"}).json
    assert document["id"] == f"{BASE}/topic/roma"
    assert document["primaryTopic"]["prefLabel"]["en"] == "Roma"
    assert document["view"]["next"] == f"{BASE}/topic/roma?page=2"
    assert document["items"][0]["label"] == {"en": "Practice 00"}


@pytest.mark.parametrize("path", ["/practices?page=99", "/topic/roma?page=1000000000"])
def test_a_page_beyond_the_last_is_not_found_in_any_format(many: FlaskClient, path: str) -> None:
    for accept in ("text/turtle", "application/ld+json", "text/html"):
        response = many.get(path, headers={"Accept": accept})
        assert response.status_code == 404
        assert response.mimetype == accept


def test_a_list_has_links_to_its_pages_and_its_other_forms(many: FlaskClient) -> None:
    response = many.get("/practices?topic=education&page=2")
    links = links_of(response.headers["Link"])
    address = f"{BASE}/practices?topic=education"
    assert links["next"] == links["last"] == [(f"{address}&page=3", "")]
    assert links["previous"] == links["first"] == [(f"{address}&page=1", "")]
    assert links["canonical"] == [(f"{BASE}/practices", "")]
    assert ("/practices?topic=education&page=2&format=ttl", "text/turtle") in links["alternate"]
    assert ("/practices.csv?topic=education", "text/csv") in links["alternate"]
    assert ("/practices.atom?topic=education", "application/atom+xml") in links["alternate"]
    assert response.headers["Content-Location"] == "/practices?topic=education&page=2&format=html"
    assert len(response.headers["Link"]) <= 4096


def test_a_list_that_nobody_offers_is_refused_with_what_there_is(client: FlaskClient) -> None:
    response = client.get("/practices", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert client.get("/practices?format=xlsx").status_code == 406


def test_hundreds_of_unknown_filters_are_read_past_as_data_too(client: FlaskClient) -> None:
    query = "&".join(f"topic=nothing-{number}" for number in range(400))
    response = client.get(f"/practices?{query}", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert f"hydra:totalItems {len(PRACTICES)}" in response.text


def test_a_scheme_and_a_country_filter_are_no_lists(client: FlaskClient) -> None:
    for path in ("/topic", "/country", "/country/facet"):
        assert "hydra:" not in client.get(path, headers={"Accept": "text/turtle"}).text


def test_a_search_that_finds_very_many_ranks_those_that_say_it_in_their_headings(
    many: FlaskClient, output_of_many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = walked_slugs(many, "/practices?q=roma")
    monkeypatch.setattr("endpoint.catalogue.search_cache.MOST_RANKED", 3)
    other = create_app(output_of_many).test_client()
    assert walked_slugs(other, "/practices?q=roma") == ranked
    assert len(ranked) == 24
    everywhere = walked_slugs(other, "/practices?q=practice")
    assert len(everywhere) == len(set(everywhere)) == MANY


def walked_slugs(client: FlaskClient, path: str) -> list[str]:
    walked = pages(client, BASE + path)
    return [member for _, graph in walked for member in objects(graph, BASE + path, "member")]
