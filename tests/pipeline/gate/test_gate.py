import pickle
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from zlib import crc32

import locations
import pyshacl
import pytest
from gate_records import FAULTS, blocks, broken
from gate_shapes import Maker, validate_graph, validate_text
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse
from rdflib import Graph

from pipeline.gate.adapter.regex_patterns import Matcher, to_python
from pipeline.gate.adapter.silence import quiet
from pipeline.gate.candidates import Suspects
from pipeline.gate.checker import Checker, merge_results
from pipeline.gate.gate_results import GateDisagreement, ShapesError
from pipeline.gate.lexical import is_plain, scan
from pipeline.gate.reference import Reference
from pipeline.gate.select import read_select
from pipeline.gate.shapes import Shapes, load_shapes
from pipeline.gate.shapes_index import ShapesIndex
from pipeline.model.errors import EnvironmentFault
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf import vocabulary
from pipeline.rdf.vocabulary import ICGP, SH, SHAPES, XSD
from pipeline.steps.judge import RECORD

CASES = locations.CASES
NT = RdfFormat.N_TRIPLES
EX = "http://example.org/"
Row = tuple[str, str | None, str | None, str, str, str, tuple[tuple[str, str], ...]]


@cache
def practice_shapes() -> Shapes:
    return load_shapes(
        [file for file in vocabulary.shapes_files() if file.name == "practice.ttl"], scope=RECORD
    )


@cache
def dataset_shapes() -> Shapes:
    return load_shapes(
        [file for file in vocabulary.shapes_files() if file.name == "dataset.ttl"], scope=RECORD
    )


@cache
def words() -> bytes:
    quads = [quad for file in vocabulary.vocabulary_files() for quad in parse(path=file)]
    return as_lines(quads).encode()


def as_lines(quads: Iterable[Quad]) -> str:
    return "".join(f"{quad.triple} .\n" for quad in quads)


@cache
def case_lines(code: str) -> str:
    file = CASES / "shapes" / f"{code}.ttl"
    base = f"https://data.example.org/{code}/"
    return as_lines(parse(file.read_bytes(), format=RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True))


def practice_codes() -> list[str]:
    codes = {file.stem for file in (CASES / "shapes").glob("*.ttl")}
    return sorted(code for code in codes if f"shapes#{code}>" in practice_shapes().source)


def rows(results: Iterable[ShaclResult]) -> Counter[Row]:
    return Counter(
        (one.focus, one.path, one.value, one.component, one.shape, one.severity, one.messages)
        for one in results
    )


def by_shape(shapes: Shapes, *texts: str) -> dict[str, tuple[ShaclResult, ...]]:
    """Return what pySHACL finds for each targeted shape without the gate, looking at every node."""
    reference = Reference(shapes, parse("".join(texts) + words().decode(), format=NT))
    return {shape.name: reference.results(shape.name) for shape in shapes.targeted}


def whole(shapes: Shapes, *texts: str) -> Counter[Row]:
    return rows(result for results in by_shape(shapes, *texts).values() for result in results)


