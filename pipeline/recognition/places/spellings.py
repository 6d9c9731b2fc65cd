"""Spellings of place names: with an office or a country beside the name, a flag before it, or abbreviated."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from typing import TypeVar

from pipeline.language.text_matching import fold, without_symbols
from pipeline.system.data_files import text_of

Value = TypeVar("Value")

_FLAG = re.compile(
    "([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])|\U0001f3f4([\U000e0061-\U000e007a]{2})[\U000e0061-\U000e007f]*"
)
BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*$")
"""What is in brackets at the end of a name."""

_CODE_AFTER = re.compile(r"[\s,/–-]+([A-Z]{2,3})$")
_LAST_PART = re.compile(r"(?:,|\s[-\u2013\u2014])\s*([^,\u2013\u2014]*)$")
_DISTRICT = re.compile(r"(?<=[^\W\d])\s+\d{1,2}$")
"""The number of a district behind a city: "Dublin 8"."""

_POSTCODE = re.compile(r"^(?:[A-Z]{1,2}-)?\d{2,5}(?:\s\d{2,3})?\s+(?=[^\W\d])")
_WORD = re.compile(r"([^\W\d_]+)(\.?)|\d+")
_PARTICLES = "(?:(?:of|the|and|de|la|del|di|da|do|d|l) )*"
_MOST_WORDS, _MOST_FORMS = 8, 12
_LONGEST, _SHORTEST = 80, 4


def flag_codes(text: str) -> tuple[str, ...]:
    """Return the two-letter codes of the flags in a text; of the flag of a part of a country, the country's."""
    return tuple(dict.fromkeys(_letters(match) for match in _FLAG.finditer(text)))


def _letters(match: re.Match[str]) -> str:
    if match[3]:
        return "".join(chr(ord(tag) - 0xE0000) for tag in match[3]).upper()
    return "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in match.group(1, 2))


def spellings(text: str, around: Container[str]) -> Iterator[str]:
    """Yield folded names that a text may stand for: as it is, without its country or office, without a postcode.

    ``around`` has the folded codes and names of the stated countries and of their regions.
    """
    plain = without_symbols(text)
    forms = [text, plain, _POSTCODE.sub("", plain), _DISTRICT.sub("", plain)]
    for form in forms:
        if len(forms) < _MOST_FORMS:
            forms += _without_country(form, around)
    folded = [fold(form) for form in forms]
    without_office = [name for form in folded for name in _without_office(form)]
    yield from dict.fromkeys(filter(None, (*folded, *without_office)))


def _without_country(form: str, around: Container[str]) -> Iterator[str]:
    """Yield a form without its last part where that is the country or a region: "Bonn, Germany (DE)", "Bergen NO"."""
    brackets, code, comma = BRACKETS.search(form), _CODE_AFTER.search(form), _LAST_PART.search(form)
    if brackets and (_is_around(brackets[1], around) or re.fullmatch("[A-Z]{2}", brackets[1])):
        yield form[: brackets.start()]
    if code and fold(code[1]) in around:
        yield form[: code.start()]
    if comma and _is_around(comma[1], around):
        yield form[: comma.start()]


def _is_around(text: str, around: Container[str]) -> bool:
    """Return whether a text is one of the countries and regions, or says that it is a region or a department."""
    folded = fold(text)
    return folded in around or any(pattern.search(folded) for pattern in _beside_city())


@cache
def _beside_city() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a region has before or after its name, and the words for the departments of a city."""
    before, after, department = (
        "|".join(words(use)) for use in ("region before", "region after", "department")
    )
    return re.compile(rf"^(?:{before}) \w|\w (?:{after})$"), re.compile(rf"\b(?:{department})\b")


@cache
def regions(iso2: str) -> frozenset[str]:
    """Return the folded names and letters of the regions of a country, from regions.txt."""
    line = next(
        (line for line in text_of(__package__, "regions.txt").splitlines() if line.startswith(f"{iso2}:")), ""
    )
    return frozenset(fold(name) for name in line.partition(":")[2].split("|"))


def _without_office(name: str) -> Iterator[str]:
    before, after = _office()
    shorter = after.sub("", before.sub("", name))
    if shorter != name:
        yield shorter
        for ending, nominative in _genitives():
            if shorter.endswith(ending):
                yield shorter.removesuffix(ending) + nominative
        if shorter.endswith("s") and after.search(name):
            yield shorter[:-1]  # the genitive of "Göteborgs stad"


@cache
def _genitives() -> tuple[tuple[str, str], ...]:
    """Return endings of names after the word for a town, each with that of the name itself: "Δήμος Λευκωσίας"."""
    pairs = (word.split("=") for word in _lines("genitive"))
    return tuple((fold(ending), fold(nominative)) for ending, nominative in pairs)


@cache
def _office() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what offices come before the name of a place ("City of") and after it ("kommune")."""
    office, joined, after = (
        "|".join(sorted(words(use), key=len, reverse=True)) for use in ("office", "office of", "office after")
    )
    return re.compile(rf"^(?:the )?(?:{office}) (?:(?:{joined}) )?(?=.)"), re.compile(rf"(?<=.) (?:{after})$")


def abbreviation(text: str) -> re.Pattern[str] | None:
    """Return a pattern for the folded names that an abbreviated one stands for, None where nothing is abbreviated.

    A word with a full stop stands for every word that begins so ("Rep. of Korea"), and short forms such as "St" and
    "Sta" for what place_words.txt says, and the other way round.
    """
    matches = list(_WORD.finditer(text.replace("&", " and ")))[: _MOST_WORDS + 1]
    if (
        len(text) > _LONGEST
        or len(matches) > _MOST_WORDS
        or sum(len(match[0]) for match in matches) < _SHORTEST
    ):
        return None
    parts = [(fold(match[0]), bool(match[2])) for match in matches]
    if any(not word for word, _ in parts) or not any(dotted or word in _short() for word, dotted in parts):
        return None
    return re.compile(
        " ".join(_PARTICLES * (n > 0) + _alternatives(word, dotted) for n, (word, dotted) in enumerate(parts))
    )


def expand_abbreviation(text: str, tables: Iterable[Mapping[str, Value]]) -> Value | None:
    """Return what an abbreviated text stands for in the first table with names that fit, None where several do."""
    if (pattern := abbreviation(text)) is None:
        return None
    for names in tables:
        meant = {value for name, value in names.items() if pattern.fullmatch(name)}
        if meant:
            return meant.pop() if len(meant) == 1 else None
    return None


def _alternatives(word: str, dotted: bool) -> str:
    forms = [rf"{word}\w*"] if dotted else [word]
    return f"(?:{'|'.join((*forms, *_short().get(word, ())))})"


@cache
def _short() -> dict[str, tuple[str, ...]]:
    """Return short form → full forms, and full form → short forms."""
    forms: dict[str, dict[str, None]] = {}
    for line in _lines("short"):
        short, _, full = line.partition("=")
        for word in full.split("|"):
            forms.setdefault(short, {})[word] = None
            if len(short) > 1:
                forms.setdefault(word, {})[short] = None
    return {word: tuple(others) for word, others in forms.items()}


@cache
def words(use: str) -> frozenset[str]:
    """Return the folded words of place_words.txt for a use."""
    return frozenset(fold(word) for word in _lines(use))


@cache
def _lines(use: str) -> tuple[str, ...]:
    table = text_of(__package__, "place_words.txt").splitlines()
    chosen = [line.partition(":")[2] for line in table if line.startswith(f"{use}:")]
    return tuple(word for line in chosen for word in line.split(","))
