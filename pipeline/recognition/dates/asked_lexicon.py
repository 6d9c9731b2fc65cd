"""A lexicon without a language that records its look-ups, to see whether languages make a difference to a text."""

from functools import cached_property

from pipeline.recognition.dates.date_words import Inflected, Lexicon, Meaning


class AskedLexicon(Lexicon):
    """Answers as a lexicon without languages does, and notes its answers.

    A text has the same reading under another lexicon that gives the same answers.
    """

    def __init__(self) -> None:
        super().__init__()
        self._looked_up: dict[str, Meaning | None] = {}
        self._inflected: dict[str, Inflected | None] = {}
        self._endings: dict[tuple[str, bool], str | None] = {}
        self._is_corrected = False

    def look_up(self, word: str) -> Meaning | None:
        """Return what a word or phrase means, and note it."""
        meaning = self._looked_up[word] = super().look_up(word)
        return meaning

    def inflected(self, word: str) -> Inflected | None:
        """Return what an inflected word means, and note it."""
        meaning = self._inflected[word] = super().inflected(word)
        return meaning

    def number_ending(self, text: str, *, is_year: bool) -> str | None:
        """Return what is tied to a number, and note it."""
        ending = self._endings[text, is_year] = super().number_ending(text, is_year=is_year)
        return ending

    @cached_property
    def correctable(self) -> tuple[str, ...]:
        """Return the words that a misspelt word may stand for, which other languages have others of."""
        self._is_corrected = True
        return super().correctable

    def agrees(self, other: Lexicon) -> bool:
        """Return whether another lexicon gives the same answers."""
        return (
            not self._is_corrected
            and all(other.look_up(word) == answer for word, answer in self._looked_up.items())
            and all(other.inflected(word) == answer for word, answer in self._inflected.items())
            and all(
                other.number_ending(text, is_year=is_year) == answer
                for (text, is_year), answer in self._endings.items()
            )
        )
