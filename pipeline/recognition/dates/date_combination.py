"""The one period that follows from all the statements of a date text."""

from collections.abc import Iterator, Sequence

from pipeline.findings.messages import Sentence, say
from pipeline.model.practice import Period
from pipeline.recognition.dates import edtf
from pipeline.recognition.dates.date_grammar import Statement, Utterance
from pipeline.recognition.dates.extents import Doubt, doubt
from pipeline.recognition.dates.moments import Extent, Moment


def combine(utterance: Utterance, *, loose: bool) -> tuple[Period | None, tuple[Doubt, ...]]:
    """Return the period that the statements add up to, and what is doubtful about the sum.

    ``loose`` says that there are words beside the date which are not understood: whether it goes on is then
    unknown unless it is said, and so is the end of a single date; and what is said about going on need not be
    said of the date.
    """
    statements, marks = utterance.statements, utterance.marks
    goes_on = bool(marks & {"o", "V"}) or (_recurs(utterance) and "x" not in marks)
    if not statements:
        return (Period(ongoing=True, edtf="/.."), ()) if goes_on else (None, ())
    firsts = [s.extent.first for s in statements if s.shape != "end"]
    first = min(firsts, key=lambda moment: moment.earliest) if firsts else None
    last = _last(statements, firsts, loose=loose, goes_on="o" in marks, lasts_years="LL" in marks)
    last = None if "V" in marks else last
    opens = any(s.shape == "open" for s in statements)
    goes_on = goes_on or (opens and "L" not in marks and "x" not in marks)
    ends = [s.extent.last for s in statements if s.shape == "end"]
    end = max(ends, key=lambda moment: moment.latest, default=last)
    if first and end and end.latest < first.earliest:
        return None, (doubt("end-before-start", end=end.end, start=first.start),)
    period = Period(
        start=first.start if first else None,
        end=last.end if last else None,
        ongoing=goes_on or (None if loose or "B" in marks or not (last or marks & {"x", "L"}) else False),
        edtf=_edtf(first, last, ongoing=goes_on),
        years=_years(statements, first, last),
    )
    return period, tuple(_doubts(statements, period, loose=loose))


def _recurs(utterance: Utterance) -> bool:
    """Whether something happens every year by its text, without a span or end."""
    return "r" in utterance.marks and not any(s.shape in ("span", "end") for s in utterance.statements)


def _last(
    statements: Sequence[Statement],
    firsts: Sequence[Moment],
    *,
    loose: bool,
    goes_on: bool,
    lasts_years: bool,
) -> Moment | None:
    """Return the end, None where it is open or unknown."""
    stated = [s.extent.last for s in statements if s.shape in ("span", "end")]
    latest = max(stated, key=lambda moment: moment.latest) if stated else None
    shapes = {s.shape for s in statements}
    if "open" in shapes:
        beginning = max(s.extent.first.earliest for s in statements if s.shape == "open")
        return latest if latest and latest.latest >= beginning else None
    if latest is None and (goes_on != loose or shapes == {"start"}):
        return None
    if latest is None and lasts_years and len(statements) == 1 and not firsts[0].month:
        return None
    return max((s.extent.last for s in statements), key=lambda moment: moment.latest)


def _edtf(first: Moment | None, last: Moment | None, *, ongoing: bool) -> str:
    if first is not None and first == last:
        return first.edtf
    start = edtf.UNKNOWN if first is None else f"{first.year}~" if first.decade else first.edtf
    if last is None:
        return edtf.interval(start, edtf.OPEN if ongoing else edtf.UNKNOWN)
    return edtf.interval(start, f"{last.last_year}~" if last.decade else last.edtf)


def _years(statements: Sequence[Statement], first: Moment | None, last: Moment | None) -> tuple[int, ...]:
    """Return the years that the statements name; every year of a span, only the named ones of a list."""
    years = set[int]()
    for statement in statements:
        if statement.shape in ("span", "moment"):
            years.update(statement.extent.years)
        else:
            years.update(moment.year for moment in statement.extent if not moment.decade)
    if first and last and any(s.shape == "end" for s in statements):
        years.update(Extent(first, last).years)
    return tuple(sorted(years))


def _doubts(statements: Sequence[Statement], period: Period, *, loose: bool) -> Iterator[Doubt]:
    for statement in statements:
        yield from statement.doubts
    if advice := _advice(statements, period, loose=loose):
        yield doubt("date-uncertain", period=edtf.period_in_words(period), advice=advice)


def _advice(statements: Sequence[Statement], period: Period, *, loose: bool) -> Sentence | None:
    """Return what to say after the reading where it is a guess, else None."""
    shapes = {statement.shape for statement in statements}
    if shapes == {"moment"} and period.ongoing and period.end:
        return say(", which is a guess: write whether it is ongoing or has ended")
    if shapes == {"moment"} and period.end is None and not period.ongoing and not loose:
        return say(": write its first and its last year, such as 2018-2020")
    if shapes == {"open"} and any(statement.extent.first.decade for statement in statements):
        return say(": a decade is no beginning, so write the year")
    return None
