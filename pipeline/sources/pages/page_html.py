"""HTML: a saved page as the lines that a reader sees; nothing in it is run, fetched or expanded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]

from pipeline.model.errors import SourceError
from pipeline.sources.files.web_page import is_mhtml, page_in, page_tree
from pipeline.sources.pages.page_lines import MOST_LINES, tidy

MOST_TAGS = 200_000
"""Elements of a page, by their opening and closing; the longest of the catalogue has some twenty thousand."""

_COMMENTS = 100
_UNSEEN = frozenset(
    (
        *("head", "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "audio"),
        *("video", "select", "option", "textarea", "datalist", "nav", "dialog"),
    )
)
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "q", "s", "samp", "small"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_PARTS = frozenset(("a", "b", "button", "strong"))
"""Inline elements that may contain a word of furniture or a heading, to which the text after them is glued."""

_WITHIN_BLOCK = frozenset(("br", "li"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SAVED_FROM = re.compile(r"saved from url=(?:\(\d+\))?\s*(\S+)", re.I)
_ABOUT_SITE = re.compile(
    r"\s+[-–|]\s+(?:intercultural cit|cités interculturelles|council of europe|conseil de l|www\.coe\.int"
    r"|good practice|bonne).*$",
    re.I,
)


def parse_page(path: str, codec: str, errors: str, name: str) -> Iterator[list[Any]]:
    """Yield [hash of the bytes, address, title], then [number, parts, starts a block, link] a line.

    All of it is such that JSON can contain it, since large pages are parsed in a limited child.
    """
    content = Path(path).read_bytes()
    archived = page_in(content) if is_mhtml(content[:256]) else None
    if archived is None and is_mhtml(content[:256]):
        raise SourceError(
            f"{name} is an archive file (MHTML), but it has no page. Save the page again, as HTML."
        )
    text = archived or content.decode(codec, errors)
    if text.count("<") > MOST_TAGS:
        raise SourceError(f"{name} has more than {MOST_TAGS:,} elements, too many for a page.")
    root = page_tree(text, name)
    yield [sha256(content).hexdigest(), _address_of(root), _title_of(root)]
    body = root.find("body")
    yield from islice(_Walk().lines(root if body is None else body), MOST_LINES + 1)


def _address_of(root: html.HtmlElement) -> str | None:
    stated = [link.get("href", "") for link in _in_head(root, "link") if link.get("rel") == "canonical"]
    stated += [meta.get("content", "") for meta in _in_head(root, "meta") if meta.get("property") == "og:url"]
    comments = chain(root.itersiblings(etree.Comment, preceding=True), root.iter(etree.Comment))
    for comment in islice(comments, _COMMENTS):
        stated += _SAVED_FROM.findall(comment.text or "")
    addresses = (str(text).strip() for text in stated)
    return next((text for text in addresses if text.startswith(("http://", "https://"))), None)


def _title_of(root: html.HtmlElement) -> str | None:
    stated = [
        meta.get("content", "") for meta in _in_head(root, "meta") if meta.get("property") == "og:title"
    ]
    stated += [title.text or "" for title in _in_head(root, "title")]
    return next(filter(None, (_ABOUT_SITE.sub("", tidy(text)) for text in stated)), None)


def _in_head(root: html.HtmlElement, tag: str) -> Iterator[html.HtmlElement]:
    head = root.find("head")
    return iter(()) if head is None else head.iter(tag)


@dataclass(slots=True)
class _Walk:
    """One walk through a page: the parts of the line so far, where it began, and what it is in."""

    _parts: list[str] = field(default_factory=lambda: [""])
    _number: int = 0
    _link: str | None = None
    _starts_block: bool = True

    def lines(self, body: html.HtmlElement) -> Iterator[list[Any]]:
        """Yield the lines of a page in the order of its source."""
        walk = etree.iterwalk(body, events=("start", "end", "comment"))
        for event, element in walk:
            if event == "comment":
                self._add(element.tail, element)
            elif event == "end":
                yield from self._close(element)
            else:
                yield from self._open(element)
                if _is_unseen(element):
                    walk.skip_subtree()
        yield from self._flush(starts_block=True)

    def _open(self, element: html.HtmlElement) -> Iterator[list[Any]]:
        tag = element.tag
        if tag not in _INLINE:
            yield from self._flush(starts_block=tag not in _WITHIN_BLOCK)
        if _is_unseen(element):
            return
        if tag == "a" and "/-/" in (link := element.get("href", "")):
            self._link = link
        self._add(element.text, element)

    def _close(self, element: html.HtmlElement) -> Iterator[list[Any]]:
        tag = element.tag
        if tag not in _INLINE and tag != "br":
            yield from self._flush(starts_block=tag not in _WITHIN_BLOCK)
        if tag in _PARTS:
            self._parts.append("")
        self._add(element.tail, element)

    def _add(self, text: str | None, element: html.HtmlElement) -> None:
        if text:
            if not self._number and text.strip():
                self._number = element.sourceline or 0
            self._parts[-1] += text

    def _flush(self, *, starts_block: bool) -> Iterator[list[Any]]:
        if any(map(tidy, self._parts)):
            yield [self._number, self._parts, self._starts_block, self._link]
            self._starts_block = starts_block
        self._starts_block = self._starts_block or starts_block
        self._parts = [""]
        self._number, self._link = 0, None


def _is_unseen(element: html.HtmlElement) -> bool:
    return (
        element.tag in _UNSEEN
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style", "")))
    )
