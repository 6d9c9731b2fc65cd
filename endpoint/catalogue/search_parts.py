"""The parts of a search as it was typed: words, quoted texts, and the operators AND, OR, NOT and a minus sign."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.language.stemming import words_of

ADDRESS = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*://|www\.|/)\S+")

_PIECE = re.compile(r'(?P<minus>(?<!\S)[-−](?=\w|["“«]))?(?:"([^"]*)"|[“«]([^”»]*)[”»]|([^\s"“”«»]+))')
_YEAR = re.compile(r"(?:19|20)\d\d")
_OPERATORS = frozenset({"AND", "OR", "NOT", "|", "&"})


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a search in small letters, or a quoted text.

    ``is_excluded`` is true after NOT or a minus sign, ``is_alternative`` where the part comes after OR.
    """

    word: str
    is_quoted: bool = False
    is_excluded: bool = False
    is_alternative: bool = False

    @property
    def year(self) -> int | None:
        """Return the year that the part is, None if it is none."""
        return int(self.word) if not self.is_quoted and _YEAR.fullmatch(self.word) else None

    def goes_with(self, earlier: "Part") -> bool:
        """Return whether the part may continue a phrase that an earlier one began."""
        return not (self.is_quoted or self.is_alternative) and self.is_excluded == earlier.is_excluded


def parts_of(text: str) -> Iterator[Part]:
    """Yield the words and quoted texts of a search; of an address only the last part of its path.

    Operators count only in capitals between other words: "AND" alone is a word as any other.
    """
    if ADDRESS.fullmatch(text):
        text = text.partition("?")[0].rstrip("/").rpartition("/")[2]
    operator = ""
    begun = False
    for piece in _PIECE.finditer(text):
        minus, quoted, typographic, plain = piece.groups()
        if begun and plain in _OPERATORS and piece.end() < len(text.rstrip()):
            operator = plain
            continue
        quotation = quoted if quoted is not None else typographic
        words = words_of(quotation if quotation is not None else plain)
        parts = [Part(" ".join(words), is_quoted=True)] if quotation and words else [*map(Part, words)]
        is_excluded = bool(minus) or operator == "NOT"
        is_alternative = operator in ("OR", "|")
        for number, part in enumerate(parts):
            begun = True
            yield replace(part, is_excluded=is_excluded, is_alternative=is_alternative and not number)
        operator = ""
