"""Dumps: the files of a release, the latest at addresses that stay, those of a version as long as it is kept."""

from pathlib import Path

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import Gone, NotFound

from endpoint.catalogue.archived import folder_of, manifest_of
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import current_release
from endpoint.documents import resolvers
from endpoint.graphs import signposts
from endpoint.graphs.signposts import Signpost
from endpoint.http.responses import make_body, moment, redirect_response, respond
from endpoint.language import interface_languages
from pipeline.release.folder.manifest import facts_of

dumps = Blueprint("dumps", __name__)

CHECKSUMS = "SHA256SUMS"
_MINUTE = 60
_DAY = 24 * 3600
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


@dumps.get("/dumps")
@dumps.get("/dumps/")
@dumps.get("/dumps/latest")
@dumps.get("/dumps/latest/")
def folder() -> Response:
    """Redirect from the folder of dumps to the dataset's page, which lists them."""
    return redirect_response(f"{request.script_root}/dataset", 303, text="See the dataset's page.\n")


@dumps.get("/dumps/<name>")
@dumps.get("/dumps/latest/<name>")
def latest(name: str) -> Response:
    """Send a file of the release that is served, or the part of it that is asked for."""
    release = current_release()
    return _send(release, release.path, name, _MINUTE)


@dumps.get("/dumps/<version>/<name>")
def versioned_file(version: str, name: str) -> Response:
    """Send a file of one release, which stays the same as long as the release is kept."""
    release = current_release()
    path = folder_of(release, version)
    if path is None:
        if resolvers.is_old_version(release, version):
            raise Gone(
                f"The files of release {version} are no longer kept. Those of the latest are at "
                f"{release.base}/dumps/{name}."
            )
        raise NotFound(f"There was no release {version}. The dataset's page names the one that is served.")
    return _send(release, path, name, _DAY)


def _send(release: Release, path: Path, name: str, max_age: int) -> Response:
    if name == CHECKSUMS:
        return _checksums(path, max_age)
    if name not in _KINDS or not (path / name).is_file():
        raise NotFound(f"This release has no file {name}. The dataset's page lists what there is.")
    response = send_file(
        path / name,
        mimetype=_KINDS[name].partition(";")[0],
        conditional=True,
        etag=_sha256(path, name),
        last_modified=moment(manifest_of(path).created),
        max_age=max_age,
    )
    response.content_type = _KINDS[name]
    # Dumps are compressed files, not compressed transfers: a client must get the very bytes of the checksum.
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Link"] = signposts.header(_signposts(release, path, name))
    return response


def _signposts(release: Release, path: Path, name: str) -> tuple[Signpost, ...]:
    root = interface_languages.site_root()
    version = f"{root}/dumps/{manifest_of(path).version}"
    columns = f"{name}-metadata.json"
    described = (
        (Signpost("describedby", f"{version}/{columns}", _KINDS[columns]),) if columns in _KINDS else ()
    )
    return (
        *described,
        Signpost("collection", f"{release.base}/dataset"),
        Signpost("describedby", f"{root}/catalog.ttl", "text/turtle"),
        Signpost("describedby", f"{version}/{CHECKSUMS}", "text/plain"),
        Signpost("latest-version", f"{root}/dumps/{name}"),
        Signpost("canonical", f"{version}/{name}"),
    )


def _checksums(path: Path, max_age: int) -> Response:
    """Send the hashes of the files to download, as ``sha256sum -c`` reads them."""
    names = sorted(name for name in _KINDS if (path / name).is_file())
    text = "".join(f"{_sha256(path, name)}  {name}\n" for name in names)
    created = str(manifest_of(path).created)
    response = respond(make_body(text.encode(), modified=created), "text/plain; charset=utf-8")
    response.cache_control.max_age = max_age
    return response


def _sha256(path: Path, name: str) -> str:
    known = manifest_of(path).files
    return known[name].sha256 if name in known else facts_of(path / name).sha256
