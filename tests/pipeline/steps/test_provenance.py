"""Provenance over HTTP: from a page to the rows, corrections, files and software it came from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from building import build, practice, write_table
from rdflib import DCTERMS, FOAF, PROV, RDF, RDFS, Graph, URIRef
from running import Reply, Running

from pipeline import __version__

BASE = "http://localhost:8000"
MANY = 620


@dataclass(frozen=True, slots=True)
class Site:
    server: Running
    source: Path
    corrections: Path

    def get(self, iri: str, accept: str = "text/html") -> Reply:
        path = iri.removeprefix(BASE).partition("#")[0]
        reply = self.server.send("GET", path, headers={"Accept": accept})
        if reply.status == 303:
            return self.get(reply.headers["Location"], accept)
        assert reply.status == 200, path
        return reply

    def graph(self, iri: str) -> Graph:
        return Graph().parse(data=self.get(iri, "text/turtle").body, format="turtle")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A release of one long file, of whose rows some are corrected."""
    folder = tmp_path_factory.mktemp("provenance")
    rows = (
        practice(f"p-{number}", country="Spian" if number % 200 == 3 else "Spain") for number in range(MANY)
    )
    source = write_table(folder / "many.csv", rows)
    corrections = folder / "corrections.csv"
    corrections.write_text("column,wrong,right\ncity,Nowhere,Bilbao\ncountry,Spian,Spain\n", encoding="utf-8")
    result = build(folder / "published", source, "--corrections", corrections)
    assert result.exit_code == 0, result.output
    with Running(folder / "published") as server:
        yield Site(server, source, corrections)


def only(graph: Graph, subject: URIRef, predicate: URIRef) -> URIRef:
    (value,) = graph.objects(subject, predicate)
    assert isinstance(value, URIRef)
    return value


def test_from_a_practice_one_gets_to_its_row_its_file_its_run_and_the_software(site: Site) -> None:
    record = URIRef(f"{BASE}/doc/practice/p-7")
    row = only(site.graph(str(record)), record, PROV.wasDerivedFrom)
    assert row.endswith("#row=9")
    said = site.graph(str(row))
    source = only(said, row, PROV.specializationOf)
    assert str(said.value(row, RDFS.label)) == "many.csv#9"
    assert (
        str(said.value(source, DCTERMS.identifier))
        == f"sha256:{sha256(site.source.read_bytes()).hexdigest()}"
    )
    run = only(site.graph(str(record)), record, PROV.wasGeneratedBy)
    told = site.graph(str(run))
    assert (run, RDF.type, PROV.Activity) in told
    assert source in set(told.objects(run, PROV.used))
    assert told.value(run, PROV.startedAtTime) <= told.value(run, PROV.endedAtTime)
    software = only(told, run, PROV.wasAssociatedWith)
    assert str(site.graph(str(software)).value(software, FOAF.name)) == f"practicegraph {__version__}"


def test_a_correction_that_was_applied_is_named_with_its_line_and_file(site: Site) -> None:
    record = URIRef(f"{BASE}/doc/practice/p-3")
    line = only(site.graph(str(record)), record, PROV.wasInfluencedBy)
    assert line.endswith("#row=3")
    source = only(site.graph(str(line)), line, PROV.specializationOf)
    content = sha256(site.corrections.read_bytes()).hexdigest()
    assert str(site.graph(str(source)).value(source, DCTERMS.identifier)) == f"sha256:{content}"
    run = only(site.graph(str(record)), record, PROV.wasGeneratedBy)
    assert source in set(site.graph(str(run)).objects(run, PROV.used))
    untouched = URIRef(f"{BASE}/doc/practice/p-4")
    assert not list(site.graph(str(untouched)).objects(untouched, PROV.wasInfluencedBy))


@pytest.mark.parametrize(("slug", "row"), [("p-7", 9), ("p-498", 500), ("p-499", 501), ("p-619", 621)])
def test_the_page_of_a_practice_leads_to_the_row_on_the_page_of_its_file(
    site: Site, slug: str, row: int
) -> None:
    page = site.get(f"{BASE}/doc/practice/{slug}").text
    (link,) = re.findall(r'href="([^"]*)"[^>]*>many\.csv, row \d+<', page)
    assert link.endswith(f"#row={row}")
    rows = site.get(link).text
    (told,) = re.findall(rf'<tr id="row={row}">.*?</tr>', rows)
    assert f'href="/doc/practice/{slug}"' in told
    assert rows.count("<tr id=") <= 500


def test_the_page_of_a_practice_names_the_correction(site: Site) -> None:
    page = site.get(f"{BASE}/doc/practice/p-3").text
    (link,) = re.findall(r'Corrected by.*?href="([^"]*)"[^>]*>corrections\.csv, row 3<', page, re.DOTALL)
    rows = site.get(link).text
    for slug in ("p-3", "p-203", "p-403", "p-603"):
        assert f'href="/doc/practice/{slug}"' in rows
    assert 'href="/doc/practice/p-4"' not in rows


def test_the_rows_of_a_long_file_are_paged(site: Site) -> None:
    (link,) = re.findall(
        r'href="([^"]*)"[^>]*>many\.csv, row \d+<', site.get(f"{BASE}/doc/practice/p-7").text
    )
    source = link.partition("#")[0]
    first = site.get(source).text
    (following,) = re.findall(r'rel="next" href="([^"]*)"', first)
    assert following == f"{source}/rows/501"
    last = site.get(following).text
    assert (first + last).count("<tr id=") == MANY
    assert re.findall(r'rel="prev" href="([^"]*)"', last) == [source]
    for beyond in (f"{source}/rows/5000", f"{source}/rows/0", "/source/nothing/rows/1"):
        assert site.server.send("GET", beyond).status == 404


def test_the_dataset_leads_to_the_run_that_made_its_release(site: Site) -> None:
    (link,) = re.findall(r'<a href="(/run/[^"]*)">Provenance</a>', site.get(f"{BASE}/dataset").text)
    assert "many.csv" in site.get(link).text


def test_rows_of_sheets_and_pages_lead_back_too(tmp_path: Path) -> None:
    source = tmp_path / "one.json"
    source.write_text(
        '[{"title": "A house for all", "country": "Spain", "city": "Bilbao"}]', encoding="utf-8"
    )
    assert build(tmp_path / "published", source).exit_code == 0
    with Running(tmp_path / "published") as server:
        page = server.send(
            "GET", "/doc/practice/a-house-for-all-bilbao", headers={"Accept": "text/html"}
        ).text
        (link,) = re.findall(r'Source file.*?<a href="([^"]*)"', page, re.DOTALL)
        path, _, fragment = link.partition("#")
        rows = server.send("GET", path, headers={"Accept": "text/html"}).text
        assert f'<tr id="{fragment}"' in rows
        assert 'href="/doc/practice/a-house-for-all-bilbao"' in rows
