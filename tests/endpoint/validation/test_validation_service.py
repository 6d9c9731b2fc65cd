import csv
import gzip
import io
import json
import socket
import subprocess
import sys
import tempfile
import threading
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import locations
import pytest
from flask import Flask
from openpyxl import Workbook
from pyoxigraph import RdfFormat, parse

from endpoint import validation
from endpoint.app import create_app
from endpoint.validation.check_limits import MIB, CheckLimits
from endpoint.validation.uploads import with_suffix
from pipeline.sources.files.file_kinds import KNOWN_NAMES, SUFFIXES, suffix_by_content
from pipeline.sources.readers import READERS
from tests.findings_form import held
from tests.running import Reply, Running

pytestmark = pytest.mark.thorough

CASES = locations.CASES / "validation"
REFUSED = tomllib.loads((CASES / "refused.toml").read_text(encoding="utf-8"))["case"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv", "json": "application/json", "ttl": "text/turtle", "xlsx": XLSX}
SOUND = (CASES / "sound.csv").read_bytes()
BOUNDARY = "4f0c1a"


def post(
    server: Running, body: bytes, type: str | None = "text/csv", path: str = "/validate", **headers: str
) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = server.send("POST", path, body, sent if type is None else {"Content-Type": type, **sent})
    if reply.status == 200 and reply.type == "application/json":
        held(reply.json())
    return reply


def form(*parts: tuple[str, str | None, str | None, bytes]) -> bytes:
    """Return a multipart body of parts: field, file name, media type, content."""
    body = b""
    for field, name, type, content in parts:
        shown = f'; filename="{name}"' if name is not None else ""
        kind = f"\r\nContent-Type: {type}" if type else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"{shown}{kind}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def post_form(server: Running, body: bytes, **headers: str) -> Reply:
    return post(server, body, f"multipart/form-data; boundary={BOUNDARY}", **headers)


def workbook(table: str) -> bytes:
    made, file = Workbook(), io.BytesIO()
    sheet = made.worksheets[0]
    sheet.title = "Practices"
    for row in csv.reader(io.StringIO(table)):
        sheet.append(row)
    made.save(file)
    return file.getvalue()


def planted(name: str) -> bytes:
    if name.endswith(".xlsx"):
        return workbook((CASES / "planted.csv").read_text(encoding="utf-8"))
    return (CASES / name).read_bytes()


Checked = Callable[[str, str], Reply]


@pytest.fixture(scope="module")
def checked(server: Running) -> Checked:
    """Return what answers with the report on a planted file in a form, made once."""

    @cache
    def check(name: str, accept: str) -> Reply:
        return post(server, planted(name), TYPES[name.rpartition(".")[2]], Accept=accept)

    return check


def places(report: Mapping[str, Any]) -> list[tuple[str, ...]]:
    found = []
    for finding in report["findings"]:
        place = finding["place"]
        if finding["severity"] != "info":
            at = place.get("row") or place.get("line") or place.get("pointer")
            found.append(
                (
                    finding["severity"],
                    finding["code"],
                    str(at),
                    place.get("column", ""),
                    place.get("value", ""),
                )
            )
    return sorted(found)


def expected(name: str) -> list[tuple[str, ...]]:
    with (CASES / "expected.csv").open(encoding="utf-8", newline="") as table:
        rows = [tuple(row.values()) for row in csv.DictReader(table)]
    return sorted(row[1:] for row in rows if row[0] == name.replace(".xlsx", ".csv"))


@pytest.mark.parametrize("name", ["planted.csv", "planted.xlsx", "planted.json", "planted.ttl"])
def test_planted_errors_are_found_at_their_places_and_no_others(checked: Checked, name: str) -> None:
    reply = checked(name, "*/*")

    assert (reply.status, reply.type) == (200, "application/json")
    assert reply.headers["Practicegraph-Accepted"] == reply.headers["Practicegraph-Conforms"] == "false"
    assert places(reply.json()) == expected(name)


def test_findings_in_a_workbook_name_the_sheet(checked: Checked) -> None:
    found = checked("planted.xlsx", "*/*").json()["findings"]

    assert {each["place"].get("sheet") for each in found if "row" in each["place"]} == {"Practices"}


def test_a_body_without_a_type_is_known_by_its_content(server: Running) -> None:
    assert places(post(server, planted("planted.json"), None).json()) == expected("planted.json")


@pytest.mark.parametrize("name", ["planted.csv", "planted.xlsx", "planted.json", "planted.ttl"])
def test_each_kind_of_file_is_known_by_its_beginning(name: str) -> None:
    assert suffix_by_content(planted(name)[:4096]) == Path(name).suffix


def test_sound_data_are_accepted(server: Running) -> None:
    reply = post(server, SOUND)

    assert reply.headers["Practicegraph-Accepted"] == "true"
    assert reply.json()["accepted"] is True
    assert reply.json()["summary"]["practices"] == 2


def test_strict_accepts_no_warning(server: Running) -> None:
    doubtful = SOUND.replace(b",2015,", b",the day before yesteryear,")

    assert post(server, doubtful, path="/validate?strict=false").headers["Practicegraph-Accepted"] == "true"
    assert post(server, doubtful, path="/validate?strict").headers["Practicegraph-Accepted"] == "false"


def test_several_files_of_one_form_are_checked_together(server: Running) -> None:
    body = form(
        ("data", "list.csv", "application/vnd.ms-excel", SOUND),
        ("data", "my data/two.ttl", "application/octet-stream", planted("planted.ttl")),
    )

    report = post_form(server, body).json()

    assert report["summary"]["rows_in"] == 5
    assert {each["place"]["file"] for each in report["findings"]} == {"list.csv", "two.ttl"}


def test_a_zip_of_files_is_taken(server: Running) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/sound.csv", SOUND)

    assert post(server, packed.getvalue(), None).json()["summary"]["practices"] == 2


def test_a_gzipped_body_is_unpacked(server: Running) -> None:
    assert post(server, gzip.compress(SOUND), Content_Encoding="gzip").json()["summary"]["practices"] == 2


FORMS: dict[str, Callable[[str], list[Any]]] = {
    "text/turtle": lambda text: list(parse(text, RdfFormat.TURTLE)),
    "application/n-triples": lambda text: list(parse(text, RdfFormat.N_TRIPLES)),
    "application/rdf+xml": lambda text: list(parse(text, RdfFormat.RDF_XML)),
    "application/ld+json": lambda text: list(parse(text, RdfFormat.JSON_LD)),
    "application/sarif+json": lambda text: list(json.loads(text)["runs"][0]["results"]),
    "application/xml": lambda text: list(ElementTree.fromstring(text).iter("testcase")),
    "text/csv": lambda text: list(csv.reader(io.StringIO(text))),
    "text/plain": str.splitlines,
}


@pytest.mark.slow
@pytest.mark.parametrize("media_type", FORMS)
def test_a_report_comes_in_the_form_that_is_asked_for(checked: Checked, media_type: str) -> None:
    reply = checked("planted.csv", media_type)

    assert reply.status == 200
    assert reply.type.partition(";")[0] == media_type
    assert len(FORMS[media_type](reply.text)) > 4
    assert "Accept" in reply.headers["Vary"]


@pytest.mark.slow
def test_all_forms_of_the_shacl_report_have_as_many_statements(checked: Checked) -> None:
    counts = {len(FORMS[name](checked("planted.csv", name).text)) for name in list(FORMS)[:3]}

    assert len(counts) == 1


def test_a_form_that_is_not_there_is_refused_with_those_that_are(server: Running) -> None:
    by_header = post(server, SOUND, Accept="image/png")
    by_name = post(server, SOUND, path="/validate?format=docx")

    assert (by_header.status, by_name.status) == (406, 406)
    assert "text/turtle" in by_header.json()["detail"]
    assert "sarif" in by_name.json()["detail"]


def shown(server: Running, reply: Reply) -> str:
    """Return the page that a form leads to."""
    assert reply.status == 303
    return server.send("GET", reply.headers["Location"]).text


def test_the_page_gives_the_verdict_in_its_first_line(server: Running) -> None:
    ready = post_form(server, form(("data", None, None, SOUND)), Accept="text/html")
    not_ready = post_form(
        server, form(("data", "my.csv", "text/csv", planted("planted.csv"))), Accept="text/html"
    )

    assert "Ready: 2 of 2 practices would be published." in shown(server, ready)
    verdict = "2 of 6 rows would be published. Please correct row 3, column country."
    assert verdict in shown(server, not_ready)


def test_the_page_shows_what_was_sent_as_text_only(server: Running) -> None:
    hostile = SOUND.replace(b",Italy,", b",<script>alert(1)</script>,")

    assert "<script>alert" not in shown(server, post(server, hostile, Accept="text/html"))


def test_the_form_of_the_page_works_without_javascript(server: Running) -> None:
    page = server.send("GET", "/validate")

    assert (page.status, page.type) == (200, "text/html; charset=utf-8")
    assert 'method="post" enctype="multipart/form-data"' in page.text
    body = form(
        ("data", "", "application/octet-stream", b""),
        ("data", None, None, SOUND),
        ("format", None, None, b"csv"),
        ("strict", None, None, b"true"),
    )
    reply = post_form(server, body, Accept="text/html,application/xml;q=0.9,*/*;q=0.8")
    assert reply.type == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"] == 'attachment; filename="findings.csv"'


def test_the_page_tells_why_nothing_could_be_checked(server: Running) -> None:
    reply = post_form(server, form(("data", "", None, b""), ("data", None, None, b"")), Accept="text/html")

    assert reply.status == 400
    assert 'role="alert"' in reply.text
    assert "Choose a file" in reply.text
    assert "<form" in reply.text


def test_every_problem_has_its_anchor_on_the_page(server: Running) -> None:
    page = server.send("GET", "/validate").text

    assert all(f'id="{case["problem"]}"' in page for case in REFUSED)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: str(case["name"]))