@cache
def messy() -> list[tuple[str, str]]:
    """Return sound and broken practices, and every case of the shapes, as they go into partitions."""
    found = [
        (name, broken(lines, number // 2) if number % 2 else lines)
        for number, (name, lines) in enumerate(blocks(2 * len(FAULTS)))
    ]
    found += [
        (f"https://data.example.org/{code}/practice/bad", case_lines(code)) for code in practice_codes()
    ]
    return [*found, found[2], (found[3][0], found[4][1].replace("practice-4", "practice-3"))]


@cache
def messy_text() -> str:
    return "".join(lines for _, lines in messy())


@cache
def expected() -> dict[str, tuple[ShaclResult, ...]]:
    return by_shape(practice_shapes(), messy_text())


def judged(
    practices: Iterable[tuple[str, str]], shapes: Shapes, count: int, sample: float = 0.01
) -> list[ShaclResult]:
    """Return the results on practices in so many batches; one that is written twice is in one of them."""
    batches = [""] * count
    for name, lines in practices:
        batches[crc32(name.encode()) % count] += lines
    checker = Checker(shapes, words(), sample)
    return list(merge_results((checker.on_vocabulary, *(checker.check(lines.encode()) for lines in batches))))


# The gate against pySHACL


def test_the_gate_finds_what_pyshacl_finds_over_everything() -> None:
    found = rows(judged(messy(), practice_shapes(), 3))

    assert found == rows(result for results in expected().values() for result in results)
    assert {row[4].removeprefix(SHAPES) for row in found} == set(practice_codes())


def test_the_reference_is_what_pyshacl_itself_reports() -> None:
    text = "".join(lines for _, lines in messy()[:8])
    with quiet():
        _, report, _ = pyshacl.validate(
            text + words().decode(),
            data_graph_format="nt",
            shacl_graph=practice_shapes().source,
            shacl_graph_format="nt",
        )
    assert isinstance(report, Graph)
    index = ShapesIndex(parse(report.serialize(format="nt"), format=NT))
    [node] = index.subjects(SH + "conforms")
    names = ("focusNode", "value", "sourceConstraintComponent", "sourceShape")
    theirs = Counter(
        tuple(str(value) for name in names for value in index.objects(result, SH + name))
        for result in index.objects(node, SH + "result")
    )
    ours = Counter(
        tuple(
            str(part)
            for part in (one.focus, one.value, f"<{one.component}>", f"<{one.shape}>")
            if part is not None
        )
        for one in validate_text(text + words().decode(), practice_shapes(), form=NT)
    )
    assert ours == theirs
    assert sum(ours.values()) >= 3


@pytest.mark.parametrize("first", [0, 20, 40, 60])
def test_random_shapes_over_random_data_get_the_results_of_pyshacl(first: int) -> None:
    compared = 0
    for seed in range(first, first + 20):
        maker = Maker(seed)
        quads = list(parse(maker.data(), format=RdfFormat.TURTLE))
        shapes = load_shapes(maker.shapes())
        reference = Reference(shapes, quads)
        try:
            theirs = [result for shape in shapes.targeted for result in reference.results(shape.name)]
        except ShapesError:  # it will not compare a blank node
            continue
        # Messages that pySHACL makes itself name sets in no fixed order.
        ours = [replace(result, messages=()) for result in validate_graph(quads, shapes)]
        assert rows(ours) == rows(replace(result, messages=()) for result in theirs), seed
        compared += 1
    assert compared >= 15


# No blind spots


@cache
def messy_store() -> Store:
    store = Store()
    store.load(words(), format=NT)
    store.extend(parse(messy_text(), format=NT))
    return store


def test_every_practice_shape_is_compiled_and_stays_within_one_record() -> None:
    left = {shape.name: (shape.uncompiled, shape.beyond) for shape in practice_shapes().targeted}
    assert set(left.values()) == {("", "")}
    assert practice_shapes().fallback == ()


@cache
def suspected(name: str) -> set[str]:
    shape = next(shape for shape in practice_shapes().targeted if shape.name == name)
    return Suspects(messy_store(), practice_shapes()).of(shape)


@pytest.mark.parametrize("code", practice_codes())
def test_the_compiled_queries_suspect_whatever_breaks_a_constraint(code: str) -> None:
    breaks = [
        (name, result.focus)
        for name, results in expected().items()
        for result in results
        if result.shape == SHAPES + code
    ]
    assert breaks
    assert [focus for name, focus in breaks if focus not in suspected(name)] == []


def test_a_sound_practice_is_not_suspected() -> None:
    store = Store()
    store.load(words(), format=NT)
    for _, lines in blocks(30):
        store.load(lines, format=NT)
    suspects = Suspects(store, practice_shapes())
    assert [shape.name for shape in practice_shapes().targeted if suspects.of(shape)] == []
    assert len(suspects.targets(practice_shapes().targeted[1])) == 30


def test_a_sample_of_what_passes_is_shown_to_pyshacl() -> None:
    blind = tuple(replace(shape, queries=()) for shape in practice_shapes().targeted)
    shapes = replace(practice_shapes(), targeted=blind)

    with pytest.raises(
        GateDisagreement, match=r"lets <https://data.example.org/.* pass, and pySHACL does not"
    ) as caught:
        judged(messy(), shapes, 3, sample=1.0)
    assert caught.value.shape.startswith(f"<{SHAPES}")
    assert isinstance(caught.value, EnvironmentFault)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


# Literals that the store rewrites


@pytest.mark.parametrize(
    ("written_as", "plain"),
    [
        *(
            ("0", True),
            ("-7", True),
            ("123456789012345678", True),
            ("007", False),
            ("+7", False),
            ("seven", False),
        ),
        *(("1234567890123456789", True), ("123456789012345678901234567890", True)),
    ],
)
def test_an_integer_is_plain_when_the_store_keeps_it(written_as: str, plain: bool) -> None:
    assert is_plain(Literal(written_as, datatype=NamedNode(XSD + "integer"))) is plain


@pytest.mark.parametrize(
    ("written_as", "datatype", "plain"),
    [
        *(
            ("41.5", "decimal", True),
            ("41.50", "decimal", False),
            ("-0.25", "decimal", True),
            (".5", "decimal", False),
        ),
        *(
            ("true", "boolean", True),
            ("1", "boolean", False),
            ("2020", "gYear", True),
            ("20x5", "gYear", False),
        ),
        *(("2020-02-29", "date", True), ("2021-02-29", "date", False), ("2020-01-01Z", "date", True)),
        *(("2020-01-01T00:00:00Z", "dateTime", True), ("2020-01-01T00:00:00.50Z", "dateTime", False)),
        *(
            ("2020-01-01T24:00:00Z", "dateTime", False),
            ("5", "nonNegativeInteger", False),
            ("x", "string", True),
        ),
        *(("a\nb", "string", True), ("http://x/", "anyURI", True), ("zz", "hexBinary", False)),
    ],
)
def test_a_typed_literal_is_plain_when_the_store_keeps_it_and_pyshacl_accepts_it(
    written_as: str, datatype: str, plain: bool
) -> None:
    assert is_plain(Literal(written_as, datatype=NamedNode(XSD + datatype))) is plain


LEXICAL = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.from_regex(r"[+-]?0{0,2}[0-9]{1,20}(\.[0-9]{0,4})?", fullmatch=True),
    st.from_regex(
        r"[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,3})?Z?)?", fullmatch=True
    ),
)
DATATYPES = st.sampled_from(
    [
        "integer",
        "decimal",
        "double",
        "boolean",
        "date",
        "dateTime",
        "gYear",
        "gYearMonth",
        "string",
        "int",
        "anyURI",
    ]
)


@given(LEXICAL, DATATYPES)
def test_what_is_plain_comes_out_of_a_store_as_it_went_in(lexical: str, datatype: str) -> None:
    literal = Literal(lexical, datatype=NamedNode(XSD + datatype))
    store = Store()
    store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), literal))
    if is_plain(literal):
        assert [quad.object for quad in store] == [literal]


