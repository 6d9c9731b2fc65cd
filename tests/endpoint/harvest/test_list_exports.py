import csv
import gzip
import io
import re
from pathlib import Path
from urllib.parse import parse_qs

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld as pyld
from pyoxigraph import RdfFormat, Triple, parse
from samples import BASE, PRACTICES

from endpoint.catalogue.bitset import positions_in
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import matching_bits
from endpoint.catalogue.selection import Selection
from endpoint.catalogue.selection_query import selection_query
from endpoint.graphs import jsonld_documents
from endpoint.graphs.document_graphs import names_within
from endpoint.graphs.document_graphs import practice as practice_graph
from endpoint.harvest import list_exports
from endpoint.http.responses import gzip_parts
from endpoint.tables.excel_csv import as_text
from pipeline.model.practice import Practice

SELECTIONS = (
    Selection(),
    Selection(topic=("education",)),
    Selection(topic=("education", "anti-rumour"), country=("DEU", "ITA")),
    Selection(year=("2018", "2012")),
    Selection(year=("ongoing",)),
    Selection(year=("undated",)),
    Selection(year=("undated", "ongoing", "2019"), topic=("education",)),
    Selection(country=("IRL",), year=("2018",)),
    Selection(q="neighbours"),
    Selection(q="nothingofthekind"),
    Selection(q="school", topic=("education",)),
    Selection(ids=("a-national-practice", "meeting-neighbours-turin")),
    Selection(year=("2018",), running=True),
    Selection(collection=("anti-rumours",)),
)


def slugs_of(release: Release, selection: Selection) -> list[str]:
    positions = list(positions_in(matching_bits(release, selection)))
    return list(list_exports._slugs(release, positions))


def graph_of(release: Release, slugs: list[str]) -> set[Triple]:
    graphs = [practice_graph(release, slug) for slug in slugs]
    return {triple for graph in graphs for triple in (*graph, *names_within(release, graph))}


def test_everything_as_csv_is_the_catalogue_file(client: FlaskClient, output: Path) -> None:
    response = client.get("/practices.csv")
    assert response.data == (output / "current" / "catalogue.csv").read_bytes()
    assert response.headers["Content-Disposition"] == 'attachment; filename="practices.csv"'
    assert response.mimetype == "text/csv"


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda selection: selection.query or "all")
def test_every_export_of_a_list_holds_its_practices(
    client: FlaskClient, release: Release, selection: Selection
) -> None:
    slugs = slugs_of(release, selection)
    rows = list(csv.DictReader(io.StringIO(client.get(f"/practices.csv{selection.query}").text)))
    assert [row["slug"] for row in rows] == slugs
    for suffix, form in (("ttl", RdfFormat.TURTLE), ("nt", RdfFormat.N_TRIPLES)):
        content = client.get(f"/practices.{suffix}{selection.query}").data
        assert {quad.triple for quad in parse(content, format=form)} == graph_of(release, slugs)
    document = client.get(f"/practices.jsonld{selection.query}").json
    options = {"format": "application/n-quads", "documentLoader": jsonld_documents.loader(BASE)}
    quads = parse(pyld.to_rdf(document, options), format=RdfFormat.N_QUADS)
    assert {quad.triple for quad in quads} == graph_of(release, slugs)


@pytest.mark.parametrize("selection", SELECTIONS, ids=lambda selection: selection.query or "all")
def test_the_query_of_a_list_finds_its_practices(release: Release, selection: Selection) -> None:
    query = selection_query(release, selection)
    rows = release.store.query(query, use_default_graph_as_union=True)
    found = [row["practice"].value.rpartition("/")[2] for row in rows]  # type: ignore[index,union-attr]
    assert sorted(found) == sorted(slugs_of(release, selection))


def test_a_list_is_opened_as_a_query_in_the_editor(client: FlaskClient, release: Release) -> None:
    page = client.get("/practices?topic=education&page=1").text
    assert 'href="/practices.csv?topic=education"' in page
    text = client.get("/practices.rq?topic=education")
    assert text.mimetype == "application/sparql-query"
    assert text.text == selection_query(release, Selection(topic=("education",)))
    response = client.get("/practices/query?topic=education")
    assert response.status_code == 303
    path, _, query = response.location.partition("?")
    assert (path, parse_qs(query)["query"]) == ("/sparql", [text.text])


@pytest.mark.parametrize("value", ["> ?p ?o }", "education } #", "%3E", 'x"y', "\n"])
def test_no_text_of_a_reader_comes_into_a_query(client: FlaskClient, value: str) -> None:
    for name in ("topic", "country", "year", "q", "ids", "collection"):
        query = client.get("/practices.rq", query_string={name: value}).text
        assert value not in query.partition("WHERE")[2].replace("\n", "") or value == "\n"


