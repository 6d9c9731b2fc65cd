"""Web pages as trees of elements, also those in one archive file (MHTML), as browsers save them."""

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]

from pipeline.model.errors import SourceError

_HEADER = re.compile(
    rb"\A\s*(?:From: <Saved by|MIME-Version:|Content-Type:\s*multipart/related)", re.IGNORECASE
)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEAD = 1 << 16
_PAGES = ("text/html", "application/xhtml+xml")


def page_tree(text: str, name: str, *, remove_comments: bool = False) -> Any:
    """Return the elements of a page, nothing of it fetched; raise SourceError for what is no page."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=False, no_network=True, remove_comments=remove_comments, remove_pis=True
    )
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{name} holds no page: {error}. Save the page again, as HTML.") from error


def is_mhtml(head: bytes) -> bool:
    """Return whether a file that begins so is a page in one archive file."""
    return _HEADER.match(head) is not None


def page_in(content: bytes) -> str | None:
    """Return the first page of an archive file, None where it has none."""
    headers, body = _split_head(content)
    boundary = headers.get_boundary()
    if boundary is None:
        return _decode_body(headers, body) if headers.get_content_type() in _PAGES else None
    return next(_pages(body.split(b"--" + boundary.encode("utf-8", "replace"))), None)


def _pages(parts: list[bytes]) -> Iterator[str]:
    for part in parts[1:]:
        if b"html" not in part[:_LONGEST_HEAD].lower():
            continue
        headers, body = _split_head(part.lstrip(b"\r\n"))
        if headers.get_content_type() in _PAGES:
            yield _decode_body(headers, body)


def _split_head(content: bytes) -> tuple[Message, bytes]:
    end = _HEAD_END.search(content, 0, _LONGEST_HEAD)
    head, body = (content[: end.start()], content[end.end() :]) if end else (b"", b"")
    return BytesHeaderParser().parsebytes(head), body


def _decode_body(headers: Message, body: bytes) -> str:
    encoding = str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
    try:
        if encoding == "quoted-printable":
            body = quopri.decodestring(body)
        elif encoding == "base64":
            body = b64decode(body)
        return body.decode(headers.get_content_charset("utf-8"), "replace")
    except (binascii.Error, LookupError):
        return body.decode("utf-8", "replace")
