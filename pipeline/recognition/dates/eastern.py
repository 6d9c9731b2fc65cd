"""Date texts in Japanese, Korean and Chinese, written with spaces and in forms that the tokens know."""

import re

from pipeline.recognition.dates.date_words import vocabulary

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "r": 2018, "h": 1988, "s": 1925}
_ERA_YEAR = re.compile(
    r"(令和|平成|昭和|大正|(?<![a-z])[RHS](?=\s?\d))\s?(元|\d{1,2})\s?(?=年)", re.IGNORECASE
)
_NUMERALS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_YEAR_IN_NUMERALS = re.compile("[〇零一二三四五六七八九]{4}(?=年)")
_DATE = re.compile(
    r"(?:(?P<year>\d{4})\s?(?:[年년]|\.(?=\s?\d{1,2}\s?[月월])|(?=학))\s?|(?P<next>翌年?))?"
    r"(?:(?P<month>\d{1,2})\s?[月월]\s?(?:(?P<day>\d{1,2})\s?[日일])?|(?P<fiscal>学年度|학년도|年?度)|도)?"
    r"(?!か月|間|간)"
)
_SHORT_YEAR = re.compile(r"(?<!\w)['‘’](\d\d)(?=\s?[.년年])")
_QUARTER = re.compile(r"第?\s?([1-4])(?:/4)?\s?(?:四半期|분기)")
_WEEK = re.compile(r"第?\s?(\d{1,2})(?:\s?週(?!間)|주차)")
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_LONGEST = 6


def is_eastern(text: str) -> bool:
    """Return whether a text contains Japanese, Korean or Chinese characters."""
    return not text.isascii() and _RUN.search(text) is not None


def western(text: str) -> str:
    """Return the text with years, months and days as in ISO 8601, and with a space between all words."""
    text = _YEAR_IN_NUMERALS.sub(lambda match: match[0].translate(_NUMERALS), text)
    text = _SHORT_YEAR.sub(r"20\1", text)
    text = _ERA_YEAR.sub(_common_year, text)
    text = _WEEK.sub(r" W\1 ", _QUARTER.sub(r" Q\1 ", text))
    return _RUN.sub(_with_spaces, _Dates().rewrite(text))


def _common_year(match: re.Match[str]) -> str:
    era, number = match[1].lower(), match[2]
    return str(_ERAS[era] + (1 if number == "元" else int(number)))


class _Dates:
    """Rewrites the dates of a text from left to right; a month without a year has that of the date before it."""

    def __init__(self) -> None:
        self._year = self._month = 0

    def rewrite(self, text: str) -> str:
        return _DATE.sub(self._rewritten, text)

    def _rewritten(self, match: re.Match[str]) -> str:
        year, month, day = (int(match[name] or 0) for name in ("year", "month", "day"))
        if match["next"] and self._year and month:
            year, self._month = self._year + 1, 0
        year = year or (self._year if month >= self._month else 0)
        if not match[0].strip() or not year or not (match["year"] or month):
            return match[0]
        self._year, self._month = year, month
        if match["fiscal"]:
            return f" {year}/{(year + 1) % 100:02} "
        return f" {year}-{month:02}-{day:02} " if day else f" {year}.{month:02} " if month else f" {year} "


def _with_spaces(match: re.Match[str]) -> str:
    """Return a run of characters with its known words apart, the longest first."""
    run, words, start, at = match[0], list[str](), 0, 0
    while at < len(run):
        length = next((n for n in range(_LONGEST, 0, -1) if run[at : at + n] in vocabulary()), 0)
        if length:
            words += filter(None, (run[start:at], run[at : at + length]))
            start = at + length
        at += length or 1
    return " " + " ".join(filter(None, (*words, run[start:]))) + " "
