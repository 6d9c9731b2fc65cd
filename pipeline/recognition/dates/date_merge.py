"""One period from the readings of two texts about the same practice, as far as they agree."""

from dataclasses import replace

from pipeline.model.practice import Period
from pipeline.recognition.dates.edtf import OPEN, UNKNOWN, ends, interval


def contradict(one: Period | None, other: Period | None) -> bool:
    """Return whether two readings give different starts or ends, or one an end and the other an open end."""
    if one is None or other is None:
        return False
    return _differ(one.start, other.start) or _differ(one.end, other.end) or _ends_and_goes_on(one, other)


def merge(one: Period, other: Period) -> Period:
    """Return ``one`` with what ``other`` says more: a finer start, an end or an open end; as it is otherwise."""
    if contradict(one, other):
        return one
    start = _finer(one.start, other.start)
    takes_end = (
        other.ongoing is not None and one.ongoing is None and one.end is None and not _is_point(other)
    ) or (_is_point(one) and _is_open(other))
    source = other if takes_end else one
    end = source.end if takes_end or _is_point(one) or _is_point(other) else _finer(one.end, other.end)
    if (start, end, source.ongoing) == (one.start, one.end, one.ongoing):
        return one
    return replace(
        one,
        start=start,
        end=end,
        ongoing=source.ongoing,
        edtf=_edtf(one, other, start, end, is_open=_is_open(source)),
        years=tuple(sorted({*one.years, *other.years})),
    )


def with_unknown_end(period: Period) -> Period:
    """Return the period of a text that says more than was understood: whether it is ongoing is unknown, or its end."""
    if period.ongoing or period.ongoing is None:
        return period
    if not _is_point(period):
        return replace(period, ongoing=None)
    start = ends(period)[0]
    return replace(period, end=None, ongoing=None, edtf=interval(start, UNKNOWN))


def _is_point(period: Period) -> bool:
    """Return whether only one year, month or day is stated, and no end."""
    return period.start is not None and period.start == period.end and not period.ongoing


def _is_open(period: Period) -> bool:
    return bool(period.ongoing) and period.end is None


def _ends_and_goes_on(one: Period, other: Period) -> bool:
    return any(
        _is_open(a) and b.end is not None and not b.ongoing and not _is_point(b)
        for a, b in ((one, other), (other, one))
    )


def _differ(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    shared = min(len(one), len(other))
    return one[:shared] != other[:shared]


def _finer(one: str | None, other: str | None) -> str | None:
    return max(one, other, key=len) if one and other else one or other


def _edtf(one: Period, other: Period, start: str | None, end: str | None, *, is_open: bool) -> str:
    first = ends(one if one.start == start else other)[0] or UNKNOWN
    if is_open:
        return interval(first, OPEN)
    last = ends(one if one.end == end else other)[1] or UNKNOWN
    return first if start == end and start else interval(first, last if end else UNKNOWN)
