"""Languages: tags from what people write, detection from a text, and the EU's IRIs for them."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from pipeline.language.text_matching import fold
from pipeline.system.data_files import rows_of

_AUTHORITY = "http://publications.europa.eu/resource/authority/language/"

_TAG = re.compile("([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_IN_BRACKETS = re.compile(r"[(\[].*$", re.DOTALL)

_NOT_DETECTED = {"bs", "nb", "rm"}
_LONGEST_NAME = 100
_SHORTEST = 50
_LEAST_CONFIDENCE = 0.75
_READ = 2_000


@lru_cache(maxsize=4_096)
def language_tag(text: str) -> str | None:
    """Return the BCP 47 tag of the language that a tag, an ISO 639 code or a name stands for, or None.

    Only the language itself is kept, so that "fr-FR" and "fr" are one; a region or script is dropped.
    """
    stated = text.strip()
    if len(stated) > _LONGEST_NAME:
        return None
    if tag := _TAG.fullmatch(stated):
        code = tag[1].lower()
        if known := _tags("code").get(code):
            return known
    return _tags("name").get(fold(_IN_BRACKETS.sub("", stated)))


def language_iri(tag: str) -> str | None:
    """Return the IRI of a language in the EU authority table, or None for a language that is not mapped."""
    code = _authority_codes().get(tag.partition("-")[0].lower())
    return _AUTHORITY + code if code else None


def detect_language(text: str) -> tuple[str, float] | None:
    """Return the tag of the language of a text and how sure that is; None for short or unclear texts.

    Croatian and Serbian in Latin script are too close to be told apart, so neither is claimed.
    """
    if len(text) < _SHORTEST or " " not in text:
        return None
    tag, confidence = _identifier().classify(text[:_READ])
    if confidence < _LEAST_CONFIDENCE or (tag in ("hr", "sr") and not _CYRILLIC.search(text[:_READ])):
        return None
    return str(tag), round(float(confidence), 3)


def most_likely_of(languages: Sequence[str], text: str) -> str:
    """Return the language among some that most words of a text belong to; the first where none does."""
    ranked = (str(tag) for tag, _ in _identifier().rank(text[:_READ]))
    return next((tag for tag in ranked if tag in languages), languages[0])


@cache
def _authority_codes() -> dict[str, str]:
    return {row["tag"]: row["authority"] for row in rows_of(__package__, "languages.csv") if row["authority"]}


@cache
def _tags(kind: str) -> dict[str, str]:
    """Return the tags by code or by name, from language_names.csv, which is made from CLDR and languages.csv."""
    return {
        row["text"]: row["tag"] for row in rows_of(__package__, "language_names.csv") if row["kind"] == kind
    }


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # loads numpy and the model: half a second

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted((_authority_codes().keys() - _NOT_DETECTED) & set(identifier.labels)))
    return identifier
