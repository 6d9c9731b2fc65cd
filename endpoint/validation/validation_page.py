"""The page: a form to send or paste data in, the report on it, or the problem."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.datastructures import MultiDict

from endpoint.catalogue.service import current_release
from endpoint.http.document_formats import HTML
from endpoint.http.problems import Problem, sorts_on
from endpoint.http.responses import make_body, respond
from endpoint.language.interface_languages import interface, say
from endpoint.language.text_filters import number
from endpoint.site.contact import contact
from endpoint.validation.check_limits import MIB
from endpoint.validation.digest_values import Digest, RecordSummary, read_digest
from endpoint.validation.gathering import DIGEST
from endpoint.validation.profile_list import form_options
from endpoint.validation.report_negotiation import NAMES
from endpoint.validation.row_readings import readings
from endpoint.validation.stored_reports import StoredReport
from pipeline.findings.accounting import GraphNumbers, Verdict
from pipeline.findings.reports.rules import rules
from pipeline.model.finding import Place, Severity
from pipeline.records.corrected.offers import CellCorrection

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
    def from_request(cls, parameters: MultiDict[str, str]) -> "View":
        """Return the view that the parameters of a request ask for."""
        order, severity = parameters.get("by", ""), parameters.get("severity", "")
        return cls(order if order in _ORDERS else _ORDERS[0], severity if severity in tuple(Severity) else "")

    def query(self, order: str | None = None, severity: str | None = None) -> str:
        """Return the query of this view with one thing changed."""
        order = self.order if order is None else order
        severity = self.severity if severity is None else severity
        return f"?by={order}" + (f"&severity={severity}" if severity else "")

    def shows(self, severity: str) -> bool:
        """Return whether findings of a severity are shown."""
        return self.severity in ("", severity)


def form() -> Response:
    """Return the page with the form alone."""
    page = _page(
        "validate.html", sorts=sorts_on("validate"), is_deleted="deleted" in request.args, contact=contact()
    )
    return _lasting(page)


def refusal(problem: Problem) -> Response:
    """Return the page that says why there is no report."""
    response = _page("validate.html", problem=problem)
    response.status_code = problem.sort.status
    response.headers.update(problem.headers)
    return response


def rules_page() -> Response:
    """Return the page of all rules."""
    ordered = sorted(rules().values(), key=lambda each: each.code)
    return _lasting(_page("validate_rules.html", rules=ordered))


def tables(stored: StoredReport) -> Sequence[str]:
    """Return the names of the tables in a report, that have corrected copies."""
    return _digest(stored).tables


def report(stored: StoredReport, view: View) -> Response:
    """Return the page that shows a report."""
    digest = _digest(stored)
    counts = {severity: digest.numbers.count(severity) for severity in Severity}
    return _page(
        "validate_report.html",
        digest=digest,
        address=f"{request.script_root}/validate/report/{stored.token}",
        view=view,
        counts=counts,
        verdict=verdict(digest),
        facts=_facts(digest.numbers.as_json()),
        weights={"violation": say("Violation"), "warning": say("Warning"), "info": say("Remark")},
        readings=readings(digest.understood, interface()),
        records=_records(digest, view),
        copies=_copies(digest),
        until=datetime.fromtimestamp(stored.until, UTC).strftime("%H:%M"),
        downloads={suffix: NAMES[form] for suffix, form in DOWNLOADS.items()},
        contact=contact(),
    )


def verdict(digest: Digest) -> str:
    """Return in plain words whether the data would be published, and else where to begin."""
    numbers = digest.numbers
    if isinstance(numbers, GraphNumbers):
        return _verdict_on_graph(digest, numbers)
    practices, set_aside, used = numbers.practices, numbers.quarantined, numbers.used
    if digest.accepted:
        if practices == 1:
            return say("Ready: the one practice in it would be published.")
        return say("Ready: %(count)s of %(count)s practices would be published.", count=number(practices))
    if not numbers.violations:
        return say("Not accepted: there are warnings, and you chose to treat them as errors. Correct them.")
    if not set_aside:
        return say("Not ready. Please correct %(where)s.", where=_where(digest))
    return say(
        "%(used)s of %(rows)s rows would be published. Please correct %(where)s.",
        used=number(used),
        rows=number(used + set_aside),
        where=_where(digest),
    )


def _verdict_on_graph(digest: Digest, numbers: GraphNumbers) -> str:
    if not numbers.focus_nodes:
        return say("Nothing was checked: no shape matches the data.")
    if digest.verdict is Verdict.NOT_FULLY_CHECKED:
        return say(
            "Not fully checked: a part of your shapes was not applied. What was checked has no violation."
        )
    if digest.accepted:
        return say("Ready: the shapes found no violation.")
    return say("Not ready. Please correct %(where)s.", where=_where(digest))


def _where(digest: Digest) -> str:
    """Return where to begin; with the file, should it be another one than that of the data."""
    is_other = digest.first is not None and digest.first.file not in digest.files
    return place_in_words(digest.first, is_other or len(digest.files) > 1) or say("the problems below")


def place_in_words(place: Place | None, with_file: bool) -> str:
    """Return the place of a finding as people read it."""
    if place is None:
        return ""
    is_file = (place.row, place.line, place.pointer) == (None, None, None)
    parts = [place.file] if with_file or is_file else []
    if place.sheet is not None:
        parts.append(say("sheet %(name)s", name=place.sheet))
    if place.row is not None:
        parts.append(say("row %(number)s", number=place.row))
    if place.line is not None:
        parts.append(say("line %(number)s", number=place.line))
    if place.pointer is not None:
        parts.append(place.pointer or "/")
    if place.column is not None:
        parts.append(say("column %(name)s", name=place.column))
    return ", ".join(parts)


def _digest(stored: StoredReport) -> Digest:
    return read_digest(stored.folder / DIGEST)


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
        (label, number(numbers[name]))
        for name, label, always in named
        if numbers.get(name) or (always and name in numbers)
    ]


def _records(digest: Digest, view: View) -> list[tuple[RecordSummary, str]]:
    """Return the records that have a finding of the severity looked for, with these findings only and the place."""
    records = []
    for record in digest.records:
        lines = tuple(line for line in record.lines if view.shows(line.severity))
        place = replace(record.place, column=None) if record.place is not None else None
        if lines:
            where = place_in_words(place, len(digest.files) > 1)
            records.append((replace(record, lines=lines), where))
    return records


@dataclass(frozen=True, slots=True)
class ListedOffer:
    """An offer in the list to choose from: its number, where it applies, and whether it is ticked at first."""

    number: int
    offer: CellCorrection

    @property
    def where(self) -> str:
        """Return the rows in words."""
        rows = self.offer.rows
        numbers = ", ".join(str(row) for _, row in rows[:8]) + (", …" if len(rows) > 8 else "")
        return (
            say("rows %(numbers)s", numbers=numbers)
            if len(rows) > 1
            else say("row %(number)s", number=numbers)
        )

    @property
    def is_ticked(self) -> bool:
        """Return whether it corrects what is wrong, and is likely to be meant."""
        offer = self.offer
        return offer.is_mending and offer.severity != "info" and offer.confidence >= _SURE


def _copies(digest: Digest) -> dict[str, list[ListedOffer]]:
    """Return for each table the offers to choose from, those to mend what was written first."""
    offers = [ListedOffer(number, offer) for number, offer in enumerate(digest.offers)]
    offers.sort(key=lambda each: not each.offer.is_mending)
    return {name: [each for each in offers if each.offer.file == name] for name in digest.tables}


def _page(template: str, **values: Any) -> Response:
    profiles, limits, minutes = form_options()
    choices = {"profiles": profiles, "hosts": limits.hosts}
    most, time = f"{limits.data // MIB} MB", _time(minutes)
    html = render_template(
        template, speech=interface(), forms=NAMES, most=most, time=time, choices=choices, **values
    )
    return make_response(html)


def _lasting(response: Response) -> Response:
    """Return a page that changes with the software only; 304 where the client has it."""
    body = make_body(response.get_data(), modified=current_release().common_modified)
    return respond(body, HTML.content_type)


def _time(minutes: float) -> str:
    """Return how long reports are kept, in words."""
    if minutes == 60:
        return say("one hour")
    if minutes % 60 == 0:
        return say("%(hours)s hours", hours=number(int(minutes // 60)))
    return say("%(minutes)s minutes", minutes=f"{minutes:g}")
