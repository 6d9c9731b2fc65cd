"""A search as it was understood: words, places, years, and the topics that its words are keywords of."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from endpoint.catalogue.phrase_keys import Phrase, foreign_keys_of, keys_of, regions, small_words, synonyms
from endpoint.catalogue.search_index import Index, first
from endpoint.catalogue.search_parts import ADDRESS, Part, parts_of
from endpoint.catalogue.search_words import MOST_WORDS, Words, spellings_of, without_umlauts
from pipeline.language.stemming import fold_word, stemmed_phrase
from pipeline.recognition.dates.date_reading import read_date
from pipeline.recognition.dates.date_words import KINDS, lexicon
from pipeline.recognition.places.countries import LANGUAGES
from pipeline.recognition.places.gazetteer import country_of_large_city
from pipeline.release.contents.index_entries import address_key
from pipeline.release.contents.search_phrases import LONGEST_PHRASE

_SHORTEST_BEGINNING = 3
_MOST_MATES = 40
_WITHIN_RANGE, _BEFORE_YEAR = 3, 3
"""How many words may come between two years of a range, and how many before a year belong to it."""

_OWN_PATH = re.compile(r"/(practice|topic|country|city)/([^/?#]+?)(?:\.[a-z]{2,6})?(?:[?#].*)?$")


class FacetTerm(NamedTuple):
    """A facet value that words of a search name."""

    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that a search asks for.

    ``words`` must all occur; ``synonyms`` are phrases that mean the same, in any language. ``topics`` are those the
    words are keywords of, ``places`` and ``years`` (first and last, None if it is open) what they name.
    ``nearby`` is the country of a city without any practice, ``positions`` are the practices with a pasted address.
    ``is_excluded`` means that it must not occur.
    """

    words: Words = ()
    synonyms: tuple[Words, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[FacetTerm, ...] = ()
    years: tuple[int | None, int | None] | None = None
    nearby: str = ""
    positions: tuple[int, ...] = ()
    is_excluded: bool = False

    def or_else(self, other: "Unit") -> "Unit | None":
        """Return a unit that asks for this or the other, None if both cannot be one."""
        if self.years or other.years or bool(self.places) != bool(other.places):
            return None
        return Unit(
            (_phrase_spellings(self.words) + _phrase_spellings(other.words),),
            self.synonyms + other.synonyms,
            self.topics + other.topics,
            self.places + other.places,
        )


class SearchReader:
    """Reads searches by the words, names and keywords of one release."""

    def __init__(self, index: Index) -> None:
        self._index = index
        row = first(index.rows("search_languages"))
        self._has_terms = row is not None
        self._languages: tuple[str, ...] = tuple(row[0].split()) if row is not None else ()

    def read(self, text: str) -> tuple[Unit, ...]:
        """Return what a search asks for, a unit for each thing; none where it has no word."""
        if self._has_terms and (unit := self._address(text)):
            return (unit,)
        parts = tuple(dict.fromkeys(parts_of(text)))
        if len(parts) > MOST_WORDS:
            parts = tuple(part for part in parts if part.word not in small_words())[:MOST_WORDS]
        units = tuple(self._units(parts))
        return units or tuple(Unit((self._spellings(part.word),)) for part in parts if part.word)

    def _units(self, parts: Sequence[Part]) -> Iterator[Unit]:
        """Yield the units of some parts; what comes after OR goes into the unit before it, where that can be."""
        previous: Unit | None = None
        for part, unit in self._single_units(parts):
            whole = replace(unit, is_excluded=True) if part.is_excluded else unit
            either = previous.or_else(whole) if previous and part.is_alternative else None
            if previous and either is None:
                yield previous
            previous = either or whole
        if previous:
            yield previous

    def _single_units(self, parts: Sequence[Part]) -> Iterator[tuple[Part, Unit]]:
        """Yield each unit with its first part."""
        years = _years_among(parts)
        phrases = self._phrases(parts)
        at = 0
        while at < len(parts):
            part = parts[at]
            if at in years:
                end, span = years[at]
                words = tuple(self._spellings(p.word) for p in parts[at:end] if p.year)
                yield part, Unit(years=span, words=words)
            elif part.is_quoted:
                end = at + 1
                yield part, Unit(((part.word,),))
            else:
                end, named = self._longest(parts, phrases, at, years)
                is_small = end == at + 1 and part.word in small_words()
                if not is_small or (named and len(parts) == 1):
                    yield part, self._unit(parts[at:end], named)
            at = end

    def _unit(self, parts: Sequence[Part], named: Sequence[FacetTerm]) -> Unit:
        places = tuple(dict.fromkeys(name for name in named if name.facet != "topic"))
        same = _same(parts)
        every = [part.word for part in parts]
        words = [word for word in every if word not in small_words()] or every
        mates = self._mates(words)
        if not named:
            named = self._topics_of(same)
        topics = tuple(dict.fromkeys(name.value for name in named if name.facet == "topic"))
        spelled = tuple(_spellings(word, mates.get(word, ()), is_name=bool(places)) for word in words)
        nearby = "" if named or same or any(mates.values()) else country_of_large_city(" ".join(every))
        return Unit(spelled, self._in_texts(same), topics, places, nearby=nearby)

    def _in_texts(self, phrases: Iterable[Phrase]) -> tuple[Words, ...]:
        """Return the words of some phrases as texts of the release have them, without phrases that none has.

        Small words count only in a phrase that has no others.
        """
        spoken = [_without_small_words(each) for each in phrases if each.language in self._languages]
        keys = {
            (phrase.language, word): stemmed_phrase((fold_word(word),), phrase.language)
            for phrase in spoken
            for word in phrase.words
        }
        words = self._words_by_stem(keys.values())
        texts = (
            tuple(tuple(words.get(keys[phrase.language, word], ())) for word in phrase.words)
            for phrase in spoken
        )
        return tuple(dict.fromkeys(filter(all, texts)))

    def _topics_of(self, phrases: Iterable[Phrase]) -> list[FacetTerm]:
        """Return the topics that have some phrases as keywords."""
        names = self._terms_of({phrase.key for phrase in phrases}).values()
        return [name for each in names for name in each if name.facet == "topic"]

    def _longest(
        self,
        parts: Sequence[Part],
        phrases: Mapping[str, list[FacetTerm]],
        at: int,
        years: Mapping[int, object],
    ) -> tuple[int, list[FacetTerm]]:
        """Return where the longest phrase that begins at a word ends, and what it names."""
        ends = [
            end
            for end in range(min(at + LONGEST_PHRASE, len(parts)), at, -1)
            if not any(n in years or not parts[n].goes_with(parts[at]) for n in range(at + 1, end))
        ]
        for keys_in in (keys_of, foreign_keys_of):
            for end in ends:
                keys = keys_in([part.word for part in parts[at:end]])
                named = [name for key in keys for name in phrases.get(key, ())]
                if named or any(key in synonyms() for key in keys):
                    return end, named
        return at + 1, []

    def _phrases(self, parts: Sequence[Part]) -> Mapping[str, list[FacetTerm]]:
        """Return what each run of words is a name or keyword of."""
        words = [part.word for part in parts]
        keys = {
            key
            for at in range(len(words))
            for end in range(at + 1, min(at + LONGEST_PHRASE, len(words)) + 1)
            for key in (*keys_of(words[at:end]), *foreign_keys_of(words[at:end]))
        }
        return self._terms_of(keys)

    def _terms_of(self, keys: Set[str]) -> Mapping[str, list[FacetTerm]]:
        """Return what the release has under some keys of phrases, and the countries of regions."""
        named: dict[str, list[FacetTerm]] = {}
        if self._has_terms and keys:
            for row in self._index.rows("phrases", phrases=json.dumps(sorted(keys))):
                named.setdefault(row["phrase"], []).append(FacetTerm(row["facet"], row["value"]))
        for key in keys & regions().keys():
            named.setdefault(key, [FacetTerm("country", code) for code in regions()[key]])
        return named

    def _spellings(self, word: str) -> tuple[str, ...]:
        """Return a word with the other words of the release that share its stem."""
        return _spellings(word, self._mates([word]).get(word, ())) if self._has_terms else spellings_of(word)

    def _mates(self, words: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return for each word the words of the release that share a stem with it in one of its spellings."""
        if not self._has_terms:
            return {}
        plain = {word: tuple(fold_word(one) for one in spellings_of(word)) for word in words}
        tries = {word: (one, tuple(map(without_umlauts, one))) for word, one in plain.items()}
        keys = {word: tuple(map(self._stem_keys, each)) for word, each in tries.items()}
        by_stem = self._words_by_stem(key for each in keys.values() for some in each for key in some)
        mates = {word: [_all_in(by_stem, some) for some in each] for word, each in keys.items()}
        return {word: next(filter(None, each), ()) for word, each in mates.items()}

    def _words_by_stem(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        by_stem: dict[str, list[str]] = {}
        for stem, word in self._index.rows("stem_words", stems=json.dumps(sorted(set(keys)))):
            by_stem.setdefault(stem, []).append(word)
        return by_stem

    def _stem_keys(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(stemmed_phrase((word,), language) for word in words for language in self._languages)

    def _address(self, text: str) -> Unit | None:
        """Return the unit of a pasted address or identifier, None if the text is none."""
        if " " in text or not text:
            return None
        own = _OWN_PATH.search(text) if ADDRESS.fullmatch(text) else None
        if own and own[1] in ("topic", "country", "city"):
            return Unit(places=(FacetTerm(own[1], own[2]),))
        slug = own[2] if own else text.casefold()
        rows = self._index.rows("addressed", key=address_key(text), slug=slug)
        positions = tuple(row[0] for row in rows)
        return Unit(positions=positions) if positions else None


def _all_in(by_stem: Mapping[str, Sequence[str]], keys: Iterable[str]) -> tuple[str, ...]:
    """Return the words under some stems, up to a limit."""
    return tuple(sorted({word for key in keys for word in by_stem.get(key, ())}))[:_MOST_MATES]


def _without_small_words(phrase: Phrase) -> Phrase:
    words = tuple(word for word in phrase.words if word not in small_words())
    return Phrase(phrase.language, words or phrase.words)


def _phrase_spellings(words: Words) -> tuple[str, ...]:
    """Return what some words are spelled as: those of a single word, else all of them as one phrase."""
    return words[0] if len(words) == 1 else (" ".join(spellings[0].rstrip("*") for spellings in words),)


def _same(parts: Sequence[Part]) -> Sequence[Phrase]:
    """Return the other phrases that mean the same.

    A stem may be that of another word in another language: "mayor" is a Spanish "mayores", too. Where the table has
    the phrase as it was typed, only that counts.
    """
    own = tuple(part.word for part in parts)
    rows = [
        synonyms()[key] for keys in (keys_of(own), foreign_keys_of(own)) for key in keys if key in synonyms()
    ]
    typed = [row for row in rows if any(phrase.words == own for phrase in row)]
    same = frozenset().union(*(typed or rows))
    return sorted(phrase for phrase in same if phrase.words != own)


def _spellings(word: str, mates: Sequence[str], *, is_name: bool = False) -> tuple[str, ...]:
    """Return a word with the other words that share its stem; an unknown one may be the beginning of a word."""
    plain = spellings_of(word)
    if is_name:
        return plain
    if not mates and len(word) >= _SHORTEST_BEGINNING:
        return tuple(f"{one}*" for one in plain)
    return tuple(dict.fromkeys((*plain, *mates)))


def _years_among(parts: Sequence[Part]) -> dict[int, tuple[int, tuple[int | None, int | None]]]:
    """Return for each place where a year or a range of years begins where it ends, and its first and last year."""
    years: dict[int, tuple[int, tuple[int | None, int | None]]] = {}
    at, free = 0, 0
    while at < len(parts):
        if parts[at].year is None:
            at += 1
            continue
        last = max(
            (n for n in range(at, min(at + _WITHIN_RANGE + 2, len(parts))) if parts[n].year), default=at
        )
        begin, end, span = at, last + 1, _span(parts[at : last + 1])
        if span is None:
            end, span = at + 1, (parts[at].year, parts[at].year)
        for earlier in range(at - 1, max(free, at - _BEFORE_YEAR) - 1, -1):
            wider = _span(parts[earlier:end])
            if wider not in (None, span):
                begin, span = earlier, wider
        years[begin] = (end, span)
        at = free = end
    return years


def _span(parts: Sequence[Part]) -> tuple[int | None, int | None] | None:
    """Return the first and last year that some words speak of; None if not all of them do."""
    if any(part.is_quoted for part in parts):
        return None
    years = [part.year for part in parts if part.year]
    text = "-".join(map(str, years)) if len(parts) == len(years) else " ".join(part.word for part in parts)
    reading = read_date(text, datetime.now(UTC).year + 1, LANGUAGES)
    if reading.problems or reading.place_text or reading.period is None:
        return None
    period = reading.period
    start, end = (int(moment[:4]) if moment else None for moment in (period.start, period.end))
    return start, end if start is None or end or not _asks_for_start(parts) else start


def _asks_for_start(parts: Sequence[Part]) -> bool:
    """Return whether some words ask for what began in a year ("founded in 1982"), not for what runs since then."""
    words = lexicon(LANGUAGES)
    kinds = {meaning[0] for part in parts if (meaning := words.look_up(part.word))}
    return KINDS["started"] in kinds and kinds.isdisjoint((KINDS["since"], KINDS["onwards"]))
