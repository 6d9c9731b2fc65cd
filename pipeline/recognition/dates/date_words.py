"""The words that date texts are made of, in the languages of the catalogue, each with what it stands for."""

import csv
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

KINDS = {
    "month": "M",
    "ordinal": "O",
    "count": "#",
    "season": "S",
    "decade": "D",
    "half": "H",
    "quarter": "Q",
    "unit": "U",
    "since": "f",
    "onwards": "w",
    "on": "i",
    "until": "t",
    "to": "a",
    "ended": "u",
    "started": "v",
    "ongoing": "o",
    "recurring": "r",
    "not": "x",
    "condition": "c",
    "about": "q",
    "between": "b",
    "and": ",",
    "label": "k",
    "counted": "C",
    "numbered": "T",
    "filler": "p",
    "no date": "z",
}
"""Kinds of words in words.csv, as single characters: the grammar is regular expressions over them.

``counted`` are things that a number before them counts, so that it is no year ("2000 participants"),
``numbered`` those that a number after them names ("tel 2016"), ``label`` what numbers go with ("phase 2");
``to`` joins two dates but says nothing by itself; ``condition`` begins a clause about what may happen.
"""


def fold(word: str) -> str:
    """Return the word in the form in which the lexicon is asked: lower case, without diacritics."""
    lower = word.casefold().replace("’", "'").replace("ı", "i")
    if lower.isascii():
        return lower
    return "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))


def _entries() -> Iterator[tuple[str, str, int]]:
    table = files(__package__).joinpath("date_words.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(table.splitlines()):
        for phrase in row["words"].split("|"):
            yield phrase, KINDS[row["kind"]], int(row["value"])


def _lexicon() -> dict[str, tuple[str, int]]:
    """Return phrase → (kind, value), each phrase as it is written and folded.

    What is written so comes before what is only folded so ("dès" is not "des"), then what is listed first.
    """
    entries = [(phrase, (kind, value)) for phrase, kind, value in _entries() if kind != "z"]
    lexicon: dict[str, tuple[str, int]] = {}
    for phrase, meaning in entries:
        lexicon.setdefault(phrase, meaning)
    for phrase, meaning in entries:
        lexicon.setdefault(fold(phrase), meaning)
    return lexicon


LEXICON = _lexicon()
LONGEST_PHRASE = max(phrase.count(" ") for phrase in LEXICON) + 1
NO_DATE = frozenset(fold(phrase) for phrase, kind, _ in _entries() if kind == "z")
"""Whole texts, folded, that say there is no date."""


def look_up(word: str) -> tuple[str, int] | None:
    """Return kind and value of a word or phrase, None where it is not known."""
    return LEXICON.get(word.lower()) or LEXICON.get(fold(word))
