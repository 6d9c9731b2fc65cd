"""Views: a stored report as a page, in its other forms, as corrected copies, and its end."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from endpoint.catalogue.service import current_release
from endpoint.harvest.downloads import schema_link
from endpoint.http.problems import Problem
from endpoint.language.interface_languages import interface, say
from endpoint.validation import validation_page
from endpoint.validation.check_jobs import Jobs
from endpoint.validation.gathering import UNDERSTOOD
from endpoint.validation.report_forms import make_copy, make_form
from endpoint.validation.report_negotiation import OFFERS, report_language, set_content_language
from endpoint.validation.stored_reports import Reports, StoredReport
from pipeline.model.errors import SourceError

_DIGITS = 10
"""More than the number of an offer has."""

_ADDRESS = "/validate/report/<token>"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = {offer.format: offer.content_type for offer in reversed(OFFERS)}


def address_of(stored: StoredReport) -> str:
    """Return the path of a report's page."""
    return f"{request.script_root}/validate/report/{stored.token}"


def see_other(path: str) -> Response:
    """Return the answer that leads a browser to another page."""
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


@dataclass(frozen=True, slots=True)
class Views:
    """The routes of stored reports."""

    jobs: Jobs
    reports: Reports

    def add_to(self, routes: Blueprint) -> None:
        """Add the routes to those of the service."""
        for rule, view, methods in (
            (_ADDRESS, self.show, ("GET",)),
            (_ADDRESS, self.remove, ("DELETE",)),
            (f"{_ADDRESS}/delete", self.remove_by_form, ("POST",)),
            (
                f"{_ADDRESS}/findings.<any({', '.join(validation_page.DOWNLOADS)}):suffix>",
                self.findings,
                ("GET",),
            ),
            (f"{_ADDRESS}/{UNDERSTOOD}", self.understood, ("GET",)),
            (f"{_ADDRESS}/corrected", self.corrected_copy, ("POST",)),
        ):
            routes.add_url_rule(rule, view.__name__, _private(view), methods=methods)
        routes.add_url_rule("/rules", "rules", validation_page.rules_page, methods=("GET",))
        routes.register_error_handler(Problem, validation_page.refusal)

    def show(self, token: str) -> Response:
        """Show the page of a report."""
        view = validation_page.View.from_request(request.args)
        return validation_page.report(self._report(token), view)

    def remove(self, token: str) -> Response:
        """Delete a report for a program."""
        self.reports.delete(self._report(token))
        return Response(status=HTTPStatus.NO_CONTENT)

    def remove_by_form(self, token: str) -> Response:
        """Delete a report and lead back to the form."""
        self.reports.delete(self._report(token))
        return see_other(f"{request.script_root}/validate?deleted")

    def findings(self, token: str, suffix: str) -> Response:
        """Send a report in one of its forms, made when it is first asked for."""
        stored, form = self._report(token), validation_page.DOWNLOADS[suffix]
        language, rules = report_language(), f"{current_release().base}/rules"
        made = stored.folder / f"made-{language}.{suffix}"
        if not made.exists():
            part = _new_path(stored.folder)
            self._make(lambda: make_form(stored.folder, form, part, language=language, rules=rules))
            part.replace(made)
        response = _file(made, _TYPES[form], f"findings.{suffix}")
        if form == "json":
            response.headers["Link"] = schema_link()
        set_content_language(response, language)
        return response

    def understood(self, token: str) -> Response:
        """Send the table of what was understood."""
        return _file(self._report(token).folder / UNDERSTOOD, "text/csv; charset=utf-8", UNDERSTOOD)

    def corrected_copy(self, token: str) -> Response:
        """Send a corrected copy of a table, with the offers taken that the form names."""
        stored = self._report(token)
        table = request.form.get("table", "")
        if table not in validation_page.tables(stored):
            raise NotFound(say("This report has no such table."))
        numbers = (text for text in request.form.getlist("take") if text.isdecimal() and len(text) < _DIGITS)
        taken = frozenset(map(int, numbers))
        part = _new_path(stored.folder)
        self._make(lambda: make_copy(stored.folder, table, taken, part, interface()))
        response = _file(part, _XLSX, f"{Path(table).stem}-corrected.xlsx")
        part.unlink()
        return response

    def _report(self, token: str) -> StoredReport:
        stored = self.reports.find(token)
        if stored is None:
            raise NotFound(say("This report has expired or was deleted. Send the data again."))
        return stored

    def _make(self, make: Callable[[], None]) -> None:
        """Have something made in the place of a job; raise Problem where that cannot be done."""
        try:
            with self.jobs.slot():
                make()
        except SourceError as error:
            raise Problem("data-unreadable", str(error)) from error


def _private(view: Callable[..., Response]) -> Callable[..., Response]:
    """Return a view whose answers are not cached, not indexed, and not named to other sites."""

    def answer(**values: str) -> Response:
        response = view(**values)
        headers = response.headers
        headers["Cache-Control"] = "private, no-store"
        headers["X-Robots-Tag"] = "noindex, nofollow"
        headers["Referrer-Policy"] = "no-referrer"
        return response

    return answer


def _new_path(folder: Path) -> Path:
    """Return the path of a file that does not exist yet in a folder."""
    return folder / f"part-{secrets.token_hex(8)}"


def _file(path: Path, content_type: str, name: str) -> Response:
    file = path.open("rb")
    response = Response(wrap_file(request.environ, file), content_type=content_type, direct_passthrough=True)
    response.content_length = path.stat().st_size
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
