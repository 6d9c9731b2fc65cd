import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import locations
import pytest
from building import practice, run, write_table
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat, parse

from pipeline.findings.accounting import Accounting
from pipeline.findings.reports import FORMATS, report_format, write_report
from pipeline.findings.reports.finding_order import OrderedFindings, where_in
from pipeline.findings.reports.outcome import ReportOutcome
from pipeline.findings.reports.rules import RULES
from pipeline.findings.reports.sarif import MOST_RESULTS
from pipeline.findings.reports.shacl_report import shacl_report
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.rdf.vocabulary import RDF, SH

pytestmark = pytest.mark.thorough

SCHEMA = locations.CASES / "reports" / "sarif-required.json"
PRACTICE = "http://localhost:8000/practice/house"
COUNTRY = Finding(
    Severity.VIOLATION,
    "country-unknown",
    "“House of “Peace””: Unknown country “Itlay”.",
    Place("practices.csv", row=17, column="country", value="Itlay"),
    PRACTICE,
    "https://w3id.org/intercultural-practices/ns#country",
    Suggestion("Italy", 0.9),
)
DATE = Finding(
    Severity.WARNING,
    "date-missing",
    "“House of “Peace””: The practice has no date.",
    Place("practices.csv", row=17, column="date"),
    PRACTICE,
)
CONTROLS = Finding(
    Severity.WARNING,
    "control-characters",
    'practices.csv, row 17, column "title": U+0000 was taken out.',
    Place("practices.csv", row=17, column="title"),
)
SOURCE = Finding(
    Severity.WARNING,
    "source-missing",
    "“House of “Peace””: The record has no source.",
    Place("practices.csv", row=18, column="source_url"),
    "http://localhost:8000/doc/practice/house",
)
READ = Finding(Severity.INFO, "file-read-as", "practices.csv was read as UTF-8.", Place("practices.csv"))
SYNTAX = Finding(Severity.VIOLATION, "literal-ill-typed", "no year.", Place("a b.ttl", line=3, column=9))
POINTER = Finding(Severity.INFO, "value-left-out", "left out.", Place("x.json", pointer="/0/x"))
SHEET = Finding(
    Severity.WARNING, "date-missing", "none.", Place("a.xlsx", sheet="2024", row=3, column="date")
)
ALONE = Finding(Severity.WARNING, "perhaps-renamed", "Nothing is at a place.")
HOSTILE = Finding(
    Severity.WARNING,
    "x]]>\0<script>",
    "<script>alert(1)</script> \x1b\ud800 ]]> &amp; “\"'",
    Place("<b>\udce9.csv", row=2, column='"><i>', value="\x00\ud83d"),
    "not an iri",
    "neither",
)
ALL = (READ, SOURCE, DATE, COUNTRY, CONTROLS, SYNTAX, POINTER, SHEET, ALONE, HOSTILE)
NUMBERS = Accounting(rows_in=20, used=19, quarantined=1, practices=19, violations=2, warnings=5, infos=2)
REFUSED = ReportOutcome(
    NUMBERS, conforms=False, accepted=False, paths={"practices.csv": "data/practices.csv"}
)
PERFECT = ReportOutcome(Accounting(rows_in=2, used=2, practices=2), conforms=True, accepted=True)


def report(format: str, findings: Iterable[Finding] = ALL, outcome: ReportOutcome = REFUSED) -> str:
    stream = io.StringIO()
    write_report(findings, outcome, format, stream)
    text = stream.getvalue()
    if format not in ("text", "csv", "json"):
        text.encode("utf-8")
    return text


def sarif(findings: Iterable[Finding] = ALL, outcome: ReportOutcome = REFUSED) -> dict[str, Any]:
    (run,) = json.loads(report("sarif", findings, outcome))["runs"]
    found: dict[str, Any] = run
    return found


def faults(value: Any, schema: Mapping[str, Any], where: str = "$") -> list[str]:
    """Return where a value does not fit the part of JSON Schema that our schema uses."""
    kinds = {"object": dict, "array": list, "string": str, "integer": int}
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{where}: {value!r}"]
    if not isinstance(value, kinds[schema["type"]]):
        return [f"{where}: no {schema['type']}"]
    found = [f"{where}: no {name}" for name in schema.get("required", ()) if name not in value]
    size = value if isinstance(value, int) else len(value)
    least = max(schema.get(name, 0) for name in ("minimum", "minItems", "minLength"))
    most = min(schema.get(name, 1e9) for name in ("maxItems", "maxLength"))
    if not least <= size <= most:
        found.append(f"{where}: {size}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{where}: {value!r}")
    if isinstance(value, dict):
        for name, part in schema.get("properties", {}).items():
            found += faults(value[name], part, f"{where}.{name}") if name in value else []
    if isinstance(value, list):
        for number, item in enumerate(value):
            found += faults(item, schema["items"], f"{where}[{number}]")
    return found


