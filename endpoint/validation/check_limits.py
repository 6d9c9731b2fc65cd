"""Limits: what one job may take, and how many there may be at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

MIB = 1024 * 1024
_ROWS_A_SECOND = 400
_FILES_A_SECOND = 10


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

    @property
    def rows(self) -> int:
        """Return how many rows a job reads: as many as it can judge in its time."""
        return int(self.seconds * _ROWS_A_SECOND)

    @property
    def files(self) -> int:
        """Return how many files in archives a job reads."""
        return int(self.seconds * _FILES_A_SECOND)

    @property
    def for_shapes(self) -> float:
        """Return the seconds of CPU time that shapes may take of a job."""
        return self.seconds * 0.75
