"""Bits: a set of practices as one whole number, whose bit ``n`` stands for the practice at position ``n``."""

from collections.abc import Collection, Iterable, Iterator

Bits = int

_ONE = ord("1")


def bits_of(positions: Collection[int]) -> Bits:
    """Return the set with the practices at these positions."""
    digits = bytearray(b"0") * (max(positions, default=0) + 1)
    for position in positions:
        digits[~position] = _ONE
    return int(digits, 2)


def positions_in(bits: Bits) -> Iterator[int]:
    """Yield the positions in a set, the first first."""
    digits = f"{bits:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)


def members(bits: Bits, order: Iterable[int]) -> Iterator[int]:
    """Yield the positions in ``order`` that the set contains."""
    marks = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    reach = len(marks) * 8
    return (place for place in order if place < reach and marks[place >> 3] >> (place & 7) & 1)
