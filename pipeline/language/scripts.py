"""Scripts: the languages that a text may be in by the letters it is written with."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from unicodedata import name

from pipeline.language.languages import most_likely_of
from pipeline.system.data_files import rows_of

_READ = 200
_LATIN = re.compile("[A-Za-z\u00aa-\u024f\u1e00-\u1eff]")
_LANGUAGES = {row["script"]: tuple(row["languages"].split()) for row in rows_of(__package__, "scripts.csv")}
"""First word of a letter's name in Unicode → the languages written so."""

_TELLING = [(set(row["letters"]), row["language"]) for row in rows_of(__package__, "telling_letters.csv")]
"""Letters that only one of the languages of a script has, those that tell most first."""


@lru_cache(maxsize=4096)
def script_languages(text: str) -> tuple[str, ...]:
    """Return the languages of the script that most letters of a text are in; nothing for Latin letters."""
    if text.isascii():
        return ()
    letters = [letter for letter in text[:_READ] if letter.isalpha()]
    scripts = Counter(name(letter, "").partition(" ")[0] for letter in letters if not _LATIN.match(letter))
    known = Counter({script: scripts[script] for script in scripts if script in _LANGUAGES})
    if not known or known.total() * 2 < len(letters):
        return ()
    if known["HIRAGANA"] + known["KATAKANA"]:
        return ("ja",)
    return _LANGUAGES[max(known, key=known.__getitem__)]


def can_be_in(text: str, language: str) -> bool:
    """Return whether a text can be in a language by its letters: none in another script is in a Latin-written one."""
    if not script_languages(text):
        return True
    from babel.core import get_global  # loaded where it is used: most texts are in Latin letters

    primary = language.partition("-")[0]
    return "_Latn" not in str(get_global("likely_subtags").get(primary, ""))


def language_by_script(text: str, spoken: Iterable[str]) -> str | None:
    """Return the language that the letters of a text show; None if they are Latin.

    Where several languages share a script, a letter of one of them decides, then the languages ``spoken`` in
    the country of the text, then the words.
    """
    candidates = script_languages(text)
    if len(candidates) < 2:
        return next(iter(candidates), None)
    languages = (
        language for letters, language in _TELLING if language in candidates and not letters.isdisjoint(text)
    )
    here = (language for language in spoken if language in candidates)
    return next(languages, None) or next(here, None) or most_likely_of(candidates, text)


@cache
def alphabet(language: str) -> frozenset[str]:
    """Return the letters of a language beyond ASCII, small and capital; none where they are not listed."""
    letters = _alphabets().get(language, "")
    return frozenset(letters + letters.upper())


@cache
def _alphabets() -> dict[str, str]:
    return {row["language"]: row["letters"] for row in rows_of(__package__, "alphabets.csv")}
