"""Lists: the practices with search, filters, sorting and paging, as a page and as data, and links between the forms."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request

from endpoint.catalogue import filters
from endpoint.catalogue.list_rows import list_modified
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import PAGE_SIZE
from endpoint.catalogue.selection import SORTS, Selection, read_selection
from endpoint.catalogue.service import current_release, rendered_bodies
from endpoint.documents.representations import FramedGraph, negotiate_format, not_acceptable, write_graph
from endpoint.graphs import frames, jsonld_documents, page_structure, signposts
from endpoint.graphs.hydra import Collection, collection_graph, read_collection
from endpoint.graphs.signposts import Signpost
from endpoint.http import profiles
from endpoint.http.document_formats import HTML, SUFFIXES
from endpoint.http.negotiation import Offer
from endpoint.http.responses import Key, make_body, respond
from endpoint.language import interface_languages
from endpoint.pages.cards import cards_of

catalogue = Blueprint("catalogue", __name__)

PATH = "/practices"
EXPORTS = {
    "csv": "text/csv",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "atom": "application/atom+xml",
}
"""Suffix → media type of the formats in which a whole selection can be downloaded or followed."""


@catalogue.get(PATH)
def practices() -> Response:
    """Show the practices that the address asks for, with the filters and how many each would leave."""
    release = current_release()
    selection = read_selection(request.args, release.facets)
    data = data_response(release, selection)
    if data is not None:
        return data
    key = (release.name, PATH, selection.query, interface_languages.variant())
    return _respond(
        release,
        selection,
        HTML,
        # A page that says what it has left out is not cached: its address may be of any length.
        key=None if selection.unread or selection.unknown else key,
        canonical=interface_languages.own_path() + PATH + selection.canonical,
        write=lambda collection: _list_page(release, collection).encode(),
    )


def data_response(release: Release, selection: Selection) -> Response | None:
    """Return the list as data where the request asks for that, None if it asks for the page."""
    offer, form = negotiate_format() or not_acceptable(), ""
    if offer == HTML:
        return None
    if offer.format == "jsonld":
        form = profiles.form_of(request.headers.get("Accept"), request.args.get("profile"))

    def write(collection: Collection) -> bytes:
        listed = FramedGraph(collection_graph(release, collection), frames.COLLECTION)
        return write_graph(release, listed, offer.format, form)

    return _respond(
        release,
        selection,
        offer,
        form,
        key=(release.name, request.script_root, PATH, selection.query, form, offer.media_type),
        canonical=PATH + selection.query,
        write=write,
    )


def _respond(
    release: Release,
    selection: Selection,
    offer: Offer,
    form: str = "",
    *,
    key: Key | None,
    canonical: str,
    write: Callable[[Collection], bytes],
) -> Response:
    """Return a list, written or as it was kept under a key; it names the address at which this very form is fixed."""
    body, status = rendered_bodies().get(key) if key else None, 200
    if body is None:
        collection = read_collection(release, release.base + PATH, selection)
        status = 404 if collection.is_beyond else 200
        modified = list_modified(release, selection, collection.result.positions)
        body = make_body(write(collection), link=_links(release, collection, canonical), modified=modified)
        if status == 200 and key:
            rendered_bodies().put(key, body)
    kind = profiles.content_type(form) if offer.media_type == profiles.JSON_LD else offer.content_type
    response = respond(body, kind, status=status, vary=() if "format" in request.args else ("Accept",))
    root = request.script_root if offer == HTML else interface_languages.site_root()
    response.headers["Content-Location"] = root + _variant(selection.query, offer.format, form)
    return response


def _list_page(release: Release, collection: Collection) -> str:
    selection, matches = collection.selection, collection.result
    counts = release.facets.counts(selection.filters, matches.matches)
    years, unfolded = filters.years(counts, selection), filters.FIRST_UNFOLDED_YEAR
    return render_template(
        "practices.html",
        selection=selection,
        theme=filters.name_of(release, "collection", selection.theme) if selection.theme else None,
        result=matches,
        forms=_forms(release, collection),
        cards=cards_of(release, collection.practices, matches.words),
        topics=filters.choices(release, "topic", counts, selection),
        countries=filters.choices(release, "country", counts, selection),
        collections=filters.choices(release, "collection", counts, selection),
        years=tuple(year for year in years if year.value >= unfolded),
        earlier=tuple(year for year in years if year.value < unfolded),
        statuses=filters.statuses(counts, selection),
        unfolded_from=unfolded,
        chosen=tuple(filters.active_filters(release, selection)),
        understood=tuple(filters.understood(release, matches.units)),
        wider=tuple(filters.wider(release, selection, matches)) if not matches.count else (),
        sorts=tuple(sort for sort in SORTS if sort != "relevance" or selection.q),
        page_size=PAGE_SIZE,
        structure=jsonld_documents.script(page_structure.of_list(release, collection))
        if selection.has_own_page
        else "",
    )


def _forms(release: Release, collection: Collection) -> dict[str, Any]:
    """Return where the other forms of a list are by their suffixes: the page as data, the whole as files and a feed.

    ``data`` is the page's own, for its script element. The page of a search only links to its data: programs ask for
    the data itself, and writing it takes a tenth of the page's time.
    """
    query, whole, data = collection.selection.query, collection.selection.at(1).query, ""
    if not collection.selection.q:
        graph = collection_graph(release, collection)
        compact = jsonld_documents.compact(graph, release.base, frames.tree(frames.COLLECTION))
        data = jsonld_documents.script(compact)
    return {
        "pages": {suffix: _variant(query, suffix) for suffix in SUFFIXES if suffix != "html"},
        "exports": {suffix: f"{PATH}.{suffix}{whole}" for suffix in EXPORTS},
        "query": f"{PATH}/query{whole}",
        "data": data,
    }


def _variant(query: str, suffix: str, form: str = "") -> str:
    """Return the address of a page of a list in one format and form."""
    address = f"{PATH}{query}{'&' if query else '?'}format={suffix}"
    return f"{address}&profile={form}" if form else address


def _links(release: Release, collection: Collection, canonical: str) -> str:
    root, query, whole = (
        interface_languages.site_root(),
        collection.selection.query,
        collection.selection.at(1).query,
    )
    posts = [
        Signpost("canonical", release.base + canonical),
        *signposts.of_list(release),
        *(Signpost(way, page) for way, page in collection.ways()),
        *(
            Signpost("alternate", root + _variant(query, suffix), offer.media_type)
            for suffix, offer in SUFFIXES.items()
        ),
        Signpost("describedby", root + _variant(query, "jsonld"), profiles.JSON_LD),
        *(
            Signpost("alternate", f"{root}{PATH}.{suffix}{whole}", EXPORTS[suffix])
            for suffix in ("csv", "atom")
        ),
    ]
    return signposts.header(posts)
