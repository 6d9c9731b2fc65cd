"""Sources: the further pages of a file with many rows; the first one is the source's own document."""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from endpoint.catalogue.service import current_release
from endpoint.graphs import document_graphs
from endpoint.http.document_formats import HTML
from endpoint.http.responses import make_body, respond
from endpoint.language import interface_languages
from endpoint.pages.source_page import source_page

sources = Blueprint("sources", __name__)


@sources.get("/source/<name>/rows/<int:first>")
def rows(name: str, first: int) -> Response:
    """Show the rows of a source from one on, and the practices that came of each."""
    release = current_release()
    iri = f"{release.base}/source/{name}"
    page = source_page(release, iri, first) if first and document_graphs.resource(release, iri) else None
    if page is None or not page["rows"]:
        raise NotFound("These rows of a source do not exist.")
    interface_languages.variant()
    text = render_template("source_rows.html", iri=iri, page=page, path=request.path)
    return respond(make_body(text.encode(), modified=release.changed()), HTML.content_type)
