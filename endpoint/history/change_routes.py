"""Routes of the history: changes as pages, data, a feed and a stream, the history of a record, and its versions."""

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import Gone, NotFound

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import current_release, rendered_body
from endpoint.documents import memento
from endpoint.documents.document_routes import answer
from endpoint.figures.figure_responses import FORMS, respond_with_file, respond_with_frame
from endpoint.graphs.record_versions import iri_of
from endpoint.harvest.feeds import clean, feed_publisher
from endpoint.history import change_stream, changes_page, history_page, quality_page
from endpoint.history.changes_page import MONTHS, changes_by_month, read_query
from endpoint.http.document_formats import OFFERS, SUFFIX, split_suffix, with_suffix
from endpoint.http.negotiation import Offer, choose
from endpoint.http.responses import Body, make_body, redirect_response, respond, unchanging
from endpoint.language.interface_languages import fixed_language, language_path
from pipeline.rdf.iris import is_slug

changes = Blueprint("changes", __name__)

MOST_ENTRIES = 50
_SHORT = 60
_TIME_MAP = Offer(memento.LINK_FORMAT)
_LIST_OFFERS = (_TIME_MAP, *OFFERS)


@changes.get("/changes")
@changes.get(f"/changes.<{SUFFIX}>")
def list_changes(suffix: str = "") -> Response:
    """Answer with the events of all records, the latest first."""
    release = current_release()
    query = read_query(request.args, release)
    if query.page and query.page == changes_page.newest_page(release, query):
        return _to_newest(query, suffix)
    find = changes_page.find(query)
    return answer(with_suffix("changes", suffix), find, query.query, apart=query.unknown)


def _to_newest(query: changes_page.ChangesQuery, suffix: str) -> Response:
    """Send the client from the number of the newest page, which is not full yet, to the address without a number."""
    location = f"{request.script_root}/{with_suffix('changes', suffix)}{query.at(0).query}"
    return redirect_response(location, 302, text="See the newest changes.\n")


@changes.get("/changes.atom")
def as_atom() -> Response:
    """Send the last changes to readers who follow them."""
    release = current_release()
    query = read_query(request.args, release).at(0)
    language = fixed_language()
    key = (release.name, "/changes.atom", language, query.query)
    body = rendered_body(key, lambda: _feed(release, query, language))
    return respond(body, "application/atom+xml; charset=utf-8")


@changes.get(f"/changes/{MONTHS}.<{FORMS}>")
def months(form: str) -> Response:
    """Send the changes by month as an image or a table."""
    release = current_release()
    changed = release_history.extent(release).until
    return respond_with_file(f"/changes/{MONTHS}", "", form, lambda: changes_by_month(release), changed)


@changes.get(f"/changes/{MONTHS}/embed")
def embed_months() -> Response:
    """Show the changes by month in a frame of another site."""
    return respond_with_frame(changes_by_month(current_release()))


@changes.get("/doc/practice/<slug>/history")
@changes.get(f"/doc/practice/<slug>/history.<{SUFFIX}>")
def history_of(slug: str, suffix: str = "") -> Response:
    """Answer with the versions of a practice and what each of them changed."""
    return answer(with_suffix(slug, suffix), history_page.find)


@changes.get("/version/<slug>/<name>")
def version(slug: str, name: str) -> Response:
    """Answer with one version of a practice, as it was."""
    response = answer(f"{slug}/{name}", history_page.find_version)
    if "Last-Modified" in response.headers:
        response.headers["Memento-Datetime"] = response.headers["Last-Modified"]
    return response


@changes.get("/version/<slug>")
def versions(slug: str) -> Response:
    """Answer with the list of a practice's versions for Memento clients; send people and others to its history."""
    release = current_release()
    dated = release_history.versions_of(release, slug) if is_slug(slug) else ()
    if not dated:
        raise NotFound("There is no practice of this name with a history here.")
    if choose(request.headers.get("Accept"), _LIST_OFFERS) is _TIME_MAP:
        text = memento.time_map(release, slug, dated)
        return respond(make_body(text.encode(), modified=dated[0].at), memento.LINK_FORMAT, vary=("Accept",))
    location = f"{request.script_root}/doc/practice/{slug}/history"
    response = redirect_response(location, 303)
    response.vary.add("Accept")
    return response


@changes.get("/quality")
@changes.get(f"/quality.<{SUFFIX}>")
def quality(suffix: str = "") -> Response:
    """Answer with how complete the records of the release are, and what was found against its sources."""
    return answer(with_suffix("quality", suffix), quality_page.find)


def _feed(release: Release, query: changes_page.ChangesQuery, language: str) -> Body:
    versions = changes_page.latest_versions(release, query, MOST_ENTRIES)
    if release.history is None:
        raise NotFound("This release was made without a history, so there is no feed of changes.")
    titles = release_history.titles(release, (each.slug for each in versions))
    updated = versions[0].at if versions else release.manifest.created
    template = current_app.jinja_env.get_template("changes.atom")
    feed = template.render(
        release=release,
        asked=query,
        language=language,
        spoken=language_path(language),
        publisher=feed_publisher(release),
        updated=updated,
        entries=[
            (
                each,
                iri_of(release, each).value,
                clean(titles[each.slug].text if each.slug in titles else each.slug),
            )
            for each in versions
        ],
    )
    return make_body(feed.encode(), modified=updated)


@changes.get(change_stream.PATH)
@changes.get(f"{change_stream.PATH}.<{SUFFIX}>")
def stream(suffix: str = "") -> Response:
    """Answer with what the stream is, and where its pages are."""
    _demand_history()
    return _short(answer(with_suffix("ldes", suffix), change_stream.find_root))


@changes.get(f"{change_stream.PATH}/shape")
@changes.get(f"{change_stream.PATH}/shape.<{SUFFIX}>")
def stream_shape(suffix: str = "") -> Response:
    """Answer with the shape of the members."""
    return answer(with_suffix("shape", suffix), change_stream.find_shape)


@changes.get(f"{change_stream.PATH}/<name>")
def stream_page(name: str) -> Response:
    """Answer with a page: a closed one may be kept for ever, the latest for a moment."""
    stem, release = split_suffix(name)[0], current_release()
    _demand_history()
    if stem != "latest" and change_stream.was_a_page(release, stem):
        raise Gone(
            f"This page is no longer part of the stream. Begin again at {release.base}{change_stream.PATH}"
        )
    response = answer(name, change_stream.find_page)
    if stem == "latest" or response.mimetype == "text/html":
        return _short(response)
    return unchanging(response)


def _demand_history() -> None:
    """Refuse a request if there is no history: an empty stream would say that there are no records."""
    if current_release().history is None:
        raise NotFound(
            "The history of this release cannot be read, so there is no stream of changes for now."
        )


def _short(response: Response) -> Response:
    response.cache_control.max_age = _SHORT
    return response
