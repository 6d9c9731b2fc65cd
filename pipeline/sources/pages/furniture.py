"""Furniture: what the catalogue's site prints around practices, recognised by their texts in any interface."""

import re
from enum import StrEnum
from functools import cache, lru_cache

from pipeline.language.text_matching import fold
from pipeline.system.data_files import tables_of

_TABLES = "furniture.toml"
_LONGEST = 1_500
_SHOWN = re.compile(r"\b(?!(?:19|20)\d\d\b)\d+ (?:[a-z]+ )?\d+\b.*\b\d+\b|\b\d+\b.* \d+ (?:[a-z]+ )?\d+\b")
_TOTAL = re.compile(r"\d+ [a-z]+")
_PAGE_NUMBER = re.compile(r"(?:[^\W\d]+ )?\d{1,3}(?: [^\W\d]+ \d{1,3})?")
_PER_PAGE = re.compile(r"\d* ?[a-z ]+(?:per page|par page|pro seite|por pagina|per pagina)(?: \d+)?")
_COVID = re.compile(r"covid 19 (?:special page|page speciale)|page speciale covid 19")
_GLUED = re.compile(r"\s+(?=[^\s])")


class Furniture(StrEnum):
    """What a line of furniture is."""

    BACK = "back"
    BUTTON = "button"
    SHARE = "share"
    MORE = "more"
    RESET = "reset"
    MENU = "menu"
    PAGING = "paging"
    HEADING = "heading"
    TEMPLATE = "template"
    ADDRESS = "address"
    FIRST = "first"
    INTRODUCTION = "introduction"
    COVID = "covid"
    FOOTER = "footer"
    RESULTS = "results"


INTRODUCING = frozenset(
    {
        Furniture.HEADING,
        Furniture.FIRST,
        Furniture.INTRODUCTION,
        Furniture.TEMPLATE,
        Furniture.COVID,
    }
)
"""What comes before the practices of a page and says that it is one of the catalogue."""


def kind_of(text: str) -> Furniture | None:
    """Return which kind of furniture a whole line is, or None where it is none.

    A word such as "Précédent" is of the first kind that lists it: before a practice it leads back, below a
    list to another page, and it is left out either way.
    """
    return _kind_of(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=8_192)
def _kind_of(text: str) -> Furniture | None:
    folded = fold(text)
    if furniture := _words().get(folded):
        return furniture
    if furniture := next((kind for start, kind in _openings() if folded.startswith(start)), None):
        return furniture
    if len(text) < 400 and _COVID.search(folded):
        return Furniture.COVID
    if len(text) < 100:
        return _counting(folded)
    return None


def _counting(folded: str) -> Furniture | None:
    """Return the kind of a line that counts what a list shows, or leads to its other pages."""
    if not folded:
        return Furniture.PAGING
    if any(word.startswith(_stems()) for word in folded.split()) and (
        _SHOWN.search(folded) or _TOTAL.fullmatch(folded)
    ):
        return Furniture.RESULTS
    if _PER_PAGE.fullmatch(folded):
        return Furniture.PAGING
    if not _PAGE_NUMBER.fullmatch(folded):
        return None
    word = folded.split()[0]
    return Furniture.PAGING if word.isdigit() or _words().get(word) is Furniture.PAGING else None


def without_back_word(text: str) -> str | None:
    """Return what follows a word for "Back" at the beginning of a line, or None where none begins it.

    The rest must begin as a title does: "Back to school" is a title itself.
    """
    for space in _GLUED.finditer(text):
        rest = text[space.end() :]
        if space.start() > 20 or rest[:1].islower():
            continue
        if _words().get(fold(text[: space.start()])) is Furniture.BACK:
            return rest
    return None


@cache
def _words() -> dict[str, Furniture]:
    words: dict[str, Furniture] = {}
    for kind, languages in tables_of(__package__, _TABLES)["words"].items():
        for texts in languages.values():
            for text in texts:
                words.setdefault(fold(text), Furniture(kind))
    return words


@cache
def _openings() -> tuple[tuple[str, Furniture], ...]:
    tables = tables_of(__package__, _TABLES)
    templates = [text for texts in tables["words"]["template"].values() for text in texts]
    return (
        *((fold(text), Furniture(kind)) for kind, texts in tables["openings"].items() for text in texts),
        *((fold(text), Furniture.TEMPLATE) for text in templates),
    )


@cache
def _stems() -> tuple[str, ...]:
    return tuple(tables_of(__package__, _TABLES)["results"]["stems"])
