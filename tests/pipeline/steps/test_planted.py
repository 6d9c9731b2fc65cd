"""Ten tables and ten RDF and JSON files with errors planted in them: all are found, at their places, and no others."""

import ast
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import locations
import pytest
from click.testing import CliRunner

from pipeline import validate
from pipeline.cli import main
from pipeline.findings.reports.rules import rules
from pipeline.findings.translation import in_language
from pipeline.model.finding import Finding, Severity
from pipeline.system.data_files import tables_of
from tests.findings_form import held
from tests.pipeline.findings.test_reports_rules import sources
from tests.running import Reply, Running
from tests.samples import BASE

pytestmark = pytest.mark.thorough

FOLDER = locations.CASES / "planted"
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
BOUNDARY = "c0ffee42"
FURTHER = ("de", "es", "it", "pt")

Said = Mapping[str, Any]


def file_of(case: str) -> Path:
    [path] = [path for path in (FOLDER / case).iterdir() if path.name != "expected.json"]
    return path


def expected(case: str) -> Any:
    return json.loads((FOLDER / case / "expected.json").read_text(encoding="utf-8"))


def told(report: Said) -> list[Said]:
    """Return severity, code and place of each finding, in the form of the expected ones."""
    members = ("severity", "code", "place")
    return [{name: each[name] for name in members if name in each} for each in report["findings"]]


@cache
def by_command(case: str, *options: str) -> Any:
    result = CliRunner().invoke(main, ["validate", str(file_of(case)), "--format", "json", *options])
    assert result.exit_code in (0, 1), result.output
    report = held(json.loads(result.stdout))
    assert report["accepted"] == (result.exit_code == 0)
    return report


Sent = Callable[[str, str], Reply]


@pytest.fixture(scope="module")
def sent(server: Running) -> Sent:
    """Return what answers with the report on a case over HTTP, in a language."""

    @cache
    def send(case: str, language: str) -> Reply:
        path = file_of(case)
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="data"; filename="{path.name}"\r\n\r\n'
        body = head.encode() + path.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Accept": "application/json",
            "Accept-Language": language,
        }
        return server.send("POST", "/validate", body, headers)

    return send


def test_there_are_ten_tables_and_ten_files_of_other_kinds() -> None:
    suffixes = [file_of(case).suffix for case in CASES]
    tables = [suffix for suffix in suffixes if suffix in (".csv", ".tsv", ".txt", ".xlsx")]

    assert (len(tables), len(suffixes) - len(tables)) == (10, 10)
    assert set(suffixes) >= {
        ".csv",
        ".tsv",
        ".xlsx",
        ".ttl",
        ".trig",
        ".nt",
        ".nq",
        ".jsonld",
        ".json",
        ".rdf",
    }


@pytest.mark.parametrize("case", CASES)
def test_the_command_line_finds_what_was_planted_where_it_stands(case: str) -> None:
    report = by_command(case)

    assert told(report) == expected(case)["findings"]
    assert report["accepted"] == expected(case)["accepted"]


@pytest.mark.parametrize("case", CASES)
def test_the_service_says_the_same_as_the_command_line(sent: Sent, case: str) -> None:
    reply = sent(case, "en")
    page = "https://w3id.org/intercultural-practices/rules"
    text = reply.text.replace(f"{BASE}/rules", page)

    assert reply.status == 200
    assert held(json.loads(text)) == by_command(case)


@pytest.mark.parametrize("case", CASES)
def test_in_french_everything_is_told_in_french(sent: Sent, case: str) -> None:
    reply, english = sent(case, "fr-CH, en;q=0.3"), sent(case, "en").json()["findings"]
    report = held(reply.json())

    assert (reply.headers["Content-Language"], report["language"]) == ("fr", "fr")
    assert "Accept-Language" in reply.headers["Vary"]
    assert told(report) == expected(case)["findings"]
    for one, other in zip(report["findings"], english, strict=True):
        assert one["message"] != other["message"]
        assert one["advice"] != other["advice"]


@cache
def findings_of(case: str) -> tuple[Finding, ...]:
    return validate(file_of(case)).findings


@pytest.mark.parametrize("language", FURTHER)
def test_what_withholds_a_record_is_told_in_more_languages(language: str) -> None:
    met = set[str]()
    for case in CASES:
        for finding in findings_of(case):
            if finding.severity is Severity.VIOLATION:
                met.add(finding.code)
                assert in_language(finding.message, language) != finding.message, finding.message
                assert rules()[finding.code].texts_in(language) != rules()[finding.code].texts_in("en")

    assert len(met) >= 11


@pytest.mark.parametrize("language", FURTHER)
def test_every_rule_that_withholds_a_record_is_told_in_more_languages(language: str) -> None:
    severe = {code for code, rule in rules().items() if language in rule.texts}
    written = {
        call.args[1].value
        for path in sources()
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
        if ast.unparse(call.args[0]) == "Severity.VIOLATION"
    }

    written |= {
        row["key"].partition("/")[0]
        for table in ("finding_messages.toml", "reader_messages.toml")
        for row in tables_of("pipeline.findings", table)["message"]
        if row.get("severity") == "violation"
    }

    assert len(written) > 10
    assert written <= severe


def test_the_command_line_speaks_the_language_it_is_told() -> None:
    report = by_command("table-usual-errors", "--lang", "pt")
    text = CliRunner().invoke(main, ["validate", str(file_of("table-usual-errors")), "--lang", "de"]).stdout

    [unknown] = [each for each in report["findings"] if each["code"] == "country-unknown"]
    assert "não é um país conhecido. Queria dizer «Itália»?" in unknown["message"]
    assert "Escreva o nome ou o código ISO 3166 do país." in unknown["advice"]
    assert "ist kein bekanntes Land" in text
    assert text.endswith("Nicht angenommen.\n")


def test_a_language_in_the_address_beats_the_header(server: Running) -> None:
    body = file_of("table-usual-errors").read_bytes()
    headers = {"Content-Type": "text/csv", "Accept-Language": "fr", "Accept": "text/plain"}
    reply = server.send("POST", "/validate?lang=it", body, headers)

    assert reply.headers["Content-Language"] == "it"
    assert "Accept-Language" not in reply.headers["Vary"]
    assert reply.text.endswith("Non accettato.\n")


def test_each_finding_links_to_the_rule_on_the_page_of_rules(server: Running, sent: Sent) -> None:
    page = server.send("GET", "/rules").text

    for finding in sent("table-usual-errors", "en").json()["findings"]:
        assert finding["rule"].startswith(f"{BASE}/rules#")
        assert f'id="{finding["rule"].partition("#")[2]}"' in page
