"""Links: those that a page has, and the same page with links to files."""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from urllib.parse import quote

from endpoint.static_site.exported_addresses import SiteLink, read_link

_ATTRIBUTE = re.compile(
    r"(?P<before>\s(?P<name>href|src|(?:form)?action|data-(?:load|editor|terms|index|local|dump|suggest)))"
    r'="(?P<link>[^"]*)"'
)
_ABSOLUTE = re.compile(r'(?P<before>content="|<loc>|href="|\]\()(?P<link>https?://[^"<)\s]*)')
_HEAD = re.compile(r"<(?:link|meta|script)\s[^<>]*>\n?")

FileOf = Callable[[SiteLink], str | None]
"""What gives a link's file; None where there is none."""


def links_of(text: str, page: str, base: str) -> Iterator[SiteLink]:
    """Yield the links to the site that a page or feed has."""
    for pattern in (_ATTRIBUTE, _ABSOLUTE):
        for match in pattern.finditer(text):
            link = read_link(unescape(match["link"]), page, base)
            if link is not None:
                yield link


def with_files(text: str, page: str, base: str, name: str, file_of: FileOf) -> str:
    """Return a page whose links lead to files, relative to its own; elements of the head keep absolute links.

    ``name`` is the page's own file. A link to what has no file is left out, with its element in the head.
    """
    place = _Place(page, base, name, file_of)
    head, end, body = text.partition("</head>")
    return (
        _HEAD.sub(lambda element: _head_element(element[0], place), head) + end + _attributes(body, place)[0]
    )


def with_absolute_files(text: str, base: str, file_of: FileOf) -> str:
    """Return a feed, sitemap or text with absolute links to files in place of pages."""

    def replacement(match: re.Match[str]) -> str:
        link = read_link(unescape(match["link"]), "/", base)
        file = file_of(link) if link is not None else None
        return match[0] if link is None or file is None else match["before"] + _absolute(link, file, base)

    return _ABSOLUTE.sub(replacement, text)


def from_root(text: str, root: str) -> str:
    """Return a page in the topmost folder, with its relative links as paths from the root of the host."""

    def replacement(match: re.Match[str]) -> str:
        link = match["link"]
        is_relative = link and not link.startswith(("#", "/", "http:", "https:", "mailto:", "data:"))
        return f'{match["before"]}="{root}/{link}"' if is_relative else match[0]

    return _ATTRIBUTE.sub(replacement, text)


def relative(file: str, name: str) -> str:
    """Return the link to one file from another."""
    return _from_folder(file, posixpath.dirname(name) or ".")


@lru_cache(maxsize=10_000)
def _from_folder(file: str, folder: str) -> str:
    return quote(posixpath.relpath(file, folder))


@dataclass(frozen=True, slots=True)
class _Place:
    """A page whose links are changed: its path, the base of the site, its file, and the files of all links."""

    page: str
    base: str
    name: str
    file_of: FileOf


def _head_element(element: str, place: _Place) -> str:
    changed, is_lost = _attributes(element, place)
    return "" if is_lost else with_absolute_files(changed, place.base, place.file_of)


def _attributes(text: str, place: _Place) -> tuple[str, bool]:
    """Return a text whose links lead to files, and whether one of them has none and is left out."""
    is_lost = False

    def replacement(match: re.Match[str]) -> str:
        nonlocal is_lost
        text = unescape(match["link"])
        link = None if text.startswith("#") else read_link(text, place.page, place.base)
        if link is None:
            return match[0]
        file = place.file_of(link)
        if file is None:
            is_lost = True
            return ""
        if text.startswith(place.base):
            return f'{match["before"]}="{_absolute(link, file, place.base)}"'
        return f'{match["before"]}="{relative(file, place.name)}{escape(link.rest)}"'

    return _ATTRIBUTE.sub(replacement, text), is_lost


def _absolute(link: SiteLink, file: str, base: str) -> str:
    folder = file.removesuffix("index.html") if file.endswith("/index.html") or file == "index.html" else file
    return f"{base}/{quote(folder)}{escape(link.rest)}"
