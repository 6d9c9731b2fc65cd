"""HTML: a saved page as the lines that a reader sees; nothing in it is run, fetched or expanded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html  # type: ignore[import-untyped]

from pipeline.errors import SourceError
from pipeline.readers.pages.furniture import Kind, kind_of
from pipeline.readers.pages.lines import Document, Line, tidy

_UNSEEN = frozenset(
    (
        *("head", "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "audio"),
        *("video", "select", "option", "textarea", "datalist", "nav", "dialog"),
    )
)
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn"),
        *(
            "em",
            "font",
            "i",
            "img",
            "input",
            "ins",
            "kbd",
            "label",
            "mark",
            "q",
            "s",
            "samp",
            "small",
            "span",
        ),
        *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_WITHIN_BLOCK = frozenset(("br", "li"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SAVED_FROM = re.compile(r"saved from url=(?:\(\d+\))?\s*(\S+)", re.I)
_ABOUT_SITE = re.compile(
    r"\s+[-–|]\s+(?:intercultural cit|cités interculturelles|council of europe|conseil de l|www\.coe\.int"
    r"|good practice|bonne).*$",
    re.I,
)


def read_html(content: bytes, encoding: str, name: str) -> Document:
    """Return the lines of a page, its address and the title in its head; raise SourceError without any."""
    parser = html.HTMLParser(encoding=encoding, huge_tree=False, no_network=True, remove_pis=True)
    try:
        root = html.document_fromstring(content, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{name} holds no page: {error}. Save the page again, as HTML.") from error
    lines = tuple(_Reading().lines(_body_of(root)))
    return Document(lines, _address_of(root), _title_of(root))


def _body_of(root: html.HtmlElement) -> html.HtmlElement:
    body = root.find("body")
    return root if body is None else body


def _address_of(root: html.HtmlElement) -> str | None:
    for path in ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"):
        for address in root.xpath(path):
            if str(address).startswith(("http://", "https://")):
                return str(address).strip()
    for comment in root.xpath("preceding-sibling::comment() | //comment()"):
        if found := _SAVED_FROM.search(comment.text or ""):
            return found[1]
    return None


def _title_of(root: html.HtmlElement) -> str | None:
    for path in ("//meta[@property='og:title']/@content", "//head/title/text()"):
        for title in root.xpath(path):
            if text := _ABOUT_SITE.sub("", tidy(str(title))):
                return text
    return None


@dataclass(slots=True)
class _Reading:
    """One walk through a page: the text of the line so far, where it began, and the element it stands in."""

    _parts: list[str] = field(default_factory=list)
    _number: int = 0
    _link: str | None = None
    _heading: int = 0
    _starts_block: bool = True

    def lines(self, body: html.HtmlElement) -> Iterator[Line]:
        """Yield the lines of a page in the order of its source."""
        walk = etree.iterwalk(body, events=("start", "end", "comment"))
        for event, element in walk:
            if event == "comment":
                self._add(element.tail, element)
                continue
            tag = element.tag
            is_unseen = tag in _UNSEEN or _is_hidden(element)
            if event == "start":
                if tag not in _INLINE:
                    yield from self._flush(starts_block=tag not in _WITHIN_BLOCK)
                if is_unseen:
                    walk.skip_subtree()
                    continue
                self._heading += tag in _HEADINGS
                self._open(element)
                continue
            if tag not in _INLINE and tag != "br":
                yield from self._flush(starts_block=tag not in _WITHIN_BLOCK)
            elif tag in ("b", "strong", "a", "button") and self._is_apart():
                yield from self._flush(starts_block=False)
            self._heading -= tag in _HEADINGS and not is_unseen
            self._add(element.tail, element)
        yield from self._flush(starts_block=True)

    def _open(self, element: html.HtmlElement) -> None:
        if element.tag == "a":
            link = element.get("href", "")
            self._link = link if "/-/" in link else self._link
        self._add(element.text, element)

    def _add(self, text: str | None, element: html.HtmlElement) -> None:
        if text:
            if not self._number and text.strip():
                self._number = element.sourceline or 0
            self._parts.append(text)

    def _is_apart(self) -> bool:
        """Tell whether the line so far is a word of furniture that the next text is only glued to."""
        text = tidy("".join(self._parts))
        return kind_of(text) in (Kind.BACK, Kind.MORE) if 0 < len(text) < 40 else False

    def _flush(self, *, starts_block: bool) -> Iterator[Line]:
        text = tidy("".join(self._parts))
        if text:
            yield Line(self._number, text, self._starts_block, self._link, self._heading > 0)
        if text or starts_block:
            self._starts_block = starts_block
        self._parts.clear()
        self._number, self._link = 0, None


def _is_hidden(element: html.HtmlElement) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style", "")))
    )
