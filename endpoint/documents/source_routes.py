"""Sources: the further pages of a file with many rows; the first one is the source's own document."""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from endpoint import graphs, languages
from endpoint.formats import HTML
from endpoint.responses import make_body, respond
from endpoint.service import current_release
from endpoint.source_page import source_page

sources = Blueprint("sources", __name__)


@sources.get("/source/<name>/rows/<int:first>")
def rows(name: str, first: int) -> Response:
    """Show the rows of a source from one on, and the practices that came of each."""
    release = current_release()
    iri = f"{release.base}/source/{name}"
    page = source_page(release, iri, first) if first and graphs.resource(release, iri) else None
    if page is None or not page.rows:
        raise NotFound("There are no such rows of a source here.")
    languages.variant()
    text = render_template("source_rows.html", iri=iri, page=page, path=request.path)
    return respond(make_body(text.encode()), HTML.content_type)
