import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import locations
import pytest
from pyoxigraph import NamedNode, Quad, Store

from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf import vocabulary
from pipeline.vocabulary_checks.loaded_vocabulary import (
    GRAPH,
    PREFIXES,
    Acceptance,
    LoadedVocabulary,
    VocabularyFiles,
)
from pipeline.vocabulary_checks.publication import check_publication
from pipeline.vocabulary_checks.vocabulary_rules import check_vocabulary, rules, run_checks

pytestmark = pytest.mark.thorough

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


def loaded() -> LoadedVocabulary:
    read = LoadedVocabulary(VocabularyFiles.of_the_project())
    assert not read.unreadable
    return read


def broken(case: Case) -> LoadedVocabulary:
    read, graph = loaded(), NamedNode(GRAPH + case.graph)
    alone = Store()
    alone.extend(Quad(*quad.triple) for quad in read.store.quads_for_pattern(None, None, None, graph))
    before = set(alone)
    alone.update(case.update, prefixes=PREFIXES)
    assert set(alone) != before, "the update changes something"
    read.store.remove_graph(graph)
    read.store.extend(Quad(*quad.triple, graph) for quad in alone)
    return read


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
    findings = check_vocabulary(broken(case))
    assert told(findings) == {case.code} | case.also
    found = [finding for finding in findings if finding.code == case.code]
    assert {finding.severity.value for finding in found if "Accepted: " not in finding.message} == {
        case.severity
    }


def test_every_rule_has_a_case_that_fails() -> None:
    codes = {rule.code for rule in rules()}
    assert len(codes) > 60
    assert codes - {read_case(path).code for path in CASES} == {"context-lacks-term"}


def test_a_finding_names_the_file_and_the_line_of_the_term() -> None:
    case = read_case(next(path for path in CASES if path.stem == "pref-label-missing"))
    [finding] = [
        finding for finding in check_vocabulary(broken(case)) if finding.code == "pref-label-missing"
    ]
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


CONTEXT = json.loads(vocabulary.context_file().read_text(encoding="utf-8"))["@context"]


def test_a_term_that_the_context_lacks_is_found() -> None:
    read = loaded()
    read.set_context({key: value for key, value in CONTEXT.items() if key != "kind"})
    [finding] = [finding for finding in check_vocabulary(read) if "Accepted: " not in finding.message]
    assert finding.code == "context-lacks-term"
    assert finding.place == Place("context.jsonld")


def test_a_term_that_the_context_invents_is_found() -> None:
    read = loaded()
    read.set_context({**CONTEXT, "mood": {"@id": "icgp:mood"}, "sort": "dct:sort"})
    assert told(check_vocabulary(read)) == {"term-undefined", "foreign-term-unknown"}


def test_only_a_warning_can_be_accepted() -> None:
    read = broken(read_case(next(path for path in CASES if path.stem == "pref-label-missing")))
    entry = Acceptance("pref-label-missing", vocabulary.TOPIC + "roma", "We do not like labels.")
    read.accepted = (*read.accepted, entry)
    assert told(check_vocabulary(read)) == {"pref-label-missing", "acceptance-idle"}


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
