"""Routes of the change stream: its root, its closed pages for ever, its latest page for a moment, its shape."""

from flask import Blueprint, Response
from werkzeug.exceptions import Gone, NotFound

from endpoint.catalogue.service import current_release
from endpoint.documents.document_routes import answer
from endpoint.history import change_stream
from endpoint.http.document_formats import SUFFIX, split_suffix, with_suffix
from endpoint.http.responses import unchanging

stream_routes = Blueprint("stream", __name__)

_SHORT = 60


@stream_routes.get(change_stream.PATH)
@stream_routes.get(f"{change_stream.PATH}.<{SUFFIX}>")
def root(suffix: str = "") -> Response:
    """Answer with what the stream is, and where its pages are."""
    _demand_history()
    return _short(answer(with_suffix("ldes", suffix), change_stream.find_root))


@stream_routes.get(f"{change_stream.PATH}/shape")
@stream_routes.get(f"{change_stream.PATH}/shape.<{SUFFIX}>")
def shape(suffix: str = "") -> Response:
    """Answer with the shape of the members."""
    return answer(with_suffix("shape", suffix), change_stream.find_shape)


@stream_routes.get(f"{change_stream.PATH}/<name>")
def page(name: str) -> Response:
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
