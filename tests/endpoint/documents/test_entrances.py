"""Entrances: one address for each page, whole schemes, Memento, errors for programs; no link to what is not there."""

import json
import re
from html import unescape
from urllib.parse import unquote, urldefrag, urljoin
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, parse

from endpoint.catalogue.open_release import Release
from endpoint.graphs import document_graphs
from endpoint.language.graph_facts import Facts
from pipeline.rdf.vocabulary import SD, SKOS, SPACE, VOID
from tests.samples import BASE

PAGE = {"Accept": "text/html"}
RECORD = "/doc/practice/meeting-neighbours-turin"
PATHS = (
    "/",
    "/practices",
    "/explore",
    "/topic",
    "/topic/education",
    "/dataset",
    "/changes",
    "/quality",
    RECORD,
)


def links(text: str, relation: str) -> list[str]:
    found = re.findall(rf'<link rel="{relation}"[^>]*?href="([^"]*)"', text)
    return [unescape(address) for address in found]


@pytest.mark.parametrize("path", PATHS)
def test_each_language_has_one_address_and_names_the_others(client: FlaskClient, path: str) -> None:
    for prefix, language in (("", "en"), ("/fr", "fr")):
        reply = client.get(prefix + path, headers=PAGE)
        others = dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"', reply.text))
        assert f'<html lang="{language}">' in reply.text
        assert links(reply.text, "canonical") == [f"{BASE}{prefix}{path}"]
        assert others == {"en": BASE + path, "fr": f"{BASE}/fr{path}", "x-default": BASE + path}
        if "Link" in reply.headers:
            assert f'<{BASE}{prefix}{path}>; rel="canonical"' in reply.headers["Link"]


@pytest.mark.parametrize("suffix", ["", ".ttl", ".jsonld", ".html"])
@pytest.mark.parametrize("kind", ["practice/meeting-neighbours-turin", "city/it-turin"])
def test_a_suffix_after_the_name_of_a_thing_leads_to_that_format(
    client: FlaskClient, kind: str, suffix: str
) -> None:
    answer = client.get(f"/{kind}{suffix}", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.location) == (303, f"/doc/{kind}{suffix}")
    assert client.get(answer.location).status_code == 200
    assert client.get(f"/{kind}.docx").status_code == client.get(f"/{kind}x{suffix}").status_code == 404


def test_the_default_language_is_nowhere_else_and_a_choice_of_it_holds(client: FlaskClient) -> None:
    french = {"Accept-Language": "fr", **PAGE}
    assert '<html lang="fr">' in client.get("/practices?page=1", headers=french).text
    away = client.get("/en/practices?topic=education&q=a%20b", headers=french)
    assert (away.status_code, away.location) == (308, "/practices?topic=education&q=a%20b")
    assert "no-store" in away.headers["Cache-Control"]
    assert '<html lang="en">' in client.get(away.location, headers=french).text
    assert client.get("/en//evil.example/", headers=PAGE).location == "/evil.example/"
    assert client.post("/en/sparql").status_code == 308
    client.delete_cookie("language")


def test_the_sitemap_lists_each_page_in_each_language(client: FlaskClient) -> None:
    parts = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").text)
    pages = [client.get(part.removeprefix(BASE)).text for part in parts]
    listed = {loc for page in pages for loc in re.findall(r"<loc>(.*?)</loc>", page)}
    named = {loc for page in pages for loc in re.findall(r'hreflang="\w\w" href="(.*?)"', page)}
    assert listed == named
    assert {BASE + RECORD, f"{BASE}/fr{RECORD}"} <= listed
    assert not [address for address in listed if "/en/" in address]


def test_pages_link_to_data_without_a_language(client: FlaskClient) -> None:
    for path in PATHS:
        text = client.get(f"/fr{path}", headers=PAGE).text
        found = re.findall(r'(?:href|formaction)="(/fr/[^"?]*\.(?:jsonld|ttl|nt|rdf|csv|gz|json))', text)
        assert not found, path


