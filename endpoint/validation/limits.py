"""Limits: what one job may take, and how many there may be at a time."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of data, unpacked; seconds and bytes of memory of a job; jobs at a time in one web process."""

    data: int = 32 * MIB
    seconds: float = 60.0
    memory: int = 1024 * MIB
    jobs: int = 2