def test_what_cannot_be_checked_is_a_clear_problem(server: Running, case: dict[str, Any]) -> None:
    body = case.get("body", "") + case.get("repeat", "") * case.get("times", 0)

    reply = post(server, body.encode(), case.get("type"))

    assert (reply.status, reply.type) == (case["status"], "application/problem+json")
    problem = reply.json()
    assert problem["type"].endswith(f"/validate#{case['problem']}")
    assert case["says"] in problem["detail"]
    assert problem.get("line") == case.get("line")
    assert "column" not in case or problem["column"] == case["column"]
    assert "Traceback" not in reply.text


def test_problems_come_as_text_where_that_is_asked_for(server: Running) -> None:
    reply = post(server, b"", Accept="text/plain")

    assert reply.type == "text/plain; charset=utf-8"
    assert reply.text.startswith("400 No data to check\n")


@pytest.mark.parametrize(
    ("template", "media_type"),
    [
        ('{"@context": "%s", "@id": "a:a", "@type": "a:b"}', "application/ld+json"),
        ('{"@context": {"@import": "%s"}, "@id": "a:a", "@type": "a:b"}', "application/ld+json"),
        ('<!DOCTYPE r SYSTEM "%s"><r/>', "application/rdf+xml"),
    ],
)
def test_nothing_is_fetched(server: Running, template: str, media_type: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        body = template % f"http://127.0.0.1:{listener.getsockname()[1]}/c"

        reply = post(server, body.encode(), media_type)

        assert reply.status in (400, 422)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_job_and_what_it_starts_have_no_network() -> None:
    program = (
        "import socket, subprocess, sys\n"
        "def tried():\n"
        "    try: socket.socket()\n"
        "    except PermissionError: return 'refused'\n"
        "    return 'open'\n"
        "if len(sys.argv) > 1: print(tried()); sys.exit()\n"
        "from pipeline.system.confinement import refuse_network\n"
        "refuse_network()\n"
        "print(tried(), flush=True)\n"
        "subprocess.run([sys.executable, __file__, 'again'], check=True)\n"
    )
    folder = locations.ROOT
    script = f"__file__ = '-c'\n{program}".replace("__file__, 'again'", "'-c', PROGRAM, 'again'")
    script = f"PROGRAM = {program!r}\n{script}"

    ended = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)

    assert ended.stdout.split() == ["refused", "refused"], ended.stderr


