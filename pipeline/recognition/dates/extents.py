"""What the tokens of a moment or of a shared span ("9-10 June 2016") mean in the calendar."""

from datetime import date
from typing import NamedTuple

from pipeline.findings.finding_messages import code_of, message
from pipeline.findings.messages import Value
from pipeline.recognition.dates.date_tokens import DateToken
from pipeline.recognition.dates.moments import Extent, Moment


class Doubt(NamedTuple):
    """Something wrong or doubtful in one statement; the sentence continues after the quoted date text."""

    code: str
    sentence: str
    suggestion: str | None = None
    confidence: float = 0.0


def doubt(key: str, suggestion: str | None = None, confidence: float = 0.0, **values: Value) -> Doubt:
    """Return the doubt that the table of messages has under a key."""
    return Doubt(code_of(key), message(key, **values), suggestion, confidence)


def _shared_days(part: list[DateToken], doubts: list[Doubt]) -> Extent:
    """Return "9-10 June 2016" or "March and April 2018", where the last lends month and year."""
    year = next((t.moment.year if t.moment else t.value for t in part if t.kind in "PY"), 0)
    month, moments = 0, list[Moment]()
    for index in range(len(part) - 1, -1, -1):
        token = part[index]
        if token.moment is not None:
            month = token.moment.month
            moments.append(token.moment)
        elif token.kind == "M":
            month = token.value
            beside = {other.kind for other in part[max(index - 1, 0) : index + 2]}
            if not beside & {"N", "O"}:
                moments.append(Moment(year, month))
        elif token.kind in "NO":
            after_its_month = index > 0 and part[index - 1].kind == "M"
            moments.append(Moment(year, part[index - 1].value if after_its_month else month, token.value))
    return _around(moments[::-1], doubts)


def _shared_month(part: list[DateToken], doubts: list[Doubt]) -> Extent:
    """Return "June 9-10, 2016", where the first day lends its month to the others."""
    year = part[-1].value
    month = next(token.value for token in part if token.kind == "M")
    return _around([Moment(year, month, token.value) for token in part if token.kind in "NO"], doubts)


def _shared_year(part: list[DateToken], doubts: list[Doubt]) -> Extent:
    """Return "2016 June - July" or "2016 June 9 - 10", where the year is said once before all."""
    year, month, moments = 0, 0, list[Moment]()
    for index, token in enumerate(part):
        if token.kind == "Y":
            year = token.value
        elif token.kind == "M":
            month = token.value
            if index + 1 == len(part) or part[index + 1].kind not in "NO":
                moments.append(Moment(year, month))
        elif token.kind in "NO":
            moments.append(Moment(year, month, token.value))
    return _around(moments, doubts)


def _shared_parts(part: list[DateToken], doubts: list[Doubt]) -> Extent:
    """Return "Q1-Q3 2020", "2020 Q1-Q3" or "first and second half of 2021"."""
    year = next(token.value for token in part if token.kind == "Y")
    unit = {token.kind: token for token in part if token.kind in "HQ"}
    extents = [
        _part_of_year(year, unit | {token.kind: token}, doubts) for token in part if token.kind in "hO"
    ]
    return Extent(extents[0].first, extents[-1].last)


def _shared_seasons(part: list[DateToken], doubts: list[Doubt]) -> Extent:
    """Return the year of "spring and summer 2018"; EDTF has no span of seasons."""
    return _as_extent(Moment(part[-1].value), doubts)


SHARED = {
    "shared": _shared_days,
    "days": _shared_month,
    "months": _shared_year,
    "parts": _shared_parts,
    "seasons": _shared_seasons,
}


def _around(moments: list[Moment], doubts: list[Doubt]) -> Extent:
    extents = [_as_extent(moment, doubts) for moment in moments]
    return Extent(extents[0].first, extents[-1].last)


def read_moment(part: list[DateToken], doubts: list[Doubt]) -> Extent:
    """Return what the tokens of one moment mean; a half year, or 2021-25, is an extent of two moments."""
    years = [token for token in part if token.kind == "Y"]
    if any(token.kind == "K" for token in part):
        return _weeks(part, doubts)
    if len(part) >= 3 and part[-1].kind == "N" and part[-3].kind == "Y" and part[-2].kind in "-_/t":
        return _year_and_number(part[-3], part[-2], part[-1], doubts)
    mark = "~" if part[0].kind == "q" else years[0].mark if years else ""
    for token in part:
        if token.moment is not None:
            return _as_extent(token.moment._replace(mark=mark or token.moment.mark), doubts)
    moment = Moment(years[0].value, mark=mark)
    kinds = {token.kind: token for token in part}
    if "h" in kinds or "H" in kinds or "Q" in kinds:
        return _part_of_year(moment.year, kinds, doubts)
    if "D" in kinds and moment.year % 10 == 0:
        return _as_extent(moment._replace(decade=True), doubts)
    if "S" in kinds:
        return _as_extent(moment._replace(season=kinds["S"].value), doubts)
    if "M" in kinds:
        day = kinds.get("N") or kinds.get("O")
        moment = moment._replace(month=kinds["M"].value, day=day.value if day else 0)
    return _as_extent(moment, doubts)


