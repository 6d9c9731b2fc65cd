"""Compound headings: one column for two fields, as "Ville / Pays" for the city and the country."""

import re
from collections.abc import Iterator

from pipeline.sources.headings.heading_table import Meaning, fold_header, known_headings, table_words

PLACE = ("city", "country")
"""The fields of a combined column whose cells are split."""

_LONGEST = 120
_MOST_PARTS = 6
_PLURAL = re.compile(r"\((?:s|e|i|n|en|es|er)\)")
_BETWEEN = re.compile(r"\s*[/,;|&+()\[\]:*?\n\u3001\uff0c\uff0f\uff08\uff09\u30fb]\s*|\s+[-\u2013\u2014]\s+")


def place_heading(header: str) -> tuple[Meaning, ...]:
    """Return the meaning of a heading that names the city and the country, nothing for other headings."""
    return (Meaning("city", rank=1, also="country"),) if set(PLACE) == _distinct(header) else ()


def fields_in_heading(header: str) -> tuple[str, ...]:
    """Return the fields that the parts of a heading name, each part one of its own; nothing for other headings."""
    fields = _distinct(header)
    return tuple(sorted(fields)) if len(fields) > 1 else ()


def _distinct(header: str) -> frozenset[str]:
    """Return the different fields of the parts of a heading; nothing where a part names none."""
    if len(header) > _LONGEST:
        return frozenset()
    pieces = _BETWEEN.split(_PLURAL.sub("", header))
    parts = [part for piece in pieces if piece for part in _between_words(piece)]
    parts = [part for part in parts if fold_header(part) not in table_words("region")]
    if not 2 <= len(parts) <= _MOST_PARTS:
        return frozenset()
    headings = known_headings()
    several = [{meaning.field for _, meaning in headings.get(fold_header(part), ())} for part in parts]
    if not all(several):
        return frozenset()
    sure = {field for fields in several if len(fields) == 1 for field in fields}
    return frozenset(min(_likely(fields, sure)) for fields in several)


def _likely(fields: set[str], sure: set[str]) -> set[str]:
    """Return of the fields that a part may name those that fit the others: "Kraj / Država" are two, not one."""
    both = (fields & sure) - {*PLACE}
    return both or (fields & {*PLACE}) - sure or fields & sure or fields


def _between_words(text: str) -> Iterator[str]:
    """Yield the parts of a heading on both sides of an "and"; the heading itself where it is known as a whole."""
    words = fold_header(text).split()
    at = next((n for n, word in enumerate(words) if word in table_words("and")), 0)
    if not 0 < at < len(words) - 1 or " ".join(words) in known_headings():
        yield text
    else:
        yield " ".join(words[:at])
        yield " ".join(words[at + 1 :])
