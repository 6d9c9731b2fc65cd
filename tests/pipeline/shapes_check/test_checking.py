"""The Python API and the command line: the same verdicts as the service, for all kinds of rules."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import locations
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, RdfFormat, Triple, parse, serialize

import pipeline
from pipeline.cli import main
from pipeline.gate.adapter.silence import quiet
from pipeline.model.errors import SourceError, UsageError
from pipeline.model.finding import Severity
from pipeline.rdf.vocabulary import SH
from tests.locations import SHARED

ROOT = locations.ROOT
CASES = locations.CASES
SOUND = CASES / "validation" / "sound.csv"
PLANTED = CASES / "validation" / "planted.csv"
PEOPLE = CASES / "shaped" / "people.ttl"
SHAPES = CASES / "shaped" / "people_shapes.ttl"


def run(*arguments: object, given: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["validate", *map(str, arguments)], input=given)


def test_a_validation_tells_what_is_wrong_and_how_much_there_is() -> None:
    sound, planted = pipeline.validate(SOUND), pipeline.validate(str(PLANTED))

    assert sound.accepted
    assert sound.numbers.as_json()["practices"] == 2
    assert not planted.accepted
    assert not planted.conforms
    assert {finding.severity for finding in planted.findings} == set(Severity)
    assert planted.numbers.violations == sum(f.severity is Severity.VIOLATION for f in planted.findings)


def test_a_strict_validation_accepts_no_warning(tmp_path: Path) -> None:
    doubtful = tmp_path / "doubtful.csv"
    doubtful.write_bytes(SOUND.read_bytes().replace(b",2015,", b",the day before yesteryear,"))

    assert pipeline.validate(doubtful).accepted
    assert not pipeline.validate(doubtful, strict=True).accepted


def test_a_validation_by_shapes_keeps_what_they_said() -> None:
    found = pipeline.validate(PEOPLE, shapes=SHAPES)

    assert not found.conforms
    assert found.numbers.as_json() == {
        "triples": 8,
        "shapes": 1,
        "focus_nodes": 3,
        "violations": 2,
        "warnings": 1,
        "infos": 0,
        "shacl_results": 3,
        "unchecked": 0,
    }
    assert {f.result.focus for f in found.findings if f.result} == {
        "<http://example.org/ann>",
        "<http://example.org/bob>",
        "_:c",
    }
    assert found == pipeline.validate(PEOPLE, shapes=[SHAPES]), "each reading gives the same"


def test_what_cannot_be_checked_raises_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        pipeline.validate(tmp_path / "none.csv")
    with pytest.raises(SourceError, match="does not exist"):
        pipeline.validate(tmp_path / "none.csv", shapes=SHAPES)
    with pytest.raises(UsageError, match="no RDF"):
        pipeline.validate(PEOPLE, shapes=SOUND)
    with pytest.raises(UsageError, match="No source"):
        pipeline.validate()


def test_the_api_is_loaded_only_by_those_who_ask_for_it() -> None:
    program = (
        "import sys, pipeline, pipeline.rdf.vocabulary; "
        "print('pipeline.checking' in sys.modules); pipeline.validate"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert (ended.stdout, ended.stderr) == ("False\n", "")
    with pytest.raises(AttributeError, match="check"):
        pipeline.check  # noqa: B018


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((SOUND,), 0, "Accepted."),
        ((PLANTED,), 1, "Not accepted."),
        ((PEOPLE, "--shapes", SHAPES), 1, "people.ttl:7:1  A person has a name. Give one."),
        ((PEOPLE, "--shapes", "catalogue"), 1, "no shape matches"),
        ((SOUND, "--shapes", "practice"), 0, "Accepted."),
        ((PEOPLE, "--shapes", "none.ttl"), 2, "no file of shapes none.ttl"),
        ((PEOPLE, "--shapes", SHAPES, "--shapes", "practice"), 2, "stands alone"),
        ((PEOPLE, "--shapes", PLANTED), 2, "no RDF"),
        ((SOUND, "--as", "csv"), 2, "for standard input"),
        (("none.csv",), 1, "does not exist"),
    ],
)
def test_the_exit_code_tells_the_verdict(arguments: tuple[object, ...], code: int, says: str) -> None:
    result = run(*arguments)

    assert result.exit_code == code, result.output
    assert says in result.output


@pytest.mark.parametrize(
    ("content", "stated", "name"),
    [
        (SOUND.read_bytes(), (), "stdin.csv"),
        ((CASES / "validation" / "planted.ttl").read_bytes(), (), "stdin.ttl"),
        (
            (CASES / "validation" / "planted.json").read_bytes(),
            ("--media-type", "application/json"),
            "stdin.json",
        ),
        (SOUND.read_bytes().replace(b",", b"\t"), ("--as", "tsv"), "stdin.tsv"),
        (SOUND.read_bytes(), ("--as", ".csv"), "stdin.csv"),
    ],
)
def test_standard_input_is_known_by_what_is_stated_or_by_how_it_begins(
    content: bytes, stated: tuple[str, ...], name: str
) -> None:
    result = run("-", *stated, "--format", "json", given=content)

    assert result.exit_code in (0, 1), result.output
    assert f'"file": "{name}"' in result.output or result.exit_code == 0


def test_standard_input_may_stand_beside_files_and_be_checked_by_shapes() -> None:
    result = run(
        "-", PEOPLE, "--shapes", SHAPES, given=b"<http://example.org/zoe> a <http://example.org/Person> ."
    )

    assert result.exit_code == 1
    assert "stdin.ttl:1:1  A person has a name. Give one." in result.output


@pytest.mark.parametrize(("stated", "given"), [("docx", b"x"), ("image/png", b"x")])
def test_kinds_of_standard_input_that_nobody_reads_are_refused(stated: str, given: bytes) -> None:
    result = run("-", "--as", stated, given=given)

    assert result.exit_code == 2
    assert f"{stated} is not read here" in result.output


NAMES = st.sampled_from(["ann", "bob", "cem"]).map(lambda name: f"<http://example.org/{name}>")
PROPERTIES = st.sampled_from(["name", "age", "knows"]).map(lambda name: f"<http://example.org/{name}>")
VALUES = NAMES | st.sampled_from(
    [
        '"a"',
        '"A"',
        '"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"07"^^<http://www.w3.org/2001/XMLSchema#integer>',
    ]
)
TRIPLES = st.tuples(NAMES, PROPERTIES, VALUES) | st.tuples(
    NAMES, st.just("a"), st.just("<http://example.org/Person>")
)
CONSTRAINTS = st.sampled_from(
    [
        "sh:minCount 1",
        "sh:maxCount 1",
        "sh:datatype xsd:integer",
        "sh:nodeKind sh:IRI",
        'sh:pattern "^a"',
        "sh:class ex:Person",
        "sh:lessThan ex:age",
        "sh:disjoint ex:knows",
        'sh:in ( "a" 7 ex:ann )',
        "sh:not [ sh:nodeKind sh:Literal ]",
        "sh:qualifiedValueShape [ sh:class ex:Person ] ; sh:qualifiedMinCount 1",
    ]
)
PROLOGUE = (
    "@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . "
    "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(TRIPLES, max_size=12, unique=True),
    st.lists(st.tuples(PROPERTIES, CONSTRAINTS), min_size=1, max_size=4),
)
def test_whatever_the_data_and_shapes_the_results_are_those_of_pyshacl(
    tmp_path: Path, triples: list[tuple[str, str, str]], constraints: list[tuple[str, str]]
) -> None:
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    data.write_text("".join(" ".join(triple) + " .\n" for triple in triples))
    properties = " , ".join(f"[ sh:path {path} ; {constraint} ]" for path, constraint in constraints)
    shapes.write_text(
        f"{PROLOGUE}ex:S a sh:NodeShape ; sh:targetClass ex:Person ; sh:property {properties} ."
    )

    found = [finding.result for finding in pipeline.validate(data, shapes=shapes).findings if finding.result]

    ours = [(r.focus, r.path or "", r.value or "", r.component) for r in found]
    theirs = list(reported(data, shapes))
    if any(predicate.endswith("/age>") and value.startswith("<") for _, predicate, value in triples):
        ours, theirs = ([one for one in results if not _is_order(one)] for results in (ours, theirs))
    assert sorted(filter(_is_comparable, ours)) == sorted(filter(_is_comparable, theirs))


def _is_order(result: tuple[str, ...]) -> bool:
    return result[3].endswith("LessThanConstraintComponent")


def _is_comparable(result: tuple[str, ...]) -> bool:
    """PySHACL orders IRIs by their letters; SHACL asks SPARQL, which cannot compare them with anything."""
    return not (_is_order(result) and result[2].startswith("<"))


DCAT_AP = SHARED / "suites" / "dcat-ap-3.0.1"


@pytest.mark.skipif(not DCAT_AP.is_dir(), reason="the DCAT-AP shapes are not beside the project")
@pytest.mark.parametrize("shapes", sorted(DCAT_AP.glob("*.ttl")), ids=lambda shapes: str(shapes.stem))
def test_a_damaged_catalogue_gets_the_results_of_pyshacl(output: Path, tmp_path: Path, shapes: Path) -> None:
    [description] = (output / "releases").glob("*/description.ttl")
    data = tmp_path / "data.nt"
    triples = [
        Triple(quad.subject, quad.predicate, Literal("?") if number % 5 == 0 else quad.object)
        for number, quad in enumerate(parse(path=description))
        if number % 7
    ]
    serialize(triples, data, RdfFormat.N_TRIPLES)
    found = [finding.result for finding in pipeline.validate(data, shapes=shapes).findings if finding.result]

    ours = [(r.focus, r.path or "", r.value or "", r.component) for r in found]
    assert sorted(filter(_is_comparable, ours)) == sorted(filter(_is_comparable, reported(data, shapes)))


def _is_comparable(result: tuple[str, ...]) -> bool:
    """PySHACL orders IRIs by their letters; SHACL asks SPARQL, which cannot compare them."""
    return not (result[2].startswith("<") and result[3].endswith("LessThanConstraintComponent"))


def reported(data: Path, shapes: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield focus node, path, value and component of what pySHACL itself reports."""
    import pyshacl
    import rdflib

    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        with quiet():
            _, report, _ = pyshacl.validate(str(data), shacl_graph=str(shapes), inplace=True)
    finally:
        rdflib.NORMALIZE_LITERALS = before

    def written(result: object, name: str) -> str:
        term = report.value(result, rdflib.URIRef(SH + name))
        return "" if term is None else str(term.n3())

    for result in report.objects(None, rdflib.URIRef(SH + "result")):
        component = written(result, "sourceConstraintComponent").strip("<>")
        yield written(result, "focusNode"), written(result, "resultPath"), written(result, "value"), component
