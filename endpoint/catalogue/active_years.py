"""Running: in which years practices ran, as sets of bits, from the years in which they began and ended."""

from collections.abc import Mapping

from endpoint.catalogue.bitset import Bits

_LONGEST = 200


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