@given(st.lists(st.tuples(LEXICAL, DATATYPES | st.just("")), max_size=8))
def test_a_scan_finds_every_doubtful_literal_of_a_text(written_as: list[tuple[str, str]]) -> None:
    quads = [
        Quad(NamedNode(f"urn:s{number}"), NamedNode("urn:p"), literal(lexical, datatype))
        for number, (lexical, datatype) in enumerate(written_as)
    ]
    found = scan(BytesIO(as_lines(quads).encode()))
    assert set(found.doubtful) == {quad for quad in quads if not is_plain(quad.object)}  # type: ignore[arg-type]
    assert not found.blank_nodes


def literal(lexical: str, datatype: str) -> Literal:
    return (
        Literal(lexical, datatype=NamedNode(XSD + datatype)) if datatype else Literal(lexical, language="en")
    )


@pytest.mark.parametrize(
    "text",
    ["_:a <urn:p> <urn:o> .\n", "<urn:s> <urn:p> _:a .\n", "<urn:s> <urn:p> <urn:o> .\n_:b <urn:p> 1 .\n"],
)
def test_a_scan_notices_blank_nodes(text: str) -> None:
    assert scan(BytesIO(text.encode())).blank_nodes


@pytest.mark.parametrize("year", ["02020", "+2020", "2020.0", "x"])
def test_a_year_is_judged_as_it_was_written(year: str) -> None:
    [(name, lines)] = blocks(1)
    lines = re.sub(rf'(<{ICGP}endYear>) "\d+"', rf'\1 "{year}"', lines)
    assert rows(judged([(name, lines)], practice_shapes(), 1)) == whole(practice_shapes(), lines)


