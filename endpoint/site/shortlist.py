"""Shortlist: some practices, named in the address, as one brief to share and to print, or side by side."""

from collections.abc import Iterable

from flask import Blueprint, Response, render_template, request

from endpoint.catalogue.selection import Selection, read_ids
from endpoint.catalogue.service import current_release
from endpoint.graphs import document_graphs
from endpoint.http.document_formats import HTML
from endpoint.http.responses import make_body, respond
from endpoint.pages.practice_page import PracticePage, Section, brief
from pipeline.model.fields import FIELDS, SECTIONS

shortlist = Blueprint("shortlist", __name__)

MOST = 40
"""How many practices one brief shows in full, and the browser's own shortlist has."""

MOST_COMPARED = 4
"""How many practices can be read side by side."""


@shortlist.get("/shortlist")
def show() -> Response:
    """Show the practices of a shortlist one after the other, in the order of the address."""
    ids = read_ids(request.args)
    pages = briefs(ids[:MOST])
    return _respond(
        "shortlist.html", pages, missing=_missing(ids[:MOST], pages), beyond=len(ids[MOST:]), most=MOST
    )


@shortlist.get("/compare")
def compare() -> Response:
    """Show up to four practices side by side, in the order of the address."""
    ids = read_ids(request.args)
    pages = briefs(ids[:MOST_COMPARED])
    return _respond(
        "compare.html",
        pages,
        missing=_missing(ids[:MOST_COMPARED], pages),
        beyond=len(ids[MOST_COMPARED:]),
        most=MOST_COMPARED,
        **criteria(pages),
    )


def criteria(pages: Iterable[PracticePage]) -> dict[str, object]:
    """Return the rows of a comparison that not every comparison has."""
    pages = tuple(pages)
    return {
        "sections": _headings(section for page in pages for section in page.sections),
        "fields": tuple(dict.fromkeys(value.heading for page in pages for value in page.values)),
    }


def _respond(template: str, pages: tuple[PracticePage, ...], **values: object) -> Response:
    selection = Selection(ids=tuple(page.slug for page in pages))
    text = render_template(template, pages=pages, selection=selection, **values)
    return respond(make_body(text.encode()), HTML.content_type)


def briefs(slugs: Iterable[str]) -> tuple[PracticePage, ...]:
    """Return the practices of some slugs that are there, in their order."""
    release = current_release()
    graphs = ((slug, document_graphs.practice(release, slug)) for slug in slugs)
    return tuple(brief(release, slug, graph) for slug, graph in graphs if graph)


def _missing(slugs: Iterable[str], pages: Iterable[PracticePage]) -> tuple[str, ...]:
    listed = {page.slug for page in pages}
    return tuple(slug for slug in slugs if slug not in listed)


def _headings(sections: Iterable[Section]) -> tuple[Section, ...]:
    """Return one section of each kind, in the order of the fields."""
    kinds = {section.name: section for section in sections}
    order = [FIELDS[name].property.rpartition(":")[2] for name in SECTIONS]
    return tuple(kinds[name] for name in order if name in kinds)
