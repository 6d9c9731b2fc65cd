"""Documents: a file read as a page, whether it is HTML or text, large or small, in any encoding."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.model.errors import SourceError
from pipeline.sources.files.decoding import Encoding, declared_encoding, detect_encoding
from pipeline.sources.files.opening import open_file, survey
from pipeline.sources.pages.furniture import Furniture, kind_of
from pipeline.sources.pages.page_html import parse_page
from pipeline.sources.pages.page_lines import MOST_LINES, Line, PageText, read_text, tidy
from pipeline.system.limited_child import ChildLimits, run_limited

LARGEST = 20 * 1024 * 1024
"""Bytes of a page; the longest of the catalogue, with 75 practices, has half a megabyte without its pictures."""

_SMALL = 128 * 1024
"""Bytes of a page that no parser can spend more than a second or two on."""

_LIMITS = ChildLimits(seconds=10)
_LONGEST_WORD = 40
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|!--|html|head|body|div|p|article|main|h1)\b", re.I
)
_OTHER = (
    (b"%PDF", "a page saved as PDF, in which titles, dates and texts cannot be told apart"),
    (b"PK\x03\x04", "a ZIP file or an office document, not a page"),
    (b"\xd0\xcf\x11\xe0", "an old office document, not a page"),
    (b"bplist", "a web archive of a browser, not a page"),
    (b"{\\rtf", "a rich text document, not a page"),
)
ADVICE = "Open the page in a browser and save it as HTML, or copy its text into a .txt file."


def is_markup(head: bytes) -> bool:
    """Return whether a file that begins so is HTML, whatever its name."""
    return _MARKUP.match(head) is not None


def read_bytes(path: Path, name: str) -> bytes:
    """Return the bytes of a page; raise SourceError for a file that is too large or of another kind."""
    with open_file(path, name) as file:
        content: bytes = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise SourceError(f"{name} has more than {LARGEST // 2**20} MB, too much for a page. {ADVICE}")
    start = content[:64].lstrip()
    kind = next((kind for signature, kind in _OTHER if start.startswith(signature)), None)
    if kind is not None:
        raise SourceError(f"{name} is {kind}. {ADVICE}")
    return content


def read_document(path: Path, name: str, content: bytes, sha256: str) -> PageText:
    """Return the page in a file whose bytes were read already."""
    encoding = detect_encoding(survey(path, name))
    if path.suffix.lower() == ".txt" and not is_markup(content[:256]):
        document = read_text(content.decode(encoding.codec, encoding.errors))
    else:
        document = _read_html(path, name, sha256, declared_encoding(content, encoding))
    if len(document.lines) > MOST_LINES:
        raise SourceError(f"{name} has more than {MOST_LINES:,} lines, too many for a page. {ADVICE}")
    return document


def _read_html(path: Path, name: str, sha256: str, encoding: Encoding) -> PageText:
    arguments = (str(path), encoding.codec, encoding.errors, name)
    is_small = path.stat().st_size <= _SMALL
    items = parse_page(*arguments) if is_small else run_limited(parse_page, arguments, _LIMITS, name)
    read, address, title = next(iter(items), ["", None, None])
    lines = tuple(line for item in items for line in _lines(item))
    if read != sha256:
        raise SourceError(f"{name} changed while it was read. Try again when nobody writes to it.")
    return PageText(lines, address, title)


def _lines(item: list[Any]) -> Iterator[Line]:
    """Yield the line that was parsed, parted after a word for "Back" or "Read More" that the rest is glued to."""
    number, parts, starts_block, link = item
    start = ""
    for cut, part in enumerate(parts[:-1], 1):
        start = tidy(start + part)
        if len(start) > _LONGEST_WORD:
            break
        if (
            start
            and kind_of(start) in (Furniture.BACK, Furniture.MORE)
            and (rest := tidy("".join(parts[cut:])))
        ):
            yield Line(number, start, starts_block, link)
            yield Line(number, rest, False, link)
            return
    yield Line(number, tidy("".join(parts)), starts_block, link)
