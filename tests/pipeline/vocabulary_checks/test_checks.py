import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import locations
import pytest
from rdflib import Graph

import pipeline.vocabulary_checks
from pipeline.model.finding import Finding, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.checked_files import VocabularyFiles
from pipeline.vocabulary_checks.checks_run import check_material, run_checks
from pipeline.vocabulary_checks.material import Acceptance, Material, read_material
from pipeline.vocabulary_checks.publication import check_publication

CASES = sorted((locations.CASES / "checks").glob("*.ru"))
READY = {
    "publisher": "City network",
    "publisher-type": "NonProfitOrganisation",
    "contact": "data@citynetwork.org",
    "licence": "https://creativecommons.org/licenses/by/4.0/",
    "base-iri": "https://practices.citynetwork.org",
}


@dataclass(frozen=True)
class Case:
    graph: str
    code: str
    severity: str
    also: frozenset[str]
    update: str


def read_case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    said = dict(re.findall(r"^# (\w+): (.+)$", text, re.MULTILINE))
    code, severity = said["finds"].split()
    return Case(said["graph"], code, severity, frozenset(said.get("also", "").split()), text)


@cache
def material() -> Material:
    read, findings = read_material(VocabularyFiles.of_the_project())
    assert read is not None, findings
    return read


def broken(case: Case) -> Material:
    graph = Graph("SimpleMemory") + getattr(material(), case.graph)
    before = set(graph)
    namespaces = {**vocabulary.prefixes(), "vann": vocabulary.VANN}
    graph.update(case.update, initNs=namespaces)
    assert set(graph) != before, "the update changes something"
    return replace(material(), **{case.graph: graph})


def told(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.code for finding in findings if "Accepted: " not in finding.message}


def test_the_vocabulary_has_no_violation_and_no_warning() -> None:
    assert [finding for finding in run_checks(False, {}) if finding.severity is not Severity.INFO] == []


def test_a_warning_that_is_accepted_comes_with_its_reason() -> None:
    infos = [finding for finding in run_checks(False, {}) if finding.code == "mapping-missing"]
    assert len(infos) == 2
    assert all("Accepted: EuroVoc has no descriptor" in finding.message for finding in infos)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_broken_vocabulary_is_found(path: Path) -> None:
    case = read_case(path)
    findings = check_material(broken(case))
    assert told(findings) == {case.code} | case.also
    found = [finding for finding in findings if finding.code == case.code]
    assert {finding.severity.value for finding in found if "Accepted: " not in finding.message} == {
        case.severity
    }


def test_every_check_has_a_case_that_fails() -> None:
    sources = sorted(Path(pipeline.vocabulary_checks.__file__).parent.glob("*.py"))
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    codes = set(re.findall(r'Severity\.[A-Z]+,\s*f?"([a-z{}-]+)"', text))
    assert len(codes) > 60
    shown = {read_case(path).code for path in CASES} | set(OTHER_CODES)
    for code in codes:
        pattern = re.sub(r"\\{[a-z]+\\}", "[a-z]+", re.escape(code))
        assert any(re.fullmatch(pattern, one) for one in shown), code


OTHER_CODES = (
    "file-unreadable",
    "context-lacks-term",
    "publisher-demonstration",
    "contact-form",
    "licence-form",
    "publisher-type-missing",
    "base-iri-local",
    "base-iri-not-https",
)
"""What the tests below show, since no change of a graph can."""


