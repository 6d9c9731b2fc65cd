"""Catalogue: the start page and the list of practices with its search, filters, sorting and paging."""

from flask import Blueprint, Response, render_template, request

from endpoint.catalogue import filters
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import PAGE_SIZE
from endpoint.catalogue.search_index import first
from endpoint.catalogue.selection import SORTS, Selection, read_selection
from endpoint.catalogue.service import current_release, rendered
from endpoint.catalogue.spelling import meant
from endpoint.graphs import jsonld_documents, page_structure, signposts
from endpoint.graphs.hydra import Collection
from endpoint.http.document_formats import HTML
from endpoint.http.responses import make_body, respond
from endpoint.language import interface_languages
from endpoint.pages.cards import cards_of, read_cards
from endpoint.site import list_data

catalogue = Blueprint("catalogue", __name__)


@catalogue.get("/")
def start() -> Response:
    """Show what this is, how much there is of it, and the ways in."""
    release = current_release()
    key = (release.name, "/", interface_languages.variant())
    body = rendered().get(key)
    if body is None:
        link = signposts.header(signposts.of_site(release, interface_languages.site_root()))
        body = make_body(_start_page(release).encode(), link=link)
        rendered().put(key, body)
    return respond(body, HTML.content_type)


@catalogue.get("/practices")
def practices() -> Response:
    """Show the practices that the address asks for, with the filters and how many each would leave."""
    release = current_release()
    selection = read_selection(request.args, release.facets)
    data = list_data.wanted_data(release, selection)
    if data is not None:
        return data
    collection = list_data.read_list(release, selection)
    status = 404 if collection.is_beyond else 200
    return list_data.respond_with_page(release, collection, _list_page(release, collection), status=status)


def _start_page(release: Release) -> str:
    counts = release.facets.counts({})
    everything = Selection()
    return render_template(
        "start.html",
        totals=first(release.index.rows("counts")),
        topics=filters.choices(release, "topic", counts, everything),
        countries=filters.choices(release, "country", counts, everything),
        collections=filters.choices(release, "collection", counts, everything),
        newest=read_cards(release, tuple(release.order("newest")[:3])),
        structure=jsonld_documents.script(page_structure.of_site(release)),
    )


def _list_page(release: Release, collection: Collection) -> str:
    selection, matches = collection.selection, collection.found
    counts = release.facets.counts(selection.filters, matches.matches)
    years, unfolded = filters.years(counts, selection), filters.FIRST_UNFOLDED_YEAR
    return render_template(
        "practices.html",
        selection=selection,
        found=matches,
        forms=list_data.forms_of(release, collection),
        cards=cards_of(release, collection.practices, matches.words),
        topics=filters.choices(release, "topic", counts, selection),
        countries=filters.choices(release, "country", counts, selection),
        collections=filters.choices(release, "collection", counts, selection),
        years=tuple(year for year in years if year.value >= unfolded),
        earlier=tuple(year for year in years if year.value < unfolded),
        statuses=filters.statuses(counts, selection),
        unfolded_from=unfolded,
        chosen=tuple(filters.chosen(release, selection)),
        understood=tuple(filters.understood(release, matches.units)),
        wider=tuple(filters.wider(release, selection, matches)) if not matches.count else (),
        meant=meant(release, selection)
        if selection.q and (matches.is_unknown or not matches.count)
        else None,
        sorts=tuple(sort for sort in SORTS if sort != "relevance" or selection.q),
        page_size=PAGE_SIZE,
        structure=jsonld_documents.script(page_structure.of_list(release, collection))
        if selection.is_open
        else "",
    )
