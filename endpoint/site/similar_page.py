"""The practices most like one, on their own page: the page of a practice changes with that practice only."""

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from endpoint.catalogue.list_rows import read_rows
from endpoint.catalogue.search import positions_of
from endpoint.catalogue.service import current_release
from endpoint.http.document_formats import HTML
from endpoint.http.responses import make_body, respond
from endpoint.pages.similar_practices import similar

similar_practices = Blueprint("similar", __name__)


@similar_practices.get("/similar/<slug>")
def similar_page(slug: str) -> Response:
    """Show the practices most like one; the page of a practice loads them from here."""
    release = current_release()
    rows = read_rows(release, tuple(positions_of(release, (slug,)).values()))
    if not rows:
        raise NotFound("There is no practice of this name.")
    title = rows[0].title
    page = render_template("similar.html", slug=slug, title=title, cards=similar(release, slug, title.text))
    return respond(make_body(page.encode(), modified=release.list_modified()), HTML.content_type)