def test_a_doubtful_literal_far_from_the_focus_node_is_not_overlooked() -> None:
    shapes = load_shapes(
        f"""@prefix sh: <{SH}> . @prefix icgp: <{ICGP}> . @prefix dct: <{vocabulary.DCT}> .
        <urn:shape> sh:targetClass icgp:GoodPractice ;
          sh:property [ sh:path ( dct:temporal dct:extent ) ; sh:pattern "^1$" ] .""",
        scope=RECORD,
    )
    [(name, lines)] = blocks(1)
    lines += f'<{name}#period> <{vocabulary.DCT}extent> "01"^^<{XSD}integer> .\n'
    [result] = judged([(name, lines)], shapes, 1)
    assert (result.focus, result.value) == (f"<{name}>", f'"01"^^<{XSD}integer>')


# Regular expressions

PATTERNS = (
    *("^o", "e$", r"\S", r"^\s*$|\S\s*\S", "^[0-9]{4}$", "a|b", "(ab)+", r"\.", "[^a]", "^$", "", "."),
    *(
        r"\d",
        r"\w+",
        r"^\p{L}+$",
        r"[\w-[a]]",
        r"\i\c*",
        r"(a)\1",
        "a{2}",
        "[a&&b]",
        " [ ] ",
        "é|\u00c3[\u0080-\u00bf]",
    ),
)


@cache
def matcher_query(pattern: str, flags: str) -> tuple[Matcher, str]:
    matcher = Matcher(0, pattern, flags)
    return matcher, f"SELECT ({matcher.test('?text')} AS ?found) {{ ?s ?p ?text }}"


@given(
    st.sampled_from(PATTERNS),
    st.sampled_from(["", "i", "m", "s", "x", "q", "qi"]),
    st.text(st.sampled_from("aAbB\u0131\u0130i\u212ak 1.\n\r\t\x1c\x85\xa0é\u00c3\u0085[&{_"), max_size=6),
)
def test_a_pattern_is_found_in_a_query_exactly_where_its_translation_finds_it(
    pattern: str, flags: str, text: str
) -> None:
    matcher, query = matcher_query(pattern, flags)
    store = Store()
    store.add(Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal(text)))
    [answer] = store.query(query, custom_functions=matcher.functions())  # type: ignore[union-attr]
    expected = re.search(to_python(pattern, flags), text)
    assert answer["found"] == Literal(expected is not None)  # type: ignore[index]
    assert bool(matcher.finder()(text)) == (expected is not None)


# Which shapes can be judged record by record


