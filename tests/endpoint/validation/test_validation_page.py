import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import locations
import pytest
from openpyxl import load_workbook
from running import Reply, Running, eventually
from samples import build_release

from endpoint.validation.validation_page import DOWNLOADS
from pipeline.sources.readers import read_source

CASES = locations.CASES
PLANTED = {
    name: (CASES / "validation" / name).read_bytes()
    for name in ("planted.csv", "planted.ttl", "planted.json")
}
MESSY = (CASES / "corrected" / "messy.csv").read_bytes()
TYPES = {
    "csv": "text/csv",
    "ttl": "text/turtle",
    "json": "application/json",
    "tsv": "text/tab-separated-values",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BOUNDARY = "9a41d0"
HOSTILE = b"""title,country,city,date,topics,summary,source_url
</script><img src=x onerror=alert(1)>,<b>Italy</b>,Turin,2019,Education,"A ""quoted"" text.",javascript:alert(1)
=cmd|' /C calc'!A0,Italy,Turin,+2019,Education,A text about a school and its pupils.,https://example.org/a
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("published")
    build_release(output)
    return output


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def server(output: Path, reports: Path) -> Iterator[Running]:
    settings = {"reports": str(reports), "access_log": str(output / "access.log")}
    with Running(output, contact="data@cities.example.net", **settings) as running:
        yield running


Checked = Callable[[str], str]


def post(server: Running, name: str, body: bytes, accept: str = "text/html") -> Reply:
    kind = name.rpartition(".")[2]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="data"; filename="{name}"\r\n'
    sent = f"{head}Content-Type: {TYPES[kind]}\r\n\r\n".encode() + body + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": accept}
    return server.send("POST", "/validate", sent, headers)


@pytest.fixture(scope="module")
def checked(server: Running) -> Checked:
    """Return what gives the address of the report on a case, checked once."""
    known: dict[str, str] = {}

    def check(name: str) -> str:
        if name not in known:
            body = {**PLANTED, "messy.csv": MESSY, "hostile.csv": HOSTILE}[name]
            known[name] = post(server, name, body).headers["Location"]
        return known[name]

    return check


class Text(HTMLParser):
    """The texts of a page, each with the names of its parent elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "input", "br", "circle"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append((tuple(self._open), " ".join(data.split())))

    def within(self, tag: str) -> list[str]:
        return [text for names, text in self.found if tag in names]


def show(server: Running, address: str, **headers: str) -> Text:
    reply = server.send(
        "GET", address, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    assert reply.status == 200, reply.text
    return Text(reply.text)


def part_of(page: str, first: str, last: str) -> str:
    start = page.index(first)
    return page[start : page.index(last, start)]


def test_a_form_leads_to_a_report_at_an_address_that_nobody_can_guess(server: Running) -> None:
    replies = [post(server, "planted.csv", PLANTED["planted.csv"]) for _ in range(2)]

    assert {(reply.status, reply.headers["Practicegraph-Accepted"]) for reply in replies} == {(303, "false")}
    addresses = {reply.headers["Location"] for reply in replies}
    assert len(addresses) == 2
    assert all(re.fullmatch("/validate/report/[A-Za-z0-9_-]{32}", address) for address in addresses)


def test_every_web_process_has_the_report_and_no_cache_and_no_crawler_gets_it(
    server: Running, checked: Checked
) -> None:
    replies = [server.send("GET", checked("planted.csv")) for _ in range(12)]

    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    headers = replies[0].headers
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in replies[0].text
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_the_first_line_is_the_verdict(server: Running, checked: Checked) -> None:
    assert show(server, checked("planted.csv")).within("h1") == [
        "2 of 6 rows would be published. Please correct row 3, column country."
    ]


def test_what_was_understood_stands_beside_what_was_written(server: Running, checked: Checked) -> None:
    page = server.send("GET", checked("messy.csv")).text
    shown = Text(part_of(page, 'id="understood"', 'id="corrected"'))

    assert page.index('id="findings"') < page.index('id="understood"'), "problems come first"

    assert "since 2016" in shown.within("td")
    assert "Itlay" in shown.within("q")
    assert "Setpember 2014" in shown.within("q")
    assert "not understood" in shown.within("td")
    assert "not stated" in shown.within("td")
    assert "in quarantine" in shown.within("td")


def test_what_was_not_stated_but_found_in_the_text_is_marked(server: Running) -> None:
    row = b"title,country,city,date,topics,summary\nA walk,Italy,,2019,Education,Neighbours in Turin walk together."
    page = server.send("GET", post(server, "walk.csv", row).headers["Location"]).text

    assert re.search(r'>Turin</span> <span class="note">found in the text<', page)


def test_only_the_first_practices_are_shown_and_the_table_holds_all(server: Running) -> None:
    rows = "".join(f"Walk number {n},Italy,Turin,2019,Education\n" for n in range(230))
    address = post(server, "many.csv", f"title,country,city,date,topics\n{rows}".encode()).headers["Location"]

    assert "These are the first 200 of 230 practices." in " ".join(show(server, address).within("p"))
    table = server.send("GET", f"{address}/understood.csv").body.decode("utf-8-sig")
    assert [row["title"] for row in csv.DictReader(io.StringIO(table))][-1] == "Walk number 229"


def test_findings_stand_by_rule_with_advice_and_a_value_that_passes(
    server: Running, checked: Checked
) -> None:
    page = server.send("GET", checked("planted.csv")).text
    section = part_of(page, "Unknown country", "</section>")

    assert "Write the name or the ISO 3166 code of the country. Valid value: <q>Italy</q>" in section
    assert 'href="/rules#country-unknown"' in section
    assert "<code>planted.csv:4:country</code>" in section
    rules = server.send("GET", "/rules").text
    assert all(f'id="{code}"' in rules for code in re.findall(r'href="/rules#([^"]+)"', page))


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("planted.csv", ["Itlay", "blank", "2019 - 2017", "the day before yesteryear"]),
        ("planted.json", ["Itlay", "missing"]),
        ("planted.ttl", ["ex:three"]),
    ],
)
def test_findings_show_the_row_or_the_lines_they_are_about(
    server: Running, checked: Checked, name: str, marked: list[str]
) -> None:
    found = show(server, checked(name)).within("mark")

    assert all(any(wanted in text for text in found) for wanted in marked), found


