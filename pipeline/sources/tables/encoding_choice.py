"""The choice between single-byte encodings that give other letters for the same bytes, by the words they make."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from pipeline.language.scripts import alphabet
from pipeline.rdf.vocabulary import ontology_directory
from pipeline.recognition.places.countries import languages_of, recognise_country
from pipeline.sources.files.decoding import Encoding, encoding_of
from pipeline.system.data_files import text_of

_RIVALS = ("cp1252", "cp1250", "cp1254", "cp1257")
"""Encodings whose letters are all letters in the others, too."""

_TABLES = (
    *(("pipeline.sources.headings", name) for name in ("columns.csv", "questions.csv", "table_words.csv")),
    *(("pipeline.recognition.dates", name) for name in ("date_words.csv", "calendar_words.csv")),
    ("pipeline.recognition", "topic_names.csv"),
    ("pipeline.language", "function_words.csv"),
)
_WORD = re.compile(r"[^\W\d_]+")
_CELL = re.compile(r"[^;,|\t\r\n\"]{2,40}")
_LINES, _CELLS = 200, 40
_FEW = 8
"""Where more words than these differ and none is known, the text is long, and Western European as it looks."""


def chosen_encoding(encoding: Encoding, sample: bytes) -> Encoding:
    """Return the encoding among similar ones with more known words, or with words of the countries named.

    Where nothing speaks for one of them, it is the first; it is no longer certain, and says which words differ.
    """
    if encoding.codec not in _RIVALS:
        return encoding
    lines = sample.splitlines()[:_LINES]
    own = [line.decode(encoding.codec, "replace") for line in lines]
    differing = {}
    for codec in (each for each in _RIVALS if each != encoding.codec):
        other = [line.decode(codec, "replace") for line in lines]
        if pairs := dict(_differing(own, other)):
            differing[codec] = pairs, _evidence(other, set(pairs.values())) - _evidence(own, set(pairs))
    if not differing:
        return encoding
    codec, (pairs, advantage) = max(differing.items(), key=lambda each: each[1][1])
    if advantage > 0:
        return replace(encoding_of(codec), others=encoding.others)
    if not encoding.certain:
        return encoding
    undecided = [each for each, gain in differing.values() if not gain and len(each) <= _FEW]
    pair = next((pair for each in undecided for pair in each.items() if _may_be_a_word(pair[1])), None)
    return replace(encoding, certain=False, readings=pair) if pair else encoding


def _differing(own: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the words of two readings that differ; a byte is one character in both."""
    for one, two in zip(own, other, strict=True):
        for match in _WORD.finditer(one):
            if match[0] != (word := two[match.start() : match.end()]):
                yield match[0], word


def _evidence(lines: Sequence[str], words: set[str]) -> int:
    """Return how many words are known, and in how many lines they are of the languages of a country named there."""
    known = sum(3 for word in words if word.casefold() in _known_words())
    return known + sum(1 for line in lines if (own := words & set(_WORD.findall(line))) and _fits(line, own))


def _fits(line: str, words: set[str]) -> bool:
    letters = {letter for word in words for letter in word if not letter.isascii()}
    for cell in _CELL.findall(line)[:_CELLS]:
        for code in recognise_country(cell.strip()).codes if cell.strip() else ():
            if any(letters <= alphabet(language) for language in languages_of(code)):
                return True
    return False


def _may_be_a_word(word: str) -> bool:
    """Return whether all letters of a word are of one alphabet, and none is a capital within it."""
    letters = {letter for letter in word if not letter.isascii()}
    is_even = word.islower() or word.isupper() or word.istitle()
    return is_even and any(letters <= alphabet(language) for language in _LANGUAGES)


_LANGUAGES = ("cs", "sk", "pl", "hu", "ro", "hr", "tr", "lt", "lv", "et")
"""The languages that the rivals of Western European encodings are for."""


@cache
def _known_words() -> frozenset[str]:
    """Return the words beyond ASCII of the tables of headings, dates, topics and places."""
    texts = [text_of(package, name) for package, name in _TABLES]
    texts += [
        (ontology_directory() / name).read_text(encoding="utf-8") for name in ("cities.csv", "countries.ttl")
    ]
    words = (word for text in texts for word in _WORD.findall(text))
    return frozenset(word.casefold() for word in words if not word.isascii())
