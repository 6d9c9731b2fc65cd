import html
import http.server
import socket
import threading
import tomllib
import warnings
import xml.dom.minidom
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import locations
import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from endpoint.http.problems import Problem, sorts_on
from endpoint.syntax.query_checks import read
from endpoint.syntax.sparql_tokens import tokens
from endpoint.syntax.triple_patterns import measure
from tests.running import Reply, Running
from tests.samples import PRACTICES

CASES = locations.CASES / "sparql"
PROTOCOL = tomllib.loads((CASES / "protocol.toml").read_text(encoding="utf-8"))["case"]
SERVICE = tomllib.loads((CASES / "service.toml").read_text(encoding="utf-8"))
PATTERNS = tomllib.loads((CASES / "patterns.toml").read_text(encoding="utf-8"))["case"]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(500)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as open_server:
        threading.Thread(target=open_server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{open_server.server_port}/", asked
        open_server.shutdown()


def send(server: Running, case: dict[str, Any]) -> Reply:
    method, body, content_type = case.get("method", "GET"), case.get("body"), case.get("content_type")
    pairs = [tuple(pair) for pair in case.get("params", ())]
    query, direct = case.get("query"), case.get("direct")
    if "query_of" in case:
        query = repeated(case["query_of"])
    if "direct_of" in case:
        direct = repeated(case["direct_of"])
    if "form_of" in case:
        method, body = "POST", repeated(case["form_of"])
        content_type = "application/x-www-form-urlencoded"
    if query is not None:
        pairs.insert(0, ("query", query))
    if "form" in case:
        method, body = "POST", urlencode([tuple(pair) for pair in case["form"]])
        content_type = content_type or "application/x-www-form-urlencoded"
    if direct is not None:
        method, body, content_type = "POST", direct, content_type or "application/sparql-query"
    sent = bytes.fromhex(case["body_hex"]) if "body_hex" in case else body and body.encode()
    headers = {"Accept": case.get("accept", "*/*"), **case.get("headers", {})}
    if content_type:
        headers["Content-Type"] = content_type
    address = case.get("url", "?" + urlencode(pairs) if pairs else "")
    return server.send(method, f"/sparql{address}", sent if sent != "" else b"", headers)


def repeated(parts: dict[str, Any]) -> str:
    times = parts["times"]
    return parts["before"] + parts["repeat"] * times + parts.get("after_repeat", "") * times + parts["after"]


@pytest.mark.parametrize("case", PROTOCOL, ids=lambda case: case["name"])
def test_a_request_gets_what_the_protocol_says(server: Running, case: dict[str, Any]) -> None:
    reply = send(server, case)

    assert (reply.status, reply.text if reply.status != case.get("status", 200) else "") == (
        case.get("status", 200),
        "",
    )
    assert reply.type.startswith(case.get("type", ""))
    assert case.get("contains", "") in reply.text
    assert "lacks" not in case or case["lacks"] not in reply.text
    for name, part in case.get("with", {}).items():
        assert part in reply.headers[name]
    assert not {name for name in case.get("without", ()) if name in reply.headers}


@pytest.mark.parametrize("query", SERVICE["refused"])
def test_a_query_to_another_endpoint_is_refused_and_never_leaves(
    server: Running, listener: tuple[str, list[str]], query: str
) -> None:
    address, asked = listener

    reply = server.ask(query.replace("{U}", address))

    assert (reply.status, reply.json()["type"].partition("#")[2]) == (400, "service-refused")
    assert asked == []


@pytest.mark.parametrize("query", SERVICE["answered"])
def test_the_word_service_is_harmless_where_it_is_no_keyword(
    server: Running, listener: tuple[str, list[str]], query: str
) -> None:
    address, asked = listener

    reply = server.ask(query.replace("{U}", address))

    assert (reply.status, asked) == (200, [])


def test_an_entity_tag_saves_the_answer(server: Running) -> None:
    path = f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 5')}"
    first = server.send("GET", path, headers={"Accept": "text/csv"})
    tag = first.headers["ETag"]

    again = server.send("GET", path, headers={"Accept": "text/csv", "If-None-Match": f'"other", {tag}'})
    other_format = server.send("GET", path, headers={"If-None-Match": tag})

    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert other_format.status == 200
    assert other_format.headers["ETag"] != tag


def test_a_connection_stays_open_after_answers_without_a_body(server: Running) -> None:
    connection = server.connect()
    path = f"/sparql?query={quote('ASK {}')}"
    connection.request("GET", path)
    first = connection.getresponse()
    tag = first.headers["ETag"]
    first.read()
    first_socket = connection.sock
    for method, headers in [("GET", {"If-None-Match": tag}), ("OPTIONS", {}), ("HEAD", {}), ("GET", {})]:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        response.read()
        assert connection.sock is first_socket, method
    assert response.status == 200
    connection.close()


def test_the_answer_to_head_is_its_header_alone(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        path = f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}"
        connection.sendall(f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")
    assert answer.count(b"\r\n\r\n") == 1


def test_a_problem_has_the_members_of_its_standard(server: Running) -> None:
    reply = server.ask("SELECT ?s WHERE {\n ?s ?p }")

    assert reply.type == "application/problem+json"
    assert reply.json() == {
        "type": "http://localhost:8000/sparql/errors#query-not-understood",
        "title": sorts_on("sparql/errors")["query-not-understood"].title,
        "status": 400,
        "detail": reply.json()["detail"],
        "line": 2,
        "column": reply.json()["column"],
        "request_id": reply.headers["X-Request-Id"],
    }
    assert reply.json()["detail"].endswith(".")


def test_a_page_explains_every_type_of_problem(server: Running) -> None:
    page = server.send("GET", "/sparql/errors", headers={"Accept": "text/html"}).text

    assert [name for name in sorts_on("sparql/errors") if f'id="{name}"' not in page] == []


def test_the_query_on_the_page_finds_something(server: Running) -> None:
    page = server.send("GET", "/sparql", headers={"Accept": "text/html"}).text
    query = html.unescape(page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0])

    reply = server.ask(query.strip())

    assert len(reply.json()["results"]["bindings"]) == len(PRACTICES)


def test_the_page_shows_at_most_a_thousand_rows_and_says_how_many_there_are(server: Running) -> None:
    page = server.ask("SELECT * { ?s ?p ?o } LIMIT 1500", "text/html").text

    assert "1 500 rows. The first 1 000 are shown." in page.replace("\u202f", " ")
    assert page.count("<tr>") == 1001


def test_an_iri_that_could_do_harm_is_no_link(server: Running) -> None:
    page = server.ask(
        "SELECT (IRI('javascript:alert(1)') AS ?x) (IRI('http://e/ok') AS ?y) {}", "text/html"
    ).text

    assert "javascript:alert(1)" in page
    assert 'href="javascript' not in page
    assert 'href="http://e/ok"' in page


def test_a_plain_text_error_points_at_the_place(server: Running) -> None:
    reply = server.send(
        "GET",
        f"/sparql?query={quote('ASK { ?s é:x ?o }')}",
        headers={"Accept": "*/*;q=0, text/plain, text/csv"},
    )

    lines = reply.text.splitlines()
    assert lines[-4:] == [
        "ASK { ?s é:x ?o }",
        "         ^",
        "",
        f"Request {reply.headers['X-Request-Id']}",
    ]


def test_xml_results_are_well_formed(server: Running) -> None:
    for query, accept in [
        ("SELECT * { ?s ?p ?o } LIMIT 2000", "application/sparql-results+xml"),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "application/rdf+xml"),
    ]:
        reply = server.ask(query, accept)
        assert reply.status == 200
        xml.dom.minidom.parseString(reply.body)