def test_a_finding_names_the_file_and_the_line_of_the_term() -> None:
    case = read_case(next(path for path in CASES if path.stem == "pref-label-missing"))
    [finding] = [finding for finding in check_material(broken(case)) if finding.code == "pref-label-missing"]
    text = vocabulary.vocabulary_files()[1].read_text(encoding="utf-8")
    assert finding.place is not None
    assert finding.place.file == "topics.ttl"
    assert text.splitlines()[(finding.place.line or 0) - 1].startswith("topic:roma a ")
    assert finding.focus == vocabulary.TOPIC + "roma"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ns.ttl", "<a> <b> .\n"),
        ("topics.ttl", "@prefix : <x"),
        ("context.jsonld", "{"),
        ("context.jsonld", '{"@context": "https://example.org/"}'),
        ("context.jsonld", "[]"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_one_finding(tmp_path: Path, name: str, text: str) -> None:
    copy = tmp_path / name
    copy.write_text(text, encoding="utf-8")
    field = {"ns.ttl": "ontology", "topics.ttl": "topics", "context.jsonld": "context"}[name]
    files = replace(VocabularyFiles.of_the_project(), **{field: copy})
    [finding] = run_checks(False, {}, files)
    assert finding.code == "file-unreadable"
    assert finding.place is not None
    assert finding.place.file == name


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_one_finding(tmp_path: Path, content: bytes | None) -> None:
    copy = tmp_path / "years.ttl"
    if content is not None:
        copy.write_bytes(content)
    [finding] = run_checks(False, {}, replace(VocabularyFiles.of_the_project(), years=copy))
    assert finding.code == "file-unreadable"


def test_a_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    copy = tmp_path / "ns.ttl"
    text = vocabulary.vocabulary_files()[0].read_text(encoding="utf-8")
    copy.write_text(text.replace("icgp:City a owl:Class ;", "icgp:City a owl:Class ; ;; ]", 1))
    [finding] = run_checks(False, {}, replace(VocabularyFiles.of_the_project(), ontology=copy))
    line = next(n for n, row in enumerate(copy.read_text().splitlines(), 1) if ";; ]" in row)
    assert finding.place is not None
    assert finding.place.line == line


def test_a_term_that_the_context_lacks_is_found() -> None:
    context = {key: value for key, value in material().context.items() if key != "kind"}
    findings = check_material(replace(material(), context=context))
    assert told(findings) == {"context-lacks-term"}


def test_a_term_that_the_context_invents_is_found() -> None:
    context = {**material().context, "mood": {"@id": "icgp:mood"}, "sort": "dct:sort"}
    findings = check_material(replace(material(), context=context))
    assert told(findings) == {"term-undefined", "foreign-term-unknown"}


def test_only_a_warning_can_be_accepted() -> None:
    case = read_case(next(path for path in CASES if path.stem == "pref-label-missing"))
    entry = Acceptance("pref-label-missing", vocabulary.TOPIC + "roma", "We do not like labels.")
    accepted = (*material().accepted, entry)
    findings = check_material(replace(broken(case), accepted=accepted))
    assert told(findings) == {"pref-label-missing", "acceptance-idle"}


def test_the_demonstration_cannot_be_published() -> None:
    violations = [finding for finding in run_checks(True, {}) if finding.severity is Severity.VIOLATION]
    assert {finding.code for finding in violations} == {
        "publisher-demonstration",
        "contact-demonstration",
        "licence-demonstration",
        "base-iri-local",
    }


def test_what_has_a_publisher_can_be_published() -> None:
    assert run_checks(True, READY) == run_checks(False, {})


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("publisher", "  ", "publisher-demonstration"),
        ("contact", "the data desk", "contact-form"),
        ("contact", "data<desk>@citynetwork.org", "contact-form"),
        ("licence", "CC BY 4.0", "licence-form"),
        ("licence", "https://citynetwork.org/a licence", "licence-form"),
        ("homepage", "citynetwork.org", "homepage-form"),
        ("publisher-homepage", "mailto:data@citynetwork.org", "publisher-homepage-form"),
        ("cite-as", "10.5281/zenodo.1", "cite-as-form"),
        ("publisher-type", "City", "publisher-type-form"),
        ("publisher-type", "", "publisher-type-missing"),
        ("base-iri", "http://localhost:8000", "base-iri-local"),
        ("base-iri", "http://127.0.0.1", "base-iri-local"),
        ("base-iri", "https://[::1]/", "base-iri-local"),
        ("base-iri", "https://10.1.2.3", "base-iri-local"),
        ("base-iri", "https://intranet", "base-iri-local"),
        ("base-iri", "https://[broken", "base-iri-local"),
        ("base-iri", "", "base-iri-local"),
        ("base-iri", "http://practices.citynetwork.org", "base-iri-not-https"),
    ],
)
def test_a_setting_that_cannot_be_published_is_named(key: str, value: str, code: str) -> None:
    [finding] = check_publication({**READY, key: value})
    assert finding.code == code


@pytest.mark.parametrize("contact", ["mailto:data@citynetwork.org", "https://citynetwork.org/contact"])
def test_a_contact_may_be_any_address_that_is_answered(contact: str) -> None:
    assert list(check_publication({**READY, "contact": contact})) == []
