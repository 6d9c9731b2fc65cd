"""Worker status: what each query child is doing and how children have ended, in memory that processes share."""

import mmap
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass

_STATE = struct.Struct("ddd")
_END = struct.Struct("QQ")
_COUNT = struct.Struct("Q")
_SLOT_SIZE = _STATE.size + _END.size

ENDINGS = ("deadline", "memory", "abandoned", "retired", "spare", "fault")
"""How a child can end: by its deadline; of memory or depth; since nobody waited (or killed from outside); after a
slow answer; as one too many; by a fault that no query did."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """What a child does: since when it has been ready and busy, and the CPU seconds it had used by then.

    A time of 0 is none: a child that only starts is not ready, an idle one not busy.
    """

    ready: float
    busy: float
    used: float


class WorkerStatus:
    """One slot a child, written by the child; how the last one of a slot has ended, written by the supervisor."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._counts_from = slots * _SLOT_SIZE
        self._memory = mmap.mmap(-1, self._counts_from + len(ENDINGS) * _COUNT.size)

    def clear(self, slot: int) -> None:
        """Write that the child of this slot is only starting, or that there is none."""
        self._write(slot, WorkerState(0.0, 0.0, 0.0))

    def ready(self, slot: int) -> None:
        """Write that the child of this slot waits for a question."""
        self._write(slot, WorkerState(time.monotonic(), 0.0, 0.0))

    def busy(self, slot: int) -> None:
        """Write that the child of this slot, which calls this, has begun to answer."""
        now = time.monotonic()
        self._write(slot, WorkerState(now, now, time.process_time()))

    def state(self, slot: int) -> WorkerState:
        """Return what the child of this slot does."""
        return WorkerState(*_STATE.unpack_from(self._memory, slot * _SLOT_SIZE))

    def is_ready(self, slot: int) -> bool:
        """Return whether the child of this slot has got as far as waiting for questions."""
        return self.state(slot).ready > 0

    def busy_for(self, slot: int) -> float:
        """Return for how many seconds the child of this slot has been answering one question."""
        since = self.state(slot).busy
        return time.monotonic() - since if since else 0.0

    def end(self, slot: int, pid: int, ending: str) -> None:
        """Write how the child of this slot has ended, and count it."""
        index = ENDINGS.index(ending)
        self.clear(slot)
        _END.pack_into(self._memory, slot * _SLOT_SIZE + _STATE.size, pid, index)
        count = self._counts_from + index * _COUNT.size
        _COUNT.pack_into(self._memory, count, _COUNT.unpack_from(self._memory, count)[0] + 1)

    def ending(self, slot: int, pid: int) -> str | None:
        """Return how the child of this slot and process id has ended, None where that is not known (yet)."""
        last, index = _END.unpack_from(self._memory, slot * _SLOT_SIZE + _STATE.size)
        return ENDINGS[index] if last == pid else None

    def endings(self) -> Mapping[str, int]:
        """Return how many children have ended in each way."""
        counts = (
            _COUNT.unpack_from(self._memory, self._counts_from + index * _COUNT.size)[0]
            for index in range(len(ENDINGS))
        )
        return dict(zip(ENDINGS, counts, strict=True))

    def idle_and_busy(self) -> tuple[int, int]:
        """Return how many children wait for a question, and how many answer one."""
        states = [self.state(slot) for slot in range(self.slots)]
        busy = sum(state.busy > 0 for state in states)
        return sum(state.ready > 0 for state in states) - busy, busy

    def _write(self, slot: int, state: WorkerState) -> None:
        _STATE.pack_into(self._memory, slot * _SLOT_SIZE, state.ready, state.busy, state.used)
