"""Comparing labels across languages and spellings: folding, splitting of cells, near misses."""

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from anyascii import anyascii
from rapidfuzz import fuzz, process

from pipeline.model.finding import Suggestion
from pipeline.system.data_files import text_of

_NOT_A_LETTER = re.compile("[^a-z0-9]+")
_NOTHING = frozenset(text_of(__package__, "no_value.txt").splitlines())
"""What stands for an empty cell, folded."""

_SYMBOLS = frozenset(("So", "Sk", "Cf", "Cn", "Co"))
_JOINERS = "\ufe0f\u20e3"
_FOOTNOTE = re.compile(r"(?:\[\d{1,3}\]|\(\d{1,2}\)|(?<![*†‡§¹²³⁴⁵⁶⁷⁸⁹])[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+)\s*$")
_NUMBERING = re.compile(r"^\(?\d{1,2}[.):]+\s*")
_BULLETS = " \t\r\n*#•·▪‣–—"
_WORD = re.compile(r"\w+")
_WITHIN_NAME = re.compile(r"\s{1,2}|['’-]|\. |\s?/\s?|,? (?=of\b)")
_READ = 20_000
_LONGEST_CELL = 1_000
_LONGEST_NAME = 8
_LONGEST_LIST = 60
_LONGEST_MISS = 200
_CUTOFF = 75.0
MOST_SUGGESTIONS = 25


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A stated text that no label matches, with the value it may mean."""

    text: str
    suggestion: Suggestion | None = None


def unknown_values(
    texts: Iterable[str], suggest: Callable[[str], Suggestion | None]
) -> tuple[UnknownValue, ...]:
    """Return the texts of a cell that no label matches; of many only the first have a suggestion."""
    return tuple(
        UnknownValue(text, suggest(text) if number < MOST_SUGGESTIONS else None)
        for number, text in enumerate(texts)
    )


def fold(text: str) -> str:
    """Return the text as lower-case ASCII words with single spaces, so that spellings of one label agree.

    Case, diacritics, script, punctuation and invisible characters make no difference; ``&`` is ``and``.
    """
    text = text.casefold()
    if not text.isascii():
        text = anyascii(unicodedata.normalize("NFKC", text)).lower()
    return _NOT_A_LETTER.sub(" ", text.replace("&", " and ")).strip()


def without_symbols(text: str, *, numbered: bool = False) -> str:
    """Return the text without emoji, flags, bullets, the marks of footnotes and, of an item, its number."""
    if not text.isascii():
        text = "".join(c for c in text if c not in _JOINERS and unicodedata.category(c) not in _SYMBOLS)
    text = _FOOTNOTE.sub("", text).strip(_BULLETS)
    return _NUMBERING.sub("", text) if numbered else text


def says_nothing(text: str) -> bool:
    """Return whether a text stands for an empty cell: only punctuation, or words such as "n/a" and "none"."""
    folded = fold(text)
    return not folded or folded in _NOTHING


def segment(text: str, separator: re.Pattern[str], known: Callable[[str], bool]) -> tuple[str, ...] | None:
    """Cut a text at some of its separators into the fewest parts that are all known; None if that fails.

    A part may contain separators itself, as "Santa Maria da Feira" and "Culture, Leisure and Heritage" do.
    """
    if len(text) > _LONGEST_CELL:
        return None
    cuts = [
        (0, 0),
        *((match.start(), match.end()) for match in separator.finditer(text)),
        (len(text), len(text)),
    ]
    if not 2 < len(cuts) <= _LONGEST_LIST:
        return None
    best: list[tuple[str, ...] | None] = [(), *([None] * (len(cuts) - 1))]
    for end in range(1, len(cuts)):
        for start in range(max(0, end - _LONGEST_NAME), end):
            head = best[start]
            part = text[cuts[start][1] : cuts[end][0]].strip()
            if head is None or (part and not known(part)):
                continue
            parts = (*head, part) if part else head
            tail = best[end]
            if tail is None or len(parts) < len(tail):
                best[end] = parts
    return best[-1]


def nearest(text: str, names: Mapping[str, str]) -> Suggestion | None:
    """Return the value whose folded name comes closest to the text, or None if nothing is near.

    ``names`` maps folded names to the value to suggest. A misspelling counts by its share of equal letters;
    a name that is a part of the text, or the other way round, counts from 0.7 upwards.
    """
    suggestions = (nearest_spelling(text, names), nearest_part(text, names))
    return max(filter(None, suggestions), key=lambda suggestion: suggestion.confidence, default=None)


def nearest_spelling(text: str, names: Mapping[str, str], cutoff: float = _CUTOFF) -> Suggestion | None:
    """Return the value whose folded name shares the most letters with the text, at least ``cutoff`` percent."""
    folded = fold(text)
    if not folded or len(folded) > _LONGEST_MISS:
        return None
    best = process.extractOne(folded, names.keys(), scorer=fuzz.ratio, score_cutoff=cutoff)
    if best is None or not _are_near_apart(folded, best[0], cutoff):
        return None
    return Suggestion(names[best[0]], round(best[1] / 100, 2))


def _are_near_apart(text: str, name: str, cutoff: float) -> bool:
    """Return whether the words that only one of two texts has are near each other: "republic" makes no country."""
    words, others = text.split(), name.split()
    if len(words) < 2 or set(words).isdisjoint(others):
        return True
    own, other = (
        [word for word in each if word not in shared] for each, shared in ((words, others), (others, words))
    )
    return not own or not other or fuzz.ratio(" ".join(own), " ".join(other)) >= cutoff


def nearest_part(text: str, names: Mapping[str, str]) -> Suggestion | None:
    """Return the value whose folded name is a part of the text, or the other way round, the nearest in length."""
    folded = fold(text)
    words = {word for word in folded.split() if len(word) > 3}
    if not words or len(folded) > _LONGEST_MISS:
        return None
    best = (0.0, "")
    for name in names:
        if words.isdisjoint(others := set(name.split())):
            continue
        shorter, longer = sorted((folded, name), key=len)
        if set(shorter.split()) <= (others if longer is name else set(folded.split())):
            score = 0.7 + 0.25 * len(shorter) / len(longer) + 0.02 * longer.startswith(shorter)
            best = max(best, (score, name), key=lambda scored: scored[0])
    return Suggestion(names[best[1]], round(best[0], 2)) if best[0] else None


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in running text: its folded form and the folded words before and after it."""

    name: str
    before: str
    after: str


def mentions(text: str, names: Container[str]) -> Iterator[Mention]:
    """Yield the names that a text mentions in proper case, the longest at each place, none overlapping.

    ``names`` are folded. Only the first 20,000 characters are read: a name that matters is there.
    """
    words = [(word[0], word.start(), word.end()) for word in _WORD.finditer(text[:_READ])]
    at = 0
    while at < len(words):
        length = _mention_length(text, words, at, names) if words[at][0][0].isupper() else 0
        if length:
            name = fold(text[words[at][1] : words[at + length - 1][2]])
            before = fold(words[at - 1][0]) if at else ""
            after = fold(words[at + length][0]) if at + length < len(words) else ""
            yield Mention(name, before, after)
        at += length or 1


def _mention_length(text: str, words: list[tuple[str, int, int]], at: int, names: Container[str]) -> int:
    longest = 0
    for length in range(1, min(_LONGEST_NAME, len(words) - at) + 1):
        last, start, end = words[at + length - 1]
        if length > 1 and not _WITHIN_NAME.fullmatch(text, words[at + length - 2][2], start):
            break
        if last[0].isupper() and fold(text[words[at][1] : end]) in names:
            longest = length
    return longest
