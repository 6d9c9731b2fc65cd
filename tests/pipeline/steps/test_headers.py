"""A table with an incomplete header: reported once for all its rows, and counted correctly."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from pipeline import validate
from pipeline.checking import Validation
from pipeline.cli import main
from pipeline.findings.accounting import Accounting
from pipeline.model.finding import Finding, Severity
from pipeline.records.corrected.copying import write_copy
from pipeline.records.corrected.offers import CellCorrection, offers
from pipeline.validation import validate_records

pytestmark = pytest.mark.thorough

SUMMARY = "Neighbours of the quarter meet every week and talk about what they know of one another."


def table(folder: Path, header: str, rows: int = 500) -> Path:
    path = folder / "p.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        for number in range(rows):
            city = ("Turin", "Milan")[number % 2]
            writer.writerow(
                (f"Walk {number}", "Italy", city, "2016", "Education", SUMMARY)[: header.count(",") + 1]
            )
    return path


def told(checked: Validation) -> list[tuple[Severity, str]]:
    return [(each.severity, each.code) for each in checked.findings if each.code != "file-read-as"]


def the(checked: Validation, code: str) -> Finding:
    (finding,) = [each for each in checked.findings if each.code == code]
    return finding


def counts(checked: Validation) -> tuple[int, int, int]:
    assert isinstance(checked.numbers, Accounting)
    assert checked.numbers.adds_up()
    return checked.numbers.rows_in, checked.numbers.used, checked.numbers.quarantined


def test_a_table_without_titles_says_so_once_and_which_columns_there_are(tmp_path: Path) -> None:
    checked = validate(table(tmp_path, "Heading,country,city,date,topics,summary"))

    finding = the(checked, "title-column-missing")
    assert '"Heading"' in finding.message
    assert [code for severity, code in told(checked) if severity is Severity.VIOLATION] == [finding.code]
    assert len(checked.findings) < 8
    assert counts(checked) == (500, 0, 500)
    assert not checked.accepted


def test_a_heading_that_is_nearly_known_is_named_and_may_be_taken_over(tmp_path: Path) -> None:
    path = table(tmp_path, "Tittle,country,city,date,topics,summary", rows=3)
    found: list[CellCorrection] = []

    validate_records(
        [path], lambda findings, _: found.extend(offers(findings, lambda _: None, [path.name])[0])
    )

    finding = the(validate(path), "title-column-missing")
    assert finding.place is not None
    assert (finding.place.row, finding.place.column) == (1, "Tittle")
    assert finding.suggestion is not None
    assert finding.suggestion.value == "title"
    assert 'name it "title"' in finding.message
    heading = [offer for offer in found if offer.code == "title-column-missing"]
    write_copy((path, path.name), validate(path).findings, heading, tmp_path / "copy.xlsx", "en")
    assert load_workbook(tmp_path / "copy.xlsx").worksheets[0]["A1"].value == "title"


def test_a_table_of_which_no_column_is_known_is_one_violation(tmp_path: Path) -> None:
    checked = validate(table(tmp_path, "a1,b1,c1,d1,e1,f1"))

    assert told(checked) == [(Severity.VIOLATION, "header-unknown")]
    assert '"a1"' in the(checked, "header-unknown").message
    assert counts(checked) == (500, 0, 500)


def test_no_column_of_the_country_weighs_as_much_as_what_follows(tmp_path: Path) -> None:
    withheld = validate(table(tmp_path, "title,where it was"))
    finding = the(withheld, "country-column-missing")

    assert finding.severity is Severity.VIOLATION
    assert "500 records are withheld" in finding.message
    assert counts(withheld) == (500, 0, 500)

    path = tmp_path / "named.csv"
    path.write_text(f"title,summary\nA garden,{SUMMARY} It is in Spain.\n", encoding="utf-8")
    assert the(validate(path), "country-column-missing").severity is Severity.WARNING
    assert validate(path).accepted


def test_columns_that_are_not_there_are_one_warning_which_a_strict_check_refuses(tmp_path: Path) -> None:
    path = table(tmp_path, "title,country,city,date", rows=50)

    assert [each for each in told(validate(path)) if each[0] is Severity.WARNING] == [
        (Severity.WARNING, "columns-missing")
    ]
    assert counts(validate(path)) == (50, 50, 0)
    assert validate(path).accepted
    assert not validate(path, strict=True).accepted


def test_what_a_text_hints_at_is_still_suggested_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("title,country\nHousing for refugees,Norway\nA walk,Norway\n", encoding="utf-8")

    hint = the(validate(path), "topic-missing")

    assert hint.severity is Severity.INFO
    assert hint.suggestion is not None


@pytest.mark.parametrize("kind", ["_problems", "report"])
def test_a_build_tells_why_each_row_is_set_aside(tmp_path: Path, kind: str) -> None:
    path = table(tmp_path, "Heading,country,city,date,topics,summary", rows=4)
    good = tmp_path / "good.csv"
    good.write_text("title,country\nA garden,Spain\n", encoding="utf-8")

    made = CliRunner().invoke(
        main,
        [
            "build",
            str(path),
            str(good),
            "--output",
            str(tmp_path / "out"),
            "--base-iri",
            "http://localhost:8000",
        ],
    )

    assert made.exit_code == 0, made.output
    if kind == "report":
        report = json.loads((tmp_path / "out" / "current" / "report.json").read_text(encoding="utf-8"))
        assert (report["summary"]["rows_in"], report["summary"]["quarantined"]) == (5, 4)
        assert [each["code"] for each in report["findings"]].count("title-column-missing") == 1
        assert "title-missing" not in {each["code"] for each in report["findings"]}
    else:
        with (tmp_path / "out" / "quarantine" / "p.quarantine.csv").open(encoding="utf-8-sig") as file:
            assert all("title" in row["_problems"] for row in csv.DictReader(file))
