import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from endpoint.validation.digest_values import LineExcerpt
from endpoint.validation.excerpts import Excerpts
from pipeline import validate
from pipeline.cli import main
from pipeline.findings.reports.finding_order import OrderedFindings
from pipeline.model.finding import Finding
from pipeline.rdf.vocabulary import ICGP, RDF
from pipeline.sources.structured.positions import LineIndex, LocatedStatement
from pipeline.sources.structured.rdf_source import scan

BASE = "http://localhost:8000/"
PREFIXES = (
    f"@prefix icgp: <{ICGP}> . @prefix dct: <http://purl.org/dc/terms/> .\n@prefix ex: <http://e.org/> .\n"
)

GAPS = st.sampled_from([" ", "\n", "\t", "\r\n", ' # said ; "not" <here> .\n', "\n\n  "])
NAMES = st.sampled_from(["ex:a", "<b>", "ex:c.d", "_:n", "ex:e\\,f"])
PROPERTIES = st.sampled_from(["ex:p", "a", "<q>", "ex:r-s"])
MARKS = st.integers(0, 10**6)


def gaped(*parts: str) -> st.SearchStrategy[str]:
    return st.tuples(*(GAPS for _ in parts)).map(
        lambda gaps: "".join(gap + part for gap, part in zip(gaps, parts, strict=True))
    )


def literals() -> st.SearchStrategy[str]:
    forms = ['"{0}"', "'{0}'", '"""{0}\n\\"x" ; . """', '"{0} é \\" #"@en', '"{0}"^^ex:t', '"{0}" ^^<t>']
    return st.tuples(st.sampled_from(forms), MARKS).map(lambda made: made[0].format(made[1]))


