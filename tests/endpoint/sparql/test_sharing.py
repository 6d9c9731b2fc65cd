"""Sharing a query: short links, programs in other languages, the embedded result, the image and the workbook."""

import ast
import hashlib
import io
import re
import shutil
import subprocess
import sys
import zlib
from base64 import urlsafe_b64encode
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import Running

from endpoint.sparql.examples import examples
from endpoint.sparql.sharing.short_links import MOST_QUERY, BadLink, pack, unpack
from endpoint.sparql.sharing.snippets import command_for_file, snippets

COUNTED = (
    "SELECT ?name (COUNT(*) AS ?n) { VALUES ?name { '=1+1' '<b>' 'c' 'c' } } GROUP BY ?name ORDER BY ?name"
)
LONG = "SELECT (GROUP_CONCAT(STR(?o)) AS ?all) { ?s ?p ?o FILTER (isIRI(?o)) }"
HTML = {"Accept": "text/html"}


@given(st.text(min_size=1).filter(str.strip))
def test_a_short_link_keeps_any_query(query: str) -> None:
    packed = pack(query)

    assert packed is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]+", packed)
    assert unpack(packed) == query


def test_links_to_the_examples_are_short() -> None:
    lengths = [len(pack(example.query) or "") for example in examples()]

    assert max(lengths) < 400
    assert sum(lengths) / len(lengths) < 160


def test_the_words_that_links_are_packed_with_never_change() -> None:
    content = (files("endpoint.sparql.sharing") / "link_dictionary.txt").read_bytes()

    assert (
        hashlib.sha256(content).hexdigest()
        == "527afd62e5e86a8c98bb68462402f1b90c58cad5156e77e5e16edb7f1d97ac1f"
    )


def bomb() -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return "1" + urlsafe_b64encode(packer.compress(b" " * 5_000_000) + packer.flush()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text", ["", "1", "2abc", "1%%%", "1é", bomb(), f"{pack('ASK {}')}AA", (pack(COUNTED) or "")[:-4]]
)
def test_a_damaged_link_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadLink, match=r"\.$"):
        unpack(text)


def test_a_query_that_is_too_long_has_no_short_link() -> None:
    assert pack("#" * (MOST_QUERY + 1)) is None


@given(st.text())
def test_a_program_in_python_has_the_query_as_it_is(query: str) -> None:
    text = snippets(query, "SELECT", "http://e/sparql")["Python"]

    call = next(
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and "setQuery" in ast.unparse(node)
    )
    assert isinstance(call, ast.Call)
    assert ast.literal_eval(call.args[0]) == query


QUERIES = {
    "SELECT": 'SELECT ?a {\n VALUES ?a { "it\'s" \'"$HOME" `id` \\\\\' } }',
    "ASK": "ASK { FILTER(\"'\" = '''\\'''') }",
    "CONSTRUCT": 'CONSTRUCT { <http://e/s> <http://e/p> "it\'s" } WHERE {}',
}


@pytest.mark.parametrize("form", QUERIES)
def test_the_copied_programs_run_and_print_the_answer(server: Running, form: str, tmp_path: Path) -> None:
    endpoint = f"http://127.0.0.1:{server.port}/sparql"
    made = snippets(QUERIES[form], form, endpoint)
    (tmp_path / "query.rq").write_text(QUERIES[form])
    expected = {"SELECT": ("it's", "$HOME"), "ASK": ("true",), "CONSTRUCT": ("it's",)}[form]

    commands = [["sh", "-c", made["curl"]], [sys.executable, "-c", made["Python"]]]
    commands.append(["sh", "-c", command_for_file(form, endpoint)])
    if shutil.which("Rscript"):
        commands.append(["Rscript", "-e", made["R"]])
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
        assert all(text.lower() in done.stdout.lower() for text in expected), done.stdout


def test_a_short_link_and_an_example_lead_to_the_query_with_its_view(server: Running) -> None:
    packed = server.send("GET", f"/fr/sparql/link?view=chart&title=Mine&q={pack(COUNTED)}")
    example = server.send("GET", "/fr/sparql/examples/practices-per-year?view=chart")

    for reply, query, title in (
        (packed, COUNTED, "Mine"),
        (example, next(e.query for e in examples() if e.name == "practices-per-year"), "Pratiques par année"),
    ):
        target = urlsplit(reply.headers["Location"])
        assert reply.status == 302
        assert target.path == "/fr/sparql"
        assert parse_qs(target.query) == {"query": [query], "view": ["chart"], "title": [title]}
    assert server.send("GET", "/sparql/link?q=1zzz", headers=HTML).status == 400
    assert server.send("GET", "/sparql/examples/nothing", headers=HTML).status == 404


@pytest.mark.parametrize("view", ["table", "chart"])
def test_an_embedded_result_may_be_framed_anywhere_and_runs_no_script(server: Running, view: str) -> None:
    reply = server.send("GET", f"/sparql/embed?view={view}&title=%3Cb%3EOurs&query={quote(COUNTED)}")

    policy = reply.headers["Content-Security-Policy"]
    assert reply.status == 200
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "<script" not in reply.text
    assert "&lt;b&gt;Ours" in reply.text
    assert "<b>" not in reply.text
    assert 'href="http://localhost:8000/sparql/link?q=' in reply.text


def test_nothing_else_may_be_framed(server: Running) -> None:
    for path in (
        "/sparql",
        f"/sparql?query={quote(COUNTED)}",
        "/sparql/errors",
        "/sparql/terms.json",
        f"/sparql/chart.svg?query={quote(COUNTED)}",
        "/practices",
    ):
        policy = server.send("GET", path, headers=HTML).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, path


