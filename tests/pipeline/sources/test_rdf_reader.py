import gzip
import json
import socket
from pathlib import Path

import pytest
from building import build, practice, write_table
from hypothesis import given
from hypothesis import strategies as st
from readings import cases, expected, outcome, parsed

from pipeline.rdf.vocabulary import ICGP, XSD
from pipeline.sources.readers import read_source
from pipeline.sources.structured.rdf_statements import Value, nearest_term, vocabulary_terms
from pipeline.sources.structured.turtle_positions import scan_turtle

BASE = "http://example.org/"
PREFIXES = f"@prefix icgp: <{ICGP}> . @prefix dct: <http://purl.org/dc/terms/> .\n"
DEEP = 100_000


@pytest.mark.parametrize("case", cases("rdf"), ids=lambda case: case.name)
def test_a_file_is_read_as_its_case_expects(case: Path) -> None:
    assert parsed(next(case.glob("source.*"))) == expected(case)


@pytest.mark.parametrize("name", ["turtle", "json-ld-in-json", "rdf-xml-doctype"])
def test_a_build_reads_rdf_through_a_child(name: str) -> None:
    case = next(case for case in cases("rdf") if case.name == name)
    assert outcome(next(case.glob("source.*"))) == expected(case)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "terms.ttl",
            b"<a> <b> " + b"<<( <a> <b> " * DEEP,
            "line 1: triple terms are nested deeper than 10 levels",
        ),
        ("terms.nt", b"<< " * DEEP, "line 1: triple terms are nested deeper than 10 levels"),
        ("lists.ttl", b"<a> <b>\n" + b"(" * DEEP, "line 2: brackets are nested deeper than 100 levels"),
        ("blank.trig", b"<a> <b> " + b"[ <b> " * DEEP, "line 1: brackets are nested deeper than 100 levels"),
        ("xml.rdf", b"<a>" * DEEP, "line 1: elements are nested deeper than 100 levels"),
        ("json.jsonld", b'{"@graph":' * DEEP + b"1" + b"}" * DEEP, "it is nested too deep"),
        ("lists.jsonld", b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}", "it is nested too deep"),
    ],
)
def test_deep_nesting_is_refused_in_words(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said in outcome(path)["refused"]


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    path = tmp_path / "laughs.rdf"
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>')
    assert "a DOCTYPE is refused" in outcome(path)["refused"]


@pytest.mark.parametrize(
    "context",
    ['"{0}"', '["{0}"]', '{{"@import": "{0}"}}', '{{"x": {{"@id": "y:z", "@context": "{0}"}}}}'],
    ids=["string", "list", "import", "scoped"],
)
@pytest.mark.parametrize("where", ["", "inner"])
def test_a_remote_context_is_never_fetched(tmp_path: Path, context: str, where: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        remote = context.format(f"http://127.0.0.1:{listener.getsockname()[1]}/c")
        node = f'{{"@context": {remote}, "@id": "http://example.org/a"}}'
        path = tmp_path / "x.jsonld"
        path.write_text(f'{{"@context": {{}}, "http://example.org/p": {node}}}' if where else node)
        assert "would have to be fetched, which is never done" in parsed(path)["refused"]
        with pytest.raises(TimeoutError):
            listener.accept()


def test_what_a_release_publishes_is_read_back_as_the_same_release(tmp_path: Path) -> None:
    rows = [
        practice("oh", title="Open house", date="since 2018", summary="Families cook together in Bilbao."),
        practice("oh", lang="fr", title="Maison ouverte", date="", summary="", topics=""),
        practice("", title="Garden of all", city="Madrid", topics="Neighbourhood|Refugees", date=""),
        practice(
            "fr", title="Jardin", lang="fr", country="France", city="Lyon", date="mars 2018", source_url=""
        ),
    ]
    build(tmp_path / "first", write_table(tmp_path / "practices.csv", rows), "--text", "full")
    wanted = dumped(tmp_path / "first", "nt")
    assert sum(line.endswith(f"<{ICGP}GoodPractice> .") for line in said_of_practices(wanted)) == 3
    for suffix in ("ttl", "nt", "jsonld"):
        source = tmp_path / f"practices.{suffix}"
        source.write_text(dumped(tmp_path / "first", suffix), encoding="utf-8")
        built = build(
            tmp_path / suffix, source, "--text", "full", "--ledger", tmp_path / "first/current/ledger.csv"
        )
        assert built.exit_code == 0, built.output
        again = dumped(tmp_path / suffix, "nt")
        assert said_of_practices(again) == said_of_practices(wanted)


def dumped(output: Path, suffix: str) -> str:
    with gzip.open(output / "current" / f"dataset.{suffix}.gz", "rt", encoding="utf-8") as lines:
        return lines.read()


def said_of_practices(lines: str) -> list[str]:
    """Return what is said of practices, without their identifiers: one without has its slug for one now."""
    return sorted(
        line
        for line in lines.splitlines()
        if line.startswith("<http://localhost:8000/practice/") and "/terms/identifier>" not in line
    )


def test_a_corrected_record_finds_its_row_by_a_place_that_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        PREFIXES + '<a> a icgp:GoodPractice ; dct:title "A"@en , "B"@fr , "C"@de . <b> a icgp:GoodPractice .'
    )
    rows = list(read_source(path).rows())
    assert [str(row.place) for row in rows] == [
        "x.ttl, line 2",
        "x.ttl, at http://localhost:8000/a@fr",
        "x.ttl, at http://localhost:8000/a@de",
        "x.ttl, at http://localhost:8000/b",
    ]
    assert str(rows[0].place_of("title")) == 'x.ttl, line 2, column "dct:title"'
    assert dict(rows[1].raw) == {"id": "a", "lang": "fr", "title": "B"}


def test_blank_nodes_have_the_same_places_in_every_reading(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text(
        PREFIXES + '[] a icgp:GoodPractice ; dct:title "A" . [] a icgp:GoodPractice ; dct:title "B" .'
    )
    places = [[str(row.place) for row in read_source(path).rows()] for _ in range(2)]
    assert places == [["x.ttl, line 2", "x.ttl, at _:2"]] * 2


NAMES = ("<a>", "<b#c>", "p:x", "p:x.y", "a", "@en", "^^", "3.14", "@prefix", "PREFIX", "p:", "é")
SIGNS = (".", ";", ",", "[", "]", "(", ")", "{", "}", "<<", ">>", "\\", '"', "\n", " ", "# <w> .\n")
TEXTS = ('"t . <z>"', "'q'", '"""l\n. <y> "x" """')
TOKENS = st.sampled_from(NAMES + SIGNS + TEXTS)


@given(st.lists(TOKENS, max_size=40))
def test_no_tokens_break_the_search_for_lines(tokens: list[str]) -> None:
    text = " ".join(tokens)
    starts = scan_turtle(text.encode(), "x.ttl", BASE).starts
    assert all(0 <= at < len(text.encode()) for at in starts.values())


@given(
    st.lists(
        st.sampled_from(["# x <z>\n", "\n", '<o> <p> """a\n<z> <p> <o> .\n""" .\n', "<o> <p> 'it' .\n"]),
        max_size=12,
    )
)
def test_a_subject_is_found_in_its_line_whatever_stands_before_it(before: list[str]) -> None:
    text = "".join(before)
    starts = scan_turtle(f"{text}<z> <p> <o> .".encode(), "x.ttl", BASE).starts
    assert starts[BASE + "z"] == len(text)


@pytest.mark.parametrize(
    ("text", "datatype", "is_ill_typed", "kept"),
    [
        ("2018", "gYear", False, "2018"),
        ("20x8", "gYear", True, "20x8"),
        ("18", "gYear", True, "18"),
        ("007", "integer", False, "7"),
        ("+5", "integer", False, "5"),
        ("7.0", "integer", True, "7.0"),
        ("2018-02", "gYearMonth", False, "2018-02"),
        ("2018-13", "gYearMonth", True, "2018-13"),
        ("yes", "boolean", True, "yes"),
        ("2020-01-02T03:04:05Z", "dateTime", False, "2020-01-02T03:04:05Z"),
        ("2020-01-02", "dateTime", True, "2020-01-02"),
        ("anything", "string", False, "anything"),
    ],
)
def test_literals_are_judged_as_they_are_written(
    text: str, datatype: str, is_ill_typed: bool, kept: str
) -> None:
    value = Value(text, True, "", XSD + datatype)
    assert (value.is_ill_typed, value.canonical_text) == (is_ill_typed, kept)


def test_a_misspelt_term_gets_a_suggestion_only_where_one_is_near() -> None:
    assert ICGP + "GoodPractice" in vocabulary_terms()
    found = nearest_term(ICGP + "goodPractise")
    assert found is not None
    assert found.value == "icgp:GoodPractice"
    assert nearest_term(ICGP + "zzz") is None


def test_our_context_is_known_under_any_address_that_serves_it(tmp_path: Path) -> None:
    node = {"@id": f"{BASE}a", "@type": "GoodPractice", "title": {"en": "A"}}
    for context in (
        "https://data.example.org/base/context/v1.jsonld",
        "context/v1.jsonld",
        "/context/v1.jsonld",
    ):
        path = tmp_path / "x.jsonld"
        path.write_text(json.dumps({"@context": context, **node}))
        assert list(parsed(path)["rows"].values()) == [{"id": "a", "lang": "en", "title": "A"}]


def test_data_in_another_vocabulary_are_told_which_classes_were_found(tmp_path: Path) -> None:
    path = tmp_path / "people.ttl"
    path.write_text("<urn:a> a <http://e.org/Person> . <urn:b> a <http://e.org/Person> .", encoding="utf-8")
    source = read_source(path)

    assert list(source.rows()) == []
    (missing,) = [finding for finding in source.late if finding.code == "records-missing"]
    assert "no shape applies. These classes were found: <http://e.org/Person> (2)." in missing.message
