"""New fields: lines in the table and terms in the ontology are enough, as docs/how-to/add-a-field.md says."""

import csv
import gzip
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from locations import CASES, ROOT
from pyoxigraph import RdfFormat, parse
from running import Running

from pipeline.model.fields import FIELDS

pytestmark = pytest.mark.thorough

NEW = CASES / "new_fields"
SOURCES = (NEW / "practices.csv", NEW / "practices.json")
PRACTICE = "http://localhost:8000/practice/one"
NS = "https://w3id.org/intercultural-practices/ns#"
ADDED = {
    "fields.csv": "pipeline/model/fields.csv",
    "ns.ttl": "ontology/ns.ttl",
    "shapes.ttl": "shapes/practice.ttl",
}


class Copy:
    """A copy of the project with the new fields, and what its commands make."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {"PYTHONPATH": str(folder / "project"), "PYTHONSAFEPATH": "1"}
        for package in ("pipeline", "endpoint", "ontology", "shapes"):
            target = folder / "project" / package
            shutil.copytree(ROOT / package, target)
        for name, target in ADDED.items():
            with (folder / "project" / target).open("a", encoding="utf-8") as file:
                file.write((NEW / name).read_text(encoding="utf-8"))

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]
        return subprocess.run(command, env=self.env, cwd=self.folder, capture_output=True, text=True)

    @property
    def release(self) -> Path:
        return self.folder / "output" / "current"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("new_fields"))
    result = made.run("build", *SOURCES, "--output", "output", "--jobs", 1, "--text", "full")
    assert result.returncode == 0, result.stdout + result.stderr
    return made


@pytest.fixture(scope="module")
def server(copy: Copy) -> Iterator[Running]:
    with Running(copy.folder / "output", env=copy.env) as running:
        yield running


def test_values_are_published_in_the_form_of_their_kind(copy: Copy) -> None:
    lines = gzip.decompress((copy.release / "dataset.nt.gz").read_bytes()).decode().splitlines()

    assert {line for line in lines if line.startswith(f"<{PRACTICE}> <{NS}") and "Page" not in line} >= {
        f'<{PRACTICE}> <{NS}budget> "120000"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
        f'<{PRACTICE}> <{NS}lessons> "Begin with the people who live there."@en .',
        f'<{PRACTICE}> <{NS}lessons> "Commencez par les personnes qui y habitent."@fr .',
        f'<{PRACTICE}> <{NS}partner> "Red Cross" .',
        f'<{PRACTICE}> <{NS}partner> "City library" .',
        f"<{PRACTICE}> <{NS}film> <https://example.org/film> .",
    }


def test_missing_unreadable_and_contradicting_values_are_findings_at_their_cells(copy: Copy) -> None:
    findings = json.loads((copy.release / "report.json").read_text(encoding="utf-8"))["findings"]
    told = {
        (found["code"], found["place"]["row"], found["place"]["column"])
        for found in findings
        if found["code"].startswith(("budget", "value"))
    }

    assert told == {
        ("value-unreadable", 4, "Budget in euros"),
        ("value-unreadable", 4, "film"),
        ("budget-missing", 5, "Budget in euros"),
        ("value-conflict", 7, "Budget in euros"),
    }


def test_the_page_of_a_practice_shows_them_under_their_labels(server: Running) -> None:
    page = server.send("GET", "/fr/doc/practice/one").text

    for text in ("Enseignements", "Commencez par", "Budget en euros", "120000", "Partenaire", "Red Cross"):
        assert text in page
    assert '<a href="https://example.org/film">' in page
    assert "Lessons learned" in server.send("GET", "/doc/practice/one").text


def test_the_exports_have_them(server: Running) -> None:
    rows = {
        row["slug"]: row for row in csv.DictReader(io.StringIO(server.send("GET", "/practices.csv").text))
    }
    document = server.send("GET", "/doc/practice/one.jsonld")
    predicates = {triple.predicate.value for triple in parse(document_as_nt(server), RdfFormat.N_TRIPLES)}

    assert [rows["one"][name] for name in ("budget", "lessons", "partners", "film")] == [
        "120000",
        "Begin with the people who live there.",
        "Red Cross|City library",
        "https://example.org/film",
    ]
    assert rows["two"]["budget"] == ""
    assert document.json()["icgp:budget"] == {"@type": "xsd:decimal", "@value": "120000"}
    assert {f"{NS}{name}" for name in ("budget", "lessons", "partner", "film")} <= predicates


def document_as_nt(server: Running) -> bytes:
    return server.send("GET", "/doc/practice/one.nt").body


def test_search_engines_read_the_fields_that_name_a_term_of_theirs(server: Running) -> None:
    page = server.send("GET", "/doc/practice/one").text
    article = json.loads(page.partition('id="schema-org">')[2].partition("</script>")[0])

    assert article["mentions"] == ["City library", "Red Cross"]
    assert article["citation"] == "https://example.org/film"
    assert {field.schema_org for field in FIELDS.values()} - {""} <= article.keys()


@pytest.mark.parametrize(("language", "heading"), [("en", "Budget in euros"), ("fr", "Budget en euros")])
def test_the_template_has_a_column_for_them(copy: Copy, language: str, heading: str) -> None:
    file = copy.folder / f"{language}.csv"
    copy.run("template", file, "--lang", language)
    header = file.read_text(encoding="utf-8-sig").splitlines()[0]

    assert heading in header.replace(";", ",").split(",")


def test_what_was_published_is_read_again(copy: Copy) -> None:
    source = copy.folder / "dataset.nt"
    source.write_bytes(gzip.decompress((copy.release / "dataset.nt.gz").read_bytes()))
    copy.run("build", source, "--output", "again", "--jobs", 1, "--text", "full")
    lines = gzip.decompress((copy.folder / "again" / "current" / "dataset.nt.gz").read_bytes()).decode()

    assert f'> <{NS}budget> "120000"^^' in lines
    assert f'> <{NS}partner> "City library" .' in lines
    assert f"> <{NS}film> <https://example.org/film> ." in lines
    assert f'> <{NS}lessons> "Commencez par les personnes qui y habitent."@fr .' in lines


def test_a_change_of_a_value_is_named_by_its_field(copy: Copy) -> None:
    changed = copy.folder / "changed.csv"
    changed.write_text((NEW / "practices.csv").read_text(encoding="utf-8").replace("120000.00", "130000"))
    said = copy.run("diff", NEW / "practices.csv", changed).stdout

    assert "budget in euros" in said


def test_json_has_lists_numbers_and_texts_in_languages(copy: Copy) -> None:
    lines = gzip.decompress((copy.release / "dataset.nt.gz").read_bytes()).decode()

    for value in ('budget> "1500.5"^^', 'partner> "Library" .', 'lessons> "Commencez tôt."@fr .'):
        assert f"/practice/five> <{NS}{value}" in lines


def test_the_ontology_with_the_new_terms_passes_its_own_checks(copy: Copy) -> None:
    result = copy.run("check")

    assert "0 violations" in result.stdout, result.stdout


@pytest.mark.parametrize("line", ["cost,icgp:cost,nubmer,,", "cost,icgp:cost,number,languages,"])
def test_a_line_that_cannot_be_understood_is_refused(copy: Copy, line: str) -> None:
    table = copy.folder / "project" / ADDED["fields.csv"]
    before = table.read_text(encoding="utf-8")
    table.write_text(f"{before}{line}{',' * 9}\n", encoding="utf-8")
    try:
        result = copy.run("template", "refused.csv")
    finally:
        table.write_text(before, encoding="utf-8")

    assert result.returncode
    assert "fields.csv" in result.stderr


def test_a_cell_of_very_many_values_gives_few_findings(copy: Copy) -> None:
    source = copy.folder / "many.json"
    films = [f"film {number}" for number in range(20_000)]
    record = {"title": "A choir of all ages", "country": "Spain", "film": films}
    source.write_text(json.dumps([record]), encoding="utf-8")
    report = json.loads(copy.run("validate", source, "--format", "json").stdout)

    assert 100 <= len([found for found in report["findings"] if found["code"] == "value-unreadable"]) <= 101
