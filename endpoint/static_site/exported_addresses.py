"""Addresses: which addresses of the site become files, and what each file is called."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from endpoint.http.document_formats import SUFFIXES
from endpoint.language.interface_languages import INTERFACE

_SUFFIX_OF: Final = {
    **{offer.media_type: suffix for suffix, offer in SUFFIXES.items()},
    "application/atom+xml": "atom",
    "application/json": "json",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/plain": "txt",
}
"""Media type → suffix of the files that have it, where the address ends in none."""

_SUFFIXES: Final = frozenset(_SUFFIX_OF.values())

_DEFAULT, *_OTHERS = INTERFACE
_IN_BROWSER: Final = ("/practices", "/shortlist", "/compare", "/sparql")
"""Pages whose script reads the query string: one file answers them all."""

_NEEDS_A_SERVER: Final = (
    "/validate",
    "/healthz",
    "/practices/query",
    "/practices/suggest",
    "/sparql/chart.svg",
    "/sparql/embed",
    "/sparql/examples/",
    "/sparql/link",
    "/sparql/results.xlsx",
)
_WHOLE: Final = ("/explore",)
"""Pages that are exported for all practices only."""

_IN_NAMES: Final = ("page", "kind", "release")
"""Parameters that become part of a file's name, one beside the number of the page."""

_LONGEST_NAME = 180
"""Bytes of a file's name, without its suffix, that every file system takes."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """An address of the site below its base, without what makes no difference for an export."""

    path: str
    query: str = ""

    @property
    def target(self) -> str:
        """Return the path and query, as a request has them."""
        path = quote(self.path)
        return f"{path}?{self.query}" if self.query else path


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link to the site: its address, and what a script or an anchor reads of it."""

    address: Address
    rest: str = ""


def read_link(link: str, page: str, base: str) -> SiteLink | None:
    """Return a link as one to the site below its base IRI; None for one that leads elsewhere.

    ``page`` is the absolute path of the page that has it.
    """
    return _read_link(link, page if link[:1] in ("", "?", "#") else "", base)


@lru_cache(maxsize=10_000)
def _read_link(link: str, page: str, base: str) -> SiteLink | None:
    try:
        parts = urlsplit(link)
        site = urlsplit(base)
    except ValueError:
        return None
    if (parts.scheme or parts.netloc) and (parts.scheme, parts.netloc) != (site.scheme, site.netloc):
        return None
    path = parts.path or (page if not parts.netloc else "/")
    if path != site.path and not path.startswith(f"{site.path}/"):
        return None
    path = unquote(path[len(site.path) :]) or "/"
    return _site_link(_normal(path), parts.query, parts.fragment)


def _site_link(path: str, query: str, fragment: str) -> SiteLink:
    anchor = f"#{fragment}" if fragment else ""
    pure = _without_language(path)
    if pure.startswith("/static/") or query.startswith("v="):
        return SiteLink(
            Address(pure), (f"?{query}" if query else "") + anchor
        )  # the query only renews caches
    if pure in _IN_BROWSER and not _is_format(query):
        return SiteLink(Address(path), (f"?{query}" if query else "") + anchor)
    if pure in _WHOLE:
        return SiteLink(Address(path), anchor)
    return SiteLink(Address(path, query), anchor)


def is_exported(address: Address) -> bool:
    """Return whether an address can be answered by a file."""
    path = _without_language(address.path)
    if path.startswith(_NEEDS_A_SERVER) or ".." in path or "\0" in path:
        return False
    if not address.query:
        return True
    names = [name for name, _ in parse_qsl(address.query, keep_blank_values=True)]
    if _is_format(address.query):
        return path == "/sparql"
    if names == ["lang"]:
        return path.startswith("/template.")
    apart = [name for name in names if name != "page"]
    return len(set(names)) == len(names) and len(apart) <= 1 and set(names) <= set(_IN_NAMES)


def file_name(address: Address, media_type: str) -> str:
    """Return the name of the file that answers an address, relative to the folder of the export."""
    pairs = parse_qsl(address.query, keep_blank_values=True)
    path, suffix = address.path.strip("/"), _SUFFIX_OF.get(media_type, "")
    if address.path.endswith("/") and media_type == "text/html" and not pairs:
        return f"{path}/index.html".lstrip("/")
    for name, value in pairs:
        stem, dot, ending = path.rpartition(".")
        if name == "lang":
            path = f"{stem}-{value}.{ending}"
        elif name != "format":
            path = (
                f"{stem}/{name}-{value}.{ending}" if dot and ending in _SUFFIXES else f"{path}/{name}-{value}"
            )
    segments = [_short(segment) for segment in path.split("/")]
    path = "/".join(segment for segment in segments if segment not in ("", ".", ".."))
    return path if not suffix or _has_suffix(path, suffix) else f"{path}.{suffix}"


def _has_suffix(path: str, suffix: str) -> bool:
    ending = path.rpartition("/")[2].rpartition(".")[2]
    # A description of a file has an address that ends as the file does: its page needs a suffix of its own.
    return ending == suffix if suffix in SUFFIXES else "." in path.rpartition("/")[2]


def _short(segment: str) -> str:
    """Return a segment of a path that is not too long to be a file's name."""
    if len(segment.encode()) <= _LONGEST_NAME:
        return segment
    stem, dot, suffix = segment.rpartition(".")
    digest = hashlib.sha256(segment.encode()).hexdigest()[:12]
    shortened = (stem or suffix).encode()[: _LONGEST_NAME - 40].decode(errors="ignore")
    return f"{shortened}-{digest}" + (f".{suffix[:20]}" if dot else "")


def _normal(path: str) -> str:
    """Return a path without the default language and the suffix of pages."""
    if path == f"/{_DEFAULT}" or path.startswith(f"/{_DEFAULT}/"):
        path = path[len(_DEFAULT) + 1 :] or "/"
    if path in {f"/{language}" for language in _OTHERS}:
        path += "/"
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix == "html":
        return stem
    pure = _without_language(path)
    return pure if dot and suffix in SUFFIXES and "/" not in suffix else path


def _without_language(path: str) -> str:
    for language in _OTHERS:
        if path.startswith(f"/{language}/"):
            return path[len(language) + 1 :]
    return path


def _is_format(query: str) -> bool:
    return query.startswith("format=") and "&" not in query