def _weeks(part: list[DateToken], doubts: list[Doubt]) -> Extent:
    """Return the days of one calendar week of ISO 8601, or of several: "week 12-14, 2019" or "KW 12/2019"."""
    whole = next((token.moment for token in part if token.moment), None)
    weeks = [token.value for token in part if token.kind in "NO"]
    weeks += [whole.month] if whole else []
    year = whole.year if whole else next(token.value for token in part if token.kind == "Y")
    try:
        monday, sunday = date.fromisocalendar(year, weeks[0], 1), date.fromisocalendar(year, weeks[-1], 7)
    except ValueError:
        doubts.append(doubt("date-not-understood/week", date=str(year)))
        return Extent(Moment(year), Moment(year))
    return Extent(*(Moment(day.year, day.month, day.day) for day in (monday, sunday)))


def _as_extent(moment: Moment, doubts: list[Doubt]) -> Extent:
    """Return the moment as an extent; of one that no calendar has, only the part that exists."""
    if moment.exists:
        return Extent(moment, moment)
    less = moment._replace(day=0)
    suggestion, confidence = None, 0.0
    if moment.month > 12 and moment.day and Moment(moment.year, moment.day, moment.month).exists:
        suggestion, confidence = Moment(moment.year, moment.day, moment.month).start, 0.7
    less = less if less.exists else less._replace(month=0)
    doubts.append(doubt("date-not-understood/day", suggestion, confidence, date=less.start))
    return Extent(less, less)


def _part_of_year(year: int, kinds: dict[str, DateToken], doubts: list[Doubt]) -> Extent:
    token = kinds.get("h") or kinds["O"]
    months = 6 if "H" in kinds or (token.mark in tuple("HS") and "h" in kinds) else 3
    last = token.value * months or 12
    if not 0 < last <= 12:
        doubts.append(doubt("date-not-understood/part-of-year", date=str(year)))
        return Extent(Moment(year), Moment(year))
    return Extent(Moment(year, last - months + 1), Moment(year, last))


def _year_and_number(year: DateToken, dash: DateToken, number: DateToken, doubts: list[Doubt]) -> Extent:
    """Return what 2018-03, 2021-25 or 2021/22 means: a month as in ISO 8601, or a year of two digits."""
    first, two_digits = year.value, number.end - number.start == 2
    second = first - first % 100 + number.value
    if second < first and second + 100 - first <= 20:
        second += 100
    later = first < second <= first + 60 and two_digits
    month = 1 <= number.value <= 12 and dash.kind != "t"
    is_year = later and (not month or dash.kind in "_t" or (dash.kind == "/" and second == first + 1))
    if is_year and not (second // 100 > first // 100 and month):
        return Extent(Moment(first), Moment(second))
    if month and (two_digits or number.value <= first % 10 or dash.kind != "-"):
        if later and second - first <= 12 and second // 100 == first // 100:
            as_month, as_years = f"{first}-{number.value:02}", f"{first}-{second}"
            read = doubt("date-uncertain/month", f"{first}/{second}", 0.4, month=as_month, years=as_years)
            doubts.append(read)
        return Extent(Moment(first, number.value), Moment(first, number.value))
    near = first - first % 10 + number.value if not two_digits else 0
    suggestion = f"{first}/{near}" if near > first else None
    doubts.append(doubt("date-not-understood/number", suggestion, 0.5, year=str(first)))
    return Extent(Moment(first), Moment(first))


def start_left_open(extent: Extent) -> Doubt:
    """Return the doubt about "November - February 2018", where the year of the start is not written."""
    first, last = extent
    if first.month > last.month:
        near = first._replace(year=first.year - 1)
    else:
        near = Moment(first.year - (first.month == 1), first.month - 1 or 12, first.day)
    return doubt("date-uncertain/start", f"{near.start}/{last.end}", 0.6, year=str(last.year))
