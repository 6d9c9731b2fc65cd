"""The page: a form to send or paste data in, the report that comes of it, or the problem."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from endpoint.language.interface_languages import interface, say
from endpoint.language.text_filters import number
from endpoint.site.contact import contact
from endpoint.validation.check_limits import MIB, Limits
from endpoint.validation.gathering import DIGEST
from endpoint.validation.profile_list import choices
from endpoint.validation.row_readings import readings
from endpoint.validation.stored_reports import Stored
from endpoint.validation.upload_formats import NAMES
from endpoint.validation.validation_problems import SORTS, Problem
from pipeline.findings.counts import Verdict
from pipeline.findings.reports.rules import rules

_SEVERITIES = ("violation", "warning", "info")
_ORDERS = ("rule", "record")
DOWNLOADS = {
    "html": "html",
    "csv": "csv",
    "json": "json",
    "txt": "text",
    "sarif": "sarif",
    "xml": "junit",
    "ttl": "turtle",
    "jsonld": "jsonld",
    "nt": "nt",
    "rdf": "rdf",
}
"""Suffix of the address of a stored report's form → the form."""

_SURE = 0.8
"""From this confidence on an offer to mend a text is ticked before anybody has looked at it."""


@dataclass(frozen=True, slots=True)
class View:
    """How findings are looked at: by rule or by record, of all severities or of one."""

    order: str = "rule"
    severity: str = ""

    @classmethod
    def asked(cls, parameters: MultiDict[str, str]) -> "View":
        """Return the view that the parameters of a request ask for."""
        order, severity = parameters.get("by", ""), parameters.get("severity", "")
        return cls(order if order in _ORDERS else _ORDERS[0], severity if severity in _SEVERITIES else "")

    def query(self, order: str | None = None, severity: str | None = None) -> str:
        """Return the query of this view with one thing changed."""
        order = self.order if order is None else order
        severity = self.severity if severity is None else severity
        return f"?by={order}" + (f"&severity={severity}" if severity else "")

    def shown(self, severity: str) -> bool:
        """Tell whether findings of a severity are shown."""
        return self.severity in ("", severity)


def form(limits: Limits, minutes: float) -> Response:
    """Return the page with the form alone."""
    is_deleted = "deleted" in request.args
    return _page("validate.html", limits, minutes, sorts=SORTS, is_deleted=is_deleted, contact=contact())


def refusal(problem: Problem, limits: Limits, minutes: float) -> Response:
    """Return the page that says why there is no report."""
    response = _page("validate.html", limits, minutes, problem=problem)
    response.status_code = problem.sort.status
    return response


def rules_page(limits: Limits, minutes: float) -> Response:
    """Return the page of all rules."""
    ordered = sorted(rules().values(), key=lambda each: each.code)
    return _page("validate_rules.html", limits, minutes, rules=ordered)


def tables(stored: Stored) -> Sequence[str]:
    """Return the names of the tables in a report, of which there are corrected copies."""
    names: list[str] = _digest(stored)["tables"]
    return names


def report(stored: Stored, view: View, limits: Limits, minutes: float) -> Response:
    """Return the page that shows a report."""
    found = _digest(stored)
    counts = {name: found["numbers"][f"{name}s"] for name in _SEVERITIES}
    return _page(
        "validate_report.html",
        limits,
        minutes,
        found=found,
        address=f"{request.script_root}/validate/report/{stored.token}",
        view=view,
        counts=counts,
        verdict=verdict(found),
        facts=_facts(found["numbers"]),
        weights=_weights(),
        readings=readings(found["understood"], interface()),
        records=_records(found["records"], view, found["files"]),
        copies=_copies(found),
        until=datetime.fromtimestamp(stored.until, UTC).strftime("%H:%M"),
        downloads={suffix: NAMES[form] for suffix, form in DOWNLOADS.items()},
        contact=contact(),
    )


def verdict(digest: Mapping[str, Any]) -> str:
    """Return in plain words whether the data would be published, and else where to begin."""
    numbers = digest["numbers"]
    if digest["is_of_a_graph"]:
        return _verdict_on_graph(digest)
    practices, set_aside, used = numbers["practices"], numbers["quarantined"], numbers["used"]
    if digest["accepted"]:
        if practices == 1:
            return say("Ready: the one practice in it would be published.")
        return say("Ready: %(count)s of %(count)s practices would be published.", count=number(practices))
    if not numbers["violations"]:
        return say("Not accepted: there are warnings, and you chose to treat them as errors. Correct them.")
    where = place_in_words(digest["first"], len(digest["files"]) > 1) or say("the problems below")
    if not set_aside:
        return say("Not ready. Please correct %(where)s.", where=where)
    return say(
        "%(used)s of %(rows)s rows would be published. Please correct %(where)s.",
        used=number(used),
        rows=number(used + set_aside),
        where=where,
    )


