"""What may have been meant by a date text that cannot be read as it is."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.recognition.dates.date_tokens import DateToken
from pipeline.recognition.dates.date_words import Lexicon, fold

_LOOKALIKES = str.maketrans("oOiIlLsSbBzZ", "001111558822")
_USUAL_YEAR = 2018
_SHORT_DATE = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d\d)(?!\d)")
_FIRST_SERIAL, _LAST_SERIAL = 36526, 55000


def corrections(
    text: str, rest: Sequence[DateToken], tokens: Sequence[DateToken], lexicon: Lexicon
) -> Iterator[tuple[str, float]]:
    """Yield texts that may have been meant, each with a confidence, the likeliest first.

    ``rest`` are the tokens that could not be read, ``tokens`` all of them. Each text still has to be read,
    and may turn out not to be readable either.
    """
    short = _SHORT_DATE.search(text)
    if short:
        day, _, month, year = short.groups()
        yield text[: short.start()] + f"{day}/{month}/20{year}" + text[short.end() :], 0.6
    changes = [(token, *change) for token in rest if (change := _change(token, text, lexicon))]
    if changes:
        corrected = text
        for token, word, _ in reversed(changes):
            corrected = corrected[: token.start] + word + corrected[token.end :]
        yield corrected, min(confidence for *_, confidence in changes)
    yield from _month_and_short_year(text, tokens)


def _change(token: DateToken, text: str, lexicon: Lexicon) -> tuple[str, float] | None:
    word = text[token.start : token.end]
    if token.kind == "W":
        return _near_word(word, lexicon)
    if token.kind == "X" or (token.kind == "n" and word.isdigit()):
        return _near_year(word)
    return None


def _near_word(word: str, lexicon: Lexicon) -> tuple[str, float] | None:
    if len(word) < 4:
        return None
    nearest = process.extractOne(
        fold(word), lexicon.correctable, scorer=OSA.normalized_similarity, score_cutoff=0.75
    )
    return (nearest[0], round(float(nearest[1]) * 0.95, 2)) if nearest else None


def _near_year(word: str) -> tuple[str, float] | None:
    """Return the year that "2O20", "20x5" or "20188" may stand for, or the day a spreadsheet's number is."""
    alike = word.translate(_LOOKALIKES)
    if re.fullmatch(r"(19|20)\d\d", alike):
        return alike, 0.6
    if re.fullmatch(r"(19|20)[\dxX?_*]{2}", alike):
        digits = re.sub(r"\D", "{}", alike)
        years = {int(digits.format(*f"{n:02}"[-digits.count("{}") :])) for n in range(100)}
        return str(min(years, key=lambda year: abs(year - _USUAL_YEAR))), 0.3
    within = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", word)
    if len(within) == 1:
        return within[0], 0.5
    doubled = re.sub(r"(\d)\1", r"\1", word, count=1) if len(word) == 5 else ""
    if re.fullmatch(r"(19|20)\d\d", doubled):
        return doubled, 0.4
    if re.fullmatch(r"\d{5}", word) and _FIRST_SERIAL <= int(word) <= _LAST_SERIAL:
        return (date(1899, 12, 30) + timedelta(days=int(word))).isoformat(), 0.4
    return None


def _month_and_short_year(text: str, tokens: Sequence[DateToken]) -> Iterator[tuple[str, float]]:
    """Yield "January 2018" for "Jan-18", unless a year with four digits is there too."""
    kinds = "".join(token.kind for token in tokens)
    match = re.search("M[-_/,]?N", kinds)
    if match and "Y" not in kinds and "P" not in kinds:
        month, number = tokens[match.start()], tokens[match.end() - 1]
        if number.end - number.start == 2:
            name, year = text[month.start : month.end], text[number.start : number.end]
            yield text[: month.start] + f"{name} 20{year}" + text[number.end :], 0.5
