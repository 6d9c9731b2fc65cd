"""Suggestions while somebody types: topics, places and practices whose names have words that begin so."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from endpoint.catalogue.filters import name_of
from endpoint.catalogue.list_rows import read_rows
from endpoint.catalogue.open_release import Release
from endpoint.language.graph_facts import Text
from pipeline.language.stemming import fold_word, words_of

MOST = 8
LONGEST = 80
_MOST_PLACES, _MOST_TITLES = 4, 5


@dataclass(frozen=True, slots=True)
class SearchSuggestion:
    """A topic, country or city with how many practices have it, or a practice with its places as ``beside``."""

    kind: str
    value: str
    name: Text
    practices: int = 1
    beside: str = ""


def suggestions(release: Release, text: str) -> tuple[SearchSuggestion, ...]:
    """Return at most ``MOST`` suggestions for the beginning of a search, topics and places before practices."""
    words = [fold_word(word) for word in words_of(text[:LONGEST])]
    if not words:
        return ()
    return tuple(
        islice((*_topics(release, words), *_places(release, words), *_practices(release, words)), MOST)
    )


def _topics(release: Release, words: list[str]) -> Iterator[SearchSuggestion]:
    for (facet, value), bits in release.facets.bits.items():
        labels = release.labels.get((facet, value), {}).values() if facet == "topic" else ()
        if any(_has(label, words) for label in labels):
            yield SearchSuggestion(facet, value, name_of(release, facet, value), bits.bit_count())


def _has(label: str, words: list[str]) -> bool:
    """Return whether a label has all the words, the last one as the beginning of a word."""
    own = [fold_word(word) for word in words_of(label)]
    return set(words[:-1]) <= set(own) and any(word.startswith(words[-1]) for word in own)


def _places(release: Release, words: list[str]) -> Iterator[SearchSuggestion]:
    named = (
        SearchSuggestion(
            row["facet"], row["value"], name_of(release, row["facet"], row["value"]), row["practices"]
        )
        for row in release.index.rows("places_named", words=_expression("places", words))
        if any(_has(label, words) for label in release.labels.get((row["facet"], row["value"]), {}).values())
    )
    return islice(named, _MOST_PLACES)


def _practices(release: Release, words: list[str]) -> Iterator[SearchSuggestion]:
    positions = release.searches.ranked_headings(_expression("title", words))[:_MOST_TITLES]
    for practice in read_rows(release, positions):
        places = [
            name_of(release, facet, value).text
            for facet in ("city", "country")
            for value in practice.values.get(facet, ())
        ]
        yield SearchSuggestion("practice", practice.slug, practice.own_title, beside=" · ".join(places))


def _expression(column: str, words: list[str]) -> str:
    """Return an FTS5 expression: all words occur in a column, the last one as the beginning of a word."""
    whole = "".join(f'"{word}" AND ' for word in words[:-1])
    return f'{column} : ({whole}"{words[-1]}"*)'
