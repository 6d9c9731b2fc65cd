import csv
import re
from dataclasses import dataclass
from functools import cache

import locations
import pyshacl
import pytest
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from pipeline.description.describe import describe, describe_city, describe_state
from pipeline.model.practice import City, Period, Practice
from pipeline.rdf import vocabulary
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import write

pytestmark = pytest.mark.thorough

CASES = locations.CASES / "shapes"
SH = Namespace(vocabulary.SH)
KEBAB = re.compile(r"[a-z]+(-[a-z]+)+")


@dataclass(frozen=True)
class Expected:
    code: str
    severity: str
    focus: str
    path: str
    value: str
    also: frozenset[str]


@dataclass(frozen=True)
class Result:
    code: str
    severity: str
    focus: Node
    path: str
    value: Node | None
    messages: tuple[str, ...]


def read_expected() -> list[Expected]:
    with (CASES / "expected.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Expected(
                row["code"], row["severity"], row["focus"], row["path"], row["value"], _codes(row["also"])
            )
            for row in csv.DictReader(lines)
        ]


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


def base(code: str) -> str:
    return f"https://data.example.org/{code}/"


@cache
def shapes(name: str) -> Graph:
    return Graph().parse(next(file for file in vocabulary.shapes_files() if file.name == name))


@cache
def both_shapes() -> Graph:
    return shapes("practice.ttl") + shapes("dataset.ttl")


def codes_in(graph: Graph) -> set[str]:
    return {local(shape) for shape in graph.subjects(SH.message)}


def local(node: Node | None) -> str:
    return str(node).rpartition("#")[2]


def with_vocabulary() -> Graph:
    graph = Graph()
    for file in vocabulary.vocabulary_files():
        graph.parse(file)
    return graph


@cache
def results_of(name: str) -> tuple[Result, ...]:
    graph = with_vocabulary()
    for code in codes_in(shapes(name)):
        graph.parse(CASES / f"{code}.ttl", publicID=base(code))
    return validate(graph, shapes(name))


def validate(graph: Graph, shapes_graph: Graph) -> tuple[Result, ...]:
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes_graph, inplace=True)
    return tuple(
        Result(
            local(report.value(result, SH.sourceShape)),
            local(report.value(result, SH.resultSeverity)).lower(),
            report.value(result, SH.focusNode),
            path_text(report, report.value(result, SH.resultPath)),
            report.value(result, SH.value),
            tuple(str(message) for message in report.objects(result, SH.resultMessage)),
        )
        for result in report.objects(None, SH.result)
    )


def path_text(report: Graph, path: Node | None) -> str:
    if path is None:
        return ""
    if isinstance(path, URIRef):
        return compact(str(path))
    inverse = report.value(path, SH.inversePath)
    if inverse is not None:
        return "^" + path_text(report, inverse)
    alternatives = report.value(path, SH.alternativePath)
    if alternatives is not None:
        return "|".join(path_text(report, part) for part in Collection(report, alternatives))
    return "/".join(path_text(report, part) for part in Collection(report, path))


def compact(iri: str) -> str:
    return next(
        (
            f"{prefix}:{iri.removeprefix(namespace)}"
            for prefix, namespace in vocabulary.prefixes().items()
            if iri.startswith(namespace)
        ),
        iri,
    )


def term(text: str, code: str) -> Node | None:
    if not text:
        return None
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in vocabulary.prefixes().items())
    graph = Graph().parse(data=f"{prefixes}<s> <p> {text} .", publicID=base(code))
    return next(graph.objects())


def is_the_case(node: Node | None, code: str) -> bool:
    return node is not None and str(node).startswith(base(code))


@pytest.mark.parametrize("expected", read_expected(), ids=lambda expected: expected.code)
def test_a_constraint_finds_what_breaks_it_and_lets_pass_what_just_keeps_it(expected: Expected) -> None:
    name = "dataset.ttl" if expected.code in codes_in(shapes("dataset.ttl")) else "practice.ttl"
    blank = expected.focus == "_:"
    focus = term(expected.focus, expected.code) if not blank else None
    mine = [
        result
        for result in results_of(name)
        if is_the_case(result.focus, expected.code)
        or is_the_case(result.value, expected.code)
        or (isinstance(result.focus, BNode) if blank else result.focus == focus)
    ]
    assert {result.code for result in mine} == {expected.code} | expected.also
    assert not [result for result in mine if "good" in str(result.focus)]
    [found] = [result for result in mine if result.code == expected.code]
    assert (found.severity, found.path) == (expected.severity, expected.path)
    assert len(found.messages) == 6
    if not blank:
        assert found.focus == focus
        assert found.value == term(expected.value, expected.code)


