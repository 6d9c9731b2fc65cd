import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest

from endpoint.app import create_app
from endpoint.catalogue.service import releases_of
from endpoint.engine.client import QueryRefused
from endpoint.engine.question import QueryLimits, Question
from endpoint.http.cache import AnswerCache
from endpoint.http.problems import Problem
from endpoint.sparql.front import Front
from endpoint.sparql.query_service import MOST_GATHERED, Admission, QueryService
from endpoint.syntax.query_checks import Reading, read

OF_ONE_ANSWER = {"etag", "server-timing", "content-length"}


class Store:
    """Answers every query with its own text, repeated as requested."""

    limits = QueryLimits(seconds=5)

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.times = 1
        self.closed = 0

    def version(self, release: str, base: str) -> str:
        return release

    def ask(self, question: Question, _: Callable[[], bool]) -> Any:
        self.asked.append(question.query)
        if "refused" in question.query:
            raise QueryRefused(Problem("query-not-understood", "error at 1:1: expected SELECT"))
        try:
            self.reading: Reading = read(question.query)
        except Problem as problem:
            raise QueryRefused(problem) from problem
        return self

    first = b""
    complete = False
    hints = ""
    is_remote = False

    def rest(self) -> Iterator[bytes]:
        for _ in range(self.times):
            yield (self.asked[-1] + "\n").encode() * 50

    def close(self) -> None:
        self.closed += 1


class Client:
    def __init__(self, output: Path) -> None:
        self.store = Store()
        self.asking = QueryService(self.store, Admission(2), AnswerCache(1_000_000))
        self.app = create_app(output, asking=self.asking)
        self.passed_on = 0
        self.front = Front(self._framework, self.asking, releases_of(self.app).current)

    def _framework(self, environ: Any, start: Any) -> Any:
        self.passed_on += 1
        return self.app.wsgi_app(environ, start)

    def get(self, query: str, accept: str = "*/*", **headers: str) -> SimpleNamespace:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/sparql",
            "QUERY_STRING": f"query={quote(query)}",
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "HTTP_ACCEPT": accept,
            **headers,
        }
        reply = SimpleNamespace(status=0, headers={})

        def start(status: str, found: list[tuple[str, str]], *_: Any) -> Any:
            reply.status, reply.headers = int(status[:3]), {name.lower(): value for name, value in found}
            assert len(reply.headers) == len(found)
            return lambda _: None

        body = self.front(environ, start)
        reply.body = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        return reply


