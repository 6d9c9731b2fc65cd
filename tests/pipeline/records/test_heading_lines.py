"""Headings that a steward explains in corrections.csv, and rows that are no records, through whole builds."""

import csv
from pathlib import Path

import pytest
from building import SUMMARY, build, report_of, run
from openpyxl import Workbook

from pipeline.records.corrections.correction_lines import COLUMNS, read_corrections

pytestmark = pytest.mark.thorough

HEADER = ("id", "How do you call it?", "country", "city", "date", "topics", "summary", "Budget, in euro")
ROW = ("a1", "Evening walks", "Spain", "Bilbao", "2019", "Education", SUMMARY, "900")


def table(path: Path, header: tuple[str, ...] = HEADER, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *(rows or (ROW,))])
    return path


def workbook(path: Path) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEADER, ROW):
        sheet.append(row)
    book.save(path)
    return path


def corrections(path: Path, *lines: tuple[str, str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *((*line, "", "", "", "") for line in lines)])
    return path


EXPLAINED = (("heading", "How do you call it?", "title"), ("heading", "budget (in Euro)", ""))


@pytest.mark.parametrize("make", [table, workbook])
def test_a_line_says_what_a_heading_means_and_another_that_a_column_is_left_out(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source = make(tmp_path / ("p.csv" if make is table else "p.xlsx"))
    lines = corrections(tmp_path / "lines.csv", *EXPLAINED)

    first = build(tmp_path / "out", source)
    second = build(tmp_path / "out", source, "--corrections", lines)

    assert first.exit_code == 1
    assert "heading,How do you call it?,title" in first.output
    assert second.exit_code == 0, second.output
    found = report_of(tmp_path / "out")
    assert found["summary"]["practices"] == 1
    assert {"column-unknown", "correction-unused"} & {each["code"] for each in found["findings"]} == set()


@pytest.mark.parametrize(
    "text",
    [
        "heading,How do you call it?,title\n",
        "column;wrong;right\ncity;Geneve;Genève\nheading,How do you call it?,title\n",
        "column,wrong,right\nheading;How do you call it?;title\n",
        'heading,"How, exactly, do you call it?",title\nheading,How do you call it?,title\n',
    ],
)
def test_a_line_works_as_it_is_pasted_from_a_message(text: str, tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text(text, encoding="utf-8")

    lines = read_corrections(path)

    assert lines.findings == ()
    assert ("How do you call it?", "title") in [(each.heading, each.field) for each in lines.headings]


def test_a_column_read_by_its_cells_is_read_so_when_all_suggested_lines_are_copied(tmp_path: Path) -> None:
    header = ("id", "title", "country", "city", "date", "Prevailing field", "summary")
    source = table(tmp_path / "p.csv", header, ("a1", *ROW[1:7]), ("a2", "Walks", *ROW[2:7]))
    path = tmp_path / "suggested.csv"
    build(tmp_path / "out", source, "--suggest", path)

    assert [(each.heading, each.field) for each in read_corrections(path).headings] == [
        ("Prevailing field", "topics")
    ]


def test_each_unknown_heading_is_offered_as_a_line_to_be_filled_in(tmp_path: Path) -> None:
    header = ("id", "Tittle", *HEADER[2:])
    path = tmp_path / "suggested.csv"

    run("build", table(tmp_path / "p.csv", header), "--output", tmp_path / "out", "--suggest", path)

    with path.open(encoding="utf-8-sig", newline="") as lines:
        offered = [(line["column"], line["wrong"], line["right"]) for line in csv.DictReader(lines)]
    assert ("heading", "Tittle", "title") in offered
    assert ("heading", "Budget, in euro", "") in offered
    assert ("Tittle", "title") in [(each.heading, each.field) for each in read_corrections(path).headings]


def test_a_line_on_a_heading_that_is_nowhere_is_told(tmp_path: Path) -> None:
    source = table(tmp_path / "p.csv", ("id", "title", *HEADER[2:]))
    lines = corrections(tmp_path / "lines.csv", ("heading", "Titel des Hauses", "title"))

    build(tmp_path / "out", source, "--corrections", lines)

    (finding,) = [
        each for each in report_of(tmp_path / "out")["findings"] if each["code"] == "correction-unused"
    ]
    assert "no column is headed “Titel des Hauses”" in finding["message"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("heading", "", "title"), "it must name a heading"),
        (("heading", "What?", "colour"), "it must name a heading"),
    ],
)
def test_a_line_that_explains_nothing_is_left_out(
    line: tuple[str, str, str], said: str, tmp_path: Path
) -> None:
    found = read_corrections(corrections(tmp_path / "lines.csv", line))

    assert found.headings == ()
    assert said in found.findings[0].message


def test_a_row_that_is_no_record_waits_in_the_quarantine_and_may_become_one(tmp_path: Path) -> None:
    header = ("id", "title", *HEADER[2:])
    note = ("", "Open kitchen", *[""] * 6)
    source = table(tmp_path / "p.csv", header, ROW, note)
    output = tmp_path / "out"

    build(output, source)
    quarantined = output / "quarantine" / "p.quarantine.csv"
    with quarantined.open(encoding="utf-8-sig", newline="") as lines:
        (kept,) = csv.DictReader(lines)
    assert (kept["title"], kept["_origin"]) == ("Open kitchen", "p.csv#3")
    assert "looks like a heading" in kept["_problems"]
    first = report_of(output)["summary"]
    text = quarantined.read_text(encoding="utf-8-sig").replace(
        "Open kitchen,,,", "Open kitchen,Spain,Bilbao,"
    )
    quarantined.write_text(text, encoding="utf-8")
    build(output, source, quarantined)
    second = report_of(output)["summary"]

    assert (first["rows_in"], first["used"], first["quarantined"], first["practices"]) == (2, 1, 1, 1)
    assert (second["rows_in"], second["used"], second["repeated"], second["practices"]) == (3, 2, 1, 2)


def test_three_rows_without_a_title_are_three_practices(tmp_path: Path) -> None:
    rows = [("", "", "Italy", "Turin", year, "Education", SUMMARY, "") for year in ("2012", "2016", "2018")]
    source = table(tmp_path / "p.csv", ("id", "title", *HEADER[2:]), ROW, *rows)

    build(tmp_path / "out", source)

    codes = [
        each["code"] for each in report_of(tmp_path / "out")["findings"] if each["severity"] == "violation"
    ]
    assert codes == ["title-missing"] * 3