def test_findings_are_shown_by_record_and_of_one_severity_without_scripts(
    server: Running, checked: Checked
) -> None:
    address = checked("planted.csv")
    links = re.findall(r'href="([^"]+#findings)"', server.send("GET", address).text)
    by_record = next(link for link in links if "by=record" in link)
    page = server.send("GET", by_record.replace("#findings", "").replace("&amp;", "&")).text
    found = Text(part_of(page, 'id="findings"', 'id="take"'))

    warnings = server.send("GET", f"{address}?by=rule&severity=warning").text
    assert [text for text in found.within("h3") if text in ("Street theatre", "A cooking club")] == [
        "Street theatre",
        "A cooking club",
    ]
    assert "The date was not understood" in warnings
    assert "Unknown country" not in warnings
    assert server.send("GET", f"{address}?by=%00&severity=none").status == 200


@pytest.mark.parametrize("suffix", DOWNLOADS)
def test_every_form_of_the_report_is_there_without_sending_the_file_again(
    server: Running, checked: Checked, suffix: str
) -> None:
    address = f"{checked('planted.csv')}/findings.{suffix}"

    first, again = server.send("GET", address), server.send("GET", address)

    assert (first.status, first.headers["Cache-Control"]) == (200, "private, no-store")
    assert first.headers["Content-Disposition"] == f"attachment; filename=findings.{suffix}"
    assert first.body == again.body
    assert b"Itlay" in first.body


def test_the_stored_report_says_what_programs_are_told(server: Running, checked: Checked) -> None:
    stored = server.send("GET", f"{checked('planted.csv')}/findings.json").json()
    direct = post(server, "planted.csv", PLANTED["planted.csv"], "application/json").json()

    assert stored == direct


def test_a_report_speaks_french(server: Running, checked: Checked) -> None:
    page = show(server, "/fr" + checked("messy.csv"))
    table = server.send("GET", f"/fr{checked('messy.csv')}/findings.csv")

    assert page.within("h1")[0].startswith("3 lignes sur 6 seraient publiées")
    assert "depuis 2016" in page.within("td")
    assert "Éducation" in page.within("td")
    assert any("n’est pas un pays" in text or "n'est pas un pays" in text for text in page.within("p"))
    assert table.headers["Content-Language"] == "fr"


@pytest.mark.parametrize("name", ["hostile.csv"])
def test_what_was_sent_is_shown_as_text_and_opens_as_text(
    server: Running, checked: Checked, name: str
) -> None:
    page = server.send("GET", checked(name)).text + server.send("GET", checked(name) + "?by=record").text
    understood = server.send("GET", f"{checked(name)}/understood.csv").body.decode("utf-8-sig")

    assert "<img" not in page
    assert "</script><img" not in page
    assert 'href="javascript:' not in page
    assert not [
        cell for row in csv.reader(io.StringIO(understood)) for cell in row if cell.startswith(("=", "+"))
    ]


