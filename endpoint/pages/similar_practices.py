"""Similar practices: those that share topics, a place or the words of a title, found in the index alone."""

from collections.abc import Iterable, Iterator
from itertools import islice
from math import log

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import positions_of
from endpoint.catalogue.search_index import any_in_title, any_of
from endpoint.catalogue.search_words import Words, read_words
from endpoint.pages.cards import Card, read_cards

MOST = 4

_ENOUGH = 1.0
_SAME_CITY = 0.5
_SAME_COUNTRY = 0.2
_SAME_WORDS = 1.0
_LETTERS = 5
_WORDS = 6
_LOOKED_AT = 60
_RANKED = 40

Scores = Iterator[tuple[int, float]]


def similar(release: Release, slug: str, title: str) -> tuple[Card, ...]:
    """Return the practices most like one, at most ``MOST``, none where nothing is much like it."""
    own = positions_of(release, (slug,)).get(slug)
    values: dict[str, list[str]] = {"topic": [], "city": [], "country": []}
    for facet, value in release.index.rows("values_of", slug=slug):
        values[facet].append(value)
    scores: dict[int, float] = {}
    for position, score in (*_by_words(release, title), *_by_city(release, values["city"])):
        scores[position] = scores.get(position, 0.0) + score
    _add_topics(release, scores, values["topic"])
    _add_countries(release, scores, values["country"])
    scores.pop(own or 0, None)
    best = sorted((-score, position) for position, score in scores.items() if score >= _ENOUGH)
    return read_cards(release, [position for _, position in best[:MOST]])


def _by_words(release: Release, title: str) -> Scores:
    """Yield the practices whose titles and texts contain the telling words of a title: its longest ones."""
    words = [word for word in read_words(title) if len(word[0]) >= _LETTERS]
    telling = tuple(sorted(words, key=lambda word: -len(word[0]))[:_WORDS])
    if telling:
        for rank, position in enumerate(_nearest(release, telling)):
            yield position, _SAME_WORDS * (1 - rank / _RANKED)


def _nearest(release: Release, words: Words) -> list[int]:
    """Return the practices nearest to some words; where titles alone give enough, texts need not be ranked."""
    for expression in (any_in_title(words), any_of(words)):
        ranked = [row[0] for row in release.index.rows("nearest", words=expression)]
        if len(ranked) == _RANKED:
            break
    return ranked


def _by_city(release: Release, cities: Iterable[str]) -> Scores:
    for city in cities:
        for row in release.index.rows("neighbours", city=city):
            yield row[0], _SAME_CITY


def _add_topics(release: Release, scores: dict[int, float], topics: list[str]) -> None:
    """Add to each practice looked at what its shared topics weigh, the rarer the more.

    Those that share all topics are looked at too.
    """
    bits = release.facets.bits
    if topics:
        alike = release.facets.everything
        for topic in topics:
            alike &= bits.get(("topic", topic), 0)
        for position in islice(release.in_order(alike, "newest"), _LOOKED_AT):
            scores.setdefault(position, 0.0)
    for topic in topics:
        having = bits.get(("topic", topic), 0)
        weight = log((release.practices + 1) / (having.bit_count() + 1)) / log(release.practices + 1)
        for position in list(scores):
            if having >> position & 1:
                scores[position] += weight


def _add_countries(release: Release, scores: dict[int, float], countries: Iterable[str]) -> None:
    for country in countries:
        having = release.facets.bits.get(("country", country), 0)
        for position in list(scores):
            if having >> position & 1:
                scores[position] += _SAME_COUNTRY
