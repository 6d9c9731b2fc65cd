"""Limits: what one job may take, and how many there may be at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Bytes of data, unpacked; seconds of a job, and bytes of memory beyond what it begins with.

    ``jobs`` is how many run at a time on the whole server, ``waiting`` how many more may wait.
    ``shapes`` is the memory, in bytes, for shapes that clients sent, kept for their next check.
    Data are fetched from these ``hosts`` only, with a limit in seconds. A browser is shown the progress of a check
    that takes longer than ``quiet`` seconds.
    """

    data: int = 32 * MIB
    seconds: float = 60.0
    memory: int = 1024 * MIB
    jobs: int = 2
    waiting: int = 4
    shapes: int = 256 * MIB
    hosts: Sequence[str] = ()
    fetching: float = 20.0
    quiet: float = 1.5
