"""Lists: the list of practices as data, a page at a time, and the links from its page to every form of it."""

from typing import Any

from flask import Response, request

from endpoint.catalogue.list_rows import list_changed
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection
from endpoint.catalogue.service import rendered
from endpoint.documents.representations import Graphed, negotiated, not_acceptable, write_graph
from endpoint.graphs import frames, jsonld_documents, signposts
from endpoint.graphs.hydra import Collection, collection_graph, read_collection
from endpoint.graphs.signposts import Signpost
from endpoint.http import profiles
from endpoint.http.document_formats import HTML, SUFFIXES
from endpoint.http.negotiation import Offer
from endpoint.http.responses import Body, make_body, respond
from endpoint.language import interface_languages

PATH = "/practices"
EXPORTS = {
    "csv": "text/csv",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "atom": "application/atom+xml",
}
"""Suffix → media type of the formats in which a whole selection can be downloaded or followed."""


def wanted_data(release: Release, selection: Selection) -> Response | None:
    """Return the list as data where the request asks for that, None if it asks for the page."""
    offer = negotiated() or not_acceptable()
    if offer == HTML:
        return None
    form = ""
    if offer.format == "jsonld":
        form = profiles.form_of(request.headers.get("Accept"), request.args.get("profile"))
    key = (release.name, request.script_root, PATH, selection.query, form, offer.media_type)
    body, status = rendered().get(key), 200
    if body is None:
        collection = read_list(release, selection)
        status = 404 if collection.is_beyond else 200
        listed = Graphed(collection_graph(release, collection), frames.COLLECTION)
        body = make_body(
            write_graph(release, listed, offer.format, form),
            link=_links(release, collection, PATH + selection.query),
            modified=_modified(release, collection),
        )
        if status == 200:
            rendered().put(key, body)
    kind = profiles.content_type(form) if offer.media_type == profiles.JSON_LD else offer.content_type
    response = respond(body, kind, status=status, vary=_vary())
    return located(response, selection, offer, form)


def read_list(release: Release, selection: Selection) -> Collection:
    """Return the page of the list of practices that a selection asks for."""
    return read_collection(release, release.base + PATH, selection)


def body_of_page(release: Release, collection: Collection, page: str) -> Body:
    """Return the page of a list with links to the list's other forms."""
    canonical = interface_languages.own_path() + PATH + collection.selection.canonical
    links = _links(release, collection, canonical)
    return make_body(page.encode(), link=links, modified=_modified(release, collection))


def respond_with_page(body: Body, selection: Selection, *, status: int) -> Response:
    """Return the page of a list as the response."""
    return located(respond(body, HTML.content_type, status=status, vary=_vary()), selection, HTML, "")


def forms_of(release: Release, collection: Collection) -> dict[str, Any]:
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


def located(response: Response, selection: Selection, offer: Offer, form: str) -> Response:
    """Return a response that names the address at which this very form of it is fixed."""
    root = request.script_root if offer == HTML else interface_languages.site_root()
    response.headers["Content-Location"] = root + _variant(selection.query, offer.format, form)
    return response


def _vary() -> tuple[str, ...]:
    return () if "format" in request.args else ("Accept",)


def _modified(release: Release, collection: Collection) -> str:
    return list_changed(release, collection.selection, collection.result.positions)


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
