"""Topics: which concepts of the topic scheme a cell names, and which a text hints at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.findings.messages import Wording
from pipeline.language.text_matching import (
    UnknownValue,
    fold,
    nearest,
    says_nothing,
    segment,
    unknown_values,
    without_symbols,
)
from pipeline.model.finding import Suggestion
from pipeline.rdf.concepts import Concept, read_concepts
from pipeline.rdf.vocabulary import TOPIC
from pipeline.system.data_files import rows_of

_BETWEEN_TOPICS = re.compile(
    r"[|;\r\n\u2022\uff1b\u25aa\u25cf\u25e6\u2023\u3001]|\s\u00b7\s|#(?=[^\W\d])|(?:^|\s)\(?\d{1,2}[.)]\s+(?=[^\W\d])"
)
_PERHAPS_BETWEEN = re.compile(
    r"[,/+\u30fb\u00b7\uff0c\uff0f]|\s[-\u2013\u2014]\s|\s(?:and|et|und|y|e|i|en|in|och|og|ja|oraz|a|și|és|eta|ve|και|та|і|и|&)\s",
    re.IGNORECASE,
)
_CACHED_LENGTH = 500

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_REMARK = re.compile(r"(?<=\S)\s*\([^()]{1,40}\)\s*$")
"""What is behind a topic in parentheses, as the colour of a label: "Education (green)"."""


@dataclass(frozen=True, slots=True)
class TopicReading:
    """What a cell of topics says: slugs in the order of the cell, none twice, and texts that are not topics."""

    slugs: tuple[str, ...] = ()
    unknown: tuple[UnknownValue, ...] = ()


def recognise_topics(cell: str) -> TopicReading:
    """Return the topics that a cell names by label, alias, slug or IRI, in the languages of the scheme and more.

    Topics come between ``|``, ``;`` or line breaks; a comma or slash parts them only where every part is a
    topic and the whole is none, since labels contain commas themselves.
    """
    return _cached_reading(cell) if len(cell) <= _CACHED_LENGTH else _read(cell)


def is_topic(text: str) -> bool:
    """Return whether a text as a whole names one topic."""
    return len(text) <= _CACHED_LENGTH and _slug_of(text) is not None


def suggest_topics(text: str, limit: int = 3) -> tuple[Suggestion, ...]:
    """Return labels of the topics whose keywords a text contains, the likeliest first; never to be applied."""
    words = f" {fold(text)} "
    suggestions = []
    for slug, patterns in _keywords().items():
        if hits := sum(1 for pattern in patterns if pattern.search(words)):
            suggestions.append(Suggestion(_wording(slug), round(min(0.9, 1 - 0.6**hits), 2)))
    return tuple(sorted(suggestions, key=lambda each: (-each.confidence, each.value))[:limit])


def topic_slugs() -> tuple[str, ...]:
    """Return the slugs of all topics in alphabetical order."""
    return tuple(_topics())


def topic_label(slug: str, language: str = "en") -> str:
    """Return the label of a topic in a language of the scheme, in English where it has none."""
    topic = _topics()[slug]
    return dict(topic.preferred).get(language, topic.label)


@cache
def _wording(slug: str) -> Wording:
    """Return the label of a topic in all of its languages, to be suggested in that of the reader."""
    return Wording(dict(_topics()[slug].preferred))


@lru_cache(maxsize=16_384)
def _cached_reading(cell: str) -> TopicReading:
    return _read(cell)


def _read(cell: str) -> TopicReading:
    slugs: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for part in filter(None, map(str.strip, _BETWEEN_TOPICS.split(cell))):
        if slug := _slug_of(part):
            slugs[slug] = None
        elif parts := segment(part, _PERHAPS_BETWEEN, lambda piece: _slug_of(piece) is not None):
            slugs.update((slug, None) for each in parts if (slug := _slug_of(each)))
        elif words := _slugs_of_words(part):
            slugs.update(dict.fromkeys(words))
        elif not says_nothing(part):
            unknown[part] = None
    return TopicReading(tuple(slugs), unknown_values(unknown, _suggestion))


def _suggestion(text: str) -> Suggestion | None:
    return nearest(text, _labels()) or next(iter(suggest_topics(text[:_CACHED_LENGTH], 1)), None)


def _slug_of(text: str) -> str | None:
    if text.startswith(TOPIC):
        slug = text.removeprefix(TOPIC)
        return slug if slug in _topics() else None
    forms = (text, _plain(text), _HUMP.sub(" ", text[:_CACHED_LENGTH]))
    return next(filter(None, (_names().get(fold(form)) for form in forms)), None)


def _slugs_of_words(text: str) -> tuple[str, ...]:
    """Return the topics of a text each word of which is one, as KoBo writes several answers; else nothing."""
    slugs = tuple(map(_slug_of, text.split()))
    return tuple(filter(None, slugs)) if all(slugs) else ()


def _plain(text: str) -> str:
    """Return the name of a topic without emoji, bullets and numbers before it, "and" for a plus sign, and no remark."""
    plain = without_symbols(text[:_CACHED_LENGTH], numbered=True).replace("+", " and ")
    return _REMARK.sub("", plain)


@cache
def _topics() -> dict[str, Concept]:
    return {topic.iri.removeprefix(TOPIC): topic for topic in read_concepts("topics.ttl")}


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for slug, topic in _topics().items():
        for text in (slug, *(label for _, label in topic.preferred + topic.other)):
            names.setdefault(fold(text), slug)
    for _, name, slug in _other_names():
        names.setdefault(fold(name), slug)
    return names


@cache
def _labels() -> dict[str, str]:
    """Return what may be meant by a near miss."""
    return {name: _wording(slug) for name, slug in _names().items()}


def names_in_other_languages() -> Iterator[tuple[str, str, str]]:
    """Yield language, name and slug: what topics are called in languages that the scheme lacks."""
    scheme = {language for topic in _topics().values() for language, _ in topic.preferred}
    return (each for each in _other_names() if each[0] not in scheme)


def _other_names() -> Iterator[tuple[str, str, str]]:
    """Yield language, name and slug: further names of topics, and words of their names that stand for one alone."""
    return ((row["language"], row["name"], row["slug"]) for row in rows_of(__package__, "topic_names.csv"))


@cache
def _keywords() -> dict[str, tuple[re.Pattern[str], ...]]:
    return {
        slug: tuple(re.compile(f" {re.escape(fold(word))}(?:s|es)? ") for word in topic.keywords)
        for slug, topic in _topics().items()
    }