def copy_of(server: Running, address: str, name: str, taken: list[str]) -> Reply:
    body = urlencode([("table", name), *(("take", number) for number in taken)]).encode()
    return server.send("POST", f"{address}/corrected", body, FORM)


def test_a_corrected_copy_takes_what_is_ticked_and_reads_back(
    server: Running, checked: Checked, tmp_path: Path
) -> None:
    address = checked("messy.csv")
    page = server.send("GET", address).text
    boxes = re.findall(r'<input type="checkbox" name="take" value="(\d+)"( checked)?>', page)
    reply = copy_of(server, address, "messy.csv", [number for number, _ in boxes])
    path = tmp_path / "copy.xlsx"
    path.write_bytes(reply.body)

    assert [bool(ticked) for _, ticked in boxes] == [True, True, True, False]
    assert reply.headers["Content-Disposition"] == "attachment; filename=messy-corrected.xlsx"
    assert [row.texts.get("country") for row in read_source(path).rows()][:2] == ["Italy", "Italy"]
    assert load_workbook(path).sheetnames == ["messy", "Changes"]
    nothing = copy_of(server, address, "messy.csv", ["99", "x", "-1", "9" * 50])
    path.write_bytes(nothing.body)
    assert [row.texts.get("country") for row in read_source(path).rows()][:2] == ["Itlay", "Itlay"]


def test_a_place_that_may_well_be_right_is_not_ticked(server: Running) -> None:
    row = "title,country,city,date,topics\nA walk,Germany,Erlangen-Nürnberg,2019,Education\n"
    page = server.send("GET", post(server, "walk.csv", row.encode()).headers["Location"]).text

    assert re.findall(r'name="take" value="\d+"( checked)?>', page) == [""]
    assert '<q dir="auto">Erlangen</q>' in page


def test_there_is_no_copy_of_what_is_no_table_of_the_report(server: Running, checked: Checked) -> None:
    assert "/corrected" not in server.send("GET", checked("planted.ttl")).text
    assert copy_of(server, checked("planted.ttl"), "planted.ttl", []).status == 404
    assert copy_of(server, checked("messy.csv"), "../../etc/passwd", []).status == 404


def test_a_pasted_table_is_one_with_tabs(server: Running) -> None:
    pasted = "title\tcountry\tcity\tdate\ttopics\r\nA walk\tItlay\tTurin\t2019\tEducation\r\n"
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="data"\r\n\r\n{pasted}\r\n--{BOUNDARY}--\r\n'
    ).encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "text/html"}
    reply = server.send("POST", "/validate", body, headers)

    page = show(server, reply.headers["Location"])
    assert "A walk" in page.within("td")
    assert "Itlay" in page.within("mark")


def test_the_page_says_to_whom_data_are_sent(server: Running, checked: Checked) -> None:
    for address in (checked("planted.csv"), "/submit"):
        assert (
            'Send the file to <a href="mailto:data@cities.example.net">' in server.send("GET", address).text
        )


def test_a_report_is_deleted_by_its_button_and_by_programs(server: Running, reports: Path) -> None:
    first, second = (
        post(server, "planted.csv", PLANTED["planted.csv"]).headers["Location"] for _ in range(2)
    )
    button = re.search(r'<form action="([^"]+/delete)" method="post">', server.send("GET", first).text)
    assert button

    by_form = server.send("POST", button[1], b"", FORM)
    by_program = server.send("DELETE", second)

    assert (by_form.status, by_form.headers["Location"]) == (303, "/validate?deleted")
    assert "have been deleted" in server.send("GET", "/validate?deleted").text
    assert by_program.status == 204
    for address in (first, second):
        assert server.send("GET", address).status == 404
        assert server.send("GET", f"{address}/findings.json").status == 404
        assert not (reports / address.rpartition("/")[2]).exists()
    assert server.send("DELETE", second).status == 404


def test_the_access_log_does_not_tell_the_address(server: Running, checked: Checked, output: Path) -> None:
    address = checked("planted.csv")
    assert server.send("GET", f"/fr{address}?by=record").status == 200

    log = output / "access.log"
    assert eventually(lambda: "/validate/report/\\u2026?by=record" in log.read_text(encoding="utf-8"))
    assert address.rpartition("/")[2] not in log.read_text(encoding="utf-8")


