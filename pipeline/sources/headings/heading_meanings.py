"""Headings: the field that the heading of a column names, its language, and the end of a date that it is for."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from pipeline.language.languages import language_iri, language_tag
from pipeline.language.repair import repair_text
from pipeline.model.fields import TRANSLATED
from pipeline.sources.files.own_headings import own_headings
from pipeline.sources.headings.compound_headings import fields_in_heading, place_heading
from pipeline.sources.headings.heading_forms import meanings_of_abbreviation, without_group
from pipeline.sources.headings.heading_table import WEAK, Meaning, fold_header, meanings_in_table, table_words
from pipeline.sources.headings.questions import is_about_time, meanings_of_question, without_condition

_LONGEST = 500
_EXPLAINED = -1
_REMARK = re.compile(r"[(\[][^()\[\]]*[)\]]\s*[*:]*$|[*:\u2020\u2021\u00b9\u00b2\u00b3\u2070-\u2079]+$")
_NUMBERING = re.compile(
    r"^(?:q(?:uestion)?\s*)?\d{1,3}[a-z]?\s*[.):–_-]+\s*(?=\D)|^[a-z]\)\s+", re.IGNORECASE
)
_NUMBER = re.compile(r"[\s_-]*(?:n[o°º]\.?\s*)?\d{1,2}$")
_TYPE = re.compile(r"(?<=[^\W_])_(?:s|ss|t|txt|str|text|string|i|dt|_c|_r|_pc)$")
"""The type of a field behind its name, as Solr and Salesforce write it: "title_s", "City__c"."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_PLURAL = re.compile(r"(?<=\w)\((?:s|es|e|i|n|en|er|x|os|as)\)")
_WRAPPED = re.compile(r"(?P<around>[^\d()\[\]]{2,40}?)\s*[(\[](?P<own>.+)[)\]]")
_PATTERN = re.compile(
    r"[\s:,]+(?:(?:or|ou|oder|o|lub|of)\s+)?(?=[a-z]*([dmyja])\1)"
    r"[dmyja]{2,4}(?:[-\u2013./ ]+[dmyja]{2,4}){0,2}$",
    re.IGNORECASE,
)
"""The form of a date that a heading asks for: "Start date DD/MM/YYYY"."""
_PART_OF_GROUP = re.compile(r".*[:\[]\s*([^:\[\]]+)\]?\s*")
_SENTENCES = re.compile(r"(?<=[?!;\u061f\uff1f\u3002])\s*|(?<=\w\w[.:)])\s+|\s+[-\u2013\u2014]\s+|\n")
_VAN = re.compile(r"\bv[/.]\s?[dh](?:\b\.?\s*)")
"""The article of Dutch headings in short: "Naam v/d praktijk"."""

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"\s*[/|;\n\u2022\u00b7]\s*|\s+[-\u2013\u2014]\s+|\s*::?\s+|::")
_QUALIFIED_LAST = re.compile(
    r"(?P<base>.+?)(?P<between>[\s_:.@|/,(\[\u2013\u2014-]+)(?:(?:in|en|em|auf|på|po|op het|in het|in lingua)\s+)?"
    r"(?P<word>[^\W\d_]{2,20}(?:[-_][A-Za-z]{2,4})?)[)\]\s]*\*?"
)
_QUALIFIED_FIRST = re.compile(r"(?P<word>[^\W\d_]{2,20})(?P<between>[\s_:.@-]+)(?P<base>.+)")
_MOST_PARTS = 6
_LONGEST_CODE = 3


def meanings_of(header: str) -> tuple[Meaning, ...]:
    """Return what a heading may stand for, the likeliest first; nothing where that is not known."""
    if len(header) > _LONGEST:
        return ()
    own = own_headings()
    if own and (explained := own.get(fold_header(header))) is not None:
        return tuple(replace(each, rank=_EXPLAINED) for each in _meanings(explained)[:1]) if explained else ()
    return _meanings(header)


def is_left_out(header: str) -> bool:
    """Return whether a corrections file says that a column headed so is to be left out."""
    own = own_headings()
    return bool(own) and len(header) <= _LONGEST and own.get(fold_header(header)) == ""


