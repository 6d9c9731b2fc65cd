"""Routes: the address of the service, where data are checked, and those of the reports that people look at."""

import json
import logging
import re
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from endpoint.catalogue.service import current_release
from endpoint.engine.connection_queue import ConnectionQueue
from endpoint.harvest.downloads import schema_link
from endpoint.http.client_watch import client_watch
from endpoint.http.negotiation import Offer, choose
from endpoint.http.problems import Problem
from endpoint.http.security_headers import ASKED, preflight_headers
from endpoint.monitoring.access_log import request_id
from endpoint.validation import validation_page
from endpoint.validation.check_jobs import CheckAbandoned, Jobs, Report, no_room
from endpoint.validation.check_limits import CheckLimits
from endpoint.validation.profile_list import install, profile_list
from endpoint.validation.progress_page import (
    progress_response,
    shows_progress,
)
from endpoint.validation.report_negotiation import (
    FILE_SUFFIXES,
    choose_report_format,
    report_language,
    set_content_language,
)
from endpoint.validation.stored_reports import Reports
from endpoint.validation.uploads import is_true, receive
from endpoint.validation.views import Views, address_of, see_other
from pipeline.shapes_check.named_profiles import NONE, NamedProfiles
from pipeline.sources.files.file_kinds import SUFFIXES

_PLACE = re.compile(r", line (\d+)(?:, column (\d+))?: ")
_METHODS = "GET, HEAD, POST, OPTIONS"
_OF_PROBLEMS = (
    Offer("application/problem+json", "problem"),
    Offer("text/html", "html"),
    Offer("text/plain", "text"),
    Offer("application/json", "problem"),
)
_log = logging.getLogger(__name__)
GONE_CLIENT = 499
"""What logs call a request whose client did not wait; nobody reads the response."""


@dataclass(frozen=True, slots=True)
class Checking:
    """What checks may take, and the queue of who does them; without one, a process of the web process's own.

    ``profiles`` are those that may be named beside ours.
    """

    limits: CheckLimits = field(default_factory=CheckLimits)
    queue: ConnectionQueue | None = None
    profiles: NamedProfiles = NONE

    def jobs(self) -> Jobs:
        """Return the jobs that all checks of an application share."""
        return Jobs(self.limits, self.queue)


def blueprint(how: Checking, jobs: Jobs, reports: Reports | None = None) -> Blueprint:
    """Return the routes of the service; ``jobs`` do the checks, reports are stored for pages only."""
    stored = reports or Reports()
    service = _Service(jobs, stored, how.profiles)
    routes = Blueprint("validate", __name__)
    routes.add_url_rule("/validate", "form", service.form, methods=("GET",))
    routes.add_url_rule("/validate", "validate", service.validate, methods=("POST",))
    routes.add_url_rule("/validate/profiles", "profiles", service.list_profiles, methods=("GET",))
    routes.record(lambda state: install(state.app, how.profiles, how.limits, stored.minutes))  # type: ignore[arg-type]  # it is no bare app
    routes.after_request(_add_usage_headers)
    Views(service.jobs, stored).add_to(routes)
    return routes


@dataclass(frozen=True, slots=True)
class _Service:
    jobs: Jobs
    reports: Reports
    profiles: NamedProfiles

    def list_profiles(self) -> Response:
        """Show the profiles."""
        return profile_list(self.profiles)

    def form(self) -> Response:
        """Show the form, and expect that a check follows."""
        self.jobs.wake()
        return validation_page.form()

    def validate(self) -> Response:
        """Check the data of a request and answer with the report, or with why there is none."""
        try:
            with ExitStack() as stack:
                folder = Path(tempfile.mkdtemp(prefix="practicegraph-"))
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                return self._check(folder, stack)
        except Problem as problem:
            return self._refusal(problem)
        except OSError as error:
            _log.error("A check was refused, for want of room for its files: %s", error)
            return self._refusal(no_room())
        except CheckAbandoned:
            return Response(status=GONE_CLIENT)

    def _check(self, folder: Path, stack: ExitStack) -> Response:
        offer = choose_report_format(request.headers.get("Accept"), request.args.getlist("format"))
        language = report_language()
        slot = stack.enter_context(self.jobs.slot())
        order = receive(request, folder, self.jobs.limits, self.profiles)
        if not request.args.getlist("format"):
            offer = choose_report_format(request.headers.get("Accept"), request.form.getlist("format"))
        order = replace(
            order,
            format=offer.format,
            is_strict=order.is_strict or is_true(request.args.get("strict")),
            language=language,
            rules=f"{current_release().base}/rules",
        )
        slot.send(order)
        if offer.format == "html" and shows_progress() and not slot.wait(self.jobs.limits.quiet):
            return progress_response(slot, order, partial(self._store_report, folder), stack.pop_all())
        report = slot.report(order, client_watch(request.environ))
        response = self._answer(report, offer, folder)
        if offer.format == "json":
            response.headers["Link"] = schema_link()
        if offer.format != "html":
            set_content_language(response, language)
        response.headers["Practicegraph-Conforms"] = json.dumps(report.conforms)
        response.headers["Practicegraph-Accepted"] = json.dumps(report.accepted)
        response.headers["Practicegraph-Verdict"] = report.verdict
        return response

    def _store_report(self, folder: Path, report: Report) -> str:
        """Store a report, and return the path of its page."""
        report.file.close()
        return address_of(self.reports.keep(folder, conforms=report.conforms, accepted=report.accepted))

    def _answer(self, report: Report, offer: Offer, folder: Path) -> Response:
        if offer.format == "html":
            return see_other(self._store_report(folder, report))
        blocks = wrap_file(request.environ, report.file)
        response = Response(blocks, content_type=offer.content_type, direct_passthrough=True)
        response.content_length = report.size
        if offer.format in FILE_SUFFIXES:
            name = f"findings.{FILE_SUFFIXES[offer.format]}"
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _refusal(self, problem: Problem) -> Response:
        offer = choose(request.headers.get("Accept"), _OF_PROBLEMS)
        if offer is not None and offer.format == "html":
            return validation_page.refusal(problem)
        return _problem(problem, as_text=offer is not None and offer.format == "text")


def _problem(problem: Problem, *, as_text: bool) -> Response:
    """Return a problem for programs, as problem+json with the place that its sentence names, or as plain text."""
    if as_text:
        kind = "text/plain; charset=utf-8"
        return Response(problem.heading, problem.sort.status, problem.headers, content_type=kind)
    place = _PLACE.search(problem.sentence)
    line, column = (int(number or 0) for number in place.groups()) if place else (None, None)
    fields = problem.fields(current_release().base, line, column, request_id())
    text = json.dumps(fields, ensure_ascii=False, indent=1) + "\n"
    return Response(text, problem.sort.status, problem.headers, content_type="application/problem+json")


def _add_usage_headers(response: Response) -> Response:
    """Add what browsers, programs and caches need to know of every answer."""
    headers = response.headers
    if request.method == "POST":
        response.vary.add("Accept")
        headers["Cache-Control"] = "no-store"
    headers["Accept-Post"] = ", ".join(("multipart/form-data", *SUFFIXES))
    headers["Access-Control-Expose-Headers"] = (
        "Practicegraph-Conforms, Practicegraph-Accepted, Practicegraph-Verdict, Link, Retry-After, "
        "Content-Disposition, Content-Language, "
        "Accept-Post, X-Request-Id"
    )
    if request.method == "OPTIONS":
        headers.update(preflight_headers(_METHODS, request.headers.get(ASKED, "")))
        response.vary.add(ASKED)
    return response
