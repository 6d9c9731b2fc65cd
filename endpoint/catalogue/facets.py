"""Facets: which practices have which topic, country and year, as sets of bits that are counted in a moment.

Measured at 100,000 practices: 0.6 ms for all counts of all facets, against 690 ms by joins in SQLite.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from endpoint.catalogue.bitset import Bits, bits_of, positions_in
from endpoint.catalogue.search_index import Index, first
from pipeline.release.contents.facet_bits import unpack_bits

Value = tuple[str, str]
"""A facet and one of its values: ``("topic", "education")``."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "topic": ("topic",),
    "country": ("country",),
    "year": ("year", "status"),
    "running": ("running", "status"),
    "collection": ("collection",),
}
"""Group of the filter form → the facets it offers; values of one group widen, groups narrow.

A selection filters by ``year``, the years that a date names, or by ``running``, those in which a practice ran.
"""

QUALITY = ("missing", "inferred", "finding", "title_language", "summary_language")
"""Groups for the links from the quality page to the practices it counts; the form does not offer them."""

_FACETS = {
    **GROUPS,
    "span": ("year",),
    "running-span": ("running",),
    **{group: (group,) for group in QUALITY},
}
"""As GROUPS, with the ranges of years and QUALITY, which narrow what the form offers and offer nothing themselves."""


_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Facets:
    """All values that practices of a release have, all practices of it, and those that began and ended in each year."""

    bits: Mapping[Value, Bits]
    everything: Bits
    begun: Mapping[int, Bits] = field(default_factory=dict)
    ended: Mapping[int, Bits] = field(default_factory=dict)

    def matching(self, filters: Mapping[str, Sequence[str]], within: Bits | None = None) -> Bits:
        """Return the practices that have, in each group that is filtered, one of the wanted values."""
        matching = self.everything if within is None else self.everything & within
        for group, values in filters.items():
            if values:
                matching &= self._any(group, values)
        return matching

    def counts(self, filters: Mapping[str, Sequence[str]], within: Bits | None = None) -> dict[Value, int]:
        """Return for each value how many practices have it under the filters of the other groups."""
        scopes = {
            facet: self.matching({other: filters[other] for other in filters if other != group}, within)
            for group in filters or GROUPS
            for facet in GROUPS.get(group, ())
        }
        return {
            value: (bits & scopes[value[0]]).bit_count()
            for value, bits in self.bits.items()
            if value[0] in scopes
        }

    def has_value(self, group: str, value: str) -> bool:
        """Return whether any practice of the release has the value."""
        return any((facet, value) in self.bits for facet in _FACETS[group])

    def years_between(
        self, since: int | None, until: int | None, *, running: bool = False
    ) -> tuple[str, ...]:
        """Return the years from one to another that practices have; none stands for every year.

        A range without a single year of a practice is the first year of it, which finds nothing.
        """
        if since is None and until is None:
            return ()
        facet = "running" if running else "year"
        years = tuple(
            year for kind, year in self.bits if kind == facet and (since or 0) <= int(year) <= (until or 9999)
        )
        return years or (str(since if since is not None else until),)

    def by_year(self, bits: Bits, *, latest_first: bool) -> Iterator[int]:
        """Yield the positions in a set by the year of the end, the latest first, or else by the year of the beginning.

        Those of one year are in the order of titles; those without a year come last.
        """
        years = self.ended if latest_first else self.begun
        for year in sorted(years, reverse=latest_first):
            yield from positions_in(bits & years[year])
            bits &= ~years[year]
        yield from positions_in(bits)

    def _any(self, group: str, values: Iterable[str]) -> Bits:
        matching = 0
        for value in values:
            for facet in _FACETS[group]:
                matching |= self.bits.get((facet, value), 0)
        return matching


def load(index: Index, this_year: int) -> Facets:
    """Return the facets of a release's index. Ongoing practices count as active until this year."""
    last = first(index.rows("last_position"))[0] or 0
    try:
        rows = index.rows("bits")
        bits = {(facet, value): unpack_bits(marks) for facet, value, marks in rows}
    except sqlite3.OperationalError:  # an older index has no bits
        bits = _gather_bits(index, last // 8 + 1)
    begun, ended = (
        {int(year): some for (facet, year), some in bits.items() if facet == kind}
        for kind in ("begun", "ended")
    )
    offered = {value: some for value, some in bits.items() if value[0] not in ("begun", "ended")}
    ran = running(begun, ended, bits.get(("status", "ongoing"), 0), this_year)
    return Facets(offered | ran, (2 << last) - 2, begun, ended)


def having(index: Index, facet: str, value: str) -> Bits:
    """Return the practices that have one value of a facet, by their bits where the index has them."""
    with suppress(sqlite3.OperationalError):  # an older index has no bits
        if (row := first(index.rows("stored_bits", facet=facet, value=value))) is not None:
            return unpack_bits(row[0])
    return bits_of([row[0] for row in index.rows("having", facet=facet, value=value)])


def _gather_bits(index: Index, size: int) -> dict[Value, Bits]:
    """Return the sets of an index of older software, by their practices."""
    gathered: dict[Value, bytearray] = {}
    for facet, value, position in index.rows("gathered_bits"):
        marks = gathered.get((facet, value))
        if marks is None:
            marks = gathered[facet, value] = bytearray(size)
        marks[position >> 3] |= 1 << (position & 7)
    return {value: int.from_bytes(marks, "little") for value, marks in gathered.items()}


def running(
    begun: Mapping[int, Bits], ended: Mapping[int, Bits], ongoing: Bits, this_year: int
) -> dict[tuple[str, str], Bits]:
    """Return for each year the practices that ran in it; an ongoing practice runs until this year."""
    last = {year: bits & ~ongoing if year < this_year else bits for year, bits in ended.items()}
    for year, bits in ended.items():
        if year < this_year and bits & ongoing:
            last[this_year] = last.get(this_year, 0) | bits & ongoing
    bits_by_year: dict[tuple[str, str], Bits] = {}
    bits = 0
    if begun:
        end = max(year for year, some in last.items() if some)
        start = max(min(begun), end - _LONGEST)
        for year in range(min(begun), end + 1):
            bits |= begun.get(year, 0)
            if year >= start and bits:
                bits_by_year["running", str(year)] = bits
            bits &= ~last.get(year, 0)
    return bits_by_year
