"""Limits: what one job may take, and how many there may be at a time."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Bytes of data, unpacked; seconds of a job, and bytes of memory beyond what it begins with.

    So many ``jobs`` run at a time on the whole server, and so many more may be ``waiting`` for their turn.
    """

    data: int = 32 * MIB
    seconds: float = 60.0
    memory: int = 1024 * MIB
    jobs: int = 2
    waiting: int = 4
