"""The export: a release in, a folder of files out."""

import gzip
import hashlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path

from endpoint.assets.browser_store.store_files import STORE_FILES, has_browser_store
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.service import releases_of
from endpoint.static_site.exported_addresses import Address, read_link
from endpoint.static_site.exported_app import exported_app
from endpoint.static_site.host_files import write_host_files
from endpoint.static_site.page_writer import PageWriter
from endpoint.static_site.rendered_site import RenderedSite, writers
from endpoint.static_site.search_files import (
    INDEX,
    fragment_pages,
    index_file,
    split_fragments,
    suggestion_pages,
    with_links,
    word_files,
)
from pipeline.model.errors import UsageError
from pipeline.system.data_files import text_of

LIST = "SHA256SUMS"
"""The file that lists all files of an export with their hashes."""

_LOCATION = re.compile(r"<loc>([^<]+)</loc>")


DUMP = "/sparql/dataset.nq.gz"


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export wrote: its number of files and of bytes."""

    version: str
    base: str
    files: int
    size: int

    @property
    def megabytes(self) -> str:
        """Return the size in megabytes."""
        return f"{self.size / 1e6:.1f}"


def export(
    output: Path, target: Path, *, base: str | None = None, contact: str | None = None, jobs: int = 1
) -> ExportSummary:
    """Write the site of a release into a folder; raise UsageError where its base IRI or the folder does not fit."""
    has_sparql = has_browser_store()
    app = exported_app(output, has_sparql=has_sparql, contact=contact)
    served = releases_of(app).current()
    if base is not None and base.rstrip("/") != served.base:
        raise UsageError(
            f"This release was built for {served.base}, and its IRIs begin with that. To publish at "
            f"{base.rstrip('/')}, build it again: practicegraph build SOURCE... --base-iri {base.rstrip('/')}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as name:
        folder = Path(name) / "site"
        folder.mkdir()
        writer = PageWriter(app, served.base, folder)
        make = partial(_writer, output, served.path, folder, has_sparql=has_sparql, contact=contact)
        with writers(make if jobs > 1 else lambda: writer, jobs) as submit:
            site = RenderedSite(served.base, folder, submit)
            site.follow(map(Address, text_of(__package__, "beginnings.txt").split()))
            site.follow(_sitemap_addresses(site))
            if has_sparql:
                site.add(DUMP, dump(served))
                site.follow(Address(f"/static/oxigraph/{name}") for name in (*STORE_FILES, "notices.txt"))
            _add_search(site, writer, served)
            site.finish(Path(name) / "answers")
        write_host_files(served.base, folder, writer.page_not_found(site.answers))
        hashes = _hashes(folder)
        size = sum((folder / file).stat().st_size for file in hashes)
        _replace(folder, target, hashes)
    return ExportSummary(served.version, served.base, len(hashes), size)


def _writer(
    output: Path, release: Path, folder: Path, *, has_sparql: bool, contact: str | None
) -> PageWriter:
    """Return a page writer for a release of an output folder, which may have a newer one meanwhile."""
    app = exported_app(output, release=release, has_sparql=has_sparql, contact=contact)
    return PageWriter(app, releases_of(app).current().base, folder)


def _add_search(site: RenderedSite, writer: PageWriter, release: Release) -> None:
    site.add(INDEX, index_file(release))
    for path, content in word_files(release):
        site.add(path, content)
    for path, rendered, page in fragment_pages(release):
        site.add(path, split_fragments(writer.fragment(rendered, page, site.answers)))
    for path, rendered in suggestion_pages():
        site.add(path, with_links(writer.text(rendered), partial(writer.link, path, site.answers)))


def _sitemap_addresses(site: RenderedSite) -> Iterator[Address]:
    """Yield the addresses that the sitemap lists, in every language."""
    for address in sorted(site.answers):
        if address.path.startswith("/sitemap"):
            text = (site.folder / site.answers[address].file).read_text(encoding="utf-8")
            for location in _LOCATION.findall(text):
                if link := read_link(unescape(location), "/", site.base):
                    yield link.address


def _hashes(folder: Path) -> dict[str, str]:
    """Return the hash of each file in a folder by its relative name, in the order of names."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def _replace(folder: Path, target: Path, hashes: dict[str, str]) -> None:
    """Move an export to its place; delete files of the export before it, and leave all others alone."""
    former = _former(target)
    foreign = next((name for name in hashes if name not in former and (target / name).exists()), None)
    if foreign is not None:
        raise UsageError(
            f"{target} has a file {foreign} that no export wrote. Give an empty folder, or one with an earlier "
            "export."
        )
    for name in former - hashes.keys():
        (target / name).unlink(missing_ok=True)
        _remove_empty((target / name).parent, target)
    lines = (f"{digest}  {name}\n" for name, digest in hashes.items())
    (folder / LIST).write_text("".join(lines), encoding="utf-8")
    for name in (*hashes, LIST):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (folder / name).replace(place)


def _remove_empty(folder: Path, target: Path) -> None:
    """Remove an empty folder, and empty ones above it, up to the folder of the export."""
    while folder != target and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _former(target: Path) -> set[str]:
    """Return the files of the export that a folder has, none of them outside the folder."""
    path = target / LIST
    if not path.is_file():
        return set()
    names = {
        line.partition("  ")[2] for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    }
    inside = target.resolve()
    return {name for name in names if name and (target / name).resolve().is_relative_to(inside)}


def dump(release: Release) -> bytes:
    """Return all graphs as compressed N-Quads, the same bytes for the same data."""
    lines = sorted(f"{quad} .\n" for quad in release.store)
    return gzip.compress("".join(lines).encode(), mtime=0)
