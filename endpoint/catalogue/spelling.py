"""Spelling: what a search that found nothing may have meant, by the words of the release itself."""

import threading
import weakref
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import find
from endpoint.catalogue.search_words import Words, read_words
from endpoint.catalogue.selection import Selection
from pipeline.language.stemming import folded, words_of

_MOST_PRACTICES = 5_000
"""Of how many practices the titles and summaries are read, once for each release."""
_SHORTEST, _LONGEST = 4, 40
_FARTHEST = 0.3
"""How much of a word may be otherwise for it to be taken as the other one misspelt."""

_known: weakref.WeakKeyDictionary[Release, Mapping[str, str]] = weakref.WeakKeyDictionary()
_reading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Meant:
    """A search that may have been meant, and how many practices it finds."""

    selection: Selection
    count: int


def meant(release: Release, selection: Selection) -> Meant | None:
    """Return the search with its unknown words put right, None where that finds nothing either."""
    words = read_words(selection.q)
    respelled = _respelled(words, _vocabulary(release)) if words else ""
    if not respelled:
        return None
    other = replace(selection, q=respelled, page=1)
    result = find(release, other)
    count = result.exact or result.count
    return Meant(other, count) if count else None


def _respelled(words: Words, vocabulary: Mapping[str, str]) -> str:
    """Return the words with every unknown one put right, empty where none is to be, or one cannot be."""
    right = [_nearest(spellings, vocabulary) for spellings in words]
    if None in right or right == [spellings[0] for spellings in words]:
        return ""
    return " ".join(word for word in right if word)


def _nearest(spellings: tuple[str, ...], vocabulary: Mapping[str, str]) -> str | None:
    """Return the word itself where the release has one that begins so, else the one next to it."""
    word = spellings[0]
    starts = tuple(folded(spelling) for spelling in spellings)
    if any(known.startswith(starts) for known in vocabulary):
        return word
    if not _SHORTEST <= len(word) <= _LONGEST:
        return None
    nearest = process.extractOne(
        starts[0], vocabulary.keys(), scorer=OSA.normalized_distance, score_cutoff=_FARTHEST
    )
    return vocabulary[nearest[0]] if nearest else None


def _vocabulary(release: Release) -> Mapping[str, str]:
    """Return the words of a release, folded and as they are written, the most frequent ones first."""
    with _reading:
        vocabulary = _known.get(release)
        if vocabulary is None:
            vocabulary = _read(release)
            _known[release] = vocabulary
        return vocabulary


def _read(release: Release) -> Mapping[str, str]:
    written: Counter[str] = Counter()
    for (text,) in release.index.rows("spoken", most=_MOST_PRACTICES):
        written.update(words_of(text))
    vocabulary: dict[str, str] = {}
    for word, _ in written.most_common():
        vocabulary.setdefault(folded(word), word)
    return vocabulary
