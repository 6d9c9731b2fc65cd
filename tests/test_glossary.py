"""The French pages use the terms of the glossary."""

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

import locations
import pytest
from babel.messages.pofile import read_po

_CATALOGUE = locations.ROOT / "endpoint/translations/fr/LC_MESSAGES/messages.po"
_NO_WORDS = re.compile(r"<code>.*?</code>|<[^>]+>|%\(\w+\)s|\b[A-Z]{2,}\b")


class Term(NamedTuple):
    english: str
    french: str
    french_stem: str
    avoid: str
    meaning: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the English term in the singular or the plural."""
        stem = self.english.removesuffix("y")
        ending = "(?:y|ies)" if self.english.endswith("y") else "(?:e?s)?"
        return re.compile(rf"\b{stem}{ending}\b", re.IGNORECASE)


def terms() -> list[Term]:
    with (locations.ROOT / "docs/glossary.csv").open(encoding="utf-8", newline="") as file:
        return [Term(**row) for row in csv.DictReader(file)]


def translated() -> Iterator[tuple[str, str]]:
    """Yield each English text of the pages with each form of its translation, without markup."""
    with _CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    for message in messages:
        english = message.id if isinstance(message.id, str) else message.id[0]
        forms = [message.string] if isinstance(message.string, str) else message.string
        for form in forms:
            yield _NO_WORDS.sub(" ", english), _NO_WORDS.sub(" ", str(form))


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.english)
def test_a_term_has_one_translation(term: Term) -> None:
    used = [(english, french) for english, french in translated() if term.pattern.search(english)]
    expected = re.compile(rf"\b(?:{term.french_stem})\b", re.IGNORECASE)

    assert used, "no page uses the term"
    assert [pair for pair in used if not expected.search(pair[1])] == []
    assert expected.search(term.french)


@pytest.mark.parametrize("term", [term for term in terms() if term.avoid], ids=lambda term: term.avoid)
def test_another_translation_is_not_used(term: Term) -> None:
    avoided = re.compile(rf"\b(?:{term.avoid})\b", re.IGNORECASE)

    assert [pair for pair in translated() if avoided.search(pair[1])] == []
