"""List page: the practices with search, filters, sorting and paging."""

from flask import Blueprint, Response, render_template, request

from endpoint.catalogue import filters
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import PAGE_SIZE
from endpoint.catalogue.selection import SORTS, read_selection
from endpoint.catalogue.service import current_release, rendered
from endpoint.graphs import jsonld_documents, page_structure
from endpoint.graphs.hydra import Collection
from endpoint.language import interface_languages
from endpoint.pages.cards import cards_of
from endpoint.site import list_data

catalogue = Blueprint("catalogue", __name__)


@catalogue.get("/practices")
def practices() -> Response:
    """Show the practices that the address asks for, with the filters and how many each would leave."""
    release = current_release()
    selection = read_selection(request.args, release.facets)
    data = list_data.wanted_data(release, selection)
    if data is not None:
        return data
    # A page that says what it has left out is not cached: its address may be of any length.
    is_cached = not (selection.unread or selection.unknown)
    key = (release.name, list_data.PATH, selection.query, interface_languages.variant())
    body, status = rendered().get(key) if is_cached else None, 200
    if body is None:
        collection = list_data.read_list(release, selection)
        body = list_data.body_of_page(release, collection, _list_page(release, collection))
        status = 404 if collection.is_beyond else 200
        if status == 200 and is_cached:
            rendered().put(key, body)
    return list_data.respond_with_page(body, selection, status=status)


def _list_page(release: Release, collection: Collection) -> str:
    selection, matches = collection.selection, collection.result
    counts = release.facets.counts(selection.filters, matches.matches)
    years, unfolded = filters.years(counts, selection), filters.FIRST_UNFOLDED_YEAR
    return render_template(
        "practices.html",
        selection=selection,
        theme=filters.name_of(release, "collection", selection.theme) if selection.theme else None,
        result=matches,
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
        sorts=tuple(sort for sort in SORTS if sort != "relevance" or selection.q),
        page_size=PAGE_SIZE,
        structure=jsonld_documents.script(page_structure.of_list(release, collection))
        if selection.has_own_page
        else "",
    )
