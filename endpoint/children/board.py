"""The board: what each query child is doing, in memory that the supervisor and its children share."""

import mmap
import struct
import time

_SLOT = struct.Struct("dd")


class Board:
    """One slot a child: since when it has been ready, and since when it has been busy (0 for not)."""

    def __init__(self, slots: int) -> None:
        self._memory = mmap.mmap(-1, max(slots * _SLOT.size, mmap.PAGESIZE))

    def clear(self, slot: int) -> None:
        """Write that the child of this slot is only starting."""
        _SLOT.pack_into(self._memory, slot * _SLOT.size, 0.0, 0.0)

    def ready(self, slot: int) -> None:
        """Write that the child of this slot waits for a question."""
        _SLOT.pack_into(self._memory, slot * _SLOT.size, time.monotonic(), 0.0)

    def busy(self, slot: int) -> None:
        """Write that the child of this slot has begun to answer."""
        now = time.monotonic()
        _SLOT.pack_into(self._memory, slot * _SLOT.size, now, now)

    def is_ready(self, slot: int) -> bool:
        """Tell whether the child of this slot has got as far as waiting for questions."""
        return self._read(slot)[0] > 0

    def busy_for(self, slot: int) -> float:
        """Return for how many seconds the child of this slot has been answering one question."""
        since = self._read(slot)[1]
        return time.monotonic() - since if since else 0.0

    def _read(self, slot: int) -> tuple[float, float]:
        ready, busy = _SLOT.unpack_from(self._memory, slot * _SLOT.size)
        return float(ready), float(busy)
