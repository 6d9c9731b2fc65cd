"""Facets: which practices have which topic, country and year, as sets of bits that are counted in a moment.

A set of practices is one whole number whose bit ``n`` stands for the practice at position ``n``. Measured at
100,000 practices: 0.6 ms for all counts of all facets, against 690 ms by joins in SQLite.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from endpoint.index import Index

Bits = int
Value = tuple[str, str]
"""A facet and one of its values: ``("topic", "education")``."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "topic": ("topic",),
    "country": ("country",),
    "year": ("year", "status"),
}
"""Group of the filter form → the facets it offers; values of one group widen, groups narrow."""


@dataclass(frozen=True, slots=True)
class Facets:
    """All values that practices of a release have, and all practices of it."""

    bits: Mapping[Value, Bits]
    everything: Bits

    def chosen(self, filters: Mapping[str, Sequence[str]], within: Bits | None = None) -> Bits:
        """Return the practices that have, in each group that is filtered, one of the wanted values."""
        found = self.everything if within is None else self.everything & within
        for group, values in filters.items():
            if values:
                found &= self._any(group, values)
        return found

    def counts(self, filters: Mapping[str, Sequence[str]], within: Bits | None = None) -> dict[Value, int]:
        """Return for each value how many practices have it under the filters of the other groups."""
        scopes = {
            facet: self.chosen({other: filters[other] for other in filters if other != group}, within)
            for group, facets in GROUPS.items()
            for facet in facets
        }
        return {value: (bits & scopes[value[0]]).bit_count() for value, bits in self.bits.items()}

    def known(self, group: str, value: str) -> bool:
        """Tell whether any practice of the release has the value."""
        return any((facet, value) in self.bits for facet in GROUPS[group])

    def _any(self, group: str, values: Iterable[str]) -> Bits:
        found = 0
        for value in values:
            for facet in GROUPS[group]:
                found |= self.bits.get((facet, value), 0)
        return found


def load(index: Index) -> Facets:
    """Return the facets of a release's index."""
    order = [row[0] for row in index.rows("order_title")]
    size = max(order, default=0) // 8 + 1
    gathered: dict[Value, bytearray] = {}
    for facet, value, position in index.rows("bits"):
        marks = gathered.get((facet, value))
        if marks is None:
            marks = gathered[facet, value] = bytearray(size)
        marks[position >> 3] |= 1 << (position & 7)
    bits = {value: int.from_bytes(marks, "little") for value, marks in gathered.items()}
    return Facets(bits, bits_of(order))


def bits_of(positions: Collection[int]) -> Bits:
    """Return the set that holds the practices at these positions."""
    marks = bytearray(max(positions, default=0) // 8 + 1)
    for position in positions:
        marks[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(marks, "little")


def members(bits: Bits, order: Iterable[int]) -> Iterator[int]:
    """Yield the positions in ``order`` that the set holds."""
    marks = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    reach = len(marks) * 8
    return (place for place in order if place < reach and marks[place >> 3] >> (place & 7) & 1)
