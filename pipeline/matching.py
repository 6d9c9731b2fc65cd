"""Comparing labels across languages and spellings: folding, splitting of cells, near misses."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from anyascii import anyascii
from rapidfuzz import fuzz, process

from pipeline.findings import Suggestion

_NOT_A_LETTER = re.compile("[^a-z0-9]+")
_LONGEST_NAME = 8
_LONGEST_LIST = 60
_LONGEST_MISS = 200
_CUTOFF = 75.0


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A stated text that no label matches, with the value that may have been meant."""

    text: str
    suggestion: Suggestion | None = None


def fold(text: str) -> str:
    """Return the text as lower-case ASCII words with single spaces, so that spellings of one label agree.

    Case, diacritics, script, punctuation and invisible characters make no difference; ``&`` is ``and``.
    """
    text = text.casefold()
    if not text.isascii():
        text = anyascii(unicodedata.normalize("NFKC", text)).lower()
    return _NOT_A_LETTER.sub(" ", text.replace("&", " and ")).strip()


def segment(text: str, separator: re.Pattern[str], known: Callable[[str], bool]) -> tuple[str, ...] | None:
    """Cut a text at some of its separators into the fewest parts that are all known; None where that fails.

    A part may hold separators itself, as "Santa Maria da Feira" and "Culture, Leisure and Heritage" do.
    """
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
            if head is None or not part or not known(part):
                continue
            tail = best[end]
            if tail is None or len(head) + 1 < len(tail):
                best[end] = (*head, part)
    return best[-1]


def nearest(text: str, names: Mapping[str, str]) -> Suggestion | None:
    """Return the value whose folded name comes closest to the text, or None where nothing is near.

    ``names`` maps folded names to the value to suggest. A misspelling counts by its share of equal letters;
    a name that is a part of the text, or the other way round, counts from 0.7 upwards.
    """
    folded = fold(text)
    if not folded or len(folded) > _LONGEST_MISS:
        return None
    found = process.extractOne(folded, names.keys(), scorer=fuzz.ratio, score_cutoff=_CUTOFF)
    best = (found[1] / 100, found[0]) if found else (0.0, "")
    best = max(best, _nearest_part(folded, names), key=lambda scored: scored[0])
    return Suggestion(names[best[1]], round(best[0], 2)) if best[0] else None


def _nearest_part(folded: str, names: Iterable[str]) -> tuple[float, str]:
    words = {word for word in folded.split() if len(word) > 3}
    best = (0.0, "")
    if not words:
        return best
    for name in names:
        if words.isdisjoint(others := set(name.split())):
            continue
        shorter, longer = sorted((folded, name), key=len)
        if set(shorter.split()) <= (others if longer is name else set(folded.split())):
            score = 0.7 + 0.25 * len(shorter) / len(longer) + 0.02 * longer.startswith(shorter)
            best = max(best, (score, name), key=lambda scored: scored[0])
    return best
