"""Shapes of strangers: nothing of them passes in silence, and one bad shape does not refuse the rest."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline import validate
from pipeline.checking import Manner, check
from pipeline.cli import main
from pipeline.findings.translation import translate_finding
from pipeline.model.errors import PracticegraphError, SourceError, UsageError
from pipeline.model.finding import Finding
from tests.locations import CASES, SHARED

pytestmark = pytest.mark.thorough

FOLDER = CASES / "foreign_shapes"
EXPECTED = tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))


def said(found: Any) -> list[tuple[str, str, str]]:
    return [(each.severity.value, each.code, str(each.message)) for each in found]


def assert_found(findings: list[tuple[str, str, str]], expected: list[list[str]]) -> None:
    assert [found[:2] for found in findings] == [tuple(wanted[:2]) for wanted in expected], findings
    for (_, _, message), (_, _, says) in zip(findings, expected, strict=True):
        assert says in message


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_from_outside_gets_the_findings_and_the_verdict_that_it_deserves(name: str) -> None:
    expected = EXPECTED[name]
    data, shapes = FOLDER / name / "data.ttl", FOLDER / name / "shapes.ttl"
    if "refused" in expected:
        with pytest.raises(UsageError) as refused:
            validate(data, shapes=shapes)
        assert expected["refused"] in str(refused.value)
        return
    checked = validate(data, shapes=shapes)

    assert_found(said(checked.findings), expected["findings"])
    assert checked.verdict == expected["verdict"]


@pytest.mark.parametrize(
    ("name", "code"), [("typo-constraint", 1), ("severity-on-sparql", 0), ("unknown-function", 2)]
)
def test_the_exit_code_is_a_success_only_where_everything_was_checked(name: str, code: int) -> None:
    folder = FOLDER / name
    arguments = ["validate", str(folder / "data.ttl"), "--shapes", str(folder / "shapes.ttl")]

    assert CliRunner().invoke(main, arguments).exit_code == code


def _cases(name: str) -> list[dict[str, Any]]:
    found = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    return [case | {"prologue": found["prologue"]} for case in found["case"]]


def _written(folder: Path, texts: str | dict[str, str], name: str, prologue: str) -> list[Path]:
    files = texts if isinstance(texts, dict) else {name: texts}
    for file, text in files.items():
        head = prologue if file.endswith((".ttl", ".trig")) else ""
        (folder / file).write_text(head + text, encoding="utf-8")
    return [folder / file for file in files]


@pytest.mark.parametrize(
    "case",
    [case for name in ("neighbours.toml", "mistakes.toml", "kinds.toml") for case in _cases(name)],
    ids=lambda case: str(case["name"]),
)
def test_what_strangers_bring_is_applied_or_named(tmp_path: Path, case: dict[str, Any]) -> None:
    data = _written(tmp_path, case["data"], "data.ttl", case["prologue"])
    shapes = _written(tmp_path, case["shapes"], "shapes.ttl", case["prologue"])
    if "refused" in case:
        with pytest.raises(PracticegraphError) as refused:
            validate(*data, shapes=shapes)
        assert case["refused"] in str(refused.value)
        return

    checked = validate(*data, shapes=shapes)

    found = said([translate_finding(each, case.get("language", "en")) for each in checked.findings])
    if "codes" in case:
        assert sorted({code for _, code, _ in found}) == sorted(set(case["codes"])), found
    else:
        assert_found(found, case["findings"])
    assert checked.verdict == case["verdict"], found


DCAT_AP = SHARED / "suites" / "dcat-ap-3.0.1"


@pytest.mark.skipif(not DCAT_AP.is_dir(), reason="the DCAT-AP shapes are not beside the project")
@pytest.mark.parametrize(
    ("name", "verdict", "codes"),
    [
        ("shapes.ttl", "not-fully-checked", {"shapes-term-unknown", "shapes-idle"}),
        ("range.ttl", "accepted", {"shapes-idle"}),
        ("deprecateduris.ttl", "not-fully-checked", {"shapes-imports"}),
    ],
)
def test_dcat_ap_as_published_applies_to_our_own_description(
    output: Path, name: str, verdict: str, codes: set[str]
) -> None:
    [description] = (output / "releases").glob("*/description.ttl")

    checked = validate(description, shapes=DCAT_AP / name)

    assert checked.numbers.violations == 0
    assert {each.code for each in checked.findings} == codes
    assert checked.verdict == verdict


DEEP = {
    "shapes within shapes": "".join(f"ex:S{n} sh:node ex:S{n + 1} ." for n in range(5000)),
    "shapes within shapes, twice": "".join(
        f"ex:S{n} sh:node ex:S{n + 1} , ex:T{n} . ex:T{n} sh:node ex:S{n + 1} ." for n in range(40)
    ),
}


@pytest.mark.parametrize("what", DEEP)
def test_shapes_that_lead_too_deep_are_refused_in_one_sentence(tmp_path: Path, what: str) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> ."
    (tmp_path / "s.ttl").write_text(f"{head} ex:S0 sh:targetClass ex:Person . {DEEP[what]}", encoding="utf-8")
    (tmp_path / "d.ttl").write_text("<urn:a> a <http://example.org/Person> .", encoding="utf-8")

    with pytest.raises(UsageError, match=r"than can be followed\. Correct it and try again\.$") as refused:
        validate(tmp_path / "d.ttl", shapes=tmp_path / "s.ttl")

    assert len(str(refused.value).splitlines()) == 1


SLOW = {
    "a pattern that only Python reads": r"sh:property [ sh:path ex:n ; sh:pattern '^(\\p{L}+)+$' ]",
    "a query": "sh:sparql [ sh:select 'SELECT $this { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?l = 7) }' ]",
}


@pytest.mark.parametrize("what", SLOW)
def test_a_shape_that_takes_too_long_is_named_and_the_others_are_applied(tmp_path: Path, what: str) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> ."
    data, shapes = tmp_path / "d.ttl", tmp_path / "s.ttl"
    more = " , ".join(f"ex:b{number}" for number in range(60))
    data.write_text(f"{head} ex:a a ex:T ; ex:n '{'a' * 40}!' ; ex:m {more} .", encoding="utf-8")
    others = "ex:R sh:targetClass ex:T ; sh:property [ sh:path ex:m ; sh:maxCount 1 ] ."
    shapes.write_text(f"{head} ex:S sh:targetClass ex:T ; {SLOW[what]} . {others}", encoding="utf-8")
    findings: list[Finding] = []

    numbers = check([data], lambda found, _: findings.extend(found), Manner((shapes,), seconds=1))

    assert numbers.verdict(False) == "not-accepted"
    assert [each.code for each in findings] == ["shapes-malformed", "max-count"]
    assert "The shape <http://example.org/S> cannot be applied: it takes more than" in str(
        findings[0].message
    )


@pytest.mark.parametrize("name", ["data.nt", "data.rdf"])
def test_a_text_longer_than_the_parser_takes_is_refused_as_such(tmp_path: Path, name: str) -> None:
    text, file = "x" * 17_000_000, tmp_path / name
    file.write_text(
        f'<urn:a> <urn:p> "{text}" .'
        if name == "data.nt"
        else f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="urn:x:">'
        f'<r:Description r:about="urn:a"><p>{text}</p></r:Description></r:RDF>',
        encoding="utf-8",
    )
    shapes = FOLDER / "lexical-decimal" / "shapes.ttl"

    with pytest.raises(SourceError, match=f"^{name}: a text or an IRI in it is longer than 16 MB"):
        validate(file, shapes=shapes)