def test_every_fragment_that_a_page_names_is_there(client: FlaskClient) -> None:
    pages: dict[str, set[str]] = {}
    named: set[tuple[str, str]] = set()
    waiting = ["/", "/fr/", "/void", "/catalog"]
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    while waiting:
        path = waiting.pop()
        if path in pages or not robots.can_fetch("any", path) or not path.startswith("/"):
            continue
        with client.get(path, headers=PAGE) as reply:
            text = reply.text if reply.mimetype == "text/html" else ""
        waiting += [reply.location] if reply.location else []
        pages[path] = set(re.findall(r'\s(?:id|name)="([^"]+)"', text)) if text else set()
        if 'name="robots" content="nofollow"' in text:
            continue
        for link in re.findall(r'<a\s[^>]*?href="([^"]+)"', text):
            address, fragment = urldefrag(urljoin(BASE + path, unescape(link)))
            if address.startswith(BASE):
                target = address.removeprefix(BASE) or "/"
                waiting.append(target)
                named |= {(target, unquote(fragment))} if fragment else set()
    assert {path for path, _ in named} >= {"/dataset", RECORD, "/ns"}
    assert {(path, name) for path, name in named if path in pages and name not in pages[path]} == set()


def test_a_crawler_that_reads_no_queries_takes_a_record_three_times(client: FlaskClient) -> None:
    text = client.get(RECORD, headers=PAGE).text
    slug = RECORD.rpartition("/")[2]
    closed = re.findall(r"^Disallow: ([^?\n]*)$", client.get("/robots.txt").text, re.MULTILINE)
    found = {
        unescape(link).removeprefix(BASE).partition("#")[0]
        for link in re.findall(r'\s(?:href|src|action)="([^"]*)"', text)
    }
    own = {
        link for link in found if slug in link and link.startswith("/") and not link.startswith(tuple(closed))
    }
    assert own == {RECORD, f"/fr{RECORD}", f"{RECORD}.jsonld"}


@pytest.mark.parametrize(
    "path",
    [
        "/practices",
        "/topic/education",
        "/sparql",
        "/dataset",
        RECORD,
        "/explore",
        "/version/meeting-neighbours-turin",
    ],
)
def test_slashes_too_many_lead_to_the_one_address(client: FlaskClient, path: str) -> None:
    for prefix in ("", "/fr"):
        for doubled in (f"{path}/", f"{path}//", path[0] + path[1:].replace("/", "//") + "/"):
            reply = client.get(f"{prefix}{doubled}?a=b%20c")
            assert (reply.status_code, reply.location) == (308, f"{prefix}{path}?a=b%20c")
    # The server takes slashes off the beginning of a path.
    doubled = client.get(path, environ_overrides={"REQUEST_URI": f"/{path}"})
    assert (doubled.status_code, doubled.location) == (308, path)
    assert client.get("/nothing-here/").status_code == 404
    assert client.get("/nothing//here").status_code == 404


def test_a_language_without_a_slash_leads_to_its_start_page(client: FlaskClient) -> None:
    reply = client.get("/fr?a=b")
    assert (reply.status_code, reply.location) == (308, "/fr/?a=b")


def test_every_page_has_structured_data(client: FlaskClient) -> None:
    paths = (
        *PATHS,
        "/about",
        "/sparql",
        "/validate",
        "/submit",
        "/shortlist",
        "/compare",
        "/catalog",
        "/void",
    )
    for path in (*paths, *(f"/fr{path}" for path in paths)):
        page = client.get(path, headers=PAGE).text
        scripts = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)
        assert any("schema.org" in str(json.loads(script)["@context"]) for script in scripts), path


@pytest.mark.parametrize(
    "path", ["/", "/explore", "/practices", "/topic", "/country", "/year", "/topic/education"]
)
@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"]
)
def test_every_entrance_answers_programs(client: FlaskClient, path: str, media_type: str) -> None:
    reply = client.get(path, headers={"Accept": media_type})
    assert (reply.status_code, reply.mimetype) == (200, media_type)
    assert "Accept" in reply.vary
    assert "Accept" in client.get(path, headers=PAGE).vary


@pytest.mark.parametrize("name", ["topic", "country", "year"])
def test_a_scheme_holds_all_its_concepts_with_their_labels(client: FlaskClient, name: str) -> None:
    triples = {quad.triple for quad in parse(client.get(f"/{name}.ttl").data, format=RdfFormat.TURTLE)}
    scheme = NamedNode(SPACE + name)
    within = {t.subject for t in triples if t.predicate.value == SKOS + "inScheme" and t.object == scheme}
    labelled = {t.subject for t in triples if t.predicate.value == SKOS + "prefLabel"}
    assert len(within) >= {"topic": 22, "country": 30, "year": 100}[name]
    assert within | {scheme} <= labelled
    page = client.get(f"/{name}", headers=PAGE).text
    assert f'href="/{name}/{ {"topic": "education", "country": "ITA", "year": "2008"}[name] }"' in page


