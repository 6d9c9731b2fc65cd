"""Documents: linked data by 303 and negotiation, the same graph in every format at every address."""

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, render_template, request
from werkzeug.exceptions import Gone, NotFound

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version
from endpoint.catalogue.selection import Selection, read_selection
from endpoint.catalogue.service import current_release, rendered_bodies
from endpoint.documents import memento, resolvers
from endpoint.documents.representations import (
    DocumentAddress,
    make_document,
    negotiate_format,
    not_acceptable,
    respond_with,
)
from endpoint.documents.resolvers import Document, Find
from endpoint.graphs import document_graphs, signposts
from endpoint.http import document_formats, profiles
from endpoint.http.document_formats import SUFFIX, with_suffix
from endpoint.http.responses import make_body, redirect_response, respond
from endpoint.language import interface_languages
from endpoint.pages.source_page import source_page
from pipeline.rdf.vocabulary import COUNTRY, TOPIC, YEAR

documents = Blueprint("documents", __name__)

LAST_DOCUMENTS = "practicegraph.documents"
"""The extension of an app that has documents at hand: a dictionary."""

_MOST_AT_HAND = 20
_OF_FORMAT = ("format", "profile")
_SPACES = {"topic": TOPIC, "country": COUNTRY, "year": YEAR}
_FIXED: dict[str, Find] = {
    "ns": resolvers.ontology,
    "shapes": resolvers.shapes,
    "dataset": resolvers.dataset,
}
"""The documents that every release has, by their names."""


@documents.get("/practice/<slug>")
def practice(slug: str) -> Response:
    """Redirect from a practice, which is not a document, to the document about it."""
    release = current_release()
    if resolvers.merge_target(release, slug):
        abort(redirect_to_successor(release, slug, "/practice/{}"))
    if resolvers.tombstone(release, slug):
        return answer(slug, resolvers.practice, path=f"/doc/practice/{slug}")
    return _see_other("practice", slug, resolvers.practice)


@documents.get("/city/<slug>")
def city(slug: str) -> Response:
    """Redirect from a city, which is not a document, to the document about it."""
    return _see_other("city", slug, resolvers.city(Selection()))


@documents.get("/doc/practice/<name>")
def practice_document(name: str) -> Response:
    """Answer with a practice's document."""
    slug, fixed = document_formats.split_suffix(name)
    is_fixed = fixed is not None or "format" in request.args
    version = None if is_fixed else memento.requested_version(current_release(), slug)
    if version is not None:
        return _at_time(version)
    if resolvers.merge_target(current_release(), slug):
        abort(
            redirect_to_successor(
                current_release(), slug, "/doc/practice/{}" + (f".{fixed.format}" if fixed else "")
            )
        )
    response = answer(name, resolvers.practice)
    if not is_fixed:
        response.vary.add(memento.HEADER)
    return response


@documents.get("/doc/city/<name>")
def city_document(name: str) -> Response:
    """Answer with a city's document and its practices."""
    selection = _selection()
    return answer(name, resolvers.city(selection), selection.query)


@documents.get("/<any(topic, country, year):facet>/<name>")
def concept(facet: str, name: str) -> Response:
    """Answer with this server's copy of a topic, a country or a calendar year, and its practices."""
    selection = _selection()
    return answer(name, resolvers.concept(facet, _SPACES[facet], selection), selection.query)


@documents.get(f"/<any({', '.join(_FIXED)}):name>")
@documents.get(f"/<any({', '.join(_FIXED)}):name>.<{SUFFIX}>")
def fixed_document(name: str, suffix: str = "") -> Response:
    """Answer with this server's copy of the ontology or the shapes, or with the description of the dataset."""
    return answer(with_suffix(name, suffix), _FIXED[name])


@documents.get("/dataset/<name>")
def dataset_version(name: str) -> Response:
    """Answer with the description of a release that is served or kept; one that is gone names the latest."""
    release, version = current_release(), document_formats.split_suffix(name)[0]
    if resolvers.is_old_version(release, version) and resolvers.dataset_version(release, version) is None:
        raise Gone(
            f"Release {version} is no longer kept. The latest is {release.version}: "
            f"{release.iris.dataset(release.version)[1:-1]}"
        )
    return answer(name, resolvers.dataset_version)


