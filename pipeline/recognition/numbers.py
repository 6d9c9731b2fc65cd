"""Numbers: what a cell such as ``120 000`` or ``1.250,50`` says, where it can say only one thing."""

import re
import unicodedata
from decimal import Decimal

_LONGEST = 40
_PLAIN = re.compile(r"(?P<whole>[-+]?\d{1,15})(?:[.,](?P<part>\d{1,18}))?")
_GROUPED = re.compile(
    r"(?P<whole>[-+]?\d{1,3}(?:(?P<between>[ '.,])\d{3})(?:(?P=between)\d{3}){0,3})"
    r"(?:(?!(?P=between))[.,](?P<part>\d{1,18}))?"
)
_ALIKE = str.maketrans({"’": "'", "−": "-", "\u2009": " "})


def read_number(text: str) -> str | None:
    """Return a number as the lexical form of xsd:decimal that Oxigraph keeps; None for what is not a number.

    ``1,250`` may be either of two numbers, so it is read as neither.
    """
    if len(text) > _LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE)).strip()
    match = _PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)
    if match is None or _is_ambiguous(plain):
        return None
    whole = re.sub("[ '.,]", "", match["whole"])
    return _canonical(Decimal(f"{whole}.{match['part'] or '0'}"))


def _is_ambiguous(text: str) -> bool:
    """Return whether the one point or comma of a number may come before decimals or before thousands."""
    return re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", text) is not None


def _canonical(number: Decimal) -> str:
    text = f"{number:f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0", "-") else text.removeprefix("+")
