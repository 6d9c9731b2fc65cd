import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyld import jsonld as pyld
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, Triple, parse
from samples import BASE, PRACTICES

from endpoint import jsonld
from endpoint.app import create_app
from endpoint.graphs import practice as practice_graph
from endpoint.release import Release

CASES = Path(__file__).parent / "cases" / "documents"
SLUG = "meeting-neighbours-turin"
DOCUMENT = f"/doc/practice/{SLUG}"
FORMATS = {
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
}


def negotiation_table() -> list[dict[str, str]]:
    with (CASES / "negotiation.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def resources() -> list[str]:
    paths = {case["path"].partition("?")[0] for case in negotiation_table()}
    return sorted({re.sub(r"\.(html|jsonld|ttl|nt|rdf)$", "", path) for path in paths})


def hostile_addresses() -> list[str]:
    return (CASES / "hostile.txt").read_text().split()


def canonical(text: bytes, format: RdfFormat) -> str:
    graph = Dataset(parse(text, format=format))
    graph.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(str(quad) for quad in graph))


def canonical_json(document: object) -> str:
    options = {"format": "application/n-quads", "documentLoader": jsonld.loader(BASE)}
    return canonical(pyld.to_rdf(document, options).encode(), RdfFormat.N_QUADS)


def embedded(page: str) -> object:
    found = re.search(r'<script type="application/ld\+json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("case", negotiation_table(), ids=lambda case: f"{case['path']} {case['accept']}")
def test_a_document_comes_in_the_format_asked_for(client: FlaskClient, case: dict[str, str]) -> None:
    response = client.get(case["path"], headers={"Accept": case["accept"]} if case["accept"] else {})
    assert response.status_code == int(case["status"])
    if case["type"]:
        assert response.mimetype == case["type"]
        path = re.sub(r"\.(html|jsonld|ttl|nt|rdf)$", "", case["path"].partition("?")[0])
        assert response.headers["Content-Location"] == f"{path}.{case['variant']}{case['query']}"
        is_fixed = case["path"].endswith(f".{case['variant']}") or "format=" in case["path"]
        assert ("Accept" in response.vary) is not is_fixed


@pytest.mark.parametrize("stem", resources())
def test_a_resource_is_the_same_graph_in_every_format(client: FlaskClient, stem: str) -> None:
    graphs = {
        suffix: canonical(client.get(f"{stem}.{suffix}").data, format) for suffix, format in FORMATS.items()
    }
    graphs["jsonld"] = canonical_json(client.get(f"{stem}.jsonld").json)
    graphs["html"] = canonical_json(embedded(client.get(f"{stem}.html").text))
    assert len(set(graphs.values())) == 1
    assert graphs["ttl"]


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.slug)
def test_each_practice_is_the_same_graph_in_every_format(client: FlaskClient, practice) -> None:
    test_a_resource_is_the_same_graph_in_every_format(client, f"/doc/practice/{practice.slug}")


def test_a_practice_document_holds_the_practice_its_period_record_and_cities(release: Release) -> None:
    subjects = {str(triple.subject) for triple in practice_graph(release, SLUG)}
    assert subjects == {
        f"<{BASE}/practice/{SLUG}>",
        f"<{BASE}/practice/{SLUG}#period>",
        f"<{BASE}{DOCUMENT}>",
        f"<{BASE}/city/it-turin>",
    }


def test_the_practice_document_says_who_made_it_from_what(release: Release) -> None:
    record = NamedNode(f"{BASE}{DOCUMENT}")
    run = NamedNode(f"{BASE}/run/{release.version}")
    made = Triple(record, NamedNode("http://www.w3.org/ns/prov#wasGeneratedBy"), run)
    assert made in practice_graph(release, SLUG)


def test_a_practice_sends_its_client_to_the_document(client: FlaskClient) -> None:
    response = client.get(f"/practice/{SLUG}", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.location) == (303, DOCUMENT)
    assert "Accept" in response.vary


def test_a_city_sends_its_client_to_the_document(client: FlaskClient) -> None:
    response = client.get("/city/it-turin")
    assert (response.status_code, response.location) == (303, "/doc/city/it-turin")


def test_a_merged_practice_has_moved_for_good(client: FlaskClient) -> None:
    for path, target in (
        ("/practice/joined", "/practice/a-national-practice"),
        ("/doc/practice/joined", "/doc/practice/a-national-practice"),
        ("/doc/practice/joined.ttl", "/doc/practice/a-national-practice.ttl"),
    ):
        response = client.get(path)
        assert (response.status_code, response.location) == (301, target)