def test_a_graph_is_the_same_in_every_format(server: Running) -> None:
    query = "CONSTRUCT { ?s ?p ?o } { GRAPH <http://localhost:8000/graph/practices> { ?s ?p ?o } }"
    graphs = []
    for format_ in (
        pyoxigraph.RdfFormat.TURTLE,
        pyoxigraph.RdfFormat.N_TRIPLES,
        pyoxigraph.RdfFormat.RDF_XML,
    ):
        reply = server.ask(query, format_.media_type)
        graphs.append({quad.triple for quad in pyoxigraph.parse(reply.body, format_)})

    assert graphs[0] == graphs[1] == graphs[2]
    assert len(graphs[0]) > 100


def test_the_description_states_limits_and_functions(server: Running) -> None:
    asked = server.send("GET", "/sparql", headers={"Accept": "text/turtle"}).body
    store = pyoxigraph.Store()
    store.load(asked, pyoxigraph.RdfFormat.TURTLE)
    service = (
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX schema: <https://schema.org/>"
    )
    limits = store.query(
        f"{service} SELECT ?id ?most {{ ?s a sd:Service ; schema:additionalProperty ?limit . "
        "?limit schema:propertyID ?id ; schema:maxValue ?most }"
    )
    known = {row["id"].value: float(row["most"].value) for row in limits}  # type: ignore[union-attr, index]

    assert known == {
        "query-size": 1024 * 1024,
        "query-time": 10,
        "query-memory": 400 * 1024 * 1024,
        "query-patterns": 60,
        "query-operators": 1000,
        "query-depth": 100,
    }
    functions = store.query(f"{service} SELECT ?f {{ ?s a sd:Service ; sd:extensionFunction ?f }}")
    for row in functions:  # type: ignore[union-attr]
        reply = server.ask(f"SELECT ({row['f']}(1) AS ?y) {{}}")  # type: ignore[index]
        assert reply.status == 200 or "takes" in reply.text


