"""What a web process does with a request before it is admitted is small, and grows with its size and no faster."""

import gc
import gzip
import io
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask import request as web_request
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from endpoint.app import create_app
from endpoint.engine.client import QueryRefused
from endpoint.engine.question import QueryLimits, Question
from endpoint.http.problems import Problem
from endpoint.http.problems import Problem as UploadProblem
from endpoint.http.request_limits import MOST_ARGUMENTS, MOST_HEAD, MOST_HEADER, MOST_PATH
from endpoint.language.interface_languages import _read as read_languages
from endpoint.sparql.protocol import most_body_bytes
from endpoint.sparql.query_service import Admission, QueryService
from endpoint.submission.form_values import LONGEST, read_values
from endpoint.submission.mail_link import mail_link
from endpoint.syntax.explanations import explain_failure, explain_refusal, explain_syntax
from endpoint.syntax.query_checks import Reading, read
from endpoint.validation.check_limits import CheckLimits
from endpoint.validation.uploads import receive
from pipeline.shapes_check.named_profiles import NamedProfiles
from pipeline.sources.template.template_wording import wording
from tests.locations import CASES

pytestmark = pytest.mark.thorough

UNITS: dict[str, str] = tomllib.loads((CASES / "hostile.toml").read_text(encoding="utf-8"))["units"]

GROWTH = 8.0
"""Times the work that four times the size may take: halfway between 4, of linear work, and 16, of the square."""

FLOOR = 0.004
"""Seconds below which times are noise."""

QUIET = 0.03
"""Seconds of computing that slowness() counts as 1."""

MOST = 0.05
"""Seconds of computing that the largest request may take before it is admitted, or until its page is written."""

MEGABYTE = 1024 * 1024


