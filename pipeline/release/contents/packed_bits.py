"""Packed bits: a set of practices as the index stores it, so that a server need not gather it.

The bit of the practice at position ``n`` is bit ``n & 7`` of byte ``n >> 3``. The bytes are compressed by zlib.
"""

import zlib
from collections.abc import Iterable

_ONE = ord("1")


def packed(positions: Iterable[int], last: int) -> bytes:
    """Return the set of some positions, of which ``last`` is the highest possible one."""
    digits = bytearray(b"0") * (last + 1)
    for position in positions:
        digits[~position] = _ONE
    return zlib.compress(int(digits, 2).to_bytes(last // 8 + 1, "little"), 1)


def unpacked(marks: bytes) -> int:
    """Return a set as one whole number, whose bit ``n`` stands for position ``n``."""
    return int.from_bytes(zlib.decompress(marks), "little")
