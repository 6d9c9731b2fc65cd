"""The page: a form to send or paste data in, and below it the verdict and what was found, or the problem."""

from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, render_template

from endpoint.languages import interface, say
from endpoint.texts import number
from endpoint.validation.formats import NAMES
from endpoint.validation.limits import MIB, Limits
from endpoint.validation.problems import SORTS, Problem


def form(limits: Limits) -> Response:
    """Return the page with the form alone."""
    return _page("validate.html", limits, sorts=SORTS)


def refusal(problem: Problem, limits: Limits) -> Response:
    """Return the page that says why there is no report."""
    response = _page("validate.html", limits, problem=problem)
    response.status_code = problem.sort.status
    return response


def report(digest: Mapping[str, Any], limits: Limits) -> Response:
    """Return the page that shows a report."""
    return _page("validate_report.html", limits, found=digest, verdict=verdict(digest), weights=_weights())


def verdict(digest: Mapping[str, Any]) -> str:
    """Return in plain words whether the data would be published, and else where to begin."""
    numbers = digest["numbers"]
    practices, set_aside, used = numbers["practices"], numbers["quarantined"], numbers["used"]
    if digest["accepted"]:
        if practices == 1:
            return say("Ready: the one practice in it would be published.")
        return say("Ready: %(count)s of %(count)s practices would be published.", count=number(practices))
    if not numbers["violations"]:
        return say("Not accepted: there are warnings, and you asked for none. Correct what they name.")
    where = _where(digest["first"], digest["files"]) or say("what is named below")
    if not set_aside:
        return say("Not ready. Please correct %(where)s.", where=where)
    return say(
        "%(used)s of %(rows)s rows would be published. Please correct %(where)s.",
        used=number(used),
        rows=number(used + set_aside),
        where=where,
    )


def _where(place: Mapping[str, Any] | None, files: int) -> str:
    """Return the place of a finding as people read it, with the file where there are several."""
    if place is None:
        return ""
    parts = [place["file"]] if files > 1 or place["row"] is place["line"] is place["pointer"] is None else []
    if place["sheet"] is not None:
        parts.append(say("sheet %(name)s", name=place["sheet"]))
    if place["row"] is not None:
        parts.append(say("row %(number)s", number=place["row"]))
    if place["line"] is not None:
        parts.append(say("line %(number)s", number=place["line"]))
    if place["pointer"] is not None:
        parts.append(place["pointer"] or "/")
    if place["column"] is not None:
        parts.append(say("column %(name)s", name=place["column"]))
    return ", ".join(parts)


def _weights() -> dict[str, str]:
    return {"violation": say("Violation"), "warning": say("Warning"), "info": say("Remark")}


def _page(template: str, limits: Limits, **values: Any) -> Response:
    return make_response(
        render_template(template, speech=interface(), forms=NAMES, most=f"{limits.data // MIB} MB", **values)
    )
