"""Tables, JSON and saved pages checked by your own shapes: judged as a build describes them, with findings on cells."""

import json
import zipfile
from pathlib import Path
from typing import Any

import locations
import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from pipeline import validate
from pipeline.cli import main
from pipeline.findings.accounting import GraphNumbers
from pipeline.findings.translation import in_language
from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf.vocabulary import DCT, ICGP
from pipeline.sources.readers import read_source

pytestmark = pytest.mark.thorough

PREFIXES = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix icgp: <{ICGP}> .
@prefix dct: <{DCT}> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PRACTICE = "<urn:shape> a sh:NodeShape ; sh:targetClass icgp:GoodPractice ; sh:property "
HEADER = ["title", "country", "city", "date", "topics"]
ROWS = [
    ["Language café", "Itlay", "Turin", "2017", "Education"],
    ["Welcome guide", "Norway", "Oslo", "since 2016", "Education | Housing and urban planning"],
    ["A walk", "Spain", "Bilbao", "2014 to 2018", ""],
]
OBJECTS = [{key: text for key, text in zip(HEADER, row, strict=True) if text} for row in ROWS]


def shapes(folder: Path, text: str, head: str = PRACTICE) -> Path:
    path = folder / "shapes.ttl"
    path.write_text(f"{PREFIXES}{head}{text} .", encoding="utf-8")
    return path


def table(folder: Path, name: str = "p.csv") -> Path:
    path = folder / name
    path.write_text("".join(",".join(row) + "\n" for row in (HEADER, *ROWS)), encoding="utf-8")
    return path


def workbook(folder: Path) -> Path:
    book = Workbook()
    book.worksheets[0].title = "2024"
    for row in (["List of practices"], [], HEADER, *ROWS):
        book.worksheets[0].append(row)
    book.save(folder / "p.xlsx")
    return folder / "p.xlsx"


def results(path: Path, own: Path) -> list[Finding]:
    return [each for each in validate(path, shapes=own).findings if each.result is not None]


