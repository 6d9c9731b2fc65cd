"""Limits: what one job may take, and how many there may be at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Bytes of data, unpacked; seconds of a job, and bytes of memory beyond what it begins with.

    So many ``jobs`` run at a time on the whole server, and so many more may be ``waiting`` for their turn.
    Shapes that were sent are ``kept`` in so many bytes of memory for the next check by them.
    Data are fetched from these ``hosts`` only, for so many seconds at most.
    """

    data: int = 32 * MIB
    seconds: float = 60.0
    memory: int = 1024 * MIB
    jobs: int = 2
    waiting: int = 4
    kept: int = 256 * MIB
    hosts: Sequence[str] = ()
    fetching: float = 20.0
