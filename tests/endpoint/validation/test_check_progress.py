import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import locations
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from endpoint.app import create_app
from endpoint.validation import Checking
from endpoint.validation.check_limits import CheckLimits
from endpoint.validation.check_progress import ProgressFile, Stage, read_stage
from endpoint.validation.progress_page import label_of
from pipeline.checking import Manner, check
from pipeline.system.progress import Progress

Item = TypeVar("Item")

SOUND = locations.CASES / "validation" / "sound.csv"
PEOPLE = locations.CASES / "shaped"
BROWSER = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


class Recorder(Progress):
    """Remembers the steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def track(self, items: Iterable[Item], step: str, total: int | None = None) -> Iterator[Item]:
        self.steps.append(step)
        return super().track(items, step, total)


@pytest.mark.parametrize(
    ("data", "shapes", "first"),
    [
        (SOUND, (), "Reading"),
        (PEOPLE / "people.ttl", (PEOPLE / "people_shapes.ttl",), "Checking the shapes"),
    ],
)
def test_each_step_of_a_check_has_words_for_readers(
    client: FlaskClient, data: Path, shapes: tuple[Path, ...], first: str
) -> None:
    recorder = Recorder()

    check((data,), lambda *_: None, Manner(shapes or "practice", progress=recorder))

    assert recorder.steps[0].startswith(first)
    assert len(recorder.steps) >= 2
    with client.application.test_request_context():
        assert "Starting" not in map(label_of, recorder.steps)


def test_what_a_check_does_can_be_read_while_it_runs(tmp_path: Path) -> None:
    assert read_stage(tmp_path) is None

    shown = ProgressFile(tmp_path).track("abcd", "Applying the rules", 4)

    assert next(shown) == "a"
    assert read_stage(tmp_path) == Stage("Applying the rules", 0, 4)
    assert list(shown) == ["b", "c", "d"]
    assert Stage("Applying the rules", 1, 4).percent == 25
    assert Stage("Reading practices.csv", 7).percent is None


def test_a_browser_that_waits_is_led_to_the_report_or_told_the_problem(output: Path) -> None:
    app = create_app(output, checking=Checking(CheckLimits(quiet=0)))
    client = app.test_client()

    def sent(data: bytes, kind: str, **headers: str) -> TestResponse:
        return client.post("/validate", data=data, content_type=kind, headers=headers, buffered=True)

    checked = sent(SOUND.read_bytes(), "text/csv", **BROWSER)
    refused = sent(b"<a> <b> 'c", "text/turtle", **BROWSER)
    program = sent(SOUND.read_bytes(), "text/csv", Accept="text/html")

    report = re.search(r'content="0; url=(/validate/report/[\w-]+)"', checked.text)
    assert report is not None, checked.text
    assert client.get(report[1]).status_code == 200
    assert (checked.status_code, checked.headers["Cache-Control"]) == (200, "no-store")
    assert "The data cannot be read" in refused.text
    assert '<a href="/validate">Try again</a>' in refused.text
    assert program.status_code == 303