@pytest.mark.parametrize(
    ("constraint", "code", "row", "column", "value"),
    [
        ("[ sh:path dct:title ; sh:maxLength 8 ]", "max-length", 2, "title", "Language café"),
        (
            "[ sh:path icgp:topic ; sh:maxCount 1 ]",
            "max-count",
            3,
            "topics",
            "Education | Housing and urban planning",
        ),
        ("[ sh:path icgp:startYear ; sh:minInclusive 2015 ]", "min-inclusive", 4, "date", "2014 to 2018"),
        ("[ sh:path ( icgp:city skos:prefLabel ) ; sh:pattern '^[^O]' ]", "pattern", 3, "city", "Oslo"),
        ("[ sh:path icgp:topic ; sh:minCount 1 ]", "min-count", 4, "topics", None),
        ("[ sh:path icgp:country ; sh:class dcat:Dataset ]", "class", 3, "country", "Norway"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_finding_stands_at_the_cell_that_the_value_came_from(
    tmp_path: Path, kind: str, constraint: str, code: str, row: int, column: str, value: str | None
) -> None:
    path = table(tmp_path) if kind == "csv" else workbook(tmp_path)
    place = (
        Place(path.name, "2024", row + 2, column, value)
        if kind == "xlsx"
        else Place(path.name, None, row, column, value)
    )

    found = results(path, shapes(tmp_path, constraint))

    assert place in [each.place for each in found]
    assert {each.code for each in found} == {code}


@pytest.mark.parametrize(
    ("constraint", "english", "french"),
    [
        ("sh:minCount 3", "dct:title needs at least 3 values", "dct:title doit avoir au moins 3 valeurs"),
        ("sh:maxCount 0", "At most 0 are allowed", "Au plus 0 est autorisée"),
        ("sh:minLength 50", "at least 50 characters", "au moins 50 caractères"),
        ("sh:maxLength 1", "At most 1 character is allowed", "Au plus 1 caractère est autorisé"),
        ("sh:minInclusive 5", "must be 5 or greater.", "doit être 5 ou plus."),
        ("sh:maxExclusive 5", "must be less than 5.", "doit être inférieure à 5."),
        ("sh:datatype xsd:integer", "have the datatype xsd:integer", "le type de données xsd:integer"),
        ("sh:class icgp:Topic", "an instance of icgp:Topic", "une instance de icgp:Topic"),
        ("sh:pattern '^[0-9]'", "not match the pattern ^[0-9]", "pas au motif ^[0-9]"),
        ("sh:in ( 'a' icgp:b )", "Allowed values: a, icgp:b.", "Valeurs autorisées\u202f: a, icgp:b."),
        ("sh:nodeKind sh:IRI", "must be an IRI", "doit être un IRI"),
        (
            "sh:hasValue 'x'",
            "dct:title must have this value: x",
            "dct:title doit avoir cette valeur\u202f: x",
        ),
        ("sh:not [ sh:nodeKind sh:Literal ]", "must not match this shape", "ne doit pas correspondre"),
        ("sh:or ( [ sh:nodeKind sh:IRI ] )", "at least one of these shapes", "au moins une de ces formes"),
        ("sh:xone ( [ sh:nodeKind sh:IRI ] )", "exactly one of these shapes", "exactement une de ces formes"),
        ("sh:and ( [ sh:nodeKind sh:IRI ] )", "all of these shapes", "toutes ces formes"),
        ("sh:node [ sh:nodeKind sh:IRI ]", "must match this shape", "doit correspondre à cette forme"),
        ("sh:languageIn ( 'xx' )", "Allowed languages: xx.", "Langues autorisées\u202f: xx."),
        (
            "sh:equals dct:x",
            "must have the same values",
            "doivent avoir les mêmes valeurs",
        ),
        ("sh:disjoint dct:title", "must not have a value in common", "aucune valeur en commun"),
        (
            "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 1",
            "At least 1 value of dct:title must match this shape",
            "Au moins 1 valeur de dct:title doit correspondre",
        ),
    ],
)
def test_where_shapes_say_nothing_it_is_said_in_words_that_a_reader_understands(
    tmp_path: Path, constraint: str, english: str, french: str
) -> None:
    (found, *_) = results(table(tmp_path), shapes(tmp_path, f"[ sh:path dct:title ; {constraint} ]"))

    assert english in found.message
    assert french in in_language(found.message, "fr")


def test_what_shapes_say_themselves_is_said_in_their_words(tmp_path: Path) -> None:
    own = shapes(tmp_path, "[ sh:path dct:title ; sh:maxLength 1 ; sh:message 'Too long!' ]")

    assert {each.message.rpartition(": ")[2] for each in results(table(tmp_path), own)} == {"Too long!"}


def test_a_period_and_a_place_lead_to_their_cells_and_what_is_in_no_cell_to_the_row(tmp_path: Path) -> None:
    head = "<urn:shape> a sh:NodeShape ; sh:targetClass dct:PeriodOfTime, icgp:City ; sh:property "
    of_others = shapes(tmp_path, "[ sh:path dct:identifier ; sh:minCount 1 ]", head)
    assert {
        (each.place.row, each.place.column) for each in results(table(tmp_path), of_others) if each.place
    } == {
        (2, "date"),
        (3, "date"),
        (3, "city"),
        (4, "date"),
        (4, "city"),
    }

    unknown = shapes(tmp_path, "[ sh:path <https://schema.org/author> ; sh:minCount 1 ]")
    assert [each.place for each in results(table(tmp_path), unknown)] == [
        Place("p.csv", row=row) for row in (2, 3, 4)
    ]


def test_of_several_rows_of_a_practice_the_one_that_says_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,lang,title\na,en,Short\na,fr,Un titre bien plus long\n", encoding="utf-8")

    (found,) = results(path, shapes(tmp_path, "[ sh:path dct:title ; sh:maxLength 8 ]"))

    assert found.place == Place("p.csv", None, 3, "title", "Un titre bien plus long")


def test_what_is_missing_because_a_cell_was_not_understood_is_one_finding_with_the_suggestion(
    tmp_path: Path,
) -> None:
    checked = validate(table(tmp_path), shapes=shapes(tmp_path, "[ sh:path icgp:country ; sh:minCount 1 ]"))

    (found,) = [each for each in checked.findings if each.place and each.place.column == "country"]
    assert (found.severity, found.code) == (Severity.VIOLATION, "min-count")
    assert found.suggestion is not None
    assert found.suggestion.value == "Italy"
    assert "Unknown country “Itlay”" in found.message
    assert "icgp:country is missing" in found.message
    assert not checked.accepted


def test_only_the_shapes_withhold_and_what_else_was_found_is_told_as_a_warning(tmp_path: Path) -> None:
    checked = validate(table(tmp_path), shapes=shapes(tmp_path, "[ sh:path dct:title ; sh:minCount 1 ]"))

    assert checked.accepted
    assert checked.conforms
    assert [each.severity for each in checked.findings if each.code == "country-unknown"] == [
        Severity.WARNING
    ]
    assert isinstance(checked.numbers, GraphNumbers)
    assert (checked.numbers.shapes, checked.numbers.focus_nodes) == (1, 3)
    assert not validate(
        table(tmp_path), shapes=shapes(tmp_path, "[ sh:path dct:title ]"), strict=True
    ).accepted


def test_the_vocabulary_stands_beside_and_is_not_judged_itself(tmp_path: Path) -> None:
    by_class = shapes(tmp_path, "[ sh:path icgp:topic ; sh:class icgp:Topic ; sh:nodeKind sh:IRI ]")
    assert results(table(tmp_path), by_class) == []

    of_topics = shapes(
        tmp_path,
        "[ sh:path skos:prefLabel ; sh:maxCount 1 ]",
        "<urn:shape> a sh:NodeShape ; sh:targetClass icgp:Topic ; sh:property ",
    )
    focus = {each.focus for each in results(table(tmp_path), of_topics)}
    assert {str(iri).rpartition("/")[2] for iri in focus} == {"education", "housing-and-urban-planning"}


def test_objects_of_json_are_told_by_their_pointer_and_json_ld_is_judged_as_it_stands(tmp_path: Path) -> None:
    own = shapes(tmp_path, "[ sh:path dct:title ; sh:maxLength 8 ]")
    objects, linked = tmp_path / "p.json", tmp_path / "q.json"
    objects.write_text(json.dumps({"practices": OBJECTS}), encoding="utf-8")
    linked.write_text(
        json.dumps({"@id": "urn:a", "@type": [f"{ICGP}GoodPractice"], f"{DCT}title": "Much too long"}),
        "utf-8",
    )

    pointers = [each.place.pointer for each in results(objects, own) if each.place]
    assert pointers == ["/practices/0", "/practices/1"] or sorted(map(str, pointers)) == [
        "/practices/0",
        "/practices/1",
    ]
    (found,) = results(linked, own)
    assert found.focus == "urn:a"


def test_a_saved_page_is_judged_too(tmp_path: Path) -> None:
    page = next((locations.CASES).rglob("pages/**/*.html"))
    titles = [row.texts["title"] for row in read_source(page).rows() if "title" in row.texts]

    found = results(page, shapes(tmp_path, "[ sh:path dct:title ; sh:maxLength 1 ]"))

    assert titles
    assert len(found) >= 1
    assert all(each.place is not None and each.place.file == page.name for each in found)


def test_tables_and_rdf_are_judged_together_also_in_an_archive_or_a_folder(tmp_path: Path) -> None:
    own = shapes(tmp_path, "[ sh:path dct:title ; sh:maxLength 8 ]")
    folder = tmp_path / "data"
    folder.mkdir()
    table(folder)
    turtle = folder / "q.ttl"
    turtle.write_text(
        f'{PREFIXES}<urn:a> a icgp:GoodPractice ;\n  dct:title "Much too long"@en .', encoding="utf-8"
    )
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)

    for given, prefix in ((folder, "data/"), (tmp_path / "data.zip", "data.zip/")):
        places = {str(each.place) for each in results(given, own)}
        assert f'{prefix}p.csv, row 2, column "title"' in places
        assert any(place.startswith(f"{prefix}q.ttl, line") for place in places)
    both = validate(folder / "p.csv", turtle, shapes=own)
    assert {each.place.file for each in both.findings if each.result and each.place} == {"p.csv", "q.ttl"}


def test_data_of_which_nothing_is_what_the_shapes_are_for_are_not_accepted(tmp_path: Path) -> None:
    own = shapes(
        tmp_path,
        "[ sh:path dct:title ]",
        "<urn:shape> a sh:NodeShape ; sh:targetClass dcat:Dataset ; sh:property ",
    )

    (found,) = [
        each for each in validate(table(tmp_path), shapes=own).findings if each.code == "shapes-not-applied"
    ]

    assert f"<{ICGP}GoodPractice> (3)" in found.message


@pytest.mark.parametrize("form", ["json", "csv", "html", "turtle", "jsonld", "sarif", "junit", "text"])
def test_the_command_line_tells_it_in_every_form(tmp_path: Path, form: str) -> None:
    own = shapes(tmp_path, "[ sh:path dct:title ; sh:maxLength 8 ]")

    made = CliRunner().invoke(
        main, ["validate", str(table(tmp_path)), "--shapes", str(own), "--format", form]
    )

    assert made.exit_code == 1
    if form == "json":
        report: Any = json.loads(made.stdout)
        first = next(each for each in report["findings"] if each["code"] == "max-length")
        assert first["place"] == {"file": "p.csv", "row": 2, "column": "title", "value": "Language café"}
        assert first["shacl"]["value"] == '"Language café"@en'
    else:
        assert "Language café" in made.stdout