def test_shapes_are_told_apart_by_whether_they_stay_within_a_record() -> None:
    shapes = load_shapes([CASES / "gate" / "locality.ttl"], scope=RECORD)
    told = {shape.name.removeprefix(f"<{EX}").rstrip(">"): bool(shape.beyond) for shape in shapes.targeted}
    assert told == {name: name.startswith("leaves-") for name in told}
    assert len(told) == 27
    assert all(name in dict(shapes.fallback) for name in (f"<{EX}leaves-node>", f"<{EX}leaves-component>"))


def test_selects_are_told_apart_by_whether_one_query_can_ask_them() -> None:
    file = CASES / "gate" / "selects.ttl"
    index = ShapesIndex(parse(path=file), RECORD)
    asked = {node.value.removeprefix(EX): read_select(index, node) for node in index.subjects(SH + "select")}
    assert {name: select is not None for name, select in asked.items()} == {
        name: name.startswith("asked-") for name in asked
    }
    assert len(asked) == 20


def test_a_prefix_of_two_meanings_leaves_selects_to_pyshacl() -> None:
    index = ShapesIndex(
        parse(
            f"""@prefix sh: <{SH}> . <urn:a> sh:declare [ sh:prefix "e" ; sh:namespace "urn:1" ] ,
            [ sh:prefix "e" ; sh:namespace "urn:2" ] .
            <urn:s> sh:select "SELECT $this {{ $this e:p 1 }}" .""",
            format=RdfFormat.TURTLE,
        )
    )
    assert read_select(index, NamedNode("urn:s")) is None


def test_shapes_that_look_beyond_a_record_are_refused_with_the_name_of_one() -> None:
    with pytest.raises(ShapesError, match="cannot be checked record by record") as caught:
        judged(blocks(1), dataset_shapes(), 1)
    assert dataset_shapes().fallback[0][0] in str(caught.value)


# Batches


@pytest.mark.parametrize(
    ("constraint", "reads"),
    [
        ("sh:minCount 1 ; sh:message 'None.'@en ; sh:severity sh:Warning", "urn:p"),
        ("sh:pattern '^a' ; sh:flags 'i' ; sh:maxLength 9 ; sh:uniqueLang true", "urn:p"),
        ("sh:equals <urn:q>", ""),
        ("sh:class <urn:C>", ""),
        ("sh:node [ sh:property [ sh:path <urn:q> ; sh:minCount 1 ] ]", ""),
        ("sh:minCount 1 ; <urn:a-component-of-its-own> 7", ""),
    ],
)
def test_of_a_rule_about_one_property_only_that_property_is_read(constraint: str, reads: str) -> None:
    shapes = load_shapes(
        f"""@prefix sh: <{SH}> . <urn:s> sh:targetClass <urn:T> ;
        sh:property <urn:part> . <urn:part> sh:path <urn:p> ; {constraint} ."""
    )
    [shape] = shapes.targeted
    assert [part.reads for part in shape.parts] == [reads, ""]


def test_what_practices_add_to_the_vocabulary_is_judged_with_it() -> None:
    odd = f'<{vocabulary.YEAR}2020> <{vocabulary.RDFS}label> "MMXX" .\n'
    shapes = load_shapes(
        f"""@prefix sh: <{SH}> . <urn:s> sh:targetClass <{ICGP}Year> ;
        sh:property [ sh:path <{vocabulary.RDFS}label> ; sh:maxCount 1 ; sh:pattern "^20" ] .""",
        scope=RECORD,
    )
    practices = [(name, lines + odd) for name, lines in blocks(9)]
    found = rows(judged(practices, shapes, 3))
    assert found == whole(shapes, *(lines for _, lines in practices))
    assert sum(row[0].endswith("/2020>") for row in found) == 2
    assert len(found) == 102


def test_no_practices_have_no_results() -> None:
    assert judged([], practice_shapes(), 2) == []


# Small graphs, messages and errors


def test_a_graph_that_conforms_needs_no_pyshacl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.gate.small_graph.Reference", None)
    [(_, lines)] = blocks(1)
    assert validate_text(lines + words().decode(), practice_shapes(), form=NT) == ()


