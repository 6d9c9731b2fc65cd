"""The reading of a date text: one period from all that the text says, and everything doubtful about it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.findings.messages import say
from pipeline.model.finding import Severity, Suggestion
from pipeline.model.practice import Period
from pipeline.recognition.dates.date_combination import combine
from pipeline.recognition.dates.date_grammar import HANGING, Utterance, utter
from pipeline.recognition.dates.date_merge import with_unknown_end
from pipeline.recognition.dates.date_remains import (
    FIRST_YEAR,
    out_of_range,
    place_among,
    set_comments_aside,
    unread,
    year_out_of_range,
)
from pipeline.recognition.dates.date_tokens import Context, DateToken
from pipeline.recognition.dates.date_words import Lexicon, RecordingLexicon, fold, lexicon, no_date
from pipeline.recognition.dates.eastern import is_eastern, western
from pipeline.recognition.dates.edtf import period_in_words
from pipeline.recognition.dates.extents import Doubt, doubt
from pipeline.recognition.dates.near_misses import corrections
from pipeline.recognition.dates.neighbours import tokenise

LONGEST_TEXT = 400
_LONGEST_QUOTE = 120
_DIGIT = re.compile(r"\d")
_OTHER_CALENDAR = re.compile("[\u0e00-\u0e7f]")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2})([/.-])([^\W\d_]{3,20})\.?\2(\d\d)(?!\d)")
"""A day, the name of a month, and two figures of the year: "01-Mar-18"."""
_DECIMAL_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d),0+(?!\d)")
_END_STATED = re.compile(
    r"(?P<start>.*\d.*?)\s*(?:\s[-\u2010-\u2015/]\s|[\u2010-\u2015])\s*(?P<end>[^\d]{1,40})", re.DOTALL
)
_VIOLATIONS = frozenset({"end-before-start", "year-out-of-range"})


@dataclass(frozen=True, slots=True)
class DateProblem:
    """One thing that is wrong or doubtful in a date text; the message is a sentence that quotes the text."""

    severity: Severity
    code: str
    message: str
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a date text says.

    ``place_text`` is a name next to the date or in place of it. ``detail``
    grows with what the reading says: a year beats nothing, a stated open end a bare year, a month a year, a
    day a month.
    """

    period: Period | None
    problems: tuple[DateProblem, ...] = ()
    place_text: str | None = None
    detail: int = 0


def period_of_year(year: int) -> Period:
    """Return the period of one whole year."""
    return Period(start=f"{year:04}", end=f"{year:04}", ongoing=False, edtf=f"{year:04}", years=(year,))


def read_date(
    text: str, latest_year: int, languages: tuple[str, ...] = (), *, month_first: bool = False
) -> DateReading:
    """Return what the date text says; years from 1900 to ``latest_year`` are taken for years.

    ``languages`` are those it may be written in, the likeliest first; they decide about words that mean different
    things in different languages. ``month_first`` says how to read 04/05/2019. A text that says there is no date
    ("N/A", an empty one) has neither a period nor a problem. With an end before the start, or with a year out of
    range, there is no period, only the violation.
    """
    if len(text) > LONGEST_TEXT:
        too_long = doubt("date-not-understood/too-long", number=len(text))
        return DateReading(None, (_problem(text, too_long),))
    return _read(text, latest_year, languages, month_first)


@lru_cache(maxsize=8192)
def _read(text: str, latest_year: int, languages: tuple[str, ...], month_first: bool) -> DateReading:
    """Return the reading in no language, which most texts have in all of them, else that in these languages."""
    reading, asked = _read_without_languages(text, latest_year, month_first)
    own = lexicon(languages)
    return reading if asked.agrees(own) else _read_with(text, own, latest_year, month_first)


@lru_cache(maxsize=8192)
def _read_without_languages(
    text: str, latest_year: int, month_first: bool
) -> tuple[DateReading, RecordingLexicon]:
    asked = RecordingLexicon()
    return _read_with(text, asked, latest_year, month_first), asked


def _read_with(text: str, words: Lexicon, latest_year: int, month_first: bool) -> DateReading:
    clean = _clean(text)
    if len(clean) == 4 and clean.isascii() and clean.isdigit() and FIRST_YEAR <= int(clean) <= latest_year:
        return DateReading(period_of_year(int(clean)), detail=10)
    if clean in ("/..", "../.."):
        return DateReading(Period(ongoing=True, edtf="/.."), detail=1)
    if says_no_date(clean):
        return DateReading(None)
    if (parts := _END_STATED.fullmatch(clean)) and says_no_date(parts["end"]):
        reading = _read_with(parts["start"], words, latest_year, month_first)
        return replace(reading, period=with_unknown_end(reading.period) if reading.period else None)
    readable = clean if clean.isascii() else _DIGIT.sub(lambda digit: str(int(digit[0])), clean)
    readable = _SHORT_YEAR.sub(r"\1 \3 '\4", _DECIMAL_YEAR.sub(r"\1", readable))
    readable = western(readable) if is_eastern(readable) else readable
    return _Judge(clean, readable, Context(words, latest_year, month_first)).reading()


def says_no_date(text: str) -> bool:
    """Return whether a whole text says that there is no date, or that nobody knows it: "n/a", "—", "tbc"."""
    return not any(map(str.isalnum, text)) or not {fold(text), fold(text).rstrip(" .")}.isdisjoint(no_date())