def test_a_gzip_bomb_is_stopped_at_the_limit(server: Running) -> None:
    bomb = gzip.compress(bytes(200 * MIB), compresslevel=1)

    reply = post(server, bomb, Content_Encoding="gzip")

    assert reply.status == 413
    assert "practicegraph validate" in reply.json()["detail"]


@pytest.mark.parametrize("member", ["practices.csv", "xl/workbook.xml"])
def test_zip_bombs_are_refused(server: Running, member: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, bytes(20 * MIB))

    reply = post(server, packed.getvalue(), None)

    assert reply.status == 400
    assert "as no honest file does" in reply.json()["detail"]


def test_gzip_that_is_none_or_breaks_off_is_refused(server: Running) -> None:
    none = post(server, SOUND, Content_Encoding="gzip")
    broken = post(server, gzip.compress(SOUND)[:-12], Content_Encoding="gzip")

    assert (none.status, broken.status) == (400, 400)
    assert "ends too early" in broken.json()["detail"]


def test_an_unknown_coding_is_refused_with_the_known_one(server: Running) -> None:
    reply = post(server, SOUND, Content_Encoding="br")

    assert reply.status == 415
    assert reply.headers["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("size", [40 * MIB, 1024 * MIB])
def test_a_large_body_is_refused_by_its_length(server: Running, size: int) -> None:
    connection = server.connect()
    try:
        connection.putrequest("POST", "/validate")
        connection.putheader("Content-Type", "text/csv")
        connection.putheader("Content-Length", str(size))
        connection.endheaders()
        if size == 40 * MIB:
            connection.send(bytes(size))
        response = connection.getresponse()
        assert response.status == 413
        assert "practicegraph validate" in json.loads(response.read())["detail"]
    finally:
        connection.close()


def test_a_large_body_in_chunks_is_refused(server: Running) -> None:
    connection = server.connect()
    try:
        connection.request("POST", "/validate", (bytes(MIB) for _ in range(40)), {"Content-Type": "text/csv"})
        response = connection.getresponse()
        assert response.status == 413
        assert "practicegraph validate" in json.loads(response.read())["detail"]
    finally:
        connection.close()


def test_browsers_may_post_from_other_sites_and_read_the_verdict(server: Running) -> None:
    before = server.send("OPTIONS", "/validate")
    reply = post(server, b"", Origin="https://example.org")

    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Practicegraph-Accepted" in reply.headers["Access-Control-Expose-Headers"]
    assert reply.headers["Cache-Control"] == "no-store"


def small_app(output: Path, limits: CheckLimits) -> Flask:
    return create_app(output, checking=validation.Checking(limits))


def answer(app: Flask, body: bytes, type: str = "text/csv") -> tuple[int, dict[str, Any], str | None]:
    reply = app.test_client().post("/validate", data=body, content_type=type, buffered=True)
    return reply.status_code, json.loads(reply.data), reply.headers.get("Retry-After")


def test_a_job_is_stopped_at_its_deadline(output: Path) -> None:
    status, problem, _ = answer(small_app(output, CheckLimits(seconds=0.01)), SOUND)

    assert (status, problem["title"]) == (503, "The check took too long")


def test_a_query_that_only_the_kernel_can_stop_is_named_and_the_other_shapes_are_applied(
    output: Path,
) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> . "
    data = head + "".join(f":a{n} a :A ; :p ':' , :a{n + 1} . " for n in range(50))
    patterns = " . ".join(f"?s{n} <urn:x:p> ?o{n}" for n in range(6))
    query = f"SELECT $this {{ $this a <urn:x:A> . {patterns} FILTER(STRSTARTS(STR(?o1), STR(?o5))) }}"
    shapes = (
        f":S sh:targetClass :A ; sh:sparql [ sh:select '{query}' ] . "
        ":R sh:targetClass :A ; sh:property [ sh:path :p ; sh:maxCount 1 ] ."
    )
    body = form(
        ("data", "data.ttl", "text/turtle", data.encode()),
        ("shapes", "shapes.ttl", "text/turtle", (head + shapes).encode()),
    )

    status, report, _ = answer(
        small_app(output, CheckLimits(seconds=5)), body, f"multipart/form-data; boundary={BOUNDARY}"
    )

    assert (status, report["verdict"]) == (200, "not-accepted")
    assert [each["code"] for each in report["findings"]] == ["shapes-malformed", *["max-count"] * 50]
    assert "urn:x:S> cannot be applied: it takes more than" in report["findings"][0]["message"]


def test_more_rows_or_files_than_a_job_can_judge_in_its_time_are_refused(output: Path) -> None:
    app, archive = small_app(output, CheckLimits(seconds=5)), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        for number in range(51):
            made.writestr(f"{number}.csv", SOUND)

    of_rows = answer(app, b"title,city,country\n" + b"A title,Turin,Italy\n" * 2001)
    of_files = answer(app, archive.getvalue(), "application/zip")

    assert of_rows[0] == of_files[0] == 413
    assert of_rows[1]["detail"].startswith(
        "The data have more than 2,000 rows. Split the data, or check them on"
    )
    assert "51 files, of 50 that this service reads at once" in of_files[1]["detail"]


@pytest.mark.parametrize(
    ("head", "tail", "type", "said"),
    [
        (b'title,city,country\nA,"', b'",Italy\n', "text/csv", "row 2: the cell in column 2 has more than 10,000,000"),
        (b'[{"title": "A", "city": "', b'"}]', "application/json", "at /0: “city” has more than 10,000,000"),
    ],
)  # fmt: skip
def test_a_text_that_is_too_long_is_named(
    output: Path, head: bytes, tail: bytes, type: str, said: str
) -> None:
    status, problem, _ = answer(small_app(output, CheckLimits()), head + b"x" * 10_000_001 + tail, type)

    assert (status, problem["title"]) == (400, "The data cannot be read")
    assert said in problem["detail"]


def test_a_job_that_needs_too_much_memory_is_told_so(output: Path) -> None:
    large = b"title,country\n" + b"".join(b"%d %s,Italy\n" % (n, b"x" * 5000) for n in range(1000))

    status, problem, _ = answer(small_app(output, CheckLimits(memory=1 * MIB)), large)

    assert (status, problem["title"]) == (503, "The check needed too much memory")


def test_beyond_a_number_of_jobs_the_service_is_busy_at_once(output: Path) -> None:
    app = small_app(output, CheckLimits(jobs=1, waiting=0))
    answers: list[tuple[int, dict[str, Any], str | None]] = []
    threads = [threading.Thread(target=lambda: answers.append(answer(app, SOUND))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(status for status, *_ in answers) == [200, 503, 503]
    assert {retry for status, _, retry in answers if status == 503} == {"5"}
    assert answer(app, SOUND)[0] == 200


def test_nothing_of_the_data_is_left(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = small_app(output, CheckLimits())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert answer(app, SOUND)[0] == 200
    assert answer(app, b"")[0] == 400
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []


def test_web_processes_load_no_validator() -> None:
    program = "import sys, endpoint.server; print({'rdflib', 'pyshacl', 'openpyxl'} & set(sys.modules))"
    folder = locations.ROOT

    ended = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)

    assert ended.stdout == "set()\n", ended.stderr


def test_every_suffix_has_a_reader() -> None:
    assert {*SUFFIXES.values(), *KNOWN_NAMES} <= {*READERS, ".zip"}


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"# a comment\nPREFIX ex: <http://example.org/>\n", ".ttl"),
        (b"<http://example.org/a> a <http://example.org/B> .", ".ttl"),
        (b'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="x">', ".rdf"),
        (b"\xef\xbb\xbf <!DOCTYPE html><title>A</title>", ".html"),
        ('[{"title": "A"}]'.encode("utf-16"), ".json"),
        (b"prefix,title,country\n", ".csv"),
        (b"%PDF-1.7", ".pdf"),
        (b"\x00\x01", ".csv"),
    ],
)
def test_the_beginning_of_a_file_tells_what_it_is(head: bytes, suffix: str) -> None:
    assert suffix_by_content(head) == suffix


@pytest.mark.parametrize(
    ("name", "tame"),
    [
        ("../../etc/passwd", "passwd.csv"),
        ("Liste (2).CSV", "Liste (2).csv"),
        ("..", "data.csv"),
        ("a\x00\n*[b].csv", "a____b_.csv"),
        ("é" * 300 + ".csv", "é" * 60 + ".csv"),
        ("practices.xlsx", "practices.xlsx.csv"),
    ],
)
def test_names_of_files_are_tamed(name: str, tame: str) -> None:
    assert with_suffix(name, ".csv") == tame


@pytest.mark.parametrize("form_", ["junit", "sarif", "json", "csv", "html", "text"])
def test_a_report_names_files_as_they_were_sent_and_no_folder_of_the_server(
    server: Running, form_: str
) -> None:
    body = form(("data", "list.csv", "text/csv", b"title,country\nA garden,Itlay\n"))

    sent = post(server, body, f"multipart/form-data; boundary={BOUNDARY}", f"/validate?format={form_}")
    stored = server.send("GET", sent.headers["Location"] + "/findings.xml") if form_ == "html" else sent

    assert "list.csv" in stored.text
    assert tempfile.gettempdir() not in stored.text