def field_of(header: str) -> str | None:
    """Return the field that a column of this name holds, or None."""
    return next((meaning.field for meaning in meanings_of(header)), None)


@lru_cache(maxsize=8192)
def _meanings(header: str) -> tuple[Meaning, ...]:
    if place := place_heading(header):
        return _country_of_group(header) or place
    for form in _forms(header):
        meanings = _of_table(form) or _of_qualified(form)
        if meanings:
            return meanings
    first, _, rest = header.strip().partition("\n")
    shorter = first if rest else without_group(header.strip()) or _unbroken(header)
    ways = (_of_question, _of_several) if "?" in header else (_of_several, _of_question)
    meanings = next(filter(None, (way(header) for way in ways)), ())
    meanings = meanings or _of_sentences(header) or _before_clause(header)
    return meanings or (_meanings(shorter) if shorter else ()) or meanings_of_abbreviation(header)


def _country_of_group(header: str) -> tuple[Meaning, ...]:
    """Return the country that the second part of a group's heading asks for: "Location: [Country]"."""
    part = _PART_OF_GROUP.fullmatch(header)
    return tuple(meaning for meaning in _of_table(part[1]) if meaning.field == "country") if part else ()


def _before_clause(header: str) -> tuple[Meaning, ...]:
    """Return what the words before a clause name: "City or municipality where it was implemented"."""
    words = header.split()
    at = next((n for n, word in enumerate(words[1:-1], 1) if fold_header(word) in table_words("where")), 0)
    named = " ".join(words[:at])
    return _of_table(named) or _of_several(named) if at else ()


def _of_sentences(header: str) -> tuple[Meaning, ...]:
    """Return what the first sentence asks for that is understood: "Is it still active? If not, when did it end?".

    One that begins with "if so" or "if not" depends on the sentence before it. It asks for a date if both are about
    the time, else for something that not every practice has.
    """
    sentences = [each for each in _SENTENCES.split(header.strip()) if each]
    for before, sentence in pairwise(("", *sentences)) if 2 <= len(sentences) <= _MOST_PARTS else ():
        question = without_condition(sentence)
        meanings = next(
            (named for form in _forms(question) if (named := _of_table(form) or meanings_of_question(form))),
            (),
        )
        if question == sentence and meanings and not (before and _of_table(sentence.rstrip("?. "))):
            return meanings  # of "Budget. Year?" nobody knows what the year is
        if meanings and meanings[0].field == "date" and is_about_time(before):
            return (replace(meanings[0], part=meanings[0].part or "end"),)
    return ()


def _unbroken(header: str) -> str:
    """Return a heading that a wrong encoding has broken as it was meant, nothing for another one."""
    fixed = header if header.isascii() else repair_text(header)
    return fixed if fixed != header else ""


def _of_question(header: str) -> tuple[Meaning, ...]:
    """Return the field that a question asks for, as it is or without its remark and number."""
    return next((meanings for form in _forms(header) if (meanings := meanings_of_question(form))), ())


def _forms(header: str) -> Iterator[str]:
    """Yield a heading without what is around it, then without numbering, remark, humps and number."""
    form = _unwrap(_VAN.sub("van ", _TAG.sub(" ", header)).strip())
    yield form
    if (plain := _PLURAL.sub("", form.removeprefix("*"))) != form:
        form = plain
        yield form
    for pattern, put in (
        (_TYPE, ""),
        (_NUMBERING, ""),
        (_PATTERN, ""),
        (_PATTERN, ""),
        (_REMARK, ""),
        (_HUMP, " "),
        (_NUMBER, ""),
    ):
        shorter = pattern.sub(put, form).strip()
        if shorter != form:
            form = shorter
            yield form


def _unwrap(header: str) -> str:
    """Return the heading within what a program writes around it: "Country" of "Custom field (Country)"."""
    wrapped = _WRAPPED.fullmatch(header)
    is_wrapped = wrapped is not None and fold_header(wrapped["around"]) in table_words("wrapper")
    return wrapped["own"].strip() if wrapped and is_wrapped else header