@documents.get("/source/<name>/rows/<int:first>")
def source_rows(name: str, first: int) -> Response:
    """Show the rows of a source from one on, and the practices that came of each."""
    release = current_release()
    iri = f"{release.base}/source/{name}"
    page = source_page(release, iri, first) if first and document_graphs.resource(release, iri) else None
    if page is None or not page["rows"]:
        raise NotFound("These rows of a source do not exist.")
    interface_languages.variant()
    text = render_template("source_rows.html", iri=iri, page=page, path=request.path)
    return respond(
        make_body(text.encode(), modified=release.list_modified()), document_formats.HTML.content_type
    )


@documents.get("/<path:name>")
def resource(name: str) -> Response:
    """Answer with what else has an IRI here: dataset, catalogue, runs, sources, agents, rights, graphs."""
    return answer(name, resolvers.resource)


def _selection() -> Selection:
    return read_selection(request.args, current_release().facets)


def _see_other(kind: str, name: str, find: Find) -> Response:
    """Redirect to the document about a thing; programs that add the suffix of a format get there, too."""
    slug, _ = document_formats.split_suffix(name)
    if find(current_release(), slug) is None:
        raise NotFound(f"There is no {kind} of this name here.")
    return _redirect(f"{request.script_root}/doc/{kind}/{name}", 303)


def _at_time(version: Version) -> Response:
    """Send the client from a record to the version that it asks for."""
    path = f"{request.script_root}/version/{version.slug}/{version.stamp}"
    response = _redirect(path, 302)
    response.vary.add(memento.HEADER)
    response.headers["Link"] = signposts.header(memento.of_record(current_release(), version.slug))
    return response


def _document(release: Release, find: Find, stem: str, key: tuple[str, ...]) -> Document | None:
    """Return the document of a name; an app that is asked for all forms of each in turn has the last ones at hand."""
    at_hand = current_app.extensions.get(LAST_DOCUMENTS)
    if at_hand is None:
        return find(release, stem)
    if key not in at_hand:
        if len(at_hand) >= _MOST_AT_HAND:
            at_hand.clear()
        at_hand[key] = find(release, stem)
    document: Document | None = at_hand[key]
    return document


def redirect_to_successor(release: Release, slug: str, path: str) -> Response:
    """Return the redirect from a practice to the one that it was merged into; ``path`` has a place for its slug."""
    return _redirect(request.script_root + path.format(resolvers.merge_target(release, slug)), 301)


def _redirect(path: str, status: int) -> Response:
    """Return a redirect that keeps what the address says of the wanted format."""
    query = urlencode([(name, request.args[name]) for name in _OF_FORMAT if name in request.args])
    location = f"{path}?{query}" if query else path
    response = redirect_response(location, status, seconds=60)
    response.vary.add("Accept")
    return response


def answer(
    name: str, find: Find, query: str = "", *, path: str | None = None, apart: tuple[str, ...] = ()
) -> Response:
    """Answer with the thing that a name stands for, in the format asked for, at its own path or the request's.

    ``query`` is the part of the address that tells one page of a list from another, with its ``?``; ``apart`` is
    what else an answer depends on, such as values that it says it has left out.
    """
    release = current_release()
    stem, fixed = document_formats.split_suffix(name)
    offer, form = fixed or negotiate_format(), ""
    if offer is not None and offer.format == "jsonld":
        form = profiles.form_of(None if fixed else request.headers.get("Accept"), request.args.get("profile"))
    path = path or (request.path.removesuffix(f".{fixed.format}") if fixed else request.path)
    place = DocumentAddress(path, query, form)
    spoken = interface_languages.variant() if offer is document_formats.HTML else ""
    kind = (offer.media_type, offer.format) if offer else ()
    key = (release.name, request.script_root, path, place.query, *apart, form, spoken, *kind)
    body, status = rendered_bodies().get(key), 200
    if body is None or offer is None:
        document = _document(release, find, stem, (path, query, *apart, interface_languages.fixed_language()))
        if document is None:
            raise NotFound("There is no page at this address. Check it, or search the catalogue.")
        offer = offer or not_acceptable()
        body, status = make_document(release, document, offer, place), document.status
        if status == 200:
            rendered_bodies().put(key, body)
    return respond_with(
        body, offer, place, status=status, is_negotiated=not fixed and "format" not in request.args
    )