def test_the_description_counts_what_is_there(server: Running) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    store = pyoxigraph.Store()
    store.load(server.send("GET", "/sparql").body, pyoxigraph.RdfFormat.TURTLE)
    described = store.query(
        f"SELECT ?name ?n {{ ?g <{sd}name> ?name ; <{sd}graph>/<http://rdfs.org/ns/void#triples> ?n }}"
    )
    assert isinstance(described, pyoxigraph.QuerySolutions)
    counts = {row["name"].value: int(row["n"].value) for row in described}

    reply = server.ask("SELECT ?name (COUNT(*) AS ?n) { GRAPH ?name { ?s ?p ?o } } GROUP BY ?name")
    rows = reply.json()["results"]["bindings"]

    assert {row["name"]["value"]: int(row["n"]["value"]) for row in rows} == counts
    assert len(counts) == 4


def test_sparqlwrapper_understands_every_answer(server: Running) -> None:
    import SPARQLWrapper as Wrapper

    client = Wrapper.SPARQLWrapper(f"http://127.0.0.1:{server.port}/sparql")
    for method in (Wrapper.GET, Wrapper.POST):
        for way in (Wrapper.URLENCODED, Wrapper.POSTDIRECTLY)[: 1 if method == Wrapper.GET else 2]:
            client.setMethod(method)
            client.setRequestMethod(way)
            client.setQuery("SELECT ?t { ?s <http://purl.org/dc/terms/title> ?t } LIMIT 3")
            client.setReturnFormat(Wrapper.JSON)
            assert len(client.query().convert()["results"]["bindings"]) == 3
    for format_, query in [
        (Wrapper.XML, "SELECT * { ?s ?p ?o } LIMIT 3"),
        (Wrapper.CSV, "SELECT * { ?s ?p ?o } LIMIT 3"),
        (Wrapper.TSV, "SELECT * { ?s ?p ?o } LIMIT 3"),
        (Wrapper.JSON, "ASK { ?s ?p ?o }"),
        (Wrapper.TURTLE, "DESCRIBE <http://localhost:8000/practice/a-national-practice>"),
        (Wrapper.N3, "CONSTRUCT WHERE { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }"),
        (
            Wrapper.RDFXML,
            "CONSTRUCT WHERE { ?s a <https://w3id.org/intercultural-practices/ns#GoodPractice> }",
        ),
    ]:
        client.setQuery(query)
        client.setReturnFormat(format_)
        with warnings.catch_warnings():
            # It makes a graph by a name that rdflib has given up.
            warnings.simplefilter("ignore", DeprecationWarning)
            assert client.query().convert(), format_


