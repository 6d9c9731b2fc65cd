"""Speaking: sentences in the languages of their readers, by a catalogue of translations for each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from pipeline.findings.messages import Sentence, Value, Wording, fill, say
from pipeline.model.finding import Finding, Place

SPOKEN = {
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
}
"""The languages of findings and reports, each with its own name."""

_FOLDER = files("pipeline").joinpath("translations")
_GROUPED_BY = {"en": ",", "fr": "\u202f", "de": ".", "es": "\u202f", "it": ".", "pt": "\u202f"}


def in_language(text: str, language: str) -> str:
    """Return a sentence in a language, in English as a whole where a part of it is not translated.

    What is returned is a sentence still: its template is the English one, its values are those of the language.
    A text that is no sentence comes back as it is.
    """
    if language == "en" or not isinstance(text, Sentence | Wording):
        return text
    return _translate(text, language) or text


def translate_finding(finding: Finding, language: str) -> Finding:
    """Return the finding with its message, and the name that it suggests, in a language."""
    if language == "en":
        return finding
    suggestion = finding.suggestion
    if suggestion is not None:
        suggestion = replace(suggestion, value=in_language(suggestion.value, language))
    return replace(finding, message=in_language(finding.message, language), suggestion=suggestion)


def translate_findings(findings: Iterable[Finding], language: str) -> Iterable[Finding]:
    """Return findings with their messages in a language."""
    return findings if language == "en" else (translate_finding(finding, language) for finding in findings)


def place_in(place: Place, language: str) -> str:
    """Return a place as people read it in a language: ``practices.csv, row 17, column "date"``."""
    return ", ".join((place.file, *(in_language(part, language) for part in place_parts(place))))


def place_parts(place: Place) -> Iterator[Sentence]:
    """Yield where in its file a place is, from the whole to the part."""
    if place.sheet is not None:
        yield say('sheet "{name}"', name=place.sheet)
    if place.row is not None:
        yield say("row {row}", row=str(place.row))
    if place.line is not None:
        yield say("line {line}", line=str(place.line))
    if place.pointer is not None:
        yield say("at {pointer}", pointer=place.pointer or "/")
    if isinstance(place.column, str):
        yield say('column "{name}"', name=place.column)
    elif place.column is not None:
        yield say("column {column}", column=str(place.column))


def _translate(text: Sentence | Wording, language: str) -> str | None:
    """Return the text in a language, or None if a part of it is not there in that language."""
    if isinstance(text, Wording):
        return text.in_language(language)
    template = _template(text, language)
    values: dict[str, Value] = {}
    for name, value in text.values.items():
        said = _value(value, language)
        if said is None:
            return None
        values[name] = said
    if template is None:
        return None
    filled = fill(template, {name: str(value) for name, value in values.items()})
    return Sentence(filled, text.templates, values, text.number)


def _value(value: Value, language: str) -> str | None:
    match value:
        case Sentence() | Wording():
            return _translate(value, language)
        case int():
            return f"{value:,}".replace(",", _GROUPED_BY[language])
        case Place():
            return place_in(value, language)
        case tuple():
            several = [_value(each, language) for each in value]
            return None if None in several else ", ".join(filter(None, several))
    return value


def _template(sentence: Sentence, language: str) -> str | None:
    one = sentence.templates[0]
    if not _is_translated(one):
        return one
    known = catalogue(language)
    if sentence.number is None:
        return known.gettext(one) or None
    several = sentence.templates[1]
    return known.ngettext(one, several, sentence.number) or None


@cache
def _is_translated(template: str) -> bool:
    """Return whether a template has words or quotation marks beside its holes, which differ between languages."""
    return any(character.isalpha() or character == "“" for character in fill(template, defaultdict(str)))


@cache
def catalogue(language: str) -> GNUTranslations:
    """Return the translations into a language other than English; what it lacks it gives as an empty text."""
    with _FOLDER.joinpath(f"{language}.mo").open("rb") as file:
        translations = GNUTranslations(file)
    translations.add_fallback(_EmptyTranslations())
    return translations


class _EmptyTranslations(NullTranslations):
    """Tells a sentence without a translation from one that reads the same in both languages."""

    def gettext(self, message: str) -> str:
        return ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return ""