def objects() -> st.SearchStrategy[str]:
    numbers = MARKS.map(str)
    plain = st.one_of(
        literals(), literals(), numbers, MARKS.map("ex:o{}".format), st.sampled_from(["true", "[]", "()"])
    )

    def inside(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        lists = st.lists(inner, min_size=1, max_size=3).flatmap(lambda items: gaped("(", *items, ")"))
        nodes = described(inner).flatmap(lambda said: gaped("[", said, "]"))
        return st.one_of(lists, nodes)

    return st.recursive(plain, inside, max_leaves=5)


def described(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(values, min_size=1, max_size=3).map(" , ".join)
    pairs = st.tuples(PROPERTIES, GAPS, several).map("".join)
    return st.tuples(st.lists(pairs, min_size=1, max_size=3), GAPS).map(
        lambda made: (";" + made[1]).join(made[0])
    )


def statements() -> st.SearchStrategy[str]:
    nested = st.tuples(objects().filter(lambda text: text.lstrip()[:1] in ("[", "(")), GAPS).map("".join)
    subject = st.one_of(NAMES, NAMES, nested)
    return st.tuples(subject, GAPS, described(objects()), GAPS).map(lambda made: "".join(made) + ".\n")


def located(content: bytes, chosen: RdfFormat) -> tuple[bool, list[LocatedStatement]]:
    offsets, content = scan(content, chosen, "x")
    found = list(offsets.locate(parse(content, chosen, base_iri=BASE)))
    return offsets.is_exact, found


def stands_there(statement: Quad, text: str) -> bool:
    """Return whether a text begins with the object of a statement, written in Turtle."""
    value = statement.object
    if isinstance(value, Literal):
        digits = "".join(c for c in value.value.partition(" ")[0].partition("\n")[0] if c.isalnum())
        return text.lstrip("\"'").startswith(digits)
    if isinstance(value, BlankNode):
        return text[0] in "[(_" or statement.predicate.value == RDF + "rest"
    if value == NamedNode(RDF + "nil"):
        return text[0] in "()"
    return text[0] == "<" or text.split(":")[0] == "ex"


@given(st.lists(statements(), min_size=1, max_size=4))
def test_in_any_layout_each_object_is_found_where_it_stands(written: list[str]) -> None:
    content = (PREFIXES + "".join(written)).encode()
    is_exact, found = located(content, RdfFormat.TURTLE)
    lines, rows = LineIndex(content), io.StringIO(content.decode(), newline="").readlines()

    assert is_exact
    for statement, _, at in found:
        assert isinstance(statement, Quad)
        assert stands_there(statement, content[at:].decode())
        line, character = lines.spot(at)
        assert content[at:].decode().startswith(rows[line - 1][character - 1 :])


XML = f"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="{RDF}" xmlns:e="http://e.org/">
<e:C rdf:about="a" e:last="first" e:first="last" rdf:type="http://e.org/T">
  <e:p>1</e:p><e:p>2</e:p>
  <e:p rdf:ID="named">3</e:p>
  <e:p><e:C rdf:about="inner"
    e:q="4"><e:q>5</e:q></e:C></e:p>
  <e:p rdf:parseType="Resource">
    <e:q>6</e:q></e:p>
  <e:p rdf:parseType="Collection"><e:C rdf:about="i"><e:q>7</e:q></e:C>
    <e:C><e:q>8</e:q></e:C></e:p>
  <e:p rdf:parseType="Literal">9</e:p><rdf:li>10</rdf:li>
  <e:p e:q="11" rdf:resource="r"/>
</e:C>
</rdf:RDF>
"""


def test_in_rdf_xml_each_text_is_found_at_the_element_that_holds_it() -> None:
    content = XML.encode()
    is_exact, found = located(content, RdfFormat.RDF_XML)
    texts = {s.object.value: content[at:].decode() for s, _, at in found if isinstance(s.object, Literal)}

    assert is_exact
    assert len(texts) == 13
    for text, there in texts.items():
        assert text in there.partition("</e:p>")[0].partition("</e:q>")[0], (text, there[:40])


TITLED = "<{0}> a icgp:GoodPractice ;\n  dct:title "


def findings(folder: Path, name: str, content: str) -> dict[str, Finding]:
    path = folder / name
    path.write_bytes(content.encode())
    return {found.code: found for found in validate(path).findings}


def spot(finding: Finding) -> tuple[int | None, int | None, int | None]:
    assert finding.place is not None
    return finding.place.line, finding.place.character, finding.place.record_line


def test_of_several_values_the_wrong_one_is_named(tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        "x.ttl",
        PREFIXES
        + TITLED.format("a")
        + '"A" ;\n  icgp:country "Spain" ;\n  icgp:topic "education" ,\n    "nonsense" .',
    )
    assert spot(found["topic-unknown"]) == (7, 5, 3)
    assert spot(found["source-missing"]) == (3, 1, 3)


def test_a_text_in_another_language_stands_in_its_own_line(tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        "x.ttl",
        PREFIXES + TITLED.format("a") + '"A"@en , "Un"@fr ,\n    "Deux"@fr ; icgp:country "Spain" .',
    )
    assert spot(found["value-left-out"]) == (5, 5, 3)


def test_lines_end_as_editors_have_it_and_a_byte_order_mark_is_no_character(tmp_path: Path) -> None:
    written = (
        PREFIXES.replace("\n", "\r\n") + "<a> a icgp:GoodPractice ; dct:title 'é' ; dct:issued 'x' .\r\n"
    )
    assert spot(findings(tmp_path, "x.ttl", written)["issued-not-understood"]) == (3, 54, 3)
    marked = "\ufeff<a> <" + RDF + "type> <" + ICGP + "GoodPractice> .\n<a> <" + ICGP + 'nothing> "x" .\n'
    assert spot(findings(tmp_path, "y.ttl", marked)["source-missing"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x.trig", "GRAPH <g> {{ {0}icgp:nothing 1 }} <h> {{ <b> ex:p 2 }}"),
        ("x.trig", "{{ {0}icgp:nothing 1 . }}\n_:g {{ [] ex:p 2 }}"),
        ("x.ttl", "[ ex:p 2 ] .\n{0}icgp:nothing 1 ; ; ."),
    ],
)
def test_graphs_and_blank_nodes_before_a_triple_do_not_move_it(tmp_path: Path, name: str, body: str) -> None:
    content = PREFIXES + body.format("<a> a icgp:GoodPractice ;\n")
    found = findings(tmp_path, name, content)["term-unknown"]
    line = content.splitlines()[(found.place.line if found.place and found.place.line else 0) - 1]
    assert found.place is not None
    assert line[: found.place.character].endswith("icgp:nothing 1")


def test_with_annotated_triples_the_line_of_the_subject_is_told(tmp_path: Path) -> None:
    content = PREFIXES + "<a> a icgp:GoodPractice ;\n  icgp:nothing 1 {| ex:p 2 |} .\n"
    assert spot(findings(tmp_path, "x.ttl", content)["term-unknown"]) == (3, None, None)


def test_what_is_found_in_several_lines_of_a_practice_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        PREFIXES
        + TITLED.format("a")
        + '"A"@en ,\n    "B"@en ;\n  icgp:country "Spain" ;\n  icgp:topic "nonsense" .'
    )
    with OrderedFindings(validate(path).findings) as ordered:
        [record] = ordered.records()
    assert {found.place.line for found in record.findings if found.place} == {3, 4, 5, 7}


def test_sarif_names_line_and_column_of_the_value(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(PREFIXES + TITLED.format("a") + '"A" ;\n  icgp:country "Nowhere" .')
    output = CliRunner().invoke(main, ["validate", str(path), "--format", "sarif"]).stdout
    regions = {
        each["ruleId"]: each["locations"][0]["physicalLocation"]["region"]
        for each in json.loads(output)["runs"][0]["results"]
    }
    assert regions["country-unknown"] == {"startLine": 5, "startColumn": 16}


def test_the_excerpt_of_the_page_marks_the_line_of_the_value(tmp_path: Path) -> None:
    content = PREFIXES + TITLED.format("a") + '"A" ;\n  icgp:country "Nowhere" .\n'
    found = findings(tmp_path, "x.ttl", content)["country-unknown"]
    excerpts = Excerpts(None, {"x.ttl": tmp_path / "x.ttl"})
    assert excerpts.of(found) == 0
    [shown] = excerpts.close()
    assert isinstance(shown, LineExcerpt)
    assert dict(shown.lines)[shown.marked] == '  icgp:country "Nowhere" .'


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://e.org/> .
ex:S sh:targetClass ex:C ;
  sh:property [ sh:path ex:p ; sh:property [ sh:path ex:q ; sh:maxLength 3 ] ] ;
  sh:property [ sh:path [ sh:inversePath ex:of ] ; sh:nodeKind sh:BlankNode ] ;
  sh:property [ sh:path ex:none ; sh:minCount 1 ] .
"""


def test_shapes_point_into_brackets_and_back_along_inverse_paths(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(SHAPES)
    (tmp_path / "x.ttl").write_text(
        '@prefix ex: <http://e.org/> .\nex:a a ex:C ; ex:p [\n  ex:q "abc" ,\n    "abcd" ] .\nex:b ex:of\n  ex:a .'
    )
    report = validate(tmp_path / "x.ttl", shapes=[tmp_path / "s.ttl"])
    places = {found.code: (found.place.line, found.place.column) for found in report.findings if found.place}
    assert places == {"max-length": (4, 5), "node-kind": (6, 3), "min-count": (2, 1)}
