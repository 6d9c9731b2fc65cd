"""Warming: no reader waits for what the first page of a process takes, and nothing shows that it was made."""

from pathlib import Path

from flask import Response, request

from endpoint.app import create_app
from endpoint.server.warming import warm_up
from tests.endpoint.server.test_operations import metrics
from tests.running import Running
from tests.samples import build_release


def test_the_pages_that_people_open_first_are_there_before_anybody_asks(tmp_path: Path) -> None:
    app = create_app(build_release(tmp_path / "published").parents[1])
    asked: list[tuple[str, int]] = []

    @app.after_request
    def note(response: Response) -> Response:
        asked.append((request.path, response.status_code))
        return response

    warm_up(app)

    # The list is made twice: as it is, and with a search, which loads its tables of words.
    assert [path for path, _ in asked[:3]] == ["/", "/practices", "/practices"]
    assert asked[3][0].startswith("/doc/practice/")
    assert {status for _, status in asked} == {200}


def test_warming_is_not_counted(tmp_path: Path) -> None:
    with Running(build_release(tmp_path / "published").parents[1]) as running:
        found = metrics(running)

    assert not any(
        name.startswith("http_requests_total") and "page" in name for name, n in found.items() if n
    )