def _clean(text: str) -> str:
    """Return the text in NFC, without direction marks and the like, control characters made into spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(_visible(c) for c in text)
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _visible(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return "" if unicodedata.category(character) == "Cf" else " "


class _Judge:
    """The reading of one text: ``quoted`` as it was written, ``text`` in the form that the tokens know."""

    def __init__(self, quoted: str, text: str, context: Context) -> None:
        self._quoted, self._text, self._context = quoted, text, context
        self._tokens = tokenise(text, context)

    def reading(self) -> DateReading:
        """Return the period that the text states and all that is doubtful about it."""
        utterance, latest_year = utter(self._tokens), self._context.latest_year
        doubts = list(set_comments_aside(utterance, latest_year))
        loose = _loose(utterance)
        outside = out_of_range(utterance.statements, latest_year)
        if (outside and _OTHER_CALENDAR.search(self._text)) or any(
            token.kind == "E" for token in self._tokens
        ):
            utterance.statements = [s for s in utterance.statements if s not in outside]
            if not utterance.statements:
                return self._unread(doubt("date-not-understood/calendar"))
            outside = []
        if outside and not loose:
            return self._unread(year_out_of_range(latest_year))
        utterance.statements = [s for s in utterance.statements if s not in outside]
        contradictions = [d for s in utterance.statements for d in s.doubts if d.code in _VIOLATIONS]
        if contradictions:
            return self._unread(contradictions[0])
        return self._reading(utterance, doubts, loose)

    def _unread(self, doubt: Doubt) -> DateReading:
        return DateReading(None, (_problem(self._quoted, doubt),))

    def _reading(self, utterance: Utterance, doubts: list[Doubt], loose: list[DateToken]) -> DateReading:
        place = place_among(self._text, self._tokens, [token for token, _ in utterance.rest])
        open_questions = bool(loose) and not place
        meant = self._suggestion(loose) if loose else None
        period, more = combine(utterance, loose=open_questions and not (meant and meant.value[-1:] != "."))
        doubts.extend(more)
        if period is None and not loose:
            meant = self._suggestion(loose)
        if period is None and not more:
            doubts.append(
                doubt("date-only-place", place=place) if place and not meant else unread(utterance, loose)
            )
        elif meant or open_questions:
            doubts.append(_partly_read(period, meant))
        return _reading(self._quoted, period, doubts, meant, None if meant else place)

    def _suggestion(self, rest: Sequence[DateToken]) -> Suggestion | None:
        """Return the date that is probably meant, as EDTF: the first correction without doubts."""
        for corrected, confidence in corrections(self._text, rest, self._tokens, self._context.lexicon):
            period = _certain_period(corrected, self._context)
            if period and period.edtf:
                return Suggestion(period.edtf, confidence)
        return None


def _loose(utterance: Utterance) -> list[DateToken]:
    """Return the tokens outside comments that were not understood; an ongoing date needs no joining word."""
    goes_on = "o" in utterance.marks or any(s.shape == "open" for s in utterance.statements)
    ignored = ("MNO" if "r" in utterance.marks else "") + ("".join(HANGING) if goes_on else "")
    return [token for token, depth in utterance.rest if not depth and token.kind not in ignored]


def _certain_period(text: str, context: Context) -> Period | None:
    """Return the period of a text if every word outside parentheses is understood, else None."""
    utterance = utter(tokenise(text, context))
    doubts = [
        *set_comments_aside(utterance, context.latest_year),
        *(d for s in utterance.statements for d in s.doubts),
    ]
    if doubts or _loose(utterance) or out_of_range(utterance.statements, context.latest_year):
        return None
    period, more = combine(utterance, loose=False)
    return None if more else period


def _partly_read(period: Period | None, meant: Suggestion | None) -> Doubt:
    read = period_in_words(period) if period else say("nothing")
    return doubt("date-not-understood/spelling" if meant else "date-uncertain/more", period=read)


def _reading(
    text: str, period: Period | None, doubts: Sequence[Doubt], meant: Suggestion | None, place: str | None
) -> DateReading:
    problems = dict[str, DateProblem]()
    for each in doubts:
        suggested = meant if each.code == "date-not-understood" else None
        problems.setdefault(each.code, _problem(text, each, suggested))
    if "date-not-understood" in problems:
        problems.pop("date-uncertain", None)
    return DateReading(period, tuple(problems.values()), place, _detail(period))


def _problem(text: str, doubt: Doubt, meant: Suggestion | None = None) -> DateProblem:
    quoted = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
    quoted = " ".join("".join(c if c.isprintable() else " " for c in quoted).split())
    suggestion = Suggestion(doubt.suggestion, doubt.confidence) if doubt.suggestion else meant
    severity = Severity.VIOLATION if doubt.code in _VIOLATIONS else Severity.WARNING
    message = say('The date text "{text}" {doubt}.', text=quoted, doubt=doubt.sentence)
    return DateProblem(severity, doubt.code, message, suggestion)


def _detail(period: Period | None) -> int:
    if period is None:
        return 0
    finest = max(len(period.start or ""), len(period.end or ""))
    precision = {0: 1, 4: 10, 7: 20, 10: 30}[finest]
    return precision + (5 if finest and (period.ongoing or period.start != period.end) else 0)
