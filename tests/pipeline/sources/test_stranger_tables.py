"""Tables as strangers keep them: each is read as ``cases/tables/wanted.json`` says, and every row is accounted for."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from locations import CASES

from pipeline.findings.accounting import Accounting
from pipeline.model.finding import Finding, Severity
from pipeline.model.practice import Understood
from pipeline.validation import validate_records

FOLDER = CASES / "tables"
WANTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "wanted.json").read_text(encoding="utf-8"))


def facts(found: Understood) -> dict[str, Any]:
    practice = found.practice
    return {
        "id": practice.identifier,
        "titles": dict(practice.titles),
        "summaries": sorted(language for language, _ in practice.descriptions),
        "countries": list(practice.countries),
        "cities": [city.key for city in practice.cities],
        "date": practice.period.edtf if practice.period is not None else None,
        "topics": sorted(practice.topics),
        "sources": list(practice.sources),
    }


@pytest.mark.parametrize("name", WANTED)
def test_a_table_of_a_stranger_is_read_as_they_meant_it(name: str) -> None:
    wanted = WANTED[name]
    seen: list[Understood] = []
    findings: list[Finding] = []
    numbers: list[Accounting] = []

    def report(found: Any, accounting: Accounting) -> None:
        findings.extend(found)
        numbers.append(accounting)

    validate_records([Path(FOLDER / name)], report, on_practice=seen.append)

    read = [facts(each) for each in seen if not each.is_withheld]
    assert len(read) == len(wanted["practices"])
    for practice, expected in zip(read, wanted["practices"], strict=True):
        assert {key: practice[key] for key in expected} == expected
    by_row: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.place is not None and finding.place.row is not None:
            by_row[str(finding.place.row)].append(finding.code)
    for row, codes in wanted.get("findings", {}).items():
        assert sorted(by_row[row]) == sorted(codes)
    violations = [finding.code for finding in findings if finding.severity is Severity.VIOLATION]
    assert violations == wanted.get("violations", [])
    assert numbers[0].adds_up()


def test_every_table_of_the_folder_has_a_wanted_result() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {"wanted.json"} == set(WANTED)
