"""The page of a check that takes long: sent while the check runs, stage by stage, and leading to the report.

It needs no script, and nothing is stored for it. Only browsers get it; programs wait for the answer itself.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from flask import Response, render_template, request, stream_with_context

from endpoint.http.client_watch import client_watch
from endpoint.http.problems import Problem
from endpoint.language.interface_languages import say
from endpoint.validation.check_jobs import CheckAbandoned, JobSlot, Report
from endpoint.validation.check_progress import ProgressFile, Stage, read_stage
from endpoint.validation.orders import Order

_ASKED = "Practicegraph-Progress"
_STAGES = "<!--stages-->"
_EVERY = 0.5
_STEP = 10
"""Per cent."""


def shows_progress() -> bool:
    """Return whether the request comes from a browser that shows what it is sent as it comes."""
    return request.headers.get("Sec-Fetch-Mode") == "navigate" or _ASKED in request.headers


def progress_response(
    slot: JobSlot, order: Order, store: Callable[[Report], str], until_done: ExitStack
) -> Response:
    """Return the page of a check; ``store`` stores its report, ``until_done`` is closed at the end."""
    if order.url and read_stage(Path(order.folder)) is None:
        ProgressFile(Path(order.folder)).write(Stage("Fetching"))
    head, _, foot = render_template("validate_checking.html").partition(_STAGES)
    is_disconnected = client_watch(request.environ)

    def parts() -> Iterator[str]:
        with until_done:
            yield head
            yield from _stages(slot, Path(order.folder), is_disconnected)
            try:
                address = store(slot.report(order, is_disconnected))
                yield render_template("validate_checked.html", address=address)
            except Problem as problem:
                yield render_template("validate_checked.html", problem=problem)
            except CheckAbandoned:
                return
            yield foot

    response = Response(stream_with_context(parts()), content_type="text/html; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _stages(slot: JobSlot, folder: Path, is_disconnected: Callable[[], bool]) -> Iterator[str]:
    """Yield what a check does, as it does it, until it ends or nobody waits."""
    label, percent = "", 0
    while not slot.wait(_EVERY) and not is_disconnected():
        stage = read_stage(folder)
        now = label_of(stage.step if stage is not None else "")
        if now != label:
            yield f"{'</li>' if label else ''}\n<li>{now} "
            label, percent = now, 0
        done = stage.percent if stage is not None else None
        if done is not None and done >= percent + _STEP:
            percent = done
            yield say("%(number)s%%", number=percent) + " "
    if label:
        yield "</li>\n"


def label_of(step: str) -> str:
    """Return what the reader sees about a step of the pipeline."""
    labels = {
        "Fetching": say("Fetching the data"),
        "Reading": say("Reading the data"),
        "Checking the shapes": say("Checking the shapes"),
        "Interpreting": say("Interpreting the rows"),
        "Looking": say("Looking for likely failures"),
        "Applying": say("Applying the rules"),
        "Explaining": say("Explaining the results"),
        "Writing": say("Writing the report"),
    }
    known = next((label for start, label in labels.items() if step.startswith(start)), None)
    return known or say("Starting")