@pytest.mark.parametrize("case", PATTERNS, ids=lambda case: case["query"][:60])
def test_triple_patterns_are_counted_as_a_person_would(case: dict[str, Any]) -> None:
    assert measure(tokens(case["query"])).patterns == case["count"]


@pytest.mark.parametrize(
    "query",
    [
        "a." * 32000,
        "\\'" * 30000,
        "'" * 64000,
        '"""' + "a" * 60000,
        "<a" * 30000,
        "'''a" * 15000,
        "e:" + "." * 60000,
    ],
    ids=lambda query: query[:6],
)
def test_no_query_keeps_the_checks_busy(query: str) -> None:
    assert sum(len(token.text) for token in tokens(query)) <= len(query)


@given(st.text(max_size=200) | st.text("<>'\"#?:.a{}()\\ \nSERVICE", max_size=200))
def test_tokens_are_the_query_without_its_gaps(query: str) -> None:
    place = 0
    for token in tokens(query):
        gap = query[place : token.start]
        assert all(line.partition("#")[0].strip(" \t") == "" for line in gap.replace("\r", "\n").split("\n"))
        assert query.startswith(token.text, token.start)
        place = token.start + len(token.text)


@given(st.text(max_size=100) | st.text("SELCTASK<>'\"#?:.a{}()\\ \n", max_size=100))
def test_no_text_is_too_strange_to_be_read(query: str) -> None:
    try:
        form = read(query).form
    except Problem as problem:
        form = problem.name
    assert form in (
        "SELECT",
        "ASK",
        "CONSTRUCT",
        "DESCRIBE",
        "query-too-deep",
        "service-refused",
        "update-refused",
    )


@pytest.mark.parametrize("profile", ["", ';profile="http://www.w3.org/ns/json-ld#expanded"'])
@pytest.mark.parametrize("limit", [5, 1500])
def test_json_ld_stands_alone(server: Running, limit: int, profile: str) -> None:
    triples = f"SELECT ?s ?p ?o {{ ?s ?p ?o FILTER(!ISBLANK(?s)) }} ORDER BY ?s ?p ?o LIMIT {limit}"
    query = f"CONSTRUCT {{ ?s ?p ?o }} {{ {triples} }}"
    plain = server.ask(query, "application/n-triples")

    reply = server.ask(query, f"application/ld+json{profile}")

    wanted = pyoxigraph.Dataset(pyoxigraph.parse(plain.body, pyoxigraph.RdfFormat.N_TRIPLES))
    by_oxigraph = pyoxigraph.Dataset(pyoxigraph.parse(reply.body, pyoxigraph.RdfFormat.JSON_LD))
    by_pyld = jsonld.to_rdf(reply.json(), {"format": "application/n-quads", "documentLoader": refuse_to_load})
    assert by_oxigraph == wanted
    assert pyoxigraph.Dataset(pyoxigraph.parse(by_pyld, pyoxigraph.RdfFormat.N_QUADS)) == wanted


def refuse_to_load(url: str, _: object) -> object:
    raise AssertionError(f"{url} is asked for")


@pytest.mark.parametrize(
    ("first_line", "status"),
    [
        ("GET /sparql?query=SELECT%20('école'%20AS%20?é)%20{} HTTP/1.1", 200),
        ("GET /sparql?query=SELECT%20%3Fx%20{ VALUES ?x {1}} HTTP/1.1", 400),
        ("GET /sparql/école HTTP/1.1", 404),
    ],
)
def test_an_address_may_have_letters_that_are_not_encoded(
    server: Running, first_line: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(f"{first_line}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            head, _, body = answer.read().partition(b"\r\n\r\n")

    assert int(head.split()[1]) == status
    assert b"text/html" not in head
    assert ("école" in body.decode()) == (status == 200)
