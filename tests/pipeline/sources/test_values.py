"""Values behind their spelling: ids as spreadsheets leave them, entities, broken encodings, links, languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from building import build, ledger_of, practice, report_of, write_table
from hypothesis import given
from hypothesis import strategies as st
from locations import CASES

from pipeline.language.repair import repair_text
from pipeline.language.scripts import language_by_script, script_languages
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.sources.normalisation import normalise

VALUES = json.loads((CASES / "values.json").read_text(encoding="utf-8"))


def row(**texts: str) -> Row:
    return Row(Place("x.csv", row=2), texts, {field: field for field in texts}, texts)


@pytest.mark.parametrize("case", VALUES["cells"], ids=lambda case: f"{case['field']}-{case['cell'][:30]}")
def test_a_cell_is_read_as_a_person_would(case: dict[str, Any]) -> None:
    findings: list[Finding] = []
    read = normalise(row(**{case["field"]: case["cell"]}), findings.append)
    assert read.texts.get(case["field"]) == case["is"]
    assert [finding.code for finding in findings] == case.get("findings", [])


@pytest.mark.parametrize("case", VALUES["languages"], ids=lambda case: case["text"])
def test_the_letters_of_a_short_text_tell_its_language(case: dict[str, Any]) -> None:
    assert language_by_script(case["text"], case.get("spoken", ())) == case["is"]


@pytest.mark.parametrize("case", VALUES["broken"], ids=lambda case: case["is"])
def test_a_broken_text_is_repaired_and_a_good_one_stays(case: dict[str, str]) -> None:
    assert repair_text(case["text"]) == case["is"]
    assert repair_text(case["is"]) == case["is"]


@given(st.text())
def test_any_text_can_be_repaired_and_is_in_some_script(text: str) -> None:
    repair_text(text)
    script_languages(text)
    findings: list[Finding] = []
    normalise(row(id=text, source_url=text, city=text, title=text), findings.append)


def test_a_broken_title_makes_no_broken_address(tmp_path: Path) -> None:
    broken = practice("", title="CafÃ© des langues", country="Switzerland", city="GenÃ¨ve", source_url="")
    assert build(tmp_path / "out", write_table(tmp_path / "a.csv", [broken])).exit_code == 0
    assert set(ledger_of(tmp_path / "out")) == {"cafe-des-langues-geneva"}
    findings = report_of(tmp_path / "out")["findings"]
    said = {each["code"]: each.get("suggestion", {}).get("value") for each in findings}
    assert said["title-encoding"] == "Café des langues"
    assert said["encoding-broken"] == "Genève"
    assert "city-unknown" not in said


def test_ids_that_a_spreadsheet_has_shortened_join_no_rows(tmp_path: Path) -> None:
    rows = [practice("2.01901E+11", title=f"Evening {number}") for number in range(2)]
    assert build(tmp_path / "out", write_table(tmp_path / "a.csv", rows)).exit_code == 0
    report = report_of(tmp_path / "out")
    assert report["summary"]["practices"] == 2
    assert [each["code"] for each in report["findings"]].count("id-damaged") == 2


def test_seven_and_seven_point_nought_are_one_id(tmp_path: Path) -> None:
    rows = [
        practice("7", lang="en", title="Supper"),
        practice("7.0", lang="fr", title="Souper", source_url="https://example.org/7"),
    ]
    assert build(tmp_path / "out", write_table(tmp_path / "a.csv", rows)).exit_code == 0
    assert report_of(tmp_path / "out")["summary"]["practices"] == 1


def test_ids_that_differ_in_zeros_are_told(tmp_path: Path) -> None:
    rows = [practice("007"), practice("7"), practice("10"), practice("100")]
    assert build(tmp_path / "out", write_table(tmp_path / "a.csv", rows)).exit_code == 0
    report = report_of(tmp_path / "out")
    assert [each["place"]["row"] for each in report["findings"] if each["code"] == "id-zeros-lost"] == [2]


@pytest.mark.parametrize(
    ("summary", "is_short"),
    [
        ("多文化共生センターの夜間日本語教室では、だれでも日本語を学ぶことができます。", False),
        ("이웃들이 한 달에 한 번 함께 요리하고 서로를 알아갑니다.", False),
        ("日本語教室", True),
        ("Neighbours cook together once a month.", True),
    ],
)
def test_a_summary_is_as_long_as_its_script_needs(tmp_path: Path, summary: str, is_short: bool) -> None:
    table = write_table(tmp_path / "a.csv", [practice("a", summary=summary)])
    assert build(tmp_path / "out", table).exit_code == 0
    codes = {each["code"] for each in report_of(tmp_path / "out")["findings"]}
    assert ("description-too-short" in codes) == is_short