@pytest.mark.parametrize("path", ["/practice/an-old-one", "/doc/practice/an-old-one"])
def test_a_withdrawn_practice_is_gone_and_says_so(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "An old one" in page.text
    turtle = client.get(path, headers={"Accept": "text/turtle"})
    assert turtle.status_code == 410
    assert "owl:deprecated true" in turtle.text
    assert turtle.headers["Content-Location"] == "/doc/practice/an-old-one.ttl"


@pytest.mark.parametrize("path", hostile_addresses())
def test_a_hostile_address_is_not_found_and_leads_nowhere(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code in (404, 400)
    assert "Location" not in response.headers
    assert "Set-Cookie" not in response.headers


def test_an_unknown_practice_gets_suggestions(client: FlaskClient) -> None:
    page = client.get("/doc/practice/meeting-neighbors", headers={"Accept": "text/html"}).text
    assert f'href="{DOCUMENT}"' in page


def test_each_representation_has_its_own_strong_etag(client: FlaskClient) -> None:
    tags = [
        client.get(f"{DOCUMENT}.{suffix}", headers=headers).headers["ETag"]
        for suffix in ("html", "jsonld", "ttl", "nt", "rdf")
        for headers in ({}, {"Accept-Encoding": "gzip"})
    ]
    tags.append(client.get(DOCUMENT, headers={"Accept": "application/json"}).headers["ETag"])
    assert len(set(tags)) == len(tags)
    assert not any(tag.startswith("W/") for tag in tags)


def test_a_client_that_has_the_representation_gets_304(client: FlaskClient) -> None:
    headers = {"Accept": "text/turtle"}
    first = client.get(DOCUMENT, headers=headers)
    again = client.get(DOCUMENT, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Vary"] == first.headers["Vary"]
    assert "Cache-Control" in again.headers
    other = client.get(DOCUMENT, headers={"Accept": "text/html", "If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    got, head = client.get(DOCUMENT), client.head(DOCUMENT)
    assert head.data == b""
    assert head.content_length == len(got.data)
    assert head.headers["ETag"] == got.headers["ETag"]


def test_two_processes_write_the_same_bytes(output: Path) -> None:
    paths = (f"{DOCUMENT}.ttl", f"{DOCUMENT}.jsonld", f"{DOCUMENT}.html", "/ns.ttl", "/shapes.nt")
    one, other = create_app(output).test_client(), create_app(output).test_client()
    for path in paths:
        assert one.get(path).data == other.get(path).data


def test_the_links_name_every_format_and_the_canonical_address(client: FlaskClient) -> None:
    links = client.get(DOCUMENT).headers["Link"]
    for suffix, kind in (("jsonld", "application/ld+json"), ("ttl", "text/turtle")):
        assert f'<{DOCUMENT}.{suffix}>; rel="alternate"; type="{kind}"' in links
    assert f'<{BASE}{DOCUMENT}>; rel="canonical"' in links


def fetch(client: FlaskClient, path: str, accept: str) -> tuple[int, str, str]:
    with client.get(path, headers={"Accept": accept}, follow_redirects=True) as response:
        text = response.text if response.mimetype.startswith(("text/", "application/n-")) else ""
        return response.status_code, response.mimetype, text


def test_every_iri_under_the_base_resolves(client: FlaskClient) -> None:
    seen: set[str] = set()
    waiting = [DOCUMENT, "/dataset", "/catalog", *(f"/practice/{practice.slug}" for practice in PRACTICES)]
    while waiting:
        path = waiting.pop()
        if path in seen or path in ("/sparql", "/validate"):
            continue
        seen.add(path)
        status, kind, text = fetch(client, path, "application/n-triples, */*;q=0.1")
        assert status == 200, path
        if kind == "application/n-triples":
            waiting += {found.partition("#")[0] for found in re.findall(rf"<{BASE}(/[^>]*)>", text)}
    kinds = {path.split("/")[1] for path in seen}
    assert {"agent", "city", "doc", "dumps", "graph", "practice", "rights", "run", "source"} <= kinds


def test_every_link_of_every_kind_of_page_leads_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    waiting = ["/", "/ns", "/shapes", "/dataset", "/catalog", DOCUMENT, "/country/DEU"]
    while waiting:
        path = waiting.pop()
        kind = re.split(r"[/?]", path)[1]
        if path in seen or kinds[kind] > 8:
            continue
        seen.add(path)
        kinds[kind] += 1
        status, media_type, text = fetch(client, path, "text/html")
        assert status == 200, path
        if media_type == "text/html":
            assert 'href=""' not in text, path
            found = re.findall(r'(?:href|src)="(/[^"#]*)', text)
            waiting += (link.replace("&amp;", "&") for link in found)
    assert {"practices", "static", "topic", "country", "year", "city", "doc"} <= set(kinds)