class Engine:
    """Refuses every question at once, at a place in the middle of its query."""

    limits = QueryLimits()
    is_remote = False

    def version(self, release: str, base: str) -> str:
        return release

    def ask(self, question: Question, _: Callable[[], bool]) -> Any:
        question.to_bytes()
        raise QueryRefused(Problem("query-not-understood", "It cannot be read.", at=len(question.query) // 2))


@pytest.fixture(scope="module", autouse=True)
def nothing_else_to_collect() -> Iterator[None]:
    gc.collect()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def web(output: Path) -> Flask:
    app = create_app(output, asking=QueryService(Engine(), Admission(2)))
    for path in ("/practices?q=a", "/changes", "/doc/practice/none"):
        app.test_client().get(path)
    return app


def text_of(unit: str, size: int) -> str:
    """Return a text of so many bytes, or hardly fewer."""
    return unit * (size // len(unit.encode()))


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds of computing that some work takes."""
    gc.freeze()  # the garbage collector need not look at what others have left in memory
    began = time.process_time()
    work()
    return time.process_time() - began


def slowness() -> float:
    """Return how many times as long as on a quiet machine a fixed computation takes now, at least 1."""
    return max(seconds(lambda: sum(number * number for number in range(500_000))) / QUIET, 1.0)


def quiet_seconds(work: Callable[[], object], times: int) -> float:
    """Return the seconds that some work takes on a quiet machine, by what a fixed computation takes beside it."""
    return min(seconds(work) / slowness() for _ in range(times))


def assert_linear(
    work: Callable[[Any], object],
    unit: str,
    size: int,
    most: float = 1000.0,
    prepare: Callable[[str], object] = str,
) -> None:
    """Assert that some work grows linearly with its text and stays below a number of seconds.

    It is measured more often where it seems to take too long: a crowded machine makes it look so.
    """
    larger = prepare(text_of(unit, size))
    large = seconds(partial(work, larger))
    if large <= GROWTH * FLOOR:
        return
    smaller = prepare(text_of(unit, size // 4))
    small = seconds(partial(work, smaller))
    for times in (2, 3, 4, 6, 8):
        if large <= GROWTH * max(small, FLOOR) and (
            large <= most or quiet_seconds(partial(work, larger), times) <= most
        ):
            return
        for _ in range(times):
            small = min(small, seconds(partial(work, smaller)))
            large = min(large, seconds(partial(work, larger)))
    pytest.fail(f"{small:.3f} s for {size // 4} bytes, {large:.3f} s for {size}")


Environ = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """A way to send a text in a request: its largest size in bytes, and how a request is made of a text."""

    size: int
    request: Callable[[str], Environ]


def request(path: str, query: bytes = b"", body: bytes = b"", **more: str) -> Environ:
    return {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "body": body,
        **more,
    }


def answer(web: Flask, environ: Environ) -> int:
    """Let the application answer a request, and return the status."""
    statuses = []

    def start(status: str, _: object, *__: object) -> Callable[[bytes], object]:
        statuses.append(int(status[:3]))
        return bool

    answered = web.wsgi_app({**environ, "wsgi.input": io.BytesIO(environ["body"])}, start)
    for _ in answered:
        pass
    getattr(answered, "close", bool)()
    assert statuses[0] < 500 or statuses[0] == 503
    return statuses[0]


def body(content_type: str, before: str, text: str) -> Environ:
    return request("/sparql", body=(before + text).encode() or b" ", CONTENT_TYPE=content_type)


def encoded_form(text: str) -> Environ:
    return body(_FORM, "query=", quote(text, safe=""))


def compressed(text: str) -> Environ:
    """Return a form as gzip; what hardly grows by it counts as what it becomes."""
    sent = gzip.compress(f"query={text}".encode(), 1)
    return request("/sparql", body=sent, CONTENT_TYPE=_FORM, HTTP_CONTENT_ENCODING="gzip")


def headers(path: str, query: bytes, text: str) -> Environ:
    """Return a request with the text in every header that is read."""
    # Header values are bytes to a server; null characters and ends of line never come through.
    value = text.encode().decode("latin-1").translate({0: " ", 10: " ", 13: " "})
    return request(path, query, **dict.fromkeys(HEADERS, value))


def parameters(path: str, text: str) -> Environ:
    """Return a request for a page with the text in every parameter that is read."""
    size = (MOST_ARGUMENTS - 200) // len(PARAMETERS)
    value = quote(text, safe="")[: size * len(text) // MOST_ARGUMENTS]
    return request(path, "&".join(f"{name}={value}" for name in PARAMETERS).encode(), HTTP_ACCEPT="text/html")


def many_parameters(path: str, text: str) -> Environ:
    """Return a request for a page with pieces of the text in many parameters, half of them unknown."""
    names = [
        name for number in range(20) for name in (*PARAMETERS, *(f"{name}{number}" for name in PARAMETERS))
    ]
    value = quote(text[:8], safe="")[:24]
    query = "&".join(f"{name}={value}" for name in names)[: min(MOST_ARGUMENTS, len(text))]
    return request(path, query.encode(), HTTP_ACCEPT="text/html")


def formats(path: str, text: str) -> Environ:
    """Return a request for a page with the text in each parameter that chooses how it is written."""
    value = quote(text, safe="")[: (MOST_ARGUMENTS - 30) // 3 * len(text) // MOST_ARGUMENTS]
    return request(path, "&".join(f"{name}={value}" for name in ("format", "profile", "lang")).encode())


def query_string(path: str, text: str) -> Environ:
    return request(path, text.encode())


def after(path: str, before: str, text: str) -> Environ:
    """Return a request with the text in one parameter."""
    return request(path, (before + quote(text, safe=""))[:MOST_ARGUMENTS].encode())


def path(before: str, text: str) -> Environ:
    return request(before + text.encode().decode("latin-1")[: MOST_PATH - len(before)])


_DIRECT, _FORM = "application/sparql-query", "application/x-www-form-urlencoded"
HEADERS = (
    "CONTENT_TYPE",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_CONTENT_ENCODING",
    "HTTP_COOKIE",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_RANGE",
    "HTTP_RANGE",
    "HTTP_X_REQUEST_ID",
)
PARAMETERS = (
    "q",
    "topic",
    "country",
    "year",
    "collection",
    "ids",
    "page",
    "sort",
    "kind",
)
WAYS = {
    "a query": Way(MEGABYTE - 6, partial(body, _DIRECT, "ASK{} ")),
    "a query that begins with the text": Way(MEGABYTE, partial(body, _DIRECT, "")),
    "a form": Way(most_body_bytes(MEGABYTE), partial(body, _FORM, "")),
    "a query in a form": Way(most_body_bytes(MEGABYTE) - 6, partial(body, _FORM, "query=")),
    "an encoded query in a form": Way(MEGABYTE, encoded_form),
    "a compressed query in a form": Way(most_body_bytes(MEGABYTE) - 6, compressed),
    "the address of a query": Way(MOST_HEAD, partial(query_string, "/sparql")),
    "parameters of a list": Way(MOST_ARGUMENTS, partial(parameters, "/practices")),
    "many parameters of a list": Way(MOST_ARGUMENTS, partial(many_parameters, "/practices")),
    "the format of a list": Way(MOST_ARGUMENTS, partial(formats, "/practices")),
    "the format of a document": Way(MOST_ARGUMENTS, partial(formats, "/doc/practice/none")),
    "a short link": Way(MOST_ARGUMENTS - 2, partial(after, "/sparql/link", "q=1")),
    "the query of an embedded result": Way(
        MOST_ARGUMENTS - 20, partial(after, "/sparql/embed", "query=ASK{}")
    ),
    "parameters of changes": Way(MOST_ARGUMENTS, partial(parameters, "/changes")),
    "many parameters of changes": Way(MOST_ARGUMENTS, partial(many_parameters, "/changes")),
    "the path of a document": Way(MOST_PATH, partial(path, "/doc/practice/")),
    "the path of a version": Way(MOST_PATH, partial(path, "/dataset/")),
    "the path of a report": Way(MOST_PATH, partial(path, "/validate/report/")),
    "headers for a document": Way(MOST_HEADER, partial(headers, "/doc/practice/none", b"")),
    "headers for the endpoint": Way(MOST_HEADER, partial(headers, "/sparql", b"query=ASK{}")),
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_web_process_does_little_before_a_request_is_admitted(web: Flask, way: Way, unit: str) -> None:
    assert_linear(partial(answer, web), unit, way.size, MOST, prepare=way.request)


@pytest.mark.parametrize("unit", ["<", "&", "'", "\n", "é", "a "])
def test_a_page_about_a_long_query_takes_a_time_that_grows_with_it(web: Flask, unit: str) -> None:
    def page(text: str) -> Environ:
        return {**body(_DIRECT, "ASK{} ", text), "HTTP_ACCEPT": "text/html"}

    assert_linear(partial(answer, web), unit, MEGABYTE - 6, prepare=page)


def read_and_explain(query: str) -> None:
    """Do all that a query child does with a query that its engine refuses."""
    try:
        reading = read(query)
    except Problem as problem:
        explain_refusal(problem, query)
        return
    explain_syntax("The SELECT contains a variable that is unbound", query, reading)
    explain_failure("The custom function <http://e/f> is not supported", query)
    Reading.from_bytes(reading.to_bytes())


BEGINNINGS = (
    "",
    "PREFIX a: <b> ASK { ?s ?p '",
    "SELECT (COUNT(?s) AS ?n) ?x { ?s ?p ?o VALUES (?s ?o) { (1 ",
)


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
@pytest.mark.parametrize("before", BEGINNINGS)
def test_a_query_child_takes_a_time_that_grows_with_the_query(before: str, unit: str) -> None:
    assert_linear(lambda text: read_and_explain(before + text), unit, 64 * 1024)


def form_data(before: str, text: str, after: str = "") -> tuple[bytes, str]:
    body = f"--xx\r\nContent-Disposition: form-data; name={before}{text}{after}\r\n--xx--\r\n"
    return body.encode(), "multipart/form-data; boundary=xx"


UPLOADS: dict[str, Callable[[str], tuple[bytes, str]]] = {
    "a file": partial(form_data, '"data"; filename="a.csv"\r\n\r\n'),
    "a field": partial(form_data, '"data"\r\n\r\n'),
    "the name of a file": partial(form_data, '"data"; filename="', after='"\r\n\r\na'),
    "the headers of a part": partial(form_data, '"data"\r\n', after="\r\n\r\na"),
    "no part": lambda text: (text.encode(), "multipart/form-data; boundary=xx"),
    "a body": lambda text: (text.encode(), "text/csv"),
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
@pytest.mark.parametrize("upload", UPLOADS.values(), ids=UPLOADS.keys())
def test_an_upload_takes_a_time_that_grows_with_it(
    tmp_path: Path, upload: Callable[[str], tuple[bytes, str]], unit: str
) -> None:
    folders = (tmp_path / str(number) for number in count())

    def receive_it(text: str) -> None:
        body, content_type = upload(text)
        environ = {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        folder = next(folders)
        folder.mkdir()
        with Request(environ) as sent, suppress(UploadProblem):
            receive(sent, folder, CheckLimits(data=64 * MEGABYTE), NamedProfiles())

    assert_linear(receive_it, unit, MEGABYTE // 4)


FORMS: dict[str, Callable[[str], dict[str, Any]]] = {
    "a text": lambda text: {"data": {"summary": text}},
    "topics": lambda text: {"data": {"topics": [text[:100]] * (len(text) // 100)}},
    "no field": lambda text: {"data": text.encode(), "content_type": _FORM},
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_form_for_a_practice_is_little_work_before_its_check(
    web: Flask, form: Callable[[str], dict[str, Any]], unit: str
) -> None:
    def read_and_mail(text: str) -> None:
        with web.test_request_context("/submit", method="POST", **form(text)), suppress(HTTPException):
            mail_link("mailto:desk@city.org", read_values(web_request), wording("en"))

    assert_linear(read_and_mail, unit, LONGEST, MOST)


def pieces(sent: bytes) -> Iterator[bytes]:
    """Yield what is sent as it comes from a socket."""
    return (sent[start : start + 8192] for start in range(0, len(sent), 8192))


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
@pytest.mark.parametrize("line", ["GET /{} HTTP/1.1", "GET / HTTP/1.1\r\nA: {}", "GET / HTTP/1.1\r\n{}"])
def test_the_head_of_a_request_is_little_work_for_the_server(line: str, unit: str) -> None:
    def parse(text: str) -> None:
        parser = HTTPRequestParser(Adjustments(max_request_header_size=MOST_HEAD))
        for piece in pieces(f"{line.format(text)}\r\n\r\n".encode()):
            parser.received(piece)
            if parser.completed:
                break

    assert_linear(parse, unit, MOST_HEAD, MOST)


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_the_languages_of_a_reader_are_little_work(unit: str) -> None:
    assert_linear(partial(read_languages, None, None), unit, MOST_HEADER, MOST)