def _verdict_on_graph(digest: Mapping[str, Any]) -> str:
    if not digest["numbers"]["focus_nodes"]:
        return say("Nothing was checked: none of the shapes applies to anything in the data.")
    if digest["verdict"] == Verdict.NOT_FULLY_CHECKED:
        return say(
            "Not fully checked: a part of your shapes was not applied. What was checked has no violation."
        )
    if digest["accepted"]:
        return say("Ready: the shapes found no violation.")
    where = place_in_words(digest["first"], len(digest["files"]) > 1) if digest["first"] else ""
    return say("Not ready. Please correct %(where)s.", where=where or say("the problems below"))


def place_in_words(place: Mapping[str, Any] | None, with_file: bool) -> str:
    """Return the place of a finding as people read it."""
    if place is None:
        return ""
    is_file = place["row"] is place["line"] is place["pointer"] is None
    parts = [place["file"]] if with_file or is_file else []
    if place["sheet"] is not None:
        parts.append(say("sheet %(name)s", name=place["sheet"]))
    if place["row"] is not None:
        parts.append(say("row %(number)s", number=place["row"]))
    if place["line"] is not None:
        parts.append(say("line %(number)s", number=place["line"]))
    if place["pointer"] is not None:
        parts.append(place["pointer"] or "/")
    if place.get("column") is not None:
        parts.append(say("column %(name)s", name=place["column"]))
    return ", ".join(parts)


def _digest(stored: Stored) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((stored.folder / DIGEST).read_text(encoding="utf-8"))
    return found


def _facts(numbers: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the numbers of the data as people read them, those that are nought and rare left out."""
    named = (
        ("rows_in", say("Rows"), True),
        ("repeated", say("Repeated"), False),
        ("blank", say("Blank"), False),
        ("quarantined", say("Rows in quarantine"), False),
        ("practices", say("Practices to be published"), True),
        ("triples", say("Triples"), True),
        ("shapes", say("Shapes"), True),
        ("focus_nodes", say("Nodes checked"), True),
    )
    return [
        (shown, number(numbers[name]))
        for name, shown, always in named
        if numbers.get(name) or (always and name in numbers)
    ]


def _records(found: Iterable[Mapping[str, Any]], view: View, files: Sequence[str]) -> list[dict[str, Any]]:
    """Return the records that have a finding of the severity looked for, with these findings only."""
    shown = []
    for record in found:
        lines = [line for line in record["lines"] if view.shown(line["severity"])]
        if lines:
            place = dict(record["place"] or {}, column=None) if record["place"] else None
            where = place_in_words(place, len(files) > 1)
            shown.append({**record, "lines": lines, "where": where})
    return shown


def _copies(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each table the offers to choose from, those to mend what was written first."""
    copies = []
    for name in found["tables"]:
        own = [
            {**offer, "number": at, "where": _rows(offer["rows"]), "is_ticked": _is_ticked(offer)}
            for at, offer in enumerate(found["offers"])
            if offer["file"] == name
        ]
        copies.append({"name": name, "offers": sorted(own, key=lambda offer: not offer["wrong"])})
    return copies


def _is_ticked(offer: Mapping[str, Any]) -> bool:
    """Tell whether an offer is ticked from the beginning: it mends what is wrong, and is likely to be meant."""
    return bool(offer["wrong"]) and offer["severity"] != "info" and offer["confidence"] >= _SURE


def _rows(rows: Sequence[Sequence[Any]]) -> str:
    shown = ", ".join(str(row) for _, row in rows[:8]) + (", …" if len(rows) > 8 else "")
    return say("rows %(numbers)s", numbers=shown) if len(rows) > 1 else say("row %(number)s", number=shown)


def _weights() -> dict[str, str]:
    return {"violation": say("Violation"), "warning": say("Warning"), "info": say("Remark")}


def _page(template: str, limits: Limits, minutes: float, **values: Any) -> Response:
    most = f"{limits.data // MIB} MB"
    shown = render_template(
        template, speech=interface(), forms=NAMES, most=most, time=_time(minutes), choices=choices(), **values
    )
    return make_response(shown)


def _time(minutes: float) -> str:
    """Return how long reports are kept, in words."""
    if minutes == 60:
        return say("one hour")
    if minutes % 60 == 0:
        return say("%(hours)s hours", hours=number(int(minutes // 60)))
    return say("%(minutes)s minutes", minutes=f"{minutes:g}")
