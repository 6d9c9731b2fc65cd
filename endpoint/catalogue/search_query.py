"""A search as it was understood: words, places, years, and the topics that its words are keywords of."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from endpoint.catalogue.search_index import Index, first
from endpoint.catalogue.search_words import MOST_WORDS, Words, spellings_of
from pipeline.language.function_words import words_of_language
from pipeline.language.stemming import folded, stemmed_phrase, words_of
from pipeline.recognition.dates.date_reading import read_date
from pipeline.release.contents.index_entries import address_key
from pipeline.release.contents.search_phrases import LONGEST_PHRASE

_LANGUAGES = ("en", "fr", "es", "it", "de", "pt")
"""The languages of the labels of topics, and of the small words that a search leaves out."""

_QUOTED_OR_WORD = re.compile(r'"([^"]*)"|[“«]([^”»]*)[”»]|([^\s"“”«»]+)')
_SHORTEST_BEGINNING = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_WITHIN_RANGE, _BEFORE_YEAR = 3, 3
"""How many words may stand between two years of a range, and how many before a year belong to it."""

_ADDRESS = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*://|www\.|/)\S+")
_OWN_PATH = re.compile(r"/(practice|topic|country|city)/([^/?#]+?)(?:\.[a-z]{2,6})?(?:[?#].*)?$")


class Named(NamedTuple):
    """A facet value that words of a search name."""

    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that a search asks for.

    ``words`` must all occur; ``synonyms`` are phrases that mean the same, in six languages. ``topics`` are those the
    words are keywords of, ``places`` and ``years`` (first and last, None where it is open) what they name.
    ``positions`` are the practices with a pasted address.
    """

    words: Words = ()
    synonyms: tuple[Words, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[Named, ...] = ()
    years: tuple[int | None, int | None] | None = None
    positions: tuple[int, ...] = ()


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
        parts = tuple(dict.fromkeys(_parts(text)))[:MOST_WORDS]
        units = tuple(self._units(parts))
        return units or tuple(Unit((self._spellings(part.word),)) for part in parts if part.word)

    def _units(self, parts: Sequence["_Part"]) -> Iterator[Unit]:
        years = _years_among(parts)
        phrases = self._phrases(parts)
        at = 0
        while at < len(parts):
            part = parts[at]
            if at in years:
                end, span = years[at]
                yield Unit(years=span, words=tuple(self._spellings(p.word) for p in parts[at:end] if p.year))
            elif part.quoted:
                end = at + 1
                yield Unit(((part.word,),))
            else:
                end, named = self._longest(parts, phrases, at, years)
                if named or not all(p.word in _left_out() for p in parts[at:end]):
                    yield self._unit(parts[at:end], named)
            at = end

    def _unit(self, parts: Sequence["_Part"], named: Sequence[Named]) -> Unit:
        places = tuple(name for name in named if name.facet != "topic")
        same = () if places else self._same(parts)
        if not named:
            keys = {key for phrase in same for key in _keys(phrase)}
            named = [name for names in self._named(keys).values() for name in names if name.facet == "topic"]
        topics = tuple(dict.fromkeys(name.value for name in named if name.facet == "topic"))
        words = [part.word for part in parts if len(parts) == 1 or part.word not in _left_out()]
        spelled = tuple(self._spellings(word, is_name=bool(places)) for word in words)
        others = (tuple(self._stem_mates(word) for word in phrase) for phrase in same)
        return Unit(spelled, tuple(filter(all, others)), topics, places)

    def _same(self, parts: Sequence["_Part"]) -> Sequence[tuple[str, ...]]:
        """Return the other phrases that mean the same."""
        own = tuple(part.word for part in parts)
        return sorted({phrase for key in _keys(own) for phrase in _synonyms().get(key, ())} - {own})

    def _longest(
        self,
        parts: Sequence["_Part"],
        phrases: Mapping[str, list[Named]],
        at: int,
        years: Mapping[int, object],
    ) -> tuple[int, list[Named]]:
        """Return where the longest phrase that begins at a word ends, and what it names."""
        for end in range(min(at + LONGEST_PHRASE, len(parts)), at, -1):
            if any(place in years or parts[place].quoted for place in range(at, end)):
                continue
            keys = tuple(_keys([part.word for part in parts[at:end]]))
            named = [name for key in keys for name in phrases.get(key, ())]
            if named or any(key in _synonyms() for key in keys):
                return end, named
        return at + 1, []

    def _phrases(self, parts: Sequence["_Part"]) -> Mapping[str, list[Named]]:
        """Return what each run of words is a name or keyword of."""
        words = [part.word for part in parts]
        keys = {
            key
            for at in range(len(words))
            for end in range(at + 1, min(at + LONGEST_PHRASE, len(words)) + 1)
            for key in _keys(words[at:end])
        }
        return self._named(keys)

    def _named(self, keys: Set[str]) -> Mapping[str, list[Named]]:
        """Return what the release has under some keys of phrases."""
        named: dict[str, list[Named]] = {}
        if self._has_terms and keys:
            for row in self._index.rows("phrases", phrases=json.dumps(sorted(keys))):
                named.setdefault(row["phrase"], []).append(Named(row["facet"], row["value"]))
        return named

    def _spellings(self, word: str, *, is_name: bool = False) -> tuple[str, ...]:
        """Return a word with the other words of the release that share its stem."""
        plain = spellings_of(word)
        if is_name or not self._has_terms:
            return plain
        mates = self._stem_mates(word)
        if not mates and len(word) >= _SHORTEST_BEGINNING:
            # A word that the release does not have may be the beginning of one.
            return tuple(f"{one}*" for one in plain)
        return tuple(dict.fromkeys((*plain, *mates)))

    def _stem_mates(self, word: str) -> tuple[str, ...]:
        """Return the words of the release that share a stem with a word in one of its spellings."""
        spelled = [folded(one) for one in spellings_of(word)]
        keys = {stemmed_phrase((one,), language) for one in spelled for language in self._languages}
        rows = self._index.rows("stem_words", stems=json.dumps(sorted(keys)))
        return tuple(sorted({row[0] for row in rows}))

    def _address(self, text: str) -> Unit | None:
        """Return the unit of a pasted address or identifier, None where the text is none."""
        if " " in text or not text:
            return None
        own = _OWN_PATH.search(text) if _ADDRESS.fullmatch(text) else None
        if own and own[1] in ("topic", "country", "city"):
            return Unit(places=(Named(own[1], own[2]),))
        slug = own[2] if own else text.casefold()
        rows = self._index.rows("addressed", key=address_key(text), slug=slug)
        positions = tuple(row[0] for row in rows)
        return Unit(positions=positions) if positions else None


@dataclass(frozen=True, slots=True)
class _Part:
    """A word of a search in small letters, or a quoted text; ``year`` where it is one."""

    word: str
    quoted: bool = False

    @property
    def year(self) -> int | None:
        return int(self.word) if not self.quoted and _YEAR.fullmatch(self.word) else None


def _parts(text: str) -> Iterator[_Part]:
    """Yield the words and quoted texts of a search; of an address only the last part of its path."""
    if _ADDRESS.fullmatch(text):
        text = text.partition("?")[0].rstrip("/").rpartition("/")[2]
    for match in _QUOTED_OR_WORD.finditer(text):
        quoted = match[1] if match[1] is not None else match[2]
        if quoted is not None:
            words = words_of(quoted)
            if words:
                yield _Part(" ".join(words), quoted=True)
        else:
            yield from map(_Part, words_of(match[3]))


def _keys(phrase: Sequence[str]) -> Iterator[str]:
    """Yield the keys under which the index has a phrase: as a place's name, and by its stems in each language."""
    words = [folded(word) for word in phrase]
    yield stemmed_phrase(words, "")
    for language in _LANGUAGES:
        yield stemmed_phrase(words, language)


def _years_among(parts: Sequence[_Part]) -> dict[int, tuple[int, tuple[int | None, int | None]]]:
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


def _span(parts: Sequence[_Part]) -> tuple[int | None, int | None] | None:
    """Return the first and last year that some words speak of; None where not all of them do."""
    if any(part.quoted for part in parts):
        return None
    years = [part.year for part in parts if part.year]
    text = "-".join(map(str, years)) if len(parts) == len(years) else " ".join(part.word for part in parts)
    reading = read_date(text, datetime.now(UTC).year + 1, _LANGUAGES)
    if reading.problems or reading.place_text or reading.period is None:
        return None
    period = reading.period
    start, end = (int(moment[:4]) if moment else None for moment in (period.start, period.end))
    return start, end


@cache
def _left_out() -> frozenset[str]:
    """Return the words that say nothing of what is looked for: small words and those of questions."""
    table = files(__package__).joinpath("question_words.csv").read_text(encoding="utf-8")
    asked = {word for row in csv.DictReader(table.splitlines()) for word in row["words"].split()}
    return frozenset(asked.union(*(words_of_language(language) for language in _LANGUAGES)))


@cache
def _synonyms() -> Mapping[str, frozenset[tuple[str, ...]]]:
    """Return for the key of each phrase, in each of six languages, the phrases that mean the same."""
    table = files(__package__).joinpath("synonyms.csv").read_text(encoding="utf-8")
    synonyms: dict[str, frozenset[tuple[str, ...]]] = {}
    for row in csv.DictReader(table.splitlines()):
        phrases = {
            language: [tuple(words_of(phrase)) for phrase in cell.split("|")]
            for language, cell in row.items()
        }
        same = frozenset(phrase for others in phrases.values() for phrase in others)
        for language, own in phrases.items():
            for phrase in own:
                key = stemmed_phrase([folded(word) for word in phrase], language)
                synonyms[key] = synonyms.get(key, frozenset()) | same
    return synonyms
