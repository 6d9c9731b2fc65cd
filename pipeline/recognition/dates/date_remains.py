"""What is left of a date text after its date: years in a comment, a place, words that cannot be read."""

from collections.abc import Iterator, Sequence

from pipeline.recognition.dates.date_grammar import HANGING, Statement, Utterance
from pipeline.recognition.dates.date_tokens import DateToken
from pipeline.recognition.dates.date_words import fold
from pipeline.recognition.dates.extents import Doubt, doubt
from pipeline.recognition.dates.moments import Extent, Moment

FIRST_YEAR = 1900
_ARTICLES = frozenset(["the", "la", "le", "les", "l", "el", "los", "las", "il", "lo"])


def set_comments_aside(utterance: Utterance, latest_year: int) -> Iterator[Doubt]:
    """Take the dates out that are in a comment in parentheses ("2018 (see the report of 2020)")."""
    if all(s.depth for s in utterance.statements):
        return
    inside = [s for s in utterance.statements if s.depth]
    outside = [s for s in utterance.statements if not s.depth]
    comment = any(depth for _, depth in utterance.rest)
    aside = [s for s in inside if comment and s.shape in ("moment", "span", "end")] or out_of_range(
        inside, latest_year
    )
    if aside:
        utterance.statements = [s for s in utterance.statements if s not in aside]
        if all(any(_lies_in(s.extent, other) for other in outside) for s in aside):
            return
        yield doubt("date-uncertain/comment")


def _lies_in(extent: Extent, statement: Statement) -> bool:
    """Return whether a date in a comment is about a part of the period ("2018-2022 (paused in 2020)")."""
    first, last = statement.extent
    return extent.first.earliest >= first.earliest and (
        statement.shape == "open" or extent.last.latest <= last.latest
    )


def out_of_range(statements: Sequence[Statement], latest_year: int) -> list[Statement]:
    """Return the statements that name a year before 1900 or after ``latest_year``."""
    return [s for s in statements if any(_is_outside(moment, latest_year) for moment in s.extent)]


def year_out_of_range(latest_year: int) -> Doubt:
    """Return the doubt about a year before 1900 or after ``latest_year``."""
    return doubt("year-out-of-range", first=str(FIRST_YEAR), last=str(latest_year))


def _is_outside(moment: Moment, latest_year: int) -> bool:
    return moment.year < FIRST_YEAR or moment.last_year > latest_year


def place_among(text: str, tokens: Sequence[DateToken], rest: Sequence[DateToken]) -> str | None:
    """Return the words of the rest where they stand together and are written as names are, else None."""
    names = [token for token in rest if token.kind not in HANGING]
    if not names or any(token.kind != "W" or not text[token.start].isupper() for token in names):
        return None
    first, last = tokens.index(names[0]), tokens.index(names[-1])
    if any(token.kind not in "Wpai,-f" for token in tokens[first:last]):
        return None
    if any(token not in tokens[first:last] for token in rest if token.kind in HANGING):
        return None
    before = tokens[first - 1] if first else None
    if before and text[before.start].isupper() and fold(text[before.start : before.end]) in _ARTICLES:
        first -= 1
    return text[tokens[first].start : names[-1].end]


def unread(utterance: Utterance, loose: Sequence[DateToken]) -> Doubt:
    """Return the doubt about a text from which no period could be read."""
    marks = {token.kind for token in loose}
    if "L" in utterance.marks and not marks & set("WXn"):
        return doubt("date-not-understood/length")
    if "M" in marks:
        return doubt("date-not-understood/month")
    is_over = "x" in utterance.marks and not marks
    return doubt("date-not-understood/over" if is_over else "date-not-understood")
