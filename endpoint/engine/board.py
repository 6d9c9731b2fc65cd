"""The board: what each query child is doing and how children have ended, in memory that processes share."""

import mmap
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass

_SLOT = struct.Struct("ddd")
_COUNT = struct.Struct("Q")

ENDINGS = ("deadline", "memory", "abandoned", "retired", "spare", "fault")
"""How a child can end: by its deadline; of memory or depth; since nobody waited; after a slow answer; as one
too many; by a fault that no query did."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a child does: since when it has been ready and busy, and the CPU seconds it had used by then.

    A time of 0 is none: a child that only starts is not ready, an idle one not busy.
    """

    ready: float
    busy: float
    used: float


class Board:
    """One slot a child, written by the child, and one count an ending, written by the supervisor."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._counts_from = slots * _SLOT.size
        self._memory = mmap.mmap(-1, self._counts_from + len(ENDINGS) * _COUNT.size)

    def clear(self, slot: int) -> None:
        """Write that the child of this slot is only starting, or that there is none."""
        _SLOT.pack_into(self._memory, slot * _SLOT.size, 0.0, 0.0, 0.0)

    def ready(self, slot: int) -> None:
        """Write that the child of this slot waits for a question."""
        _SLOT.pack_into(self._memory, slot * _SLOT.size, time.monotonic(), 0.0, 0.0)

    def busy(self, slot: int) -> None:
        """Write that the child of this slot, which calls this, has begun to answer."""
        now = time.monotonic()
        _SLOT.pack_into(self._memory, slot * _SLOT.size, now, now, time.process_time())

    def doing(self, slot: int) -> Doing:
        """Return what the child of this slot does."""
        return Doing(*_SLOT.unpack_from(self._memory, slot * _SLOT.size))

    def is_ready(self, slot: int) -> bool:
        """Tell whether the child of this slot has got as far as waiting for questions."""
        return self.doing(slot).ready > 0

    def busy_for(self, slot: int) -> float:
        """Return for how many seconds the child of this slot has been answering one question."""
        since = self.doing(slot).busy
        return time.monotonic() - since if since else 0.0

    def count(self, ending: str) -> None:
        """Count a child that has ended."""
        place = self._place(ending)
        (known,) = _COUNT.unpack_from(self._memory, place)
        _COUNT.pack_into(self._memory, place, known + 1)

    def endings(self) -> Mapping[str, int]:
        """Return how many children have ended in each way."""
        return {ending: int(_COUNT.unpack_from(self._memory, self._place(ending))[0]) for ending in ENDINGS}

    def idle_and_busy(self) -> tuple[int, int]:
        """Return how many children wait for a question, and how many answer one."""
        found = [self.doing(slot) for slot in range(self.slots)]
        busy = sum(doing.busy > 0 for doing in found)
        return sum(doing.ready > 0 for doing in found) - busy, busy

    def _place(self, ending: str) -> int:
        return self._counts_from + ENDINGS.index(ending) * _COUNT.size
