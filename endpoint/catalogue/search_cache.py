"""Searches: the practices that a search finds, the best first, cached for the next pages.

After a search, readers often open its next page, filter it, or change its order.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import islice
from math import log

from endpoint.catalogue.bitset import Bits, bits_of, members, positions_in
from endpoint.catalogue.facets import Facets, having
from endpoint.catalogue.search_index import (
    Index,
    all_of,
    any_of,
    in_prose,
    positions_as_json,
    within_headings,
)
from endpoint.catalogue.search_query import SearchReader, Unit
from endpoint.catalogue.search_words import Words
from endpoint.catalogue.spelling import Spelling
from endpoint.catalogue.word_matches import WordMatches

MOST_RANKED = 1500
"""How many matches of a search are ranked by their whole text."""

_MOST_COUNTED = 10_000
"""A word that more practices have is not used to rank them: SQLite counts all of them for its weight."""

_ENOUGH = 20
"""With fewer exact matches, those by topic follow: this many fill a page of results."""

_MOST_NEAR = 60
"""How many near matches there are at most: three pages."""

_MOST_SUMS, _FEWEST_SUMS, _PRACTICES_SUMMED = 200, 20, 20_000_000
"""How many sums of shares are kept while near matches are weighed; of large sets fewer, since each takes longer."""

_FEW = 5
_SHARE_OF_NEAREST, _SHARE_OF_NEAREST_IN_LONG = 0.5, 0.3
"""With fewer exact matches than ``_FEW``, those follow that have this share of a search, weighed by rarity. The smaller
share is for a search for more things than that, and for one that would find nothing."""

_SHARES = (1.0, 0.9, 0.7)
"""What a match by words, by a synonym and by a topic count."""

Ways = tuple[Bits, Bits, Bits]
"""The practices that have a part of a search by its words, by a synonym, or by a topic."""

_CACHED = 32
"""Cached searches. Each takes a bit for every practice of the release, and a number for every ranked one."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search finds: ``exact`` has all that was asked for, ``near`` comes after it.

    ``words`` are those to mark in texts; ``scores`` say how much of a search a near match has. ``unknown`` are the
    words that the release has nothing for. Where they were corrected, ``corrected`` is the search that was made.
    """

    units: tuple[Unit, ...]
    words: Words
    exact: Bits
    near: Bits
    scores: Mapping[int, float]
    unknown: tuple[str, ...] = ()
    corrected: str = ""

    @property
    def bits(self) -> Bits:
        """Return all practices found."""
        return self.exact | self.near


class Searches:
    """The searches of one release, the last ones cached."""

    def __init__(self, index: Index, facets: Facets) -> None:
        self._index = index
        self._facets = facets
        self._reader = SearchReader(index)
        self._spelling = Spelling(index)
        self._words = WordMatches(index, facets.everything)
        self._rank = lru_cache(_CACHED)(partial(_rank, index))
        self.ranked_headings = lru_cache(_CACHED)(partial(_ranked_headings, index))
        self.matches = lru_cache(_CACHED)(self._matches)

    def best(self, matches: Matches) -> tuple[int, ...]:
        """Return the positions of exact matches that come first, the best match first.

        Of very many, those come first whose title, place or topics have the words: what is in every other text
        tells little, and ranking it would take most of an answer's time. Of fewer, only rarer words rank, if there are
        any. Without words the order is empty.
        """
        required = (unit for unit in matches.units if not (unit.places or unit.years))
        words = tuple(word for unit in required for word in unit.words)
        if not words:
            return ()
        count = matches.exact.bit_count()
        rarer = self._rarer(words)
        if count > MOST_RANKED or not rarer:
            expression = all_of(words)
            return self.ranked_headings(within_headings(expression), f"title : ({expression})")
        is_whole = not any(unit.places or unit.years or unit.is_excluded for unit in matches.units)
        if is_whole and rarer == words:
            ranked = self._rank(all_of(words))
        else:
            ranked = tuple(self._rank_among(all_of(rarer), matches.exact))
        return tuple(self._typed_words_first(ranked, words))

    def _rarer(self, words: Words) -> Words:
        """Return the words that few enough practices have for a ranking, in which each is counted in all of them."""
        if self._facets.everything.bit_count() <= _MOST_COUNTED:
            return words
        return tuple(word for word in words if self._words.having(word).bit_count() <= _MOST_COUNTED)

    def _typed_words_first(self, ranked: Sequence[int], words: Words) -> Sequence[int]:
        """Return ranked matches, first those with the words as they were typed: "police" before "policies"."""
        typed = tuple(spellings[:1] for spellings in words)
        if typed == words:
            return ranked
        as_typed = set(members(self._words.having_all(typed), ranked))
        return sorted(ranked, key=lambda position: position not in as_typed)

    def nearest(self, matches: Matches) -> list[int]:
        """Return the positions of near matches, those with the most of the search first.

        Of those with as much, the best match by words comes first: by all texts, or in a large release, where that
        would take long, by titles, places and topics.
        """
        positions = list(positions_in(matches.near))
        if matches.words:
            is_large = self._facets.everything.bit_count() > MOST_RANKED
            rank_among = self._rank_headings_among if is_large else self._rank_among
            rarer = self._rarer(matches.words)
            ranked = rank_among(any_of(rarer), matches.near) if rarer else ()
            rank = {at: number for number, at in enumerate(ranked)}
            positions.sort(key=lambda at: rank.get(at, len(rank)))
        return sorted(positions, key=lambda at: -matches.scores.get(at, 0.0))

    def _rank_among(self, expression: str, bits: Bits) -> list[int]:
        """Return the positions in a set that match an FTS5 expression, the best match first."""
        positions = positions_as_json(positions_in(bits))
        rows = self._index.rows("ranked_among", words=expression, positions=positions)
        return [row[0] for row in rows]

    def _rank_headings_among(self, expression: str, bits: Bits) -> list[int]:
        """Return the positions in a set whose headings match an FTS5 expression, the best match first."""
        positions = positions_as_json(positions_in(bits))
        try:
            rows = self._index.rows("headings_among", words=expression, positions=positions)
        except sqlite3.OperationalError:  # an older index has no headings by themselves
            return self._rank_among(within_headings(expression), bits)
        return [row[0] for row in rows]

    def _matches(self, text: str) -> Matches:
        """Return what a search finds; where the release does not know a word, what the corrected search finds."""
        matches = self._read(text)
        corrected = self._spelling.correct(text, matches.unknown) if matches.unknown else ""
        other = self._read(corrected) if corrected else matches
        return replace(other, corrected=corrected) if corrected and other.bits else matches

    def _read(self, text: str) -> Matches:
        units = self._reader.read(text)
        wanted = [unit for unit in units if not unit.is_excluded]
        words = tuple(dict.fromkeys(word for unit in wanted for word in unit.words))
        allowed = self._facets.everything & ~self._any_of(unit for unit in units if unit.is_excluded)
        by_words = [self._by_words(unit) for unit in wanted]
        exact = _in_all(allowed, by_words) if units else 0
        if not wanted or exact.bit_count() >= _ENOUGH:
            return Matches(units, words, exact, 0, {})
        by_synonyms = [self._words.having_a_phrase(unit.synonyms) for unit in wanted]
        kinds = list(zip(by_words, by_synonyms, map(self._by_topic, wanted), strict=True))
        either = [words | synonyms | topics for words, synonyms, topics in kinds]
        rest = allowed & ~exact
        same = _in_all(rest, [words | synonyms for words, synonyms, _ in kinds])
        near = _first(_in_all(rest, either) & ~same, _MOST_NEAR - same.bit_count()) | _first(same, _MOST_NEAR)
        if exact.bit_count() < _FEW and len(wanted) > 1:
            near |= self._partial(wanted, kinds, rest, _MOST_NEAR - near.bit_count(), has_exact=bool(exact))
            if not exact and not near:
                near |= self._partial(wanted, kinds, rest, _FEW * 2, has_exact=False, is_wide=True)
        others = (word for unit in wanted for phrase in unit.synonyms if len(phrase) == 1 for word in phrase)
        marked = tuple(dict.fromkeys((*words, *others))) if near else words
        return Matches(units, marked, exact, near, self._scores(near, kinds), _unknown(wanted, either))

    def _any_of(self, units: Iterable[Unit]) -> Bits:
        matching: Bits = 0
        for unit in units:
            matching |= self._by_words(unit)
        return matching

    def _by_words(self, unit: Unit) -> Bits:
        """Return the practices that a unit asks for: those of its places or years, else those with its words."""
        if unit.positions:
            return bits_of(unit.positions)
        if unit.years:
            return self._of_years(*unit.years)
        words = self._words.having_all(unit.words) if unit.words else 0
        if not unit.places:
            return words
        places: Bits = 0
        for facet, value in unit.places:
            there = self._facets.bits.get((facet, value))
            places |= having(self._index, facet, value) if there is None else there
        if unit.words and self._is_usual(unit.words, places):
            return words | places
        return places

    def _is_usual(self, words: Words, places: Bits) -> bool:
        """Return whether the name of a place is a word that texts use for something else, such as "nice"."""
        mentions = self._words.matching(in_prose(words)) & ~places
        return mentions.bit_count() > places.bit_count()

    def _by_topic(self, unit: Unit) -> Bits:
        """Return the practices with a topic that a unit names, near its place, or that mention its place or year."""
        matching = self._words.having_all(unit.words) if (unit.places or unit.years) and unit.words else 0
        for topic in unit.topics:
            matching |= self._facets.bits.get(("topic", topic), 0)
        return matching | self._facets.bits.get(("country", unit.nearby), 0)

    def _of_years(self, start: int | None, end: int | None) -> Bits:
        matching: Bits = 0
        for (facet, value), bits in self._facets.bits.items():
            if facet == "year" and (start or 0) <= int(value) <= (end or 9999):
                matching |= bits
        return matching

    def _partial(
        self,
        units: Sequence[Unit],
        kinds: Sequence[Ways],
        rest: Bits,
        most: int,
        *,
        has_exact: bool,
        is_wide: bool = False,
    ) -> Bits:
        """Return the practices that have the most of a search, up to a limit; a place weighs twice.

        They have enough of it either by how rare its parts are, or by how rare the words are that they have of it.
        """
        is_narrow = has_exact or (len(units) <= _FEW and not is_wide)
        share = _SHARE_OF_NEAREST if is_narrow else _SHARE_OF_NEAREST_IN_LONG
        either = [[(bits, self._weight(bits))] for bits in (each[0] | each[1] | each[2] for each in kinds)]
        enough: list[tuple[float, Bits]] = []
        for weighed in (either, [self._weigh(ways) for ways in kinds]):
            parts = [
                [(bits, weight * (1 + bool(unit.places))) for bits, weight in ways]
                for unit, ways in zip(units, weighed, strict=True)
            ]
            whole = sum(max((weight for _, weight in part), default=0.0) for part in parts)
            least = max(whole * share, 0.1)
            enough += [(score, bits) for score, bits in _sum_weights(rest, parts) if score >= least]
        nearest: Bits = 0
        for _, bits in sorted(enough, reverse=True):
            nearest |= _first(bits & ~nearest, most - nearest.bit_count())
        return nearest

    def _scores(self, near: Bits, kinds: Sequence[Ways]) -> dict[int, float]:
        """Return how much each near match has of a search, whose units it may have in three ways."""
        scores = dict.fromkeys(positions_in(near), 0.0)
        for ways in kinds:
            for bits, weight in self._weigh(ways):
                for position in positions_in(bits & near):
                    scores[position] += weight
        return scores

    def _weigh(self, ways: Ways) -> list[tuple[Bits, float]]:
        """Return the practices that have a unit in one of its ways, each once, with what the best way counts.

        What is said in rare words counts for more than what only shares a topic with many others.
        """
        weighed: list[tuple[Bits, float]] = []
        before: Bits = 0
        for share, bits in zip(_SHARES, ways, strict=True):
            if bits & ~before:
                weighed.append((bits & ~before, share * self._weight(bits | before)))
            before |= bits
        return weighed

    def _weight(self, bits: Bits) -> float:
        """Return the weight of a set of practices: the rarer, the heavier; an empty set weighs nothing."""
        if not bits:
            return 0.0
        return 0.1 + log((self._facets.everything.bit_count() + 1) / (bits.bit_count() + 1))


def _sum_weights(rest: Bits, parts: Iterable[Sequence[tuple[Bits, float]]]) -> list[tuple[float, Bits]]:
    """Return practices by the sum of what they have of each part, the highest sums first.

    Each part has disjoint sets with their weights. Practices with the same of all parts stay together.
    """
    most = min(_MOST_SUMS, max(_FEWEST_SUMS, _PRACTICES_SUMMED // (rest.bit_length() + 1)))
    sums = [(0.0, rest)]
    for part in parts:
        further: list[tuple[float, Bits]] = []
        for score, bits in sums:
            left = bits
            for some, weight in part:
                if both := left & some:
                    further.append((score + weight, both))
                    left ^= both
            if left:
                further.append((score, left))
        sums = sorted(further, reverse=True)[:most]
    return sums


def _unknown(units: Sequence[Unit], either: Sequence[Bits]) -> tuple[str, ...]:
    """Return the words of the units without any match, except quoted ones."""
    return tuple(
        spellings[0].rstrip("*")
        for unit, bits in zip(units, either, strict=True)
        for spellings in unit.words
        if not bits and spellings[0].endswith("*")
    )


def _in_all(bits: Bits, others: Iterable[Bits]) -> Bits:
    for other in others:
        bits &= other
    return bits


def _first(bits: Bits, most: int) -> Bits:
    """Return the first members of a set, up to a limit."""
    if bits.bit_count() <= most:
        return bits
    return bits_of(tuple(islice(positions_in(bits), max(most, 0))))


def _rank(index: Index, expression: str) -> tuple[int, ...]:
    return tuple(row[0] for row in index.rows("ranked", words=expression))


def _ranked_headings(index: Index, *expressions: str) -> tuple[int, ...]:
    """Return the positions of practices whose headings match an FTS5 expression, the best match first.

    Of very many those come first that match the next expression, of very many again the first ones by title.
    """
    others: tuple[int, ...] = ()
    try:
        for words in expressions:
            rows = index.rows("with_headings", words=words, most=_MOST_COUNTED + 1)
            matching = tuple(row[0] for row in rows)
            if len(matching) <= _MOST_COUNTED:
                ranked = (row[0] for row in index.rows("ranked_headings", words=words))
                return tuple(dict.fromkeys((*ranked, *others)))
            others = matching
        return others
    except sqlite3.OperationalError:  # an older index has no headings by themselves
        return _rank(index, expressions[0])