@pytest.fixture
def client(output: Path) -> Client:
    return Client(output)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize(
    ("form", "accept"),
    [
        ("SELECT * {}", "text/csv"),
        ("SELECT * {}", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+xml"),
        ("DESCRIBE <http://e/x>", "text/turtle"),
        ("DESCRIBE <http://e/x>", "application/ld+json"),
    ],
)
def test_the_front_writes_the_header_that_the_framework_writes(
    client: Client, form: str, accept: str, coding: str
) -> None:
    replies = [
        client.get(f"{form} # {'x' * 40} {number}", accept, HTTP_ACCEPT_ENCODING=coding)
        for number in range(3)
    ]

    assert client.passed_on == 1
    headers = [{k: v for k, v in reply.headers.items() if k not in OF_ONE_ANSWER} for reply in replies]
    assert headers == [headers[0]] * 3
    assert len({reply.headers["etag"] for reply in replies}) == 3
    for number, reply in enumerate(replies):
        assert int(reply.headers["content-length"]) == len(reply.body)
        body = gzip.decompress(reply.body) if coding == "gzip" else reply.body
        assert f"{number}\n".encode() in body


def test_an_answer_that_is_kept_is_sent_again_as_it_was(client: Client) -> None:
    client.get("ASK {} # first")
    replies = [client.get("ASK {}") for _ in range(3)]

    assert client.store.asked == ["ASK {} # first", "ASK {}"]
    assert client.passed_on == 1
    assert [reply.headers.pop("server-timing")[:12] for reply in replies][1:] == ['cache;desc="'] * 2
    assert len({(reply.status, reply.body, tuple(sorted(reply.headers.items()))) for reply in replies}) == 1


def test_one_format_is_not_given_for_another(client: Client) -> None:
    for _ in range(2):
        types = [
            client.get("ASK {}", accept).headers["content-type"] for accept in ("text/csv", "application/xml")
        ]
        assert types == ["text/csv; charset=utf-8", "application/xml"]


def test_a_hint_belongs_to_its_query(client: Client) -> None:
    client.get("ASK {} # first")
    term = "<https://w3id.org/intercultural-practices/ns#topics>"
    for _ in range(2):
        assert "icgp:topic?" in client.get(f"ASK {{ ?s {term} ?o }}").headers["x-query-hint"]
        assert "x-query-hint" not in client.get("ASK { ?s <http://e/p> ?o }").headers


@pytest.mark.parametrize("query", ["refused", "ASK { SERVICE <http://e/> {} }", "CLEAR ALL"])
def test_problems_are_told_by_the_framework_and_asked_for_once(client: Client, query: str) -> None:
    client.get("ASK {} # first")
    reply = client.get(query, "application/problem+json, */*;q=0.1")

    assert reply.status == 400
    assert reply.headers["content-type"] == "application/problem+json"
    assert client.store.asked.count(query) <= 1


@pytest.mark.parametrize("accept", ["text/html", "image/png"])
def test_pages_are_the_framework_s(client: Client, accept: str) -> None:
    client.get("ASK {} # first")
    client.get("SELECT (RAND() AS ?x) {}", accept)

    assert client.passed_on == 2


def test_queries_are_answered_at_the_endpoint_s_address_only(client: Client) -> None:
    client.get("ASK {} # first")

    assert [client.get("ASK {}", PATH_INFO=f"/{path}/sparql").status for path in ("practice", "x/y")] == [
        404,
        404,
    ]
    assert client.store.asked == ["ASK {} # first"]


def test_a_large_answer_is_asked_for_once_and_closed_when_it_is_sent(client: Client) -> None:
    client.get("ASK {} # first")
    client.store.times = MOST_GATHERED // (50 * len("ASK {}\n")) + 10
    reply = client.get("ASK {}")

    assert len(reply.body) == client.store.times * 50 * len("ASK {}\n")
    assert client.store.asked == ["ASK {} # first", "ASK {}"]
    assert client.store.closed == 2
    client.asking.admission.enter()
    client.asking.admission.enter()


def test_a_large_answer_that_the_framework_does_not_take_is_closed(client: Client) -> None:
    client.get("ASK {} # first")
    client.store.times = MOST_GATHERED // (50 * len("ASK {}\n")) + 10

    def broken(_environ: Any, _start: Any) -> Any:
        raise RuntimeError

    client.front._application = broken
    with pytest.raises(RuntimeError):
        client.get("ASK {}")

    assert client.store.closed == 2


def test_who_has_the_answer_is_told_so_and_who_has_another_gets_it(client: Client) -> None:
    client.get("ASK {} # first")
    tag = client.get("ASK {}").headers["etag"]

    again = client.get("ASK {}", HTTP_IF_NONE_MATCH=tag)
    other = client.get("ASK {}", HTTP_IF_NONE_MATCH='"other"')

    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert "content-type" not in again.headers
    assert (other.status, other.headers["etag"]) == (200, tag)


def test_a_new_release_has_new_answers(tmp_path: Path, new_release: Callable[[int], Path]) -> None:
    new_release(2)
    client = Client(tmp_path)
    releases_of(client.app)._look_every = 0
    tags = {client.get("ASK {}").headers["etag"] for _ in range(3)}
    new_release(1)

    reply = client.get("ASK {}")

    assert len(tags) == 1
    assert reply.headers["etag"] not in tags
    assert client.store.asked == ["ASK {}"] * 2
