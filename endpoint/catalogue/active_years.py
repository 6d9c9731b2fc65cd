"""Running: in which years practices ran, as sets of bits, from the years in which they began and ended."""

from collections.abc import Iterable

from endpoint.catalogue.bitset import Bits, bits_of

Span = tuple[int, int, int, bool]
"""Position, first year, last year, and whether it is ongoing."""

_LONGEST = 200


def running(spans: Iterable[Span], this_year: int) -> dict[tuple[str, str], Bits]:
    """Return for each year the practices that ran in it; an ongoing practice runs until this year."""
    begun: dict[int, list[int]] = {}
    ended: dict[int, list[int]] = {}
    for position, first, last, goes_on in spans:
        begun.setdefault(first, []).append(position)
        ended.setdefault(max(first, last, this_year if goes_on else 0), []).append(position)
    bits_by_year: dict[tuple[str, str], Bits] = {}
    bits = 0
    if begun:
        start = max(min(begun), max(ended) - _LONGEST)
        for year in range(min(begun), max(ended) + 1):
            bits |= bits_of(begun.get(year, ()))
            if year >= start and bits:
                bits_by_year["running", str(year)] = bits
            bits &= ~bits_of(ended.get(year, ()))
    return bits_by_year
