"""Bits: a set of practices as one whole number, whose bit ``n`` stands for the practice at position ``n``."""

import re
from collections.abc import Collection, Iterable, Iterator

Bits = int

_ONE = ord("1")
_SOME = re.compile(rb"[^\0]")
_OFFSETS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
"""For each byte the places of its bits."""


def bits_of(positions: Collection[int]) -> Bits:
    """Return the set with the practices at these positions."""
    digits = bytearray(b"0") * (max(positions, default=0) + 1)
    for position in positions:
        digits[~position] = _ONE
    return int(digits, 2)


def positions_in(bits: Bits) -> Iterator[int]:
    """Yield the positions in a set, the first first."""
    marks = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    for mark in _SOME.finditer(marks):
        start = mark.start()
        for offset in _OFFSETS[marks[start]]:
            yield start * 8 + offset


def members(bits: Bits, order: Iterable[int]) -> Iterator[int]:
    """Yield the positions in ``order`` that the set contains."""
    marks = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    reach = len(marks) * 8
    return (place for place in order if place < reach and marks[place >> 3] >> (place & 7) & 1)
