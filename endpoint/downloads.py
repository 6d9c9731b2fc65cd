"""Downloads: the dumps of the release, the JSON-LD context, and the small files that every site has."""

from flask import Blueprint, Response, current_app, request, send_file
from werkzeug.exceptions import NotFound

from endpoint import frames
from endpoint.jsonld import CONTEXT_PATH
from endpoint.responses import make_body, respond
from endpoint.service import current_release
from pipeline.vocabulary import context_file

downloads = Blueprint("downloads", __name__)

_FOREVER = 365 * 24 * 3600
_KINDS = {
    "dataset.nt.gz": "application/gzip",
    "dataset.ttl.gz": "application/gzip",
    "dataset.jsonld.gz": "application/gzip",
    "catalogue.csv": "text/csv; charset=utf-8",
    "catalogue.csv-metadata.json": "application/csvm+json",
    "description.ttl": "text/turtle; charset=utf-8",
    "manifest.json": "application/json",
    "report.json": "application/json",
    "report.ttl": "text/turtle; charset=utf-8",
}
"""The files of a release that anyone may have, with their media types."""


@downloads.get("/dumps/<name>")
def dump(name: str) -> Response:
    """Send a file of the release, or the part of it that is asked for."""
    release = current_release()
    path = release.path / name
    if name not in _KINDS or not path.is_file():
        raise NotFound(f"This release has no file {name}. The dataset's page lists what there is.")
    response = send_file(
        path, mimetype=_KINDS[name], conditional=True, etag=f"{release.version}-{name}", max_age=60
    )
    # Dumps are compressed files, not compressed transfers: a client must get the very bytes of the checksum.
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@downloads.get(CONTEXT_PATH)
def context() -> Response:
    """Send the JSON-LD context, which never changes under its version."""
    response = respond(make_body(context_file().read_bytes()), "application/ld+json")
    response.cache_control.max_age = _FOREVER
    response.cache_control.immutable = True
    return response


@downloads.get("/frames/v1/<name>.jsonld")
def frame(name: str) -> Response:
    """Send a frame by which our JSON-LD is nested, which never changes under its version."""
    if name not in frames.NAMES:
        raise NotFound(f"There is no frame {name}: there are {', '.join(frames.NAMES)}.")
    text = frames.published(name, current_release().base + CONTEXT_PATH)
    response = respond(make_body(text), "application/ld+json")
    response.cache_control.max_age = _FOREVER
    response.cache_control.immutable = True
    return response


@downloads.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers what to leave alone."""
    template = current_app.jinja_env.get_template("robots.txt")
    return respond(make_body(template.render(root=request.script_root).encode()), "text/plain; charset=utf-8")


@downloads.get("/favicon.ico")
def favicon() -> Response:
    """Send browsers that look here to the icon."""
    return Response(status=301, headers={"Location": f"{request.script_root}/static/icon.svg"})


@downloads.get("/healthz")
def health() -> Response:
    """Say that this process answers, and with which release."""
    response = Response(f"ok {current_release().version}\n", content_type="text/plain; charset=utf-8")
    response.cache_control.no_store = True
    return response
