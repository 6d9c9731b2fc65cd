"""Periods as Extended Date/Time Format (ISO 8601-2, level 1) and as people say them."""

import re

from pipeline.findings.messages import Wording
from pipeline.model.practice import Period
from pipeline.system.data_files import tables_of

OPEN = ".."
UNKNOWN = ""
_DAY = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?[?~%]?|\d{4}-2[1-4]"
LEVEL_1 = re.compile(rf"\d{{3}}X|{_DAY}|(?:\.\.|{_DAY})?/(?:\.\.|{_DAY})?")
"""The part of EDTF level 1 that periods use: dates, seasons, decades, intervals open or unknown at an end."""

_PHRASES = tables_of(__package__, "period_phrases.toml")


def interval(start: str, end: str) -> str:
    """Return two EDTF dates, ``OPEN`` or ``UNKNOWN`` among them, as an EDTF interval."""
    return f"{start}/{end}"


def describe_period(period: Period, lang: str) -> str:
    """Return the period in words, in English or French (any other language gets English).

    A practice that continues although an end is stated has only the year of its start ("since 2014"): the
    stated end was either only planned or has passed, and the date text itself is beside it.
    """
    lang = lang if lang in _PHRASES else "en"
    start, end = ends(period)
    if not start and not end:
        return str(_PHRASES[lang]["ongoing"]) if period.ongoing else ""
    if not start:
        return _say("ongoing until" if period.ongoing else "until", end, lang)
    if period.ongoing and end == start:
        return _say("moment ongoing", start, lang)
    if period.ongoing:
        return _say("since", start[:4] if end else start, lang)
    if not end:
        return _say("start", start, lang)
    return _point(start, lang) if start == end else _span(start, end, lang)


def period_in_words(period: Period) -> Wording:
    """Return the period in words, in every language in which it can be said."""
    return Wording({language: describe_period(period, language) for language in _PHRASES})


def ends(period: Period) -> tuple[str, str]:
    """Return the EDTF dates at both ends, an empty text for an end that is open or unknown."""
    edtf = period.edtf or interval(period.start or UNKNOWN, period.end or UNKNOWN)
    start, slash, end = edtf.partition("/")
    return start.removeprefix(OPEN), end.removeprefix(OPEN) if slash else start


def _say(phrase: str, edtf: str, lang: str) -> str:
    """Return the phrase with the date in it, in its form for a day or a vowel where it has one."""
    point = _point(edtf, lang)
    form = "day" if edtf.count("-") == 2 else "vowel" if point[0] in "aoé" else ""
    phrases = _PHRASES[lang]
    return str(phrases.get(f"{phrase} {form}", phrases[phrase])).format(point)


def _point(edtf: str, lang: str) -> str:
    phrases = _PHRASES[lang]
    if edtf.endswith("X"):
        return str(phrases["decade"]).format(edtf[:3] + "0")
    if edtf[-1:] in ("~", "?", "%"):
        return str(phrases[edtf[-1]]).format(_point(edtf[:-1], lang))
    year, month, day = (*edtf.split("-"), "", "")[:3]
    if not month:
        return year
    if int(month) > 12:
        return f"{phrases['seasons'][int(month) - 21]} {year}"
    return " ".join(filter(None, (_day(day, lang), phrases["months"][int(month) - 1], year)))


def _day(day: str, lang: str) -> str:
    if not day:
        return ""
    return "1er" if lang == "fr" and day == "01" else str(int(day))


def _span(start: str, end: str, lang: str) -> str:
    """Return both ends with a dash; what they share is written once: "9–10 June 2016"."""
    first, last = _point(start, lang), _point(end, lang)
    if start[:4] == end[:4] and len(start) == len(end) == 10 and start[:7] == end[:7]:
        return f"{_day(start[8:], lang)}–{last}"
    if start[:4] == end[:4] and len(start) > 4 and first.endswith(f" {start[:4]}"):
        first = first.removesuffix(f" {start[:4]}")
    return f"{first}–{last}" if len(start) == len(end) == 4 else f"{first} – {last}"
