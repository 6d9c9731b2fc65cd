"""Submitting: the form for one practice with what was understood of it, the files it becomes, and the template."""

import heapq
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from endpoint.catalogue.filters import name_of
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.http.client_watch import client_watch
from endpoint.http.document_formats import HTML
from endpoint.http.problems import Problem
from endpoint.http.responses import Body, make_body, moment, respond
from endpoint.language.interface_languages import interface, say, variant
from endpoint.site.contact import Contact, contact
from endpoint.submission.field_answers import GENERAL, NO_ANSWER, FieldAnswer, field_answers
from endpoint.submission.form_values import LONGEST, read_values
from endpoint.submission.mail_link import form_labels, mail_link
from endpoint.validation.check_jobs import CheckAbandoned, Jobs, no_room
from endpoint.validation.digest_values import Digest, read_digest
from endpoint.validation.gathering import DIGEST
from endpoint.validation.orders import Order
from endpoint.validation.validation_routes import GONE_CLIENT
from pipeline.sources.template.template_files import write_template
from pipeline.sources.template.template_wording import LANGUAGES, topic_cells, wording

TEMPLATE_NAMES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "de": "Deutsch",
    "pt": "Português",
}
_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/schema+json",
}
_FILES = ("xlsx", "csv")
"""The kinds of file that a filled form can become."""

_MOST_CITIES = 300
"""So many cities are offered while typing, those with the most practices."""


_FILE = "form.json"
_PLACE = re.compile(rf"{re.escape(_FILE)}[^:]*: ")


def blueprint(jobs: Jobs) -> Blueprint:
    """Return the routes of the form and of the template; ``jobs`` do the checks."""
    routes = Blueprint("submitting", __name__)
    submitting = _Submitting(jobs)
    routes.add_url_rule("/submit", "form", submitting.form, methods=("GET",))
    routes.add_url_rule("/submit", "submit", submitting.submit, methods=("POST",))
    routes.add_url_rule(f"/template.<any({', '.join(_KINDS)}):kind>", "template", template, methods=("GET",))
    return routes


@dataclass(frozen=True, slots=True)
class _FormPage:
    """What a page shows beside the form: the values in it, the answers to them, and why there are none."""

    values: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, FieldAnswer] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Submitting:
    jobs: Jobs

    def form(self) -> Response:
        """Show the empty form, and expect that a check follows."""
        self.jobs.wake()
        body = make_body(_page(_FormPage()), modified=current_release().page_modified())
        return respond(body, HTML.content_type)

    def submit(self) -> Response:
        """Answer a form with the same page and what was understood, or with a file."""
        values = read_values(request)
        kind = request.form.get("file", "")
        try:
            if not values:
                empty = say("The form is empty. Give at least a title and a country.")
                return _answer(_FormPage(problem=empty))
            if kind in _FILES:
                return _file(values, kind)
            digest = check_form(values, self.jobs, interface(), client_watch(request.environ))
        except Problem as problem:
            return _refusal(values, problem)
        except CheckAbandoned:
            return Response(status=GONE_CLIENT)
        return _answer(_FormPage(values, field_answers(digest, interface())))


def _file(values: Mapping[str, str], kind: str) -> Response:
    """Return the template with the practice in it; this takes about as long as a page."""
    response = Response(_make(kind, interface(), values).plain, content_type=_KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="practice.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(view: _FormPage, status: int = 200) -> Response:
    response = respond(make_body(_page(view)), HTML.content_type, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refusal(values: Mapping[str, str], problem: Problem) -> Response:
    is_busy = problem.sort.status == 503
    sentence = (
        say("The form was not checked, because the server is busy. Try again in a few seconds.")
        if is_busy
        else without_place(problem.sentence)
    )
    response = _answer(_FormPage(values, problem=sentence), problem.sort.status)
    response.headers.update(problem.headers)
    return response


def _page(view: _FormPage) -> bytes:
    words = wording(interface())
    recipient = contact()
    mail, is_whole = _mail(recipient, view)
    page = render_template(
        "submit.html",
        values=view.values,
        topics=topic_cells(view.values.get("topics", "")),
        answers=view.answers,
        no_answer=NO_ANSWER,
        general=GENERAL,
        problem=view.problem,
        wrong=[name for name, answer in view.answers.items() if answer.is_wrong],
        labels=form_labels(words),
        columns=[(column.field, column.heading) for column in words.columns],
        lists=_lists(),
        choices=words.choices,
        longest=LONGEST,
        contact=recipient,
        mail=mail,
        is_whole=is_whole,
        templates=TEMPLATE_NAMES,
    )
    return page.encode()


def _mail(recipient: Contact | None, view: _FormPage) -> tuple[str, bool]:
    """Return the link for a mail with a checked practice, and whether all of it is in the mail."""
    if recipient is None or not recipient.is_mail or not view.answers:
        return "", False
    return mail_link(recipient.href, view.values, wording(interface()))


def _lists() -> str:
    """Return the values to choose from while typing, as HTML: the same for all pages of a release and language."""
    release = current_release()
    key = ("submit", release.name, variant())

    def make() -> Body:
        counts = release.index.rows("place_counts", positions=None)
        most = heapq.nlargest(_MOST_CITIES, counts, key=lambda row: row["practices"])
        cities = sorted({name_of(release, "city", row["key"]).text for row in most})
        html = render_template("submit_lists.html", choices=wording(interface()).choices, cities=cities)
        return make_body(html.encode())

    return rendered_body(key, make).plain.decode()


def template(kind: str) -> Response:
    """Send the collection template in a language, as workbook, CSV table or JSON Schema."""
    asked = request.args.get("lang")
    language = asked or interface()
    if language not in LANGUAGES:
        raise NotFound("The template comes in " + ", ".join(LANGUAGES) + ": ask for one of these.")
    key = ("template", kind, language)

    def make() -> Body:
        return replace(_make(kind, language), modified=moment(current_release().common_modified))

    response = respond(rendered_body(key, make), _KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="practices-{language}.{kind}"'
    return response


def _make(kind: str, language: str, values: Mapping[str, str] | None = None) -> Body:
    """Return the template, or a file with one practice in its columns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"practices.{kind}"
        write_template(path, language, [values] if values else (), with_example=values is None)
        return make_body(path.read_bytes())


def without_place(sentence: str) -> str:
    """Return a sentence about the file of a form without its place in that file, which nobody has seen."""
    return _PLACE.sub("", sentence)


def check_form(
    values: Mapping[str, str], jobs: Jobs, language: str, is_disconnected: Callable[[], bool]
) -> Digest:
    """Return the digest of a check; nothing of it is stored.

    Raises Problem where there is no result, and CheckAbandoned where the client has gone.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="practicegraph-") as folder:
            path = Path(folder, _FILE)
            with jobs.slot() as slot:
                path.write_text(json.dumps([dict(values)]), encoding="utf-8")
                order = Order(folder, (str(path),), "html", language=language)
                slot.run(order, is_disconnected).file.close()
            return read_digest(Path(folder, DIGEST))
    except OSError as error:
        raise no_room() from error