def _of_table(text: str) -> tuple[Meaning, ...]:
    """Return what the headings of the table say; a name that a program marks by an underscore yields to others."""
    by_field: dict[tuple[str, str], Meaning] = {}
    for _, meaning in meanings_in_table(fold_header(text)):
        before = by_field.get((meaning.field, meaning.part))
        if before is None or meaning.rank < before.rank:
            by_field[meaning.field, meaning.part] = meaning
    if text.startswith("_"):
        return tuple(replace(meaning, rank=meaning.rank + WEAK) for meaning in by_field.values())
    return tuple(by_field.values())


def _of_qualified(text: str) -> tuple[Meaning, ...]:
    """Return the meaning of headings such as ``title_fr``, ``Title (FR)``, ``French title`` and ``Period (from)``."""
    last = _QUALIFIED_LAST.fullmatch(text)
    is_number = last is not None and not last["between"].strip() and last["word"].lower() == "no"
    if last and not is_number and (meanings := _with_word(last["base"], last["word"])):
        return meanings
    first = _QUALIFIED_FIRST.fullmatch(text)
    if first and (len(first["word"]) > 3 or first["between"].strip()):
        return _with_word(first["base"], first["word"])
    return ()


def _with_word(base: str, word: str) -> tuple[Meaning, ...]:
    """Return the meaning of a heading with the name of a language, or with "from" or "to" for a date."""
    meanings = [meaning for meaning in _of_table(base) if meaning.field in TRANSLATED]
    if len(word) > _LONGEST_CODE and (
        not meanings or meanings[0].rank >= WEAK
    ):  # the code "it" ends questions, too
        asked = (meaning for meaning in meanings_of_question(base) if meaning.field in TRANSLATED)
        meanings = [
            meaning for meaning in asked if not meanings or meaning.field == meanings[0].field
        ] or meanings
    if not meanings:
        return ()
    if meanings[0].field == "date" and (ends := [meaning for meaning in _of_table(word) if meaning.part]):
        is_both = meanings[0].part not in ("", ends[0].part)
        return (replace(meanings[0], part="" if is_both else ends[0].part),)
    is_loose = meanings[0].rank >= WEAK or meanings[0].field == "date"
    if is_loose and len(word) > _LONGEST_CODE:
        return ()  # rather a text than a heading, and the names of languages take long to load
    tag = language_tag(word)
    if tag is None or language_iri(tag) is None:
        return ()
    return tuple(replace(meaning, language=tag) for meaning in meanings)


def _of_several(header: str) -> tuple[Meaning, ...]:
    """Return the one meaning of the parts of ``Title / Titre``, or of the last part of a path, ``group/title``."""
    parts = _alternatives(header) or _BETWEEN.split(header.strip())
    if not 2 <= len(parts) <= _MOST_PARTS:
        return ()
    meanings = [
        next((several for form in _forms(part) if (several := _of_table(form) or _of_qualified(form))), ())
        for part in parts
    ]
    known = [several[0] for several in meanings if several]
    last = meanings[-1][0].field if meanings[-1] else None
    strong = [meaning for meaning in known if meaning.rank < WEAK] or known
    if last is not None and meanings[-1][0] not in strong and fields_in_heading(header):
        return ()  # "Date / Lieu": no path, whose last part says what it is
    if {meaning.part for meaning in known} == {"start", "end"}:
        return (replace(known[0], part=""),)  # "Period from – to"
    ends = {meaning.part for meaning in strong} - {""}
    if len({meaning.field for meaning in strong}) != 1 or len(ends) > 1:
        return ()
    if len(known) * 2 < len(parts) and not meanings[-1]:
        return ()
    likeliest = min(strong, key=lambda meaning: meaning.rank)
    return (replace(likeliest, part=ends.pop() if ends else ""),)  # "dates/started" is a start


def _alternatives(header: str) -> list[str]:
    """Return the two names of a heading such as "City or town", nothing for other headings."""
    words = header.split()
    at = next((n for n, word in enumerate(words) if word.lower() in table_words("or")), 0)
    parts = [" ".join(words[:at]), " ".join(words[at + 1 :])] if 0 < at < len(words) - 1 else []
    fields = [{meaning.field for meaning in _of_table(part)} for part in parts]
    return parts if fields and fields[0] & fields[1] else []  # in English, "of" is no "or"