def test_a_message_keeps_its_language_when_variables_are_filled_in() -> None:
    shapes = load_shapes(
        f"""@prefix sh: <{SH}> . <urn:s> sh:targetSubjectsOf <urn:p> ; sh:severity <urn:odd> ; sh:sparql [
          sh:message "Not {{?value}}."@en , "Pas {{?value}} !"@fr ;
          sh:select "SELECT $this ?value WHERE {{ $this <urn:p> ?value }}" ] ."""
    )
    [result] = validate_text("<urn:a> <urn:p> 'x' .", shapes)
    assert result.messages == (("en", "Not x."), ("fr", "Pas x !"))
    assert (result.severity, result.path, result.value) == ("urn:odd", None, '"x"')


def test_a_path_of_several_steps_is_written_as_sparql_writes_it() -> None:
    shapes = load_shapes(
        f"@prefix sh: <{SH}> . [] sh:targetNode <urn:a> ; sh:minCount 1 ;"
        " sh:path ( <urn:p> [ sh:inversePath <urn:q> ] ) ."
    )
    [result] = validate_text("<urn:a> <urn:b> <urn:c> .", shapes)
    assert (result.path, result.shape, result.value) == ("<urn:p> / ^<urn:q>", "", None)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("broken.ttl", "<urn:s> <urn:p> .", "broken.ttl: .*Correct the file there"),
        ("shapes.jsonld", "{}", "Save the file as .ttl"),
        ("missing.ttl", None, "missing.ttl: No such file"),
    ],
)
def test_shapes_that_cannot_be_read_are_refused(
    tmp_path: Path, name: str, content: str | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(ShapesError, match=says):
        load_shapes([tmp_path / name])


ODD = (
    *("sh:closed false", "sh:nodeKind sh:Odd", "sh:in 'x'", "sh:minInclusive <urn:a>", "sh:class 'x'"),
    *("sh:datatype <http://www.w3.org/2000/01/rdf-schema#Literal>", "sh:in ( 1 'x' [] )", "sh:hasValue '01'"),
    "sh:node [ sh:sparql [ sh:select 'SELECT $this { $this <urn:p> 1 }' ] ]",
    "sh:path <urn:p> ; sh:qualifiedValueShape [] ; sh:qualifiedMinCount 0",
    "sh:path <urn:p> ; sh:not [ sh:path <urn:p> ; sh:maxCount 5 ]",
    "sh:not [ sh:path <urn:p> ; sh:maxCount 5 ] ; sh:not [ sh:path <urn:p> ; sh:minCount 5 ]",
    "sh:path [ sh:inversePath ( <urn:p> <urn:q> ) ] ; sh:minCount 1",
    "sh:path " + "[ sh:oneOrMorePath " * 12 + "<urn:p>" + " ]" * 12 + " ; sh:minCount 1",
    *(
        "sh:path <urn:p> ; sh:minCount 'x'",
        "sh:path <urn:p> ; sh:maxCount 1.5",
        "sh:pattern <urn:p>",
        "sh:pattern '('",
    ),
    *(
        "sh:path <urn:p> ; sh:uniqueLang 'yes'",
        "sh:path <urn:p> , <urn:q>",
        "sh:path [ <urn:p> 1 ]",
        "sh:property <urn:n>",
    ),
    *(
        "sh:node [ sh:path <urn:p> ]",
        "sh:or ()",
        "sh:in <urn:p>",
        "sh:datatype <urn:a> , <urn:b>",
        "sh:closed 'x'",
    ),
    *(
        "sh:nodeKind <urn:a> , <urn:b>",
        "sh:minLength -1",
        "sh:languageIn ( 1 )",
        "sh:minCount 1",
        "sh:path <urn:p> ; sh:lessThan 'x'",
    ),
    *("sh:path <urn:p> ; sh:qualifiedValueShape []", "sh:deactivated 'x'", "sh:sparql [ sh:select 'x' ]"),
)


@pytest.mark.parametrize("constraint", ODD)
def test_an_odd_or_malformed_shape_gets_the_answer_of_pyshacl(constraint: str) -> None:
    shapes = load_shapes(f"@prefix sh: <{SH}> . <urn:shape> sh:targetSubjectsOf <urn:p> ; {constraint} .")
    quads = list(parse("<urn:a> <urn:p> 1 , 'x' .", format=RdfFormat.TURTLE))
    assert answer(lambda: validate_graph(quads, shapes)) == answer(
        lambda: Reference(shapes, quads).results("<urn:shape>")
    )


def answer(ask: object) -> Counter[Row] | str:
    try:
        return rows(ask())  # type: ignore[operator]
    except ShapesError as error:
        return str(error)


def test_a_deactivated_shape_says_nothing() -> None:
    shapes = load_shapes(
        f"""@prefix sh: <{SH}> .
        <urn:s> sh:targetSubjectsOf <urn:p> ; sh:deactivated true ; sh:nodeKind sh:Literal .
        <urn:t> sh:targetSubjectsOf <urn:p> ; sh:node <urn:s> ;
          sh:sparql [ sh:deactivated true ; sh:select "x" ] ."""
    )
    assert [shape.queries for shape in shapes.targeted] == [(), ()]
    assert validate_text("<urn:a> <urn:p> <urn:b> .", shapes) == ()


def test_a_class_that_is_a_shape_targets_its_instances_and_those_of_its_subclasses() -> None:
    shapes = load_shapes(
        f"""@prefix sh: <{SH}> . @prefix rdfs: <{vocabulary.RDFS}> .
        <urn:C> a rdfs:Class , sh:NodeShape ; sh:property [ sh:path <urn:p> ; sh:minCount 4 ] ."""
    )
    below = f"<{vocabulary.RDFS}subClassOf>"
    data = f"""<urn:a> a <urn:C> . <urn:b> a <urn:D> . <urn:c> a <urn:E> .
        <urn:D> {below} <urn:C> . <urn:E> {below} [ {below} <urn:C> ] ."""
    found = validate_text(data, shapes)
    assert [result.focus for result in found] == ["<urn:a>", "<urn:b>", "<urn:c>"]


def test_a_class_without_constraints_is_no_shape() -> None:
    shapes = load_shapes(
        f"""@prefix sh: <{SH}> . @prefix rdfs: <{vocabulary.RDFS}> .
        <urn:C> a rdfs:Class ; sh:name "no shape" ; sh:minCount 1 ."""
    )
    assert len(shapes.targeted) == 1
    assert validate_text("<urn:a> a <urn:C> .", shapes) == ()


def test_a_triple_term_is_a_value_like_others() -> None:
    shapes = load_shapes(
        f"@prefix sh: <{SH}> . <urn:s> sh:targetSubjectsOf <urn:p> ; sh:nodeKind sh:Literal ."
    )
    [result] = validate_text("<urn:a> <urn:p> <<( <urn:b> <urn:q> 1 )>> .", shapes)
    assert result.focus == "<urn:a>"


def test_triples_and_quads_are_taken_alike() -> None:
    shapes = load_shapes(
        f"@prefix sh: <{SH}> . <urn:s> sh:targetSubjectsOf <urn:p> ; sh:nodeKind sh:Literal ."
    )
    triple = Triple(NamedNode("urn:a"), NamedNode("urn:p"), NamedNode("urn:b"))
    quad = Quad(triple.subject, triple.predicate, triple.object, NamedNode("urn:g"))
    given_as: Sequence[list[Triple] | list[Quad]] = ([triple], [quad], [quad, quad])
    assert len({validate_graph(one, shapes) for one in given_as}) == 1