@pytest.mark.parametrize("findings", [ALL, (), (HOSTILE,)], ids=["all", "none", "hostile"])
def test_sarif_has_what_code_scanning_services_require(findings: tuple[Finding, ...]) -> None:
    document = json.loads(report("sarif", findings))

    assert faults(document, json.loads(SCHEMA.read_text(encoding="utf-8"))) == []


def test_the_check_of_sarif_finds_what_is_missing() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = json.loads(report("sarif"))
    document["version"] = "2.0"
    result = document["runs"][0]["results"][0]
    del result["level"]
    result["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "/etc/passwd"

    assert len(faults(document, schema)) == 4


def test_sarif_points_at_the_row_of_the_file_as_it_was_given() -> None:
    places = {
        result["ruleId"]: (
            result["level"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"],
            result["locations"][0].get("logicalLocations"),
        )
        for result in sarif((COUNTRY, SYNTAX, POINTER, SHEET, ALONE))["results"]
    }

    assert places == {
        "country-unknown": (
            "error",
            "data/practices.csv",
            {"startLine": 17},
            [{"name": "country", "kind": "member"}],
        ),
        "literal-ill-typed": ("error", "a%20b.ttl", {"startLine": 3, "startColumn": 9}, None),
        "value-left-out": (
            "note",
            "x.json",
            {"startLine": 1},
            [{"fullyQualifiedName": "/0/x", "kind": "object"}],
        ),
        "date-missing": (
            "warning",
            "a.xlsx",
            {"startLine": 3},
            [{"name": "2024", "kind": "namespace"}, {"name": "date", "kind": "member"}],
        ),
        "perhaps-renamed": ("warning", "data/practices.csv", {"startLine": 1}, None),
    }


def test_sarif_makes_paths_relative_to_the_folder_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given_path, wanted in [
        (tmp_path / "data" / "a.csv", "data/a.csv"),
        (Path("/elsewhere/a.csv"), "a.csv"),
    ]:
        outcome = replace(REFUSED, paths={"practices.csv": str(given_path)})
        (result,) = sarif((COUNTRY,), outcome)["results"]

        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == wanted


def test_sarif_names_each_rule_once_with_its_title_help_and_worst_level() -> None:
    milder = replace(COUNTRY, severity=Severity.WARNING)
    run = sarif((milder, DATE, COUNTRY, SHEET))
    rules = {each["id"]: each for each in run["tool"]["driver"]["rules"]}

    assert len(rules) == len(run["tool"]["driver"]["rules"]) == 2
    assert rules["country-unknown"]["defaultConfiguration"] == {"level": "error"}
    assert rules["country-unknown"]["shortDescription"]["text"] == "Unknown country."
    assert "Example: Italy" in rules["country-unknown"]["help"]["text"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_says_what_may_be_meant() -> None:
    (result,) = sarif((COUNTRY,))["results"]

    assert result["message"]["text"].endswith("Perhaps “Italy” is meant.")


def test_a_fingerprint_stays_when_rows_move_and_changes_with_the_value() -> None:
    assert COUNTRY.place is not None
    moved = replace(COUNTRY, place=replace(COUNTRY.place, row=99))
    other = replace(COUNTRY, place=replace(COUNTRY.place, value="Spian"))
    prints = [
        sarif((each,))["results"][0]["partialFingerprints"]["primaryLocationLineHash"]
        for each in (COUNTRY, moved, other, DATE)
    ]

    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_sarif_keeps_the_worst_when_there_are_too_many() -> None:
    many = (replace(DATE, place=Place("a.csv", row=row)) for row in range(2, MOST_RESULTS + 2))
    run = sarif((*many, COUNTRY))

    assert len(run["results"]) == MOST_RESULTS
    assert run["results"][0]["ruleId"] == "country-unknown"
    assert "1 more" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def junit(findings: Iterable[Finding] = ALL, outcome: ReportOutcome = REFUSED) -> ElementTree.Element:
    return ElementTree.fromstring(report("junit", findings, outcome).encode())


def test_junit_has_a_suite_for_each_source_and_a_case_for_each_record() -> None:
    suites = {suite.get("name"): suite for suite in junit((READ, DATE, COUNTRY, CONTROLS, SYNTAX, ALONE))}

    assert list(suites) == ["accounting", "practices.csv", "a b.ttl", "all sources"]
    cases = list(suites["practices.csv"])
    assert [case.get("name") for case in cases] == ["the file as a whole", "House of “Peace” (house)"]
    assert [(case.get("file"), case.get("line")) for case in cases] == [
        ("data/practices.csv", None),
        ("data/practices.csv", "17"),
    ]
    (failure,) = cases[1].findall("failure")
    assert failure.get("type") == "country-unknown"
    assert "Unknown country “Itlay”" in failure.get("message", "")
    assert "Perhaps “Italy” is meant." in (failure.text or "")
    output = cases[1].findtext("system-out") or ""
    assert output.splitlines()[0].startswith("warning date-missing: practices.csv, row 17")
    assert "warning control-characters" in output


def test_junit_fails_a_record_once_however_many_violations_it_has() -> None:
    second = replace(DATE, severity=Severity.VIOLATION)
    suites = {suite.get("name"): suite for suite in junit((COUNTRY, second))}
    (case,) = suites["practices.csv"]
    (failure,) = case.findall("failure")

    assert failure.get("type") == "country-unknown, date-missing"
    assert failure.get("message", "").endswith("(and 1 more)")
    assert len((failure.text or "").splitlines()) == 2


@pytest.mark.parametrize("findings", [ALL, ()], ids=["all", "none"])
def test_the_counts_of_junit_are_those_of_its_cases(findings: tuple[Finding, ...]) -> None:
    root = junit(findings)

    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        assert element.get("failures") == str(sum(case.find("failure") is not None for case in cases))
        assert element.get("errors") == "0"
    names = Counter((case.get("classname"), case.get("name")) for case in root.iter("testcase"))
    assert set(names.values()) == {1}


def test_junit_tells_the_numbers_and_fails_where_they_do_not_add_up() -> None:
    (case,) = junit((), PERFECT).iter("testcase")
    assert "2 practices" in (case.findtext("system-out") or "")
    assert case.find("failure") is None

    wrong = ReportOutcome(Accounting(rows_in=3), conforms=True, accepted=True)
    (case,) = junit((), wrong).iter("testcase")
    assert case.find("failure") is not None


def graph(text: str, format: RdfFormat) -> Dataset:
    dataset = Dataset(Quad(*quad.triple) for quad in parse(text.encode(), format=format))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("findings", [ALL, (), (COUNTRY,)], ids=["all", "none", "one"])
def test_the_shacl_report_is_one_graph_in_turtle_and_json_ld(findings: tuple[Finding, ...]) -> None:
    turtle = graph(report("turtle", findings), RdfFormat.TURTLE)

    assert turtle == graph(report("jsonld", findings), RdfFormat.JSON_LD)
    assert turtle == graph(shacl_report(findings), RdfFormat.TURTLE)


def test_the_shacl_report_has_what_shacl_demands_of_results() -> None:
    dataset = graph(report("turtle"), RdfFormat.TURTLE)
    type_, result = NamedNode(RDF + "type"), NamedNode(SH + "ValidationResult")
    results = [quad.subject for quad in dataset.quads_for_object(result) if quad.predicate == type_]

    assert len(results) == len(ALL)
    for each in results:
        names = Counter(quad.predicate.value.removeprefix(SH) for quad in dataset.quads_for_subject(each))
        assert {
            name: names[name] for name in ("focusNode", "resultSeverity", "sourceConstraintComponent")
        } == {
            "focusNode": 1,
            "resultSeverity": 1,
            "sourceConstraintComponent": 1,
        }
        assert max(names["resultPath"], names["value"], names["sourceShape"]) <= 1


@pytest.mark.parametrize(("findings", "conforms"), [((), "true"), ((READ,), "false")])
def test_the_shacl_report_conforms_when_it_has_no_result(
    findings: tuple[Finding, ...], conforms: str
) -> None:
    dataset = graph(report("turtle", findings), RdfFormat.TURTLE)
    (quad,) = dataset.quads_for_predicate(NamedNode(SH + "conforms"))

    assert isinstance(quad.object, Literal)
    assert quad.object.value == conforms


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.mark.parametrize("findings", [ALL, ()], ids=["all", "none"])
def test_the_page_stands_alone_and_is_accessible(findings: tuple[Finding, ...]) -> None:
    text = report("html", findings)
    page = Page(text)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]

    assert page.open == []
    assert text.startswith("<!DOCTYPE html>")
    assert page.named("html") == [{"lang": "en"}]
    assert {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe"} == set()
    assert not any(name.startswith("on") or name == "style" for _, attrs in page.tags for name in attrs)
    assert "http://" not in re.sub(r"<style>.*</style>", "", text, flags=re.DOTALL)
    assert len(ids) == len(set(ids))
    links = {attrs["href"] for attrs in page.named("a")}
    assert {link for link in links if not link.startswith(f"{RULES}#")} <= {f"#{name}" for name in ids}
    assert {attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs} <= set(ids)
    assert all("scope" in attrs for attrs in page.named("th"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "@media print" in text


def test_the_page_shows_hostile_texts_as_texts() -> None:
    text = report("html", (HOSTILE,))

    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text


VERDICTS = [
    (ReportOutcome(NUMBERS, conforms=False, accepted=False), "Not accepted", "Correct the cells named below"),
    (replace(REFUSED, accounting=Accounting(warnings=1)), "Not accepted", "none is allowed here"),
    (
        replace(REFUSED, accounting=Accounting(warnings=1), accepted=True),
        "Accepted",
        "would improve them",
    ),
    (PERFECT, "Accepted", "Nothing has to be done"),
]


@pytest.mark.parametrize(("outcome", "heading", "sentence"), VERDICTS, ids=[case[2] for case in VERDICTS])
def test_the_page_says_in_plain_words_what_is_the_case(
    outcome: ReportOutcome, heading: str, sentence: str
) -> None:
    text = report("html", (DATE,), outcome)

    assert f"<h1>{heading}</h1>" in text
    assert sentence in text


def test_the_page_lists_findings_by_rule_with_advice_and_by_record() -> None:
    text = report("html", (READ, DATE, COUNTRY, CONTROLS))
    by_rule, _, by_record = text.partition('id="by-record"')

    assert by_rule.index("Unknown country") < by_rule.index("The practice has no date")
    assert "Write the name or the ISO 3166 code of the country. Example: <q>Italy</q>" in re.sub(
        r"\s+", " ", by_rule
    )
    assert by_record.count("<h3>") == 2
    house = by_record[by_record.index("House of “Peace”") :]
    assert "Perhaps “Italy” is meant." in house
    assert "control-characters" in house
    assert "row 17, column &#34;country&#34;" in house


def test_the_page_counts_what_it_leaves_out() -> None:
    many = [
        replace(DATE, focus=f"http://localhost:8000/practice/p{n}", place=Place("a.csv", row=n))
        for n in range(1200)
    ]
    text = report("html", many)

    assert "200 more records have findings" in text
    assert text.count('class="record"') == 1000


def test_findings_on_a_row_or_a_record_join_those_on_its_practice() -> None:
    with OrderedFindings((CONTROLS, READ, COUNTRY, SOURCE, ALONE)) as ordered:
        records = list(ordered.records())

    assert [(each.file, where_in(each, "en"), len(each.findings)) for each in records] == [
        ("practices.csv", "(house)", 3),
        ("practices.csv", "", 1),
        ("", "", 1),
    ]
    assert [each.worst for each in records] == [Severity.VIOLATION, Severity.INFO, Severity.WARNING]


texts = st.text(max_size=20)
places = st.builds(
    Place,
    texts,
    st.none() | texts,
    st.none() | st.integers(1, 10**6),
    st.none() | texts | st.integers(1, 99),
    st.none() | texts,
    st.none() | st.integers(1, 10**6),
    st.none() | texts,
)
findings = st.builds(
    Finding,
    st.sampled_from(Severity),
    st.from_regex(r"[a-z]{1,9}(-[a-z]{1,9}){0,3}", fullmatch=True),
    texts,
    st.none() | places,
    st.none() | texts | st.just(PRACTICE),
    st.none() | texts,
    st.none() | st.builds(Suggestion, texts, st.floats(0, 1)),
)


@given(st.lists(findings, max_size=5))
def test_any_findings_make_a_report_that_machines_read(some: list[Finding]) -> None:
    run = sarif(some)
    assert len(run["results"]) == len(some)
    assert (
        faults(run["results"], {"type": "array", "items": {"type": "object", "required": ["ruleId"]}}) == []
    )
    junit(some)
    Page(report("html", some))
    assert graph(report("turtle", some), RdfFormat.TURTLE) == graph(report("jsonld", some), RdfFormat.JSON_LD)
    json.loads(report("json", some))


SUFFIXES = [
    ("r.html", "html"),
    ("r.HTM", "html"),
    ("r.ttl", "turtle"),
    ("r.jsonld", "jsonld"),
    ("r.sarif", "sarif"),
    ("r.sarif.json", "sarif"),
    ("r.v2.json", "json"),
    ("r.xml", "junit"),
]


@pytest.mark.parametrize(("name", "format"), SUFFIXES, ids=[name for name, _ in SUFFIXES])
def test_a_suffix_asks_for_a_format(name: str, format: str) -> None:
    assert report_format(Path(name)) == format


@pytest.mark.parametrize("format", FORMATS)
def test_validate_writes_every_format_and_saves_a_report_beside(format: str, tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", [practice("a", country="Itlay"), practice("b")])

    result = run("validate", source, "--format", format, "--report", tmp_path / "r.json", "--jobs", 1)

    assert result.exit_code == 1, result.stderr
    assert "Itlay" in result.stdout
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["accepted"] is False
