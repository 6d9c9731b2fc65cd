import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import locations
import pytest
from flask.testing import FlaskClient
from pyld import jsonld as pyld
from pyoxigraph import CanonicalizationAlgorithm, Dataset, NamedNode, RdfFormat, Triple, parse
from samples import BASE, PRACTICES

from endpoint.app import create_app
from endpoint.catalogue.open_release import Release
from endpoint.graphs import jsonld_documents, signposts
from endpoint.graphs.document_graphs import practice as practice_graph

CASES = locations.CASES / "documents"
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
    options = {"format": "application/n-quads", "documentLoader": jsonld_documents.loader(BASE)}
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
    page = client.get(f"{stem}.html").text
    if stem == "/catalog":  # a long list for programs is only linked
        assert f'<link rel="alternate" type="application/ld+json" href="{stem}.jsonld">' in page
    else:
        graphs["html"] = canonical_json(embedded(page))
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


def test_the_page_of_shapes_says_of_what_each_rule_is_asked_and_about_what(client: FlaskClient) -> None:
    page = client.get("/shapes.html").text
    articles = {
        found[1]: found[0]
        for found in re.finditer(r'<article class="term" id="([^"]*)".*?</article>', page, re.S)
    }
    words = {name: re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)) for name, text in articles.items()}

    assert "Applies to good practice About date text" in words["date-missing"]
    assert "Valid value true" in words["ongoing-not-yes-or-no"]
    assert "About [ sh:inversePath foaf:primaryTopic ]" in words["record-missing"]
    assert not [name for name, text in words.items() if "_:c14n" in text]


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


def links_of(header: str) -> dict[str, list[tuple[str, str]]]:
    """Return relation → targets with their types, as a client reads a Link header."""
    found: dict[str, list[tuple[str, str]]] = {}
    for target, relation, _, kind in re.findall(r'<([^>]*)>; rel="([^"]*)"(; type="([^"]*)")?', header):
        found.setdefault(relation, []).append((target, kind))
    return found


def test_the_links_name_every_format_and_the_canonical_address(client: FlaskClient) -> None:
    links = links_of(client.get(DOCUMENT).headers["Link"])
    assert set(links["alternate"]) == {
        (f"{DOCUMENT}.html", "text/html"),
        (f"{DOCUMENT}.jsonld", "application/ld+json"),
        (f"{DOCUMENT}.ttl", "text/turtle"),
        (f"{DOCUMENT}.nt", "application/n-triples"),
        (f"{DOCUMENT}.rdf", "application/rdf+xml"),
    }
    assert links["canonical"] == [(f"{BASE}{DOCUMENT}", "")]


def test_a_landing_page_has_the_signposts_of_level_1(client: FlaskClient) -> None:
    links = links_of(client.get(DOCUMENT, headers={"Accept": "text/html"}).headers["Link"])
    assert links["cite-as"] == [(f"{BASE}/practice/{SLUG}", "")]
    assert ("https://schema.org/AboutPage", "") in links["type"]
    assert ("https://schema.org/Article", "") in links["type"]
    assert links["author"] == [(f"{BASE}/agent/council-of-europe", "")]
    assert links["license"] == [(f"{BASE}/rights/record-text", "")]
    assert all(kind for relation in ("describedby", "item") for _, kind in links[relation])
    assert links["collection"] == links["up"] == [(f"{BASE}/practices", "")]


def test_a_metadata_document_names_the_page_that_it_describes(client: FlaskClient) -> None:
    links = links_of(client.get(f"{DOCUMENT}.ttl").headers["Link"])
    assert links["describes"] == [(DOCUMENT, "")]
    assert "describedby" not in links


def test_the_dataset_leads_to_its_files_with_their_types(client: FlaskClient) -> None:
    links = links_of(client.get("/dataset", headers={"Accept": "text/html"}).headers["Link"])
    assert (f"{BASE}/dumps/dataset.nt.gz", "application/gzip") in links["item"]
    assert (f"{BASE}/dumps/catalogue.csv", "text/csv") in links["item"]
    assert links["license"] == [("https://creativecommons.org/licenses/by/4.0/", "")]


@pytest.mark.parametrize("stem", resources())
def test_every_document_has_its_signposts_within_four_kilobytes(client: FlaskClient, stem: str) -> None:
    for suffix in (*FORMATS, "jsonld", "html"):
        header = client.get(f"{stem}.{suffix}").headers["Link"]
        links = links_of(header)
        assert len(header) <= 4096
        assert links.keys() >= {"alternate", "canonical", "cite-as", "up", "license", "type"}
        assert ("item" if stem == "/catalog" else "collection") in links
        assert len(links["cite-as"]) == len(links["license"]) == 1