def test_what_is_no_report_is_a_page_that_says_so(server: Running) -> None:
    reply = server.send("GET", f"/validate/report/{'a' * 32}", headers={"Accept": "text/html"})

    assert reply.status == 404
    assert "This report has expired" in reply.text


def test_nothing_is_stored_of_what_programs_send(server: Running, reports: Path) -> None:
    before = set(reports.iterdir())

    assert post(server, "planted.csv", PLANTED["planted.csv"], "application/json").status == 200

    assert set(reports.iterdir()) == before


def send_graph(server: Running, data: str, shapes: str) -> Reply:
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{field}.ttl"\r\n\r\n{text}\r\n'
        for field, text in (("data", data), ("shapes", shapes))
    )
    body = f"{''.join(parts)}--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "text/html"}
    return server.send("POST", "/validate", body, headers)


def test_a_graph_and_its_shapes_have_a_page_too(server: Running) -> None:
    data = "@prefix ex: <http://example.org/> .\n\nex:one a ex:City .\n"
    shapes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "ex:CityShape a sh:NodeShape ; sh:targetClass ex:City ; sh:property ex:Name .\n"
        'ex:Name sh:path ex:name ; sh:minCount 1 ; sh:message "A city has a name."@en .\n'
    )
    address = send_graph(server, data, shapes).headers["Location"]
    page = show(server, address)

    assert page.within("h1") == ["Not ready. Please correct line 3, column 1."]
    assert "Triples" in page.within("dt")
    assert "ex:one a ex:City ." in page.within("mark")
    assert any("A city has a name" in text for text in page.within("p"))
    assert not re.search('id="(understood|send)"', server.send("GET", address).text)
    assert b"http://example.org/Name" in server.send("GET", f"{address}/findings.ttl").body


def test_what_to_correct_in_the_shapes_is_named_with_their_file(server: Running) -> None:
    shapes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        "ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCont 1 ] .\n"
    )
    reply = send_graph(server, "@prefix ex: <http://example.org/> . ex:one a ex:C .", shapes)

    page = show(server, reply.headers["Location"])

    assert page.within("h1") == ["Not ready. Please correct shapes.ttl, line 2, column 84."]


def test_shapes_that_are_ill_formed_are_told_one_by_one(server: Running) -> None:
    shapes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        'ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount "many" ] .\n'
    )
    reply = send_graph(server, "<http://example.org/a> a <http://example.org/C> .\n", shapes)

    assert reply.status == 400
    assert Text(reply.text).within("h1") == ["The shapes cannot be applied"]
    assert any(text.startswith("sh:minCount needs a whole number") for text in Text(reply.text).within("li"))


@pytest.mark.slow
def test_a_report_outlives_a_restart(output: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    with Running(output, reports=str(folder), report_minutes=61) as first:
        address = post(first, "planted.csv", PLANTED["planted.csv"]).headers["Location"]
    with Running(output, reports=str(folder), report_minutes=61) as second:
        assert second.send("GET", address).status == 200
        assert "61 minutes" in second.send("GET", address).text


def test_a_report_goes_in_time(output: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    with Running(output, reports=str(folder), report_minutes=0.1) as brief:
        address = post(brief, "planted.csv", PLANTED["planted.csv"]).headers["Location"]
        assert eventually(lambda: brief.send("GET", address).status == 404)
        assert eventually(lambda: list(folder.iterdir()) == [])


def test_a_contact_that_is_none_and_a_folder_that_is_none_stop_the_server(
    output: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for settings, sentence in (
        ({"contact": "nobody"}, "neither an e-mail address nor a web address"),
        ({"reports": str(tmp_path / "file")}, "Give another --reports"),
    ):
        running = Running(output, **settings)
        running.wait_for_log("refused: ")
        running.end()
        assert sentence in running.log


def test_the_digest_is_small_whatever_was_found(server: Running, reports: Path) -> None:
    rows = "".join(f"Walk number {n},Nowhere{n},Turin,{n},Education\n" for n in range(400))
    reply = post(server, "many.csv", f"title,country,city,date,topics\n{rows}".encode())
    folder = reports / reply.headers["Location"].rpartition("/")[2]

    assert (folder / "report").stat().st_size < 400_000
    assert len(server.send("GET", reply.headers["Location"]).body) < 400_000
    assert len(json.loads((folder / "report").read_text())["records"]) == 100