def test_an_embedded_result_is_bounded_and_an_error_is_a_page(server: Running) -> None:
    many = server.send("GET", f"/sparql/embed?query={quote('SELECT * { ?s ?p ?o } LIMIT 900')}")
    wrong = server.send("GET", f"/sparql/embed?query={quote('SELECT * { ?s ?p }')}")
    none = server.send("GET", "/sparql/embed")
    long = server.send("GET", f"/sparql/embed?query={quote('#' * 20_000)}")

    assert many.text.count("<tr>") == 201
    assert "900 rows. The first 200 are shown." in many.text
    assert (wrong.status, none.status, long.status) == (400, 400, 414)
    assert "frame-ancestors *" in wrong.headers["Content-Security-Policy"]
    assert wrong.type.startswith("text/html")


def test_the_chart_is_an_image_that_stands_alone(server: Running) -> None:
    reply = server.send("GET", f"/sparql/chart.svg?title=A%26B&query={quote(COUNTED)}")

    assert reply.type == "image/svg+xml; charset=utf-8"
    root = ElementTree.fromstring(reply.body)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "A&B" in texts
    assert "=1+1" in texts
    assert "http://localhost:8000/sparql" in texts
    refused = server.send("GET", f"/sparql/chart.svg?query={quote('ASK {}')}")
    assert (refused.status, refused.type) == (406, "application/problem+json")


def test_the_workbook_is_offered_for_tables_and_refused_with_a_sentence_for_the_rest(server: Running) -> None:
    reply = server.send("GET", f"/sparql/results.xlsx?query={quote(COUNTED)}")
    graph = server.send("GET", f"/sparql/results.xlsx?query={quote('DESCRIBE <http://e/>')}")
    long = server.send("GET", f"/sparql/results.xlsx?query={quote(LONG)}")

    book = openpyxl.load_workbook(io.BytesIO(reply.body))
    assert [[cell.value for cell in row] for row in book["Results"].iter_rows()] == [
        ["name", "n"],
        ["<b>", 1],
        ["=1+1", 1],
        ["c", 2],
    ]
    assert book["Results"]["A3"].data_type == "s"
    assert book["Source"]["B1"].value == COUNTED
    assert graph.status == 406
    assert "SELECT only" in graph.json()["detail"]
    assert long.status == 406
    assert "Use CSV" in long.json()["detail"]


def test_the_page_offers_pages_of_a_long_table(server: Running) -> None:
    query = quote("SELECT * { ?s ?p ?o } LIMIT 1500")
    page = server.send("GET", f"/sparql?page=2&query={query}", headers=HTML).text.replace("\u202f", " ")

    assert "Rows 1 001 to 1 500 of 1 500." in page
    assert page.count("<tr>") == 501
    assert "Previous rows" in page
    assert "Next rows" not in page


def test_cells_are_readable(server: Running) -> None:
    query = (
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT * { VALUES (?number ?day ?year ?truth ?text ?odd) "
        "{ (36 '2018-03-01'^^xsd:date '2018'^^xsd:gYear true 'salut'@fr 'x'^^<http://e/odd>) } "
        "BIND (<https://w3id.org/intercultural-practices/topic/education> AS ?topic) "
        "BIND (<http://localhost:8000/practice/meeting-neighbours-turin> AS ?practice) }"
    )
    page = server.send("GET", f"/sparql?query={quote(query)}", headers=HTML).text
    french = server.send("GET", f"/fr/sparql?query={quote(query)}", headers=HTML).text
    (row,) = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)

    assert "^^" not in row
    assert ">36</td>" in row
    assert '<time datetime="2018-03-01">1 March 2018</time>' in row
    assert ">2018</td>" in row
    assert 'href="/topic/education"' in row
    assert ">Education</a>" in row
    assert 'href="/doc/practice/meeting-neighbours-turin"' in row
    assert ">Meeting neighbours</a>" in row
    assert 'lang="fr" dir="auto">salut</span> <span class="mark">fr</span>' in row
    assert "1er mars 2018" in french
    assert ">Éducation</a>" in french
    assert 'href="/fr/doc/practice/meeting-neighbours-turin"' in french


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("", ""), ("gzip", "gzip"), ("br", ""), ("gzip;q=0", ""), ("*", "gzip"), ("gzip, br", "gzip")],
)
def test_static_files_are_compressed_where_that_is_accepted(
    server: Running, accepted: str, coding: str
) -> None:
    reply = server.send("GET", "/static/site.css", headers={"Accept-Encoding": accepted})
    plain = server.send("GET", "/static/site.css", headers={"Accept-Encoding": "identity"})

    assert reply.headers.get("Content-Encoding", "") == coding
    assert "Accept-Encoding" in reply.headers["Vary"]
    assert (reply.headers["ETag"] == plain.headers["ETag"]) is (coding == "")
    again = server.send(
        "GET",
        "/static/site.css",
        headers={"Accept-Encoding": accepted, "If-None-Match": reply.headers["ETag"]},
    )
    assert (again.status, again.body) == (304, b"")


def test_the_page_of_a_long_query_repeats_it_only_where_it_is_needed(server: Running) -> None:
    query = f"SELECT ?a {{ VALUES ?a {{ 1 2 }} }} # {'x' * 100_000}"
    form = {"Content-Type": "application/x-www-form-urlencoded", **HTML}

    page = server.send("POST", "/sparql?view=chart", body=f"query={quote(query)}".encode(), headers=form).text

    assert page.count("x" * 100_000) == 2
    assert 'method="post"' in page
    assert 'href="/sparql?view=raw#result"' in page
    assert "This query is too long for a link." in page
    assert "--data-binary @query.rq" in page
