import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint.monitoring.access_log import AccessLog, MonitoringMiddleware, route_of
from endpoint.monitoring.metrics import SharedCounters


class Answered:
    def __init__(self, application: Any, log: AccessLog | None, **environ: str) -> None:
        self.sheet = SharedCounters(1, ("answered",))
        self.headers: dict[str, str] = {}
        self.status = ""
        body = MonitoringMiddleware(application, self.sheet.row(0), log)(
            {"REQUEST_METHOD": "GET", "PATH_INFO": "/sparql", **environ},
            self._start,
        )
        self.body = b"".join(body)
        body.close()  # type: ignore[attr-defined]

    def _start(self, status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        self.status, self.headers = status, dict(headers)
        return lambda _: None


def hello(environ: dict[str, Any], start: Any) -> list[bytes]:
    environ["practicegraph.notes"]["cache"] = "hit"
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"he", b"llo"]


def logged(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_request_leaves_one_line_with_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    answered = Answered(hello, AccessLog(str(path)), QUERY_STRING="query=ASK", REMOTE_ADDR="127.0.0.1")

    (line,) = logged(path)

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line.pop("seconds") >= 0
    assert line == {
        "request_id": answered.headers["X-Request-Id"],
        "client": "127.0.0.1",
        "method": "GET",
        "target": "/sparql?query=ASK",
        "route": "sparql",
        "status": 200,
        "bytes": 5,
        "agent": "",
        "cache": "hit",
    }


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[AccessLog, Path]:
    file = tmp_path_factory.mktemp("log") / "access.log"
    return AccessLog(str(file)), file


@given(path=st.text(max_size=2000), agent=st.text(max_size=2000))
def test_no_request_can_write_a_second_line_or_a_control_character(
    log_file: tuple[AccessLog, Path], path: str, agent: str
) -> None:
    log, file = log_file
    file.write_bytes(b"")
    Answered(hello, log, PATH_INFO=f"/{path}\n\x1b[31m\x7f", HTTP_USER_AGENT=f"{agent}\r\n\x9b")

    content = file.read_bytes()

    assert content.count(b"\n") == 1
    assert re.fullmatch(rb"[ -~]*\n", content)
    assert len(content) <= 4096
    json.loads(content)


@pytest.mark.parametrize(
    ("given_id", "is_kept"),
    [("abcdefgh", True), ("0123.4567_89-Z", True), ("short", False), ("x" * 65, False), ("a\nb" * 9, False)],
)
def test_a_request_keeps_the_id_it_came_with_if_that_is_one(given_id: str, is_kept: bool) -> None:
    answered = Answered(hello, None, HTTP_X_REQUEST_ID=given_id)

    assert (answered.headers["X-Request-Id"] == given_id) is is_kept
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", answered.headers["X-Request-Id"])


def test_an_application_that_breaks_is_an_answer_too(tmp_path: Path) -> None:
    def broken(_environ: Any, _start: Any) -> list[bytes]:
        raise FileNotFoundError("a template")

    path = tmp_path / "access.log"
    answered = Answered(broken, AccessLog(str(path)))

    assert answered.status.startswith("500")
    assert answered.headers["X-Request-Id"].encode() in answered.body
    assert b"template" not in answered.body
    assert logged(path)[0]["status"] == 500


def test_an_answer_that_breaks_off_is_counted(tmp_path: Path) -> None:
    def half(_environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"half"
        raise ConnectionError

    path = tmp_path / "access.log"
    sheet = SharedCounters(1, ())
    body = MonitoringMiddleware(half, sheet.row(0), AccessLog(str(path)))(
        {"REQUEST_METHOD": "GET"}, lambda *_: lambda _: None
    )
    with pytest.raises(ConnectionError):
        b"".join(body)
    body.close()  # type: ignore[attr-defined]

    assert (logged(path)[0]["bytes"], sheet.total(("http_requests_total", "page", "2xx"))) == (4, 1)


def test_a_log_that_cannot_be_written_keeps_nobody_from_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("There is no /dev/full here.")

    assert Answered(hello, AccessLog("/dev/full")).body == b"hello"
    assert "cannot be written" in caplog.text


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "page"),
        ("", "page"),
        ("/practices", "page"),
        ("/sparql", "sparql"),
        ("/static/site.css", "static"),
        ("/dumps/dataset.nt.gz", "download"),
        ("/doc/practice/x", "document"),
        ("/healthz", "operations"),
        ("//evil", "page"),
    ],
)
def test_addresses_are_of_a_few_sorts(path: str, route: str) -> None:
    assert route_of(path) == route