def test_a_long_list_of_search_results_is_cut_and_says_so(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("endpoint.catalogue.selection_query.MOST_PRACTICES", 1)
    query = selection_query(release, Selection(q="a"))
    assert query.count(f"<{BASE}/practice/") == 1
    assert "more are left out" in query


def test_a_list_too_long_for_rdf_xml_is_refused_with_a_way_out(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_exports, "MOST_AT_ONCE", 3)
    response = client.get("/practices.rdf", headers={"Accept": "text/plain"})
    assert response.status_code == 400
    assert "4 practices" in response.text
    assert f"{BASE}/dataset" in response.text
    assert client.get("/practices.rdf?topic=anti-rumour").mimetype == "application/rdf+xml"
    assert client.get("/practices?format=rdf").mimetype == "application/rdf+xml"


def test_an_export_says_each_thing_once(client: FlaskClient) -> None:
    lines = client.get("/practices.jsonld").text.splitlines()
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize("suffix", ["csv", "jsonld", "nt", "ttl"])
def test_an_export_comes_compressed_and_only_when_it_is_new(client: FlaskClient, suffix: str) -> None:
    plain = client.get(f"/practices.{suffix}?topic=education")
    packed = client.get(f"/practices.{suffix}?topic=education", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert set(plain.vary) == {"Accept-Encoding"}
    tag = {"If-None-Match": plain.headers["ETag"]}
    again = client.get(f"/practices.{suffix}?topic=education", headers=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"/practices.{suffix}?topic=roma", headers=tag).status_code == 200


def test_the_page_does_not_matter_to_an_export(client: FlaskClient) -> None:
    assert client.get("/practices.csv?page=7").data == client.get("/practices.csv").data


def test_head_and_304_of_an_export_read_no_record(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_exports, "_nodes", lambda *_: pytest.fail("a record was read"))
    head = client.head("/practices.ttl")
    assert (head.status_code, head.data, "Content-Length" in head.headers) == (200, b"", False)
    again = client.get("/practices.ttl", headers={"If-None-Match": head.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_list_too_long_for_a_file_is_refused_with_a_way_out(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_exports, "MOST_RECORDS", 3)
    response = client.get("/practices.ttl", headers={"Accept": "text/plain"})
    assert response.status_code == 400
    assert "4 practices" in response.text
    assert f"{BASE}/dataset" in response.text
    assert client.get("/practices.ttl?topic=anti-rumour").status_code == 200


def test_a_formula_in_a_cell_is_sent_as_it_is_and_as_a_file(tmp_path: Path) -> None:
    from samples import build_release

    from endpoint.app import create_app

    title = '=HYPERLINK("http://example.org")'
    build_release(tmp_path, (Practice("formula", (("en", title),), "formula"),))
    response = create_app(tmp_path).test_client().get("/practices.csv")
    assert next(csv.DictReader(io.StringIO(response.text)))["title"] == title
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("selection", SELECTIONS[:3], ids=lambda selection: selection.query or "all")
def test_a_workbook_of_a_list_has_its_rows_and_says_what_the_columns_mean(
    client: FlaskClient, selection: Selection
) -> None:
    table = list(csv.reader(io.StringIO(client.get(f"/practices.csv{selection.query}").text)))
    response = client.get(f"/practices.xlsx{selection.query}")
    book = openpyxl.load_workbook(io.BytesIO(response.data))
    assert response.headers["Content-Disposition"] == 'attachment; filename="practices.xlsx"'
    assert [[cell or "" for cell in row] for row in book["Practices"].values] == table
    about = dict(book["About"].values)
    assert set(table[0]) <= set(about)
    assert about["Source"] == f"{BASE}/practices{selection.query}"


@pytest.mark.parametrize(
    ("language", "separator"), [("en-GB", ","), ("fr", ";"), ("de-DE,en;q=0.5", ";"), ("xx", ","), ("", ",")]
)
def test_csv_for_excel_opens_as_a_table(client: FlaskClient, language: str, separator: str) -> None:
    response = client.get("/practices.csv?for=excel", headers={"Accept-Language": language})
    text = response.data.decode("utf-8-sig")
    assert response.data.startswith("\ufeff".encode())
    assert "Accept-Language" in response.vary
    plain = list(csv.DictReader(io.StringIO(client.get("/practices.csv").text)))
    assert list(csv.DictReader(io.StringIO(text), delimiter=separator)) == plain
    assert b"\xef\xbb\xbf" not in client.get("/practices.csv").data


@given(st.text(max_size=12))
def test_no_cell_for_excel_begins_like_a_formula(text: str) -> None:
    shown = as_text(text)
    assert shown in (text, f"'{text}")
    begins = shown.lstrip()[:1]
    assert begins not in ("=", "@")
    assert not (begins in ("+", "-") and not re.fullmatch(r"[+-]?\d+([.,]\d+)?", shown))


def test_every_table_names_the_description_of_its_columns(client: FlaskClient) -> None:
    for path in ("/practices.csv", "/practices.csv?for=excel", "/practices.xlsx"):
        assert '</practices.csv-metadata.json>; rel="describedby"' in client.get(path).headers["Link"]
    described = client.get("/practices.csv-metadata.json").get_json(force=True)
    assert described["url"] == "practices.csv"
    columns = [column["name"] for column in described["tableSchema"]["columns"]]
    assert columns == next(csv.reader(io.StringIO(client.get("/practices.csv").text)))
    dump = client.head("/dumps/latest/catalogue.csv")
    dump.close()
    assert 'csv-metadata.json>; rel="describedby"' in dump.headers["Link"]
    assert 'href="/practices.csv-metadata.json"' in client.get("/practices").text


def test_an_export_is_sent_in_pieces() -> None:
    pieces = list(list_exports._pieces("x" * 10_000 for _ in range(10)))
    assert [len(piece) for piece in pieces] == [40_000, 40_000, 20_000]
    assert gzip.decompress(b"".join(gzip_parts(pieces, 6))) == b"x" * 100_000


def test_the_sample_has_what_the_selections_need(release: Release) -> None:
    counts = [len(slugs_of(release, selection)) for selection in SELECTIONS]
    assert counts[0] == len(PRACTICES)
    assert sum(count > 0 for count in counts) >= 11
