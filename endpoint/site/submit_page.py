"""Submitting: how to send a practice in, and the template to fill."""

import tempfile
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.exceptions import NotFound

from endpoint.catalogue.service import rendered
from endpoint.http.document_formats import HTML
from endpoint.http.responses import Body, make_body, respond
from endpoint.language.interface_languages import interface
from endpoint.site.contact import contact
from pipeline.sources.template.template_files import write_template
from pipeline.sources.template.template_wording import LANGUAGES

submitting = Blueprint("submitting", __name__)

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


@submitting.get("/submit")
def submit() -> Response:
    """Show how a practice gets into the catalogue."""
    page = render_template(
        "submit.html",
        templates=TEMPLATE_NAMES,
        can_validate="validate" in current_app.blueprints,
        contact=contact(),
    )
    return respond(make_body(page.encode()), HTML.content_type)


@submitting.get(f"/template.<any({', '.join(_KINDS)}):kind>")
def template(kind: str) -> Response:
    """Send the collection template in a language, as workbook, CSV table or JSON Schema."""
    asked = request.args.get("lang")
    language = asked or interface()
    if language not in LANGUAGES:
        raise NotFound("The template comes in " + ", ".join(LANGUAGES) + ": ask for one of these.")
    key = ("template", kind, language)
    body = rendered().get(key)
    if body is None:
        body = _make(kind, language)
        rendered().put(key, body)
    response = respond(body, _KINDS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="practices-{language}.{kind}"'
    return response


def _make(kind: str, language: str) -> Body:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"practices.{kind}"
        write_template(path, language)
        return make_body(path.read_bytes())
