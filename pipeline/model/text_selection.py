"""Texts: how much of a record's texts a release publishes (rights: the README's section on record texts)."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from pipeline.model.practice import Practice, Texts, replace_values

EXCERPT_WORDS = 100
RECORD_WORDS = 499
"""An excerpt of a Council of Europe text needs no permission below 500 words, over the whole record."""


class TextPolicy(StrEnum):
    """What is published of a record's description and sections."""

    EXCERPT = "excerpt"
    FULL = "full"
    NONE = "none"


def published_texts(practice: Practice, policy: TextPolicy) -> Practice:
    """Return the practice with its texts as the policy allows; titles always stay."""
    if policy is TextPolicy.FULL:
        return practice
    if policy is TextPolicy.NONE:
        return replace_values(practice, descriptions=(), sections=())
    if not practice.sections and all(text.count(" ") < EXCERPT_WORDS for _, text in practice.descriptions):
        return practice
    left = {language: RECORD_WORDS for _, texts in _all_texts(practice) for language, _ in texts}
    descriptions = tuple(_excerpts(practice.descriptions, left))
    sections = tuple((name, tuple(_excerpts(texts, left))) for name, texts in practice.sections)
    return replace_values(
        practice,
        descriptions=descriptions,
        sections=tuple((name, texts) for name, texts in sections if texts),
    )


def _all_texts(practice: Practice) -> Iterable[tuple[str, Texts]]:
    return (("summary", practice.descriptions), *practice.sections)


def _excerpts(texts: Texts, left: dict[str, int]) -> Iterator[tuple[str, str]]:
    for language, text in texts:
        words = min(EXCERPT_WORDS, left[language])
        if words:
            excerpt, used = _first_words(text, words)
            left[language] -= used
            yield language, excerpt


def _first_words(text: str, limit: int) -> tuple[str, int]:
    """Return the beginning of a text up to a number of words, with an ellipsis where it was cut, and its length."""
    words = text.split(maxsplit=limit)
    if len(words) <= limit:
        return text, len(words)
    rest = words[limit]
    return text[: text.rindex(rest)].rstrip() + " …", limit
