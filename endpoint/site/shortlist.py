"""Shortlist: some practices, named in the address, as one brief to share and to print."""

from flask import Blueprint, Response, render_template, request

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection, read_ids
from endpoint.catalogue.service import current_release
from endpoint.graphs import document_graphs
from endpoint.http.document_formats import HTML
from endpoint.http.responses import make_body, respond
from endpoint.pages.practice_page import PracticePage, brief

shortlist = Blueprint("shortlist", __name__)

MOST = 40
"""How many practices one brief shows in full."""


@shortlist.get("/shortlist")
def show() -> Response:
    """Show the practices of a shortlist one after the other, in the order of the address."""
    release = current_release()
    ids = read_ids(request.args)
    pages = {slug: _page(release, slug) for slug in ids[:MOST]}
    pages_by_slug = {slug: page for slug, page in pages.items() if page}
    page = render_template(
        "shortlist.html",
        pages=tuple(pages_by_slug.values()),
        missing=tuple(slug for slug in pages if slug not in pages_by_slug),
        beyond=len(ids[MOST:]),
        selection=Selection(ids=tuple(pages_by_slug)),
        most=MOST,
    )
    return respond(make_body(page.encode()), HTML.content_type)


def _page(release: Release, slug: str) -> PracticePage | None:
    graph = document_graphs.practice(release, slug)
    return brief(release, slug, graph) if graph else None