def test_every_constraint_has_a_case() -> None:
    assert {expected.code for expected in read_expected()} == codes_in(both_shapes())


def test_only_shapes_named_as_codes_report_and_each_says_it_in_six_languages() -> None:
    graph = both_shapes()
    reporting = {*graph.subjects(SH.severity), *graph.subjects(SH.message)}
    for shape in reporting:
        assert isinstance(shape, URIRef)
        assert KEBAB.fullmatch(local(shape)), shape
        assert graph.value(shape, SH.severity) in (SH.Violation, SH.Warning, SH.Info)
        messages = list(graph.objects(shape, SH.message))
        assert sorted(message.language for message in messages) == ["de", "en", "es", "fr", "it", "pt"], shape
        assert all(str(message).endswith(".") for message in messages)


def test_every_property_shape_has_a_name_of_its_own() -> None:
    graph = both_shapes()
    for shape in {*graph.subjects(RDF.type, SH.PropertyShape), *graph.objects(None, SH.property)}:
        assert isinstance(shape, URIRef)


def test_a_reporting_shape_has_one_constraint() -> None:
    graph = both_shapes()
    about = {SH.severity, SH.message, SH.name, SH.path, SH.flags, RDF.type}
    targets = {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}
    qualified = {SH.qualifiedMinCount, SH.qualifiedMaxCount}
    for shape in set(graph.subjects(SH.severity)):
        said = set(graph.predicates(shape)) - about - targets - qualified
        assert len(said) == 1, (shape, said)


def test_the_shapes_are_valid_shacl() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=both_shapes(), meta_shacl=True)
    assert conforms, text


def test_what_the_pipeline_describes_passes_all_shapes() -> None:
    city = City("kr-ansan", "KOR", (("en", "Ansan"), ("ko", "안산")), "city", 37.32, 126.83, 1846918)
    practice = Practice(
        slug="ansan-education-support-centres",
        titles=(("en", "Education support centres"), ("fr", "Centres de soutien éducatif")),
        identifier="education-support-centres",
        descriptions=(("en", "Ansan runs centres that help pupils from migrant families to learn."),),
        sections=(("purpose", (("en", "To give every pupil the same chances at school."),)),),
        topics=("education", "multilingualism"),
        countries=("KOR",),
        cities=(city,),
        date_texts=(("en", "March 2018 until 31 August 2019"),),
        period=Period("2018-03", "2019-08-31", False, "2018-03/2019-08-31", (2018, 2019)),
        sources=("https://www.coe.int/en/web/interculturalcities/-/education-support-centres",),
        inferred=("city",),
        issued="2021-02-25T00:00:00Z",
        modified="2021-02-25T00:00:00Z",
    )
    deployment = Deployment("http://localhost:8000")
    lines = write(
        [
            *describe(practice, deployment),
            *describe_state(practice, deployment),
            *describe_city(city, deployment),
        ]
    )
    graph = with_vocabulary().parse(data=lines, format="nt")
    assert validate(graph, both_shapes()) == ()


def test_a_year_of_the_wrong_form_is_found_by_its_pattern() -> None:
    data = """
        @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <urn:p> a dct:PeriodOfTime ; dcat:startDate "20x5"^^xsd:gYear .
    """
    [result] = validate(Graph().parse(data=data), shapes("practice.ttl"))
    assert result.code == "start-date-form"
    assert result.value == Literal("20x5", datatype=URIRef(vocabulary.XSD + "gYear"), normalize=False)


def test_an_end_is_compared_with_a_start_in_the_precision_they_share() -> None:
    types = {4: "gYear", 7: "gYearMonth", 10: "date"}
    spans = {
        ("2019", "2018-12"): True,
        ("2019-01", "2018"): True,
        ("2019-03-15", "2019-02"): True,
        ("2019-03-15", "2019-03-14"): True,
        ("2019-03", "2019"): False,
        ("2019", "2019-01-01"): False,
        ("2019-03-15", "2019-03"): False,
    }
    graph = Graph()
    icgp, dct, dcat = (Namespace(iri) for iri in (vocabulary.ICGP, vocabulary.DCT, vocabulary.DCAT))
    for start, end in spans:
        practice, period = URIRef(f"urn:{start}/{end}"), URIRef(f"urn:{start}/{end}#period")
        graph.add((practice, RDF.type, icgp.GoodPractice))
        graph.add((practice, dct.temporal, period))
        for name, text in (("startDate", start), ("endDate", end)):
            graph.add((period, dcat[name], Literal(text, datatype=vocabulary.XSD + types[len(text)])))
    found = {result.focus for result in validate(graph, shapes("practice.ttl")) if "end-" in result.code}
    assert found == {URIRef(f"urn:{start}/{end}") for (start, end), wrong in spans.items() if wrong}
