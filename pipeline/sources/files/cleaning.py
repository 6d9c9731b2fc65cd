"""Cleaning a cell: one Unicode form, no control characters, nothing invisible at the ends."""

import re
import unicodedata

from pipeline.findings.messages import Sentence, listed

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(1, 17))
    + "]"
)
_SPACES = "\t\n\r \xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_INVISIBLE = "\u200b\u200e\u200f\u061c\u2060\ufeff"
_EDGES = _SPACES + _INVISIBLE
_OPENERS = re.compile("[\u202a\u202b\u202d\u202e]"), re.compile("[\u2066\u2067\u2068]")
_CLOSERS = "\u202c", "\u2069"
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(text: str) -> tuple[str, str]:
    """Return the text in NFC, trimmed and without control characters, and the characters taken out.

    Line breaks of all kinds become a line feed, tabs stay. Marks for the direction of writing stay inside
    the text; embeddings and isolates that are not closed would reach beyond it and are taken out.
    """
    if text.isprintable():
        return (text if text.isascii() else unicodedata.normalize("NFC", text)).strip(), ""
    text = _LINE_ENDS.sub("\n", text).replace("\ufeff", "")
    removed = _UNWANTED.findall(text)
    if removed:
        text = _UNWANTED.sub("", text)
    if not _directions_are_closed(text):
        removed += _DIRECTIONS.findall(text)
        text = _DIRECTIONS.sub("", text)
    return unicodedata.normalize("NFC", text).strip(_EDGES), "".join(removed)


def _directions_are_closed(text: str) -> bool:
    if not _DIRECTIONS.search(text):
        return True
    return all(
        len(opener.findall(text)) == text.count(closer)
        for opener, closer in zip(_OPENERS, _CLOSERS, strict=True)
    )


def describe_characters(characters: str) -> Sentence:
    """Return the characters by their code points, each once: ``U+0000, U+001B``."""
    points = [f"U+{ord(character):04X}" for character in dict.fromkeys(characters)]
    return listed(points, 5)