def test_links_too_many_for_a_header_are_cut_between_links() -> None:
    header = signposts.header(signposts.Signpost("item", f"https://example.org/{n:0100}") for n in range(99))
    assert len(header) <= signposts.MOST_BYTES
    assert header.endswith('; rel="item"')


def test_a_release_that_is_kept_is_described_with_its_files_and_names_the_latest(
    new_release: Callable[[int], Path], tmp_path: Path
) -> None:
    old, latest = new_release(2).name, new_release(3).name
    client = create_app(tmp_path).test_client()
    response = client.get(f"/dataset/{old}.ttl")
    assert response.status_code == 200
    assert f"<{BASE}/dumps/{old}/dataset.nt.gz>" in response.text
    assert latest not in response.text
    assert links_of(response.headers["Link"])["latest-version"] == [(f"{BASE}/dataset/{latest}", "")]
    assert old in client.get(f"/dataset/{old}.html").text


@pytest.mark.parametrize("left", ["nothing", "no description", "half a description"])
def test_a_release_that_is_gone_names_the_latest(
    new_release: Callable[[int], Path], tmp_path: Path, left: str
) -> None:
    folder, latest = new_release(2), new_release(3).name
    if left == "half a description":
        (folder / "description.ttl").write_text("<a:s> <a:p> <", encoding="utf-8")
    else:
        (folder / "description.ttl").unlink()
    if left == "nothing":
        (folder / "manifest.json").unlink()
    client = create_app(tmp_path).test_client()
    for path in (f"/dataset/{folder.name}", f"/dataset/{folder.name}.ttl"):
        response = client.get(path, headers={"Accept": "text/plain"})
        assert response.status_code == 410
        assert f"{BASE}/dataset/{latest}" in response.text
    assert client.get(f"/dataset/{latest}.ttl").status_code == 200
    assert client.get("/dataset/0123456789abcdef").status_code == 404
    assert client.get("/dataset/..%2f..").status_code == 404


def test_a_document_says_when_its_record_was_changed(client: FlaskClient) -> None:
    for suffix in ("", ".html", ".ttl", ".jsonld"):
        changed = client.get(f"{DOCUMENT}{suffix}").headers["Last-Modified"]
        assert changed == "Mon, 02 Nov 2026 10:00:00 GMT"
    assert client.get("/topic/education.ttl").headers["Last-Modified"] == "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Modified-Since": "Mon, 02 Nov 2026 10:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Tue, 01 Dec 2026 10:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Mon, 02 Nov 2026 09:59:59 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
        ({"If-Modified-Since": "Tue, 01 Dec 2026 10:00:00 GMT", "If-None-Match": '"other"'}, 200),
        ({"If-None-Match": "*"}, 304),
    ],
)
def test_a_client_that_knows_a_date_gets_what_is_newer(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert client.get(f"{DOCUMENT}.ttl", headers=headers).status_code == status


def test_a_fixed_form_varies_by_nothing_but_compression(client: FlaskClient) -> None:
    for address in (
        f"{DOCUMENT}.ttl",
        f"{DOCUMENT}.jsonld",
        f"{DOCUMENT}?format=nt",
        "/practices?format=ttl",
    ):
        assert set(client.get(address).vary) == {"Accept-Encoding"}
    assert set(client.get(f"{DOCUMENT}.html").vary) == {"Accept-Encoding", "Accept-Language", "Cookie"}
    negotiated = client.get(DOCUMENT, headers={"Accept": "text/turtle"})
    assert set(negotiated.vary) == {"Accept", "Accept-Datetime", "Accept-Encoding"}


def test_a_redirect_keeps_the_format_that_its_address_asks_for(client: FlaskClient) -> None:
    response = client.get(f"/practice/{SLUG}?format=ttl&profile=x%0d%0aX:y&other=1")
    assert response.location == f"{DOCUMENT}?format=ttl&profile=x%0D%0AX%3Ay"
    assert client.get(f"/practice/{SLUG}?format=ttl", follow_redirects=True).mimetype == "text/turtle"


def test_the_rows_of_a_source_are_told_of_in_its_document(client: FlaskClient, release: Release) -> None:
    text = client.get("/source/0123456789abcdef.nt").text
    assert f"<{BASE}/source/0123456789abcdef>" in text


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
        assert status == (410 if path.endswith("/an-old-one") else 200), path
        if kind == "application/n-triples":
            waiting += {found.partition("#")[0] for found in re.findall(rf"<{BASE}(/[^>]*)>", text)}
    kinds = {path.split("/")[1] for path in seen}
    assert {"agent", "city", "doc", "dumps", "graph", "practice", "rights", "run", "source"} <= kinds
    assert {"ldes", "version", "changes.atom"} <= kinds
    assert "/practice/an-old-one" in seen


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
    assert {"practices", "static", "topic", "country", "year", "doc"} <= set(kinds)