def test_a_list_comes_whole_as_rdf_xml(client: FlaskClient) -> None:
    for query in ("", "?topic=education"):
        graphs = [
            {str(quad.triple) for quad in parse(client.get(f"/practices.{suffix}{query}").data, format=kind)}
            for suffix, kind in (("rdf", RdfFormat.RDF_XML), ("nt", RdfFormat.N_TRIPLES))
        ]
        assert graphs[0] == graphs[1] != set()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/turtle", "application/problem+json"),
        ("text/turtle, text/html;q=0.5", "application/problem+json"),
        ("application/rdf+xml, application/xhtml+xml;q=0.5, */*;q=0.1", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_an_error_comes_in_the_form_that_the_client_reads(
    client: FlaskClient, accept: str, expected: str
) -> None:
    for path in (
        "/nothing",
        "/doc/practice/nothing",
        "/practices/nothing",
        "/static/nothing",
        "/version/nothing",
    ):
        assert client.get(path, headers={"Accept": accept}).mimetype == expected, path
    assert client.delete("/practices", headers={"Accept": accept}).mimetype == expected


def test_void_counts_what_the_endpoint_counts(release: Release) -> None:
    dataset = release.iris.dataset()[1:-1]
    facts = Facts(document_graphs.description(release, dataset))
    dumped = "".join(f" FROM <{graph}>" for graph in facts.iris(dataset, VOID + "subset"))

    def count(what: str, pattern: str, graphs: str = dumped) -> str:
        rows = release.store.query(f"SELECT (COUNT({what}) AS ?n){graphs} WHERE {{ {pattern} }}")
        return next(iter(rows))[0].value  # type: ignore[union-attr, index, no-any-return]

    assert facts.value(dataset, VOID + "triples") == count("*", "?s ?p ?o")
    assert facts.value(dataset, VOID + "distinctSubjects") == count("DISTINCT ?s", "?s ?p ?o")
    assert facts.value(dataset, VOID + "classes") == count("DISTINCT ?o", "?s a ?o")
    assert facts.value(dataset, VOID + "properties") == count("DISTINCT ?p", "?s ?p ?o")
    for kind, number, pattern in (("class", "entities", "?s a <{}>"), ("property", "triples", "?s <{}> ?o")):
        for part in facts.iris(dataset, f"{VOID}{kind}Partition"):
            (term,) = facts.iris(part, VOID + kind)
            assert facts.value(part, VOID + number) == count("*", pattern.format(term)), term
    for part in facts.iris(dataset, SD + "namedGraph"):
        (graph,) = facts.iris(part, SD + "name")
        told = facts.value(graph, VOID + "triples")
        assert told in (None, count("*", "?s ?p ?o", f" FROM <{graph}>")), graph


@pytest.mark.parametrize("path", ["/explore", "/changes", "/topic", "/country", "/year"])
def test_pages_that_gather_others_say_so_to_search_engines(client: FlaskClient, path: str) -> None:
    for prefix, language in (("", "en"), ("/fr", "fr")):
        text = client.get(prefix + path, headers=PAGE).text
        scripts = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', text)
        (page,) = (found for found in map(json.loads, scripts) if found.get("@type") == "CollectionPage")
        assert (page["@id"], page["inLanguage"]) == (f"{BASE}{prefix}{path}", language)
        assert [each["position"] for each in page["breadcrumb"]["itemListElement"]] == [1, 2]
        for each in page.get("mainEntity", {"itemListElement": []})["itemListElement"]:
            assert client.get(each["item"].removeprefix(BASE), headers=PAGE).status_code == 200


def test_a_feed_speaks_the_language_of_its_address(client: FlaskClient) -> None:
    for prefix, language, title in (
        ("", "en", "Meeting neighbours"),
        ("/fr", "fr", "À la rencontre des voisins"),
    ):
        feed = client.get(f"{prefix}/practices.atom", headers={"Accept-Language": "fr"}).text
        assert f'xml:lang="{language}">\n  <id>{BASE}{prefix}/practices</id>' in feed
        assert f'<title xml:lang="{language}">{title}</title>' in feed
        assert f'href="{BASE}{prefix}{RECORD}"' in feed
        assert f'href="{prefix}/practices.atom"' in client.get(f"{prefix}/", headers=PAGE).text
        assert f'xml:lang="{language}"' in client.get(f"{prefix}/changes.atom").text
