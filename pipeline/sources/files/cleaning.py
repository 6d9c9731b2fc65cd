"""Cleaning a cell: one Unicode form, no control characters, nothing invisible at the ends."""

import re
import unicodedata

from pipeline.findings.messages import Sentence, shorten_list

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(1, 17))
    + "]"
)
_SPACES = "\t\n\r \xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_INVISIBLE = "\u200b\u200e\u200f\u061c\u2060\ufeff"
_EDGES = _SPACES + _INVISIBLE
_NOTHING_SEEN = re.compile(
    f"[{_SPACES}\x0b\x0c\x85\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f"
    "\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffc\\U0001d173-\\U0001d17a"
    "\\U000e0000-\\U000e0fff\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]+"
)
"""Spaces and invisible characters: joiners, fillers, signs for directions and variants, tags, accents on no letter."""

_NOT_SPACES = re.compile(rf"[^{_SPACES}\x0b\x0c\x85\u2028\u2029{_INVISIBLE}]")
_OPENERS = re.compile("[\u202a\u202b\u202d\u202e]"), re.compile("[\u2066\u2067\u2068]")
_CLOSERS = "\u202c", "\u2069"
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MOST_DIRECTIONS = 40

_TAGS = "p|div|span|ul|ol|h[1-6]|a|b|i|u|em|strong|font"
_FORMATTED = re.compile(rf"\s*<(?:{_TAGS})\b.*</(?:{_TAGS})>\s*", re.DOTALL | re.IGNORECASE)
_LINE_TAG = re.compile(r"</(?:p|li|div|h[1-6]|ul|ol|tr)\s*>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")


def is_formatted(text: str) -> bool:
    """Return whether a text is HTML from its beginning to its end, as an editor of a web page writes it."""
    return "<" in text and _FORMATTED.fullmatch(text) is not None


def plain_text(page: str) -> str:
    """Return a piece of HTML as the text that a reader sees, a paragraph a line."""
    lines = _TAG.sub("", _LINE_TAG.sub("\n", page)).splitlines()
    return "\n".join(filter(None, map(str.strip, lines)))


def clean_text(text: str) -> tuple[str, str]:
    """Return the text in NFC, trimmed and without control characters, and the characters taken out.

    Line breaks of all kinds become a line feed, tabs stay. Marks for the direction of writing stay inside
    the text; embeddings and isolates that are not closed, or too many, reach beyond it and are taken out.
    Nothing is left of a text without a visible character.
    """
    if text.isascii() and text.isprintable():
        return text.strip(), ""
    if _NOTHING_SEEN.fullmatch(text):
        return "", "".join(dict.fromkeys(_NOT_SPACES.findall(text)))
    if text.isprintable():
        return unicodedata.normalize("NFC", text).strip(), ""
    text = _LINE_ENDS.sub("\n", text).replace("\ufeff", "")
    removed = _UNWANTED.findall(text)
    if removed:
        text = _UNWANTED.sub("", text)
    if not _directions_are_closed(text):
        removed += _DIRECTIONS.findall(text)
        text = _DIRECTIONS.sub("", text)
    if _NOTHING_SEEN.fullmatch(text):
        return "", "".join(removed)
    return unicodedata.normalize("NFC", text).strip(_EDGES), "".join(removed)


def _directions_are_closed(text: str) -> bool:
    count = len(_DIRECTIONS.findall(text))
    return count <= _MOST_DIRECTIONS and all(
        len(opener.findall(text)) == text.count(closer)
        for opener, closer in zip(_OPENERS, _CLOSERS, strict=True)
    )


def describe_characters(characters: str) -> Sentence:
    """Return the characters by their code points, each once: ``U+0000, U+001B``."""
    points = [f"U+{ord(character):04X}" for character in dict.fromkeys(characters)]
    return shorten_list(points, 5)
