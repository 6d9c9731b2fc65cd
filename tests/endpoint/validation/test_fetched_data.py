"""Data by address: from listed hosts only, within limits, and with a sentence wherever they do not come."""

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from endpoint.http.problems import Problem
from endpoint.validation.addresses import Address, check_address, listed_hosts, resolve_host
from pipeline.model.errors import UsageError
from tests.endpoint.validation.test_validation_service import form, post_form
from tests.running import Reply, Running, eventually

TURTLE = b"<http://example.org/a> a <http://example.org/Person> .\n"
SHAPES = (
    b"@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> sh:targetClass <http://example.org/Person> ;"
    b"sh:property [ sh:path <http://example.org/name> ; sh:minCount 1 ] ."
)
MIB = 1 << 20


class Site(BaseHTTPRequestHandler):
    """A site with data, and with many other responses instead of data."""

    asked: ClassVar[list[str]] = []
    released = threading.Event()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = urlsplit(self.path).path.strip("/").replace("-", "_").partition(".")[0]
        getattr(self, name, self.nothing)()

    def send(self, body: bytes, type: str = "text/turtle", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for key, value in {"Content_Type": type, "Content_Length": str(len(body)), **headers}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def nothing(self) -> None:
        self.send(b"", status=404)

    def good(self) -> None:
        self.send(TURTLE)

    def packed(self) -> None:
        self.send(gzip.compress(TURTLE), Content_Encoding="gzip")

    def picture(self) -> None:
        self.send(b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "image/png")

    def bomb(self) -> None:
        self.send(gzip.compress(b"#" * 40 * MIB), Content_Encoding="gzip")

    def said_to_be_large(self) -> None:
        self.send(b"#", Content_Length=str(10 << 30))

    def large(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.wfile.closed:
            self.wfile.write(b"#" * MIB)

    def slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.released.wait(0.2):
            self.wfile.write(b"#")

    def silent(self) -> None:
        self.released.wait(60)

    def half(self) -> None:
        self.send(TURTLE, Content_Length="1000")

    def empty(self) -> None:
        self.send(b"")

    def here(self) -> None:
        self.send(b"", status=302, Location="good")

    def around(self) -> None:
        self.send(b"", status=302, Location="/around")

    def elsewhere(self) -> None:
        self.send(b"", status=302, Location="http://192.0.2.1/good.ttl")

    def inside(self) -> None:
        self.send(b"", status=307, Location=f"http://localhost:{self.server.server_port}/good.ttl")  # type: ignore[attr-defined]

    def file(self) -> None:
        self.send(b"", status=301, Location="file:///etc/passwd")

    def no_http(self) -> None:
        self.wfile.write(b"220 ready\r\n")

    def endless_header(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.released.is_set():
            self.wfile.write(b"X: " + b"x" * 1000 + b"\r\n")

    def log_message(self, *_: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Site) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"127.0.0.1:{serving.server_port}"
        Site.released.set()
        serving.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def server(output: Path, site: str) -> Iterator[Running]:
    with Running(output, allow_from=[site], fetch_timeout=2, check_size_mb=1, processes=1) as running:
        yield running


def ask(server: Running, url: str) -> Reply:
    return server.send("POST", f"/validate?profile=catalogue&url={quote(url, safe='')}", b"")


@pytest.mark.parametrize("path", ["good", "good.ttl?a=b", "packed.ttl", "here"])
def test_data_of_a_listed_host_are_checked(server: Running, site: str, path: str) -> None:
    reply = ask(server, f"http://{site}/{path}")

    assert reply.status == 200, reply.text
    assert reply.json()["summary"]["triples"] == 1


def test_a_form_may_have_an_address_and_shapes(server: Running, site: str) -> None:
    parts = (("url", None, None, f"http://{site}/good".encode()), ("shapes", "s.ttl", "text/turtle", SHAPES))

    reply = post_form(server, form(*parts))

    assert [each["code"] for each in reply.json()["findings"]] == ["min-count"]


REFUSED = {
    "elsewhere": (400, "address-refused", "only, not from 192.0.2.1"),
    "inside": (400, "address-refused", "not from localhost"),
    "file": (400, "address-refused", "begins with http"),
    "around": (502, "address-unreachable", "redirected more than 3 times"),
    "nothing": (502, "address-unreachable", "answered 404"),
    "silent": (502, "address-unreachable", "longer than 2 s"),
    "slow": (502, "address-unreachable", "longer than 2 s"),
    "half": (502, "address-unreachable", "did not answer, or not in HTTP"),
    "no-http": (502, "address-unreachable", "did not answer, or not in HTTP"),
    "endless-header": (502, "address-unreachable", "did not answer, or not in HTTP"),
    "picture": (415, "type-unknown", "image/png"),
    "bomb": (413, "data-too-large", "1 MB"),
    "said-to-be-large": (413, "data-too-large", "1 MB"),
    "large": (413, "data-too-large", "1 MB"),
    "empty": (400, "data-missing", "is empty"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_what_does_not_come_as_it_should_is_told_in_one_sentence(
    server: Running, site: str, path: str
) -> None:
    status, name, says = REFUSED[path]

    reply = ask(server, f"http://{site}/{path}")

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (status, name), reply.text
    assert says in reply.json()["detail"]
    assert eventually(lambda: not server.processes("pg-fetch"))


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/", "http://localhost:{port}/good", "http://127.1:{port}/good", "http://2130706433:{port}/",
        "http://0x7f000001:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
        "http://127.0.0.1/", "http://127.0.0.1:1/", "https://127.0.0.1:22/", "http://127.0.0.1:{port}@192.0.2.1/",
        "http://user@127.0.0.1:{port}/good", "http://user:word@127.0.0.1:{port}/good", "http://127.0.0.1:{port}\\@a/",
        "//127.0.0.1:{port}/good", "good", "", "ftp://127.0.0.1:{port}/good", "file:///etc/passwd", "http:///good",
        "http://127.0.0.1:{port}/ good", "http://127.0.0.1:{port}/\r\nX: y", "http://１２７.0.0.1:{port}/good",
        "http://127.0.0.1:{port}.example.org/", "http://127.0.0.1.:{port}/", "http://127.0.0.1:0{port}/good",
        "http://127.0.0.1:{port}/é", "http://[127.0.0.1:{port}/", "http://127.0.0.1:99999999/",
    ],
)  # fmt: skip
def test_no_address_leads_around_the_list(server: Running, site: str, url: str) -> None:
    before = len(Site.asked)

    reply = ask(server, url.replace("{port}", site.rpartition(":")[2]) or " x")

    assert (reply.status, reply.json()["type"].rpartition("#")[2]) == (400, "address-refused"), reply.text
    assert len(Site.asked) == before


@given(st.text() | st.from_regex(r"https?://[a-z0-9.@:\\\[\]#?/%-]{0,30}", fullmatch=True))
@example("http://a.example:80@b.example/")
@example("http://b.example#@a.example/")
@example("http://b.example\\.a.example/")
def test_an_address_that_is_fetched_is_of_a_listed_host(text: str) -> None:
    try:
        address = check_address(text, ("a.example", "b.example:8080"))
    except Problem:
        return
    assert (address.host, address.port) in {("a.example", 80), ("a.example", 443), ("b.example", 8080)}
    assert address.target.isascii()
    assert not set(address.target) & set(" \r\n\t\\")


@pytest.mark.parametrize(
    "found",
    ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fe80::1%2", "::ffff:10.0.0.8", "2002:a00:8::",
     "64:ff9b::a00:8",      "0.0.0.0", "100.64.0.1", "224.0.0.1", "fd00::1"],
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_refused(
    monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    def answer(*_: object, **__: object) -> list[object]:
        return [(2, 1, 6, "", (one, 80)) for one in ("93.184.215.14", found)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    with pytest.raises(Problem, match="private network"):
        resolve_host(Address("http", "data.example.org", 80, "/"))


def test_localhost_is_a_name_in_a_private_network_and_its_number_is_none() -> None:
    with pytest.raises(Problem, match="private network"):
        resolve_host(Address("http", "localhost", 80, "/"))
    assert resolve_host(Address("http", "127.0.0.1", 80, "/")) == "127.0.0.1"
    assert resolve_host(Address("http", "[::1]", 80, "/")) == "::1"


@pytest.mark.parametrize(
    "host", ["", "http://a.example", "a.example/", "user@a.example", "a b", "*", "a.example:x"]
)
def test_what_is_no_host_cannot_be_listed(host: str) -> None:
    with pytest.raises(UsageError, match="is no host"):
        listed_hosts([host])


def test_data_and_an_address_are_too_much(server: Running, site: str) -> None:
    url = quote(f"http://{site}/good", safe="")

    both = server.send("POST", f"/validate?url={url}", TURTLE, {"Content-Type": "text/turtle"})

    assert (both.status, both.json()["type"].rpartition("#")[2]) == (400, "request-unreadable")


def test_the_form_has_a_field_for_it_only_where_data_are_fetched(
    server: Running, site: str, client: FlaskClient
) -> None:
    page = server.send("GET", "/validate").text

    assert 'name="url"' in page
    assert site in page
    assert 'name="url"' not in client.get("/validate").text
    with pytest.raises(Problem, match="fetches no data from addresses"):
        check_address("http://a.example/", ())


def test_the_process_that_fetches_starts_no_programs_and_a_check_has_no_network(
    server: Running, site: str
) -> None:
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(ask(server, f"http://{site}/silent")))
    thread.start()
    assert eventually(lambda: len(server.processes("pg-fetch")) == 1)
    [fetcher] = server.processes("pg-fetch")
    status = Path(f"/proc/{fetcher}/status")
    assert eventually(lambda: not status.exists() or "Seccomp:\t2" in status.read_text())
    thread.join()

    assert replies[0].status == 502
