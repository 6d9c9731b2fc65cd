"""Checks by shapes of one's own, over HTTP: what is found, where, and what is never done."""

import io
import json
import socket
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import locations
import pytest
from openpyxl import load_workbook
from pyoxigraph import BlankNode, RdfFormat, parse

from pipeline.rdf.vocabulary import DCT, ICGP, SH
from tests.endpoint.validation.test_validation_service import form, post, post_form
from tests.running import Reply, Running

CASES = locations.CASES / "shaped"
PEOPLE = CASES / "people.ttl"
SHAPES = CASES / "people_shapes.ttl"
TABLE = tomllib.loads((CASES / "shapes.toml").read_text(encoding="utf-8"))
TYPES = {".ttl": "text/turtle", ".jsonld": "application/ld+json", ".rdf": "application/rdf+xml"}
TURTLE = "text/turtle"


@pytest.fixture
def listener() -> Iterator[int]:
    """Return the port of somebody whom nobody may ask anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)
        yield listening.getsockname()[1]
        with pytest.raises(TimeoutError):
            listening.accept()


def send(
    server: Running, data: Path = PEOPLE, shapes: bytes | None = None, type: str = TURTLE, **headers: str
) -> Reply:
    own = SHAPES.read_bytes() if shapes is None else shapes
    parts = (
        ("data", data.name, TYPES[data.suffix], data.read_bytes()),
        ("shapes", "own" + next((s for s, t in TYPES.items() if t == type), ""), type, own),
    )
    return post_form(server, form(*parts), **headers)


def told(report: dict[str, Any]) -> set[tuple[Any, ...]]:
    return {
        (
            each["severity"],
            each["code"],
            each["place"].get("line"),
            each["place"].get("pointer"),
            each["message"],
        )
        for each in report["findings"]
    }


LINES = {".ttl": (5, 7, 11), ".rdf": (5, 7, 11), ".jsonld": ("/@graph/0", "/@graph/1", "/@graph/2")}


@pytest.mark.parametrize("suffix", LINES)
def test_results_are_findings_where_the_value_or_else_the_focus_node_stands(
    server: Running, suffix: str
) -> None:
    ann, bob, cem = LINES[suffix]

    def at(place: Any) -> tuple[int | None, str | None]:
        return (None, place) if isinstance(place, str) else (place, None)

    reply = send(server, PEOPLE.with_suffix(suffix))

    assert reply.headers["Practicegraph-Conforms"] == reply.headers["Practicegraph-Accepted"] == "false"
    assert told(reply.json()) == {
        ("warning", "datatype", *at(ann), "The value must have the datatype xsd:integer."),
        ("violation", "min-count", *at(bob), "A person has a name. Give one."),
        ("violation", "sparql", *at(cem), "Nobody is called Cem and something else."),
    }


def test_a_finding_says_what_the_shapes_said(server: Running) -> None:
    found = {each["code"]: each for each in send(server).json()["findings"]}

    assert found["min-count"]["shacl"] == {
        "focus": "<http://example.org/bob>",
        "path": "<http://example.org/name>",
        "component": SH + "MinCountConstraintComponent",
        "shape": "http://example.org/NameShape",
        "severity": "Violation",
    }
    assert found["datatype"]["shacl"]["value"] == '"x"'
    assert found["datatype"]["focus"] == "http://example.org/ann"
    assert found["datatype"]["place"] == {"file": "people.ttl", "line": 5, "column": 10, "value": "x"}


def test_messages_come_in_the_language_that_is_asked_for(server: Running) -> None:
    found = send(server, Accept_Language="fr").json()["findings"]

    assert "Une personne a un nom. Donnez-en un." in {each["message"] for each in found}


@pytest.mark.parametrize("media_type", ["text/turtle", "application/rdf+xml", "application/ld+json"])
def test_the_shacl_report_holds_the_results_and_nothing_else_as_results(
    server: Running, media_type: str
) -> None:
    reply = send(server, shapes=SHAPES.read_bytes() + _IDLE, Accept=media_type)
    graph = list(parse(reply.text, RdfFormat.from_media_type(media_type)))

    results = [quad for quad in graph if quad.predicate.value == SH + "result"]
    assert len(results) == 3
    assert {quad.subject for quad in results} == {
        quad.subject for quad in graph if quad.predicate.value == SH + "conforms"
    }
    shapes = [quad.object for quad in graph if quad.predicate.value == SH + "sourceShape"]
    assert sum(isinstance(shape, BlankNode) for shape in shapes) == 1
    comments = [str(quad.object) for quad in graph if quad.predicate.value.endswith("#comment")]
    assert len(comments) == 1
    assert "http://example.org/Idle" in comments[0]


_IDLE = b"\nex:Idle a sh:NodeShape ; sh:targetClass ex:Nothing .\n"


def test_a_path_of_several_steps_comes_back_as_it_was_sent(server: Running) -> None:
    shapes = b"""@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
        ex:S sh:targetNode ex:bob ; sh:minCount 1 ;
          sh:path ( ex:a [ sh:alternativePath ( [ sh:inversePath ex:b ] [ sh:zeroOrMorePath ex:c ] ) ] ex:d ) ."""

    reply = send(server, shapes=shapes, Accept="application/n-triples")

    graph = list(parse(reply.text, RdfFormat.N_TRIPLES))
    known = {(quad.subject, quad.predicate.value): quad.object for quad in graph}
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

    def members(head: Any) -> list[Any]:
        found = []
        while (head, rdf + "first") in known:
            found.append(known[head, rdf + "first"])
            head = known[head, rdf + "rest"]
        return found

    [path] = [quad.object for quad in graph if quad.predicate.value == SH + "resultPath"]
    first, either, last = members(path)
    inverse, repeated = members(known[either, SH + "alternativePath"])
    ends = (first, known[inverse, SH + "inversePath"], known[repeated, SH + "zeroOrMorePath"], last)
    assert [str(end) for end in ends] == [f"<http://example.org/{name}>" for name in "abcd"]


@pytest.mark.parametrize("case", TABLE["case"], ids=lambda case: str(case["name"]))
def test_shapes_that_cannot_do_what_is_hoped_for_are_told_of(
    server: Running, listener: int, case: dict[str, Any]
) -> None:
    text = (case.get("prologue", TABLE["prologue"]) + case["shapes"]).replace("PORT", str(listener))

    reply = send(server, shapes=text.encode(), type=case.get("type", TURTLE))

    if "problem" in case:
        assert (reply.status, reply.type) == (400, "application/problem+json"), reply.text
        assert reply.json()["type"].endswith(f"#{case['problem']}")
        assert case["says"] in reply.text
        return
    assert reply.headers["Practicegraph-Accepted"] == json.dumps(case.get("accepted", False)), reply.text
    verdict = "accepted" if case.get("accepted") else case.get("verdict", "not-fully-checked")
    assert reply.headers["Practicegraph-Verdict"] == verdict
    found = {each["code"]: each["message"] for each in reply.json()["findings"]}
    assert found.keys() == ({case["code"]} if "code" in case else set())
    assert case.get("says", "") in found.get(case.get("code"), "")


def test_shapes_that_are_ill_formed_are_told_of_with_what_shacl_says_of_them(server: Running) -> None:
    text = TABLE["prologue"] + 'ex:S a sh:NodeShape ; sh:targetClass ex:Person ; sh:minCount "many" .'

    problem = send(server, shapes=text.encode()).json()

    assert {each["code"] for each in problem["findings"]} == {"shapes-malformed"}
    assert {each["place"]["line"] for each in problem["findings"]} == {2}


@pytest.mark.parametrize("name", ["<b>.ttl", "../../x.ttl"])
def test_files_of_shapes_have_tame_names(server: Running, name: str) -> None:
    parts = (("data", "d.ttl", TURTLE, PEOPLE.read_bytes()), ("shapes", name, TURTLE, b"<a:a> <a:b> <a:c> ."))

    [finding] = post_form(server, form(*parts)).json()["findings"]

    assert finding["place"]["file"] in ("_b_.ttl", "x.ttl")


def test_a_table_is_judged_by_shapes_of_ones_own_as_what_a_build_would_make_of_it(server: Running) -> None:
    own = f"""
        @prefix sh: <{SH}> . @prefix icgp: <{ICGP}> . @prefix dct: <{DCT}> .
        <urn:s> a sh:NodeShape ; sh:targetClass icgp:GoodPractice ;
          sh:property [ sh:path dct:title ; sh:maxLength 6 ] , [ sh:path icgp:topic ; sh:minCount 1 ] ."""
    parts = (
        ("data", "d.csv", "text/csv", b"id,title,country\n1,A garden,Spain\n2,A walk,Itlay\n"),
        ("shapes", "s.ttl", TURTLE, own.encode()),
    )

    report = post_form(server, form(*parts)).json()

    assert [
        (each["code"], each["place"]["row"], each["place"]["column"])
        for each in report["findings"]
        if "shacl" in each
    ] == [("max-length", 2, "title"), ("min-count", 2, "topics"), ("min-count", 3, "topics")]
    assert report["summary"]["focus_nodes"] == 2
    assert not report["accepted"]


def test_a_table_to_which_no_shape_applies_is_not_accepted(server: Running) -> None:
    parts = (
        ("data", "d.csv", "text/csv", b"id,title\n1,A\n"),
        ("shapes", "s.ttl", TURTLE, SHAPES.read_bytes()),
    )

    report = post_form(server, form(*parts)).json()

    assert (report["conforms"], report["accepted"]) == (False, False)
    assert report["verdict"] == "not-fully-checked"
    assert "shapes-not-applied" in {each["code"] for each in report["findings"]}


def test_several_files_of_data_and_shapes_are_one_graph_each(server: Running) -> None:
    half, rest = SHAPES.read_bytes().split(b"ex:NameShape sh:path", 1)
    head = SHAPES.read_bytes().partition(b"ex:PersonShape")[0]
    parts = (
        ("data", "a.ttl", TURTLE, b'_:c <http://example.org/name> "Ann" .'),
        ("data", "b.ttl", TURTLE, PEOPLE.read_bytes()),
        ("shapes", "a.ttl", TURTLE, half),
        ("shapes", "b.ttl", TURTLE, head + b"ex:NameShape sh:path" + rest),
    )

    found = post_form(server, form(*parts)).json()["findings"]

    assert sorted(each["code"] for each in found) == ["datatype", "min-count", "sparql"]
    assert {each["place"]["file"] for each in found} == {"b.ttl"}


def test_shapes_of_ours_are_named(server: Running) -> None:
    twice = "".join(
        f'<http://example.org/{name}> a <{ICGP}GoodPractice> ; <{DCT}identifier> "x" .' for name in "ab"
    )

    by_catalogue = post(server, twice.encode(), TURTLE, "/validate?shapes=catalogue").json()
    by_field = post_form(
        server, form(("data", "d.ttl", TURTLE, twice.encode()), ("shapes", None, None, b"catalogue"))
    )
    by_practice = post(server, twice.encode(), TURTLE, "/validate?shapes=practice").json()

    assert "findings" in by_catalogue, by_catalogue
    assert {each["code"] for each in by_catalogue["findings"]} >= {"duplicate-identifier"}
    assert by_field.json() == by_catalogue | {"findings": by_field.json()["findings"]}
    assert "rows_in" in by_practice["summary"]


@pytest.mark.parametrize("query", ["shapes=foaf", "shapes=practice&shapes=catalogue"])
def test_other_names_of_shapes_are_refused_with_those_that_there_are(server: Running, query: str) -> None:
    reply = post(server, PEOPLE.read_bytes(), TURTLE, f"/validate?{query}")

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (400, "shapes-unknown")
    assert "practice, catalogue" in reply.json()["detail"]


def test_a_pattern_on_which_python_never_ends_is_judged(server: Running, tmp_path: Path) -> None:
    data = tmp_path / "d.ttl"
    data.write_text(
        f'<http://example.org/a> a <http://example.org/Person> ; <http://example.org/name> "{"a" * 36}!" .'
    )
    shapes = TABLE["prologue"] + 'ex:S sh:targetClass ex:Person ; sh:path ex:name ; sh:pattern "^(a+)+$" .'

    reply = send(server, data, shapes.encode())

    assert [finding["code"] for finding in reply.json()["findings"]] == ["pattern"]


HOSTILE = {
    "triple terms": (TURTLE, b"<a:a> <a:b> " + b"<<( <a:a> <a:b> " * 100_000, "deeper"),
    "brackets": (TURTLE, b"<a:a> <a:b> " + b"[ <a:b> " * 100_000, "deeper"),
    "JSON lists": ("application/ld+json", b"[" * 100_000, "deep"),
    "JSON graphs": ("application/ld+json", b'{"@graph":' * 5_000 + b"1" + b"}" * 5_000, "deep"),
    "elements": ("application/rdf+xml", b'<rdf:RDF xmlns:rdf="urn:r">' + b"<a>" * 100_000, "deeper"),
    "a doctype": ("application/rdf+xml", b'<!DOCTYPE r [<!ENTITY a "aa">]><r>&a;</r>', "DOCTYPE"),
    "a number": ("application/ld+json", b'{"@id": "a:a", "a:b": ' + b"9" * 5_000 + b"}", "digits"),
    "a remote context": (
        "application/ld+json",
        b'{"@context": "http://127.0.0.1:PORT/c", "a:b": 1}',
        "never",
    ),
    "a remote import": (
        "application/ld+json",
        b'{"@context": {"@import": "http://127.0.0.1:PORT/c"}, "a:b": 1}',
        "never",
    ),
}


@pytest.mark.parametrize("role", ["data", "shapes"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_graphs_are_refused_and_nobody_is_asked(
    server: Running, listener: int, kind: str, role: str
) -> None:
    media_type, body, says = HOSTILE[kind]
    body = body.replace(b"PORT", str(listener).encode())
    parts = {"data": (TURTLE, PEOPLE.read_bytes()), "shapes": (TURTLE, SHAPES.read_bytes())}
    parts[role] = (media_type, body)

    reply = post_form(server, form(*((field, field, *part) for field, part in parts.items())))

    assert reply.status == 400
    assert reply.json()["type"].rpartition("#")[2] == f"{role}-unreadable"
    assert says in reply.json()["detail"]


def test_a_zip_of_graphs_is_one_graph(server: Running) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("people/people.ttl", PEOPLE.read_bytes())
        archive.writestr("readme.txt", b"no graph")

    parts = (
        ("data", "a.zip", "application/zip", packed.getvalue()),
        ("shapes", "s.ttl", TURTLE, SHAPES.read_bytes()),
    )
    found = post_form(server, form(*parts)).json()["findings"]

    assert {(each["place"]["file"], each["place"]["line"]) for each in found} == {
        ("a.zip/people/people.ttl", line) for line in LINES[".ttl"]
    }


def test_a_zip_without_data_is_refused(server: Running) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("picture.png", b"no data")

    reply = post(server, packed.getvalue(), "application/zip", "/validate?shapes=catalogue")

    assert reply.status == 400
    assert "without files that can be read" in reply.json()["detail"]


def test_the_page_shows_which_rows_of_a_table_pass_and_offers_what_may_be_meant(server: Running) -> None:
    own = f"""
        @prefix sh: <{SH}> . @prefix icgp: <{ICGP}> .
        <urn:s> a sh:NodeShape ; sh:targetClass icgp:GoodPractice ;
          sh:property [ sh:path icgp:country ; sh:minCount 1 ] ."""
    parts = (
        ("data", "d.csv", "text/csv", b"title,country\nA garden,Spain\nA walk,Itlay\n"),
        ("shapes", "s.ttl", TURTLE, own.encode()),
    )

    address = post_form(server, form(*parts), Accept="text/html").headers["Location"]
    page = server.send("GET", address).text
    french = server.send("GET", address, headers={"Accept-Language": "fr"}).text
    copy = server.send(
        "POST",
        f"{address}/corrected",
        b"table=d.csv&take=0",
        {"Content-Type": "application/x-www-form-urlencoded"},
    )

    understood = server.send("GET", f"{address}/understood.csv").text

    assert "Please correct row 3, column country." in page
    assert [line.split(",")[2:5] for line in understood.removeprefix("\ufeff").splitlines()] == [
        ["row", "passes", "title"],
        ["2", "yes", "A garden"],
        ["3", "no", "A walk"],
    ]
    assert page.count('<td data-name="Passes the shapes">') == 2
    assert "Unknown country “Itlay”" in page
    assert "Conforme aux formes" in french
    rows = load_workbook(io.BytesIO(copy.body)).worksheets[0].iter_rows(values_only=True)
    assert ("A walk", "Italy") in [row[:2] for row in rows]
