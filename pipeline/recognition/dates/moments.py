"""Moments and extents: points of the calendar in the precision in which a text states them."""

from calendar import monthrange
from typing import NamedTuple


class Moment(NamedTuple):
    """A year, month or day; ``month`` and ``day`` are 0 where not stated.

    ``season`` is an EDTF season (21 spring … 24 winter); ``decade`` says that the ten years from ``year`` on
    are meant; ``mark`` is an EDTF qualifier (``~`` about, ``?`` uncertain, ``%`` both) or empty.
    """

    year: int
    month: int = 0
    day: int = 0
    season: int = 0
    decade: bool = False
    mark: str = ""

    @property
    def start(self) -> str:
        """The first year, month or day, as ISO 8601."""
        if self.day:
            return f"{self.year:04}-{self.month:02}-{self.day:02}"
        return f"{self.year:04}-{self.month:02}" if self.month else f"{self.year:04}"

    @property
    def end(self) -> str:
        """The last year, month or day, as ISO 8601."""
        return f"{self.last_year:04}" if self.decade else self.start

    @property
    def last_year(self) -> int:
        """The year in which the moment ends."""
        return self.year + 9 if self.decade else self.year

    @property
    def earliest(self) -> tuple[int, int, int]:
        """The first day of the moment, for comparing."""
        return self.year, self.month or 1, self.day or 1

    @property
    def latest(self) -> tuple[int, int, int]:
        """The last day of the moment (31 standing for the last of any month), for comparing."""
        return self.last_year, self.month or 12, self.day or 31

    @property
    def edtf(self) -> str:
        """The moment by itself, as EDTF level 1."""
        if self.decade:
            return f"{self.year // 10}X"
        return f"{self.year:04}-{self.season}" if self.season else self.start + self.mark

    @property
    def exists(self) -> bool:
        """Whether the calendar has this month and day."""
        if not 0 <= self.month <= 12:
            return False
        return not self.day or (self.month > 0 and self.day <= monthrange(self.year, self.month)[1])


class Extent(NamedTuple):
    """From the beginning of ``first`` to the end of ``last``; one moment where both are the same."""

    first: Moment
    last: Moment

    @property
    def is_moment(self) -> bool:
        """Whether the extent is a single moment."""
        return self.first == self.last

    @property
    def is_backward(self) -> bool:
        """Whether it ends before it starts."""
        return self.last.latest < self.first.earliest

    @property
    def years(self) -> tuple[int, ...]:
        """Every year of a span of up to ten years, only the first and the last of a longer one."""
        first, last = self.first.year, self.last.last_year
        if last - first < 10:
            return tuple(range(first, last + 1))
        return tuple(m.year for m in self if not m.decade)
