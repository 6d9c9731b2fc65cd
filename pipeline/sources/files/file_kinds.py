"""Kinds of files: what a file is, by its media type, its name or how it begins."""

import re
from pathlib import PurePath

from pipeline.system.data_files import rows_of

SUFFIXES = {row["media_type"]: row["suffix"] for row in rows_of(__package__, "media_types.csv")}
"""Media type → suffix of the reader for it."""

KNOWN_NAMES = frozenset(SUFFIXES.values()) | {".tab", ".xls", ".xlsb", ".owl", ".htm", ".mht", ".mhtml"}
"""Suffixes of names that are believed."""

_SAY_NOTHING = frozenset(
    ("", "application/octet-stream", "text/plain", "application/vnd.ms-excel", "text/xml", "application/xml")
)
"""Media types that clients send for files of many kinds: the content of the file decides."""

_TEXT = ".txt"
"""The suffix of a table as well as of a page's text, which the reader distinguishes."""

_SIGNATURES = ((b"%PDF", ".pdf"), (b"\xd0\xcf\x11\xe0", ".xls"), (b"MIME-Version:", ".mht"))
_OF_A_WORKBOOK = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
_OF_A_SPREADSHEET = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_NAME_IN_ZIP = 30
"""Where in a ZIP file the name of its first member begins."""

_ENCODED = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_COMMENTS = re.compile(r"\A(?:\s*#[^\n]*\n)*\s*")
_TURTLE = re.compile(
    r"@prefix\s|@base\s|prefix\s+[^\s,;]*:\s*<|base\s+<|<[a-z][a-z0-9+.-]*:[^<>\s]*>\s", re.IGNORECASE
)
_JSON = re.compile(r"[\[{]")
_RDF_XML = re.compile(r"<rdf:RDF\b|http://www\.w3\.org/1999/02/22-rdf-syntax-ns#")
_WEB_PAGE = re.compile(r"(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<html\b)", re.IGNORECASE)


def suffix_of_kind(media_type: str, name: str, head: bytes) -> str | None:
    """Return the suffix of the reader for a file, None for a media type without one.

    A media type that says what the file is goes first, then the suffix of its name, then how it begins.
    """
    media_type = media_type.partition(";")[0].strip().lower()
    if media_type in SUFFIXES:
        return SUFFIXES[media_type]
    named = PurePath(name).suffix.lower()
    if named in KNOWN_NAMES:
        return named
    if media_type not in _SAY_NOTHING:
        return None
    suffix = suffix_by_content(head)
    return named if (named, suffix) == (_TEXT, ".csv") else suffix


def suffix_by_content(head: bytes) -> str:
    """Return the suffix of the reader for what begins like this; a table where it begins like nothing else."""
    if head.startswith(b"PK\x03\x04"):
        if head[_NAME_IN_ZIP:].startswith(_OF_A_SPREADSHEET):
            return ".ods"
        return ".xlsx" if head[_NAME_IN_ZIP:].startswith(_OF_A_WORKBOOK) else ".zip"
    for signature, suffix in _SIGNATURES:
        if head.startswith(signature):
            return suffix
    codec = next((codec for mark, codec in _ENCODED if head.startswith(mark)), "utf-8-sig")
    text = head.decode(codec, "replace")
    start = _COMMENTS.sub("", text)
    if _WEB_PAGE.match(start):
        return ".html"
    if _TURTLE.match(start):
        return ".ttl"
    if start.startswith("<"):
        return ".rdf" if _RDF_XML.search(start) else ".xml"
    return ".json" if _JSON.match(start) else ".csv"
