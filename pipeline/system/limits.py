"""Limits: what the kernel lets this process take of memory and of computing."""

import re
import resource
from pathlib import Path

MIB = 1 << 20

_GUESS = 2048 * MIB


def limit_memory(further: int | None, *, for_good: bool = False) -> None:
    """Limit the address space to a number of bytes beyond those in use, permanently or not; None removes the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = hard if further is None else address_space() + further
    if hard >= 0:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit if for_good else hard))


def limit_computing(seconds: int) -> None:
    """End this process by SIGXCPU after some seconds of CPU time, by SIGKILL five seconds later."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


def write_no_core() -> None:
    """Let a crash leave no image of the memory on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def unshared_memory(pid: int) -> int:
    """Return how many bytes a process shares with no other; a generous guess where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return _GUESS
    return sum(int(size) * 1024 for size in re.findall(r"^Private_\w+:\s+(\d+) kB$", text, re.MULTILINE))


def address_space() -> int:
    """Return how many bytes of address space this process uses; a generous guess where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():
        size = re.search(r"^VmSize:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        if size:
            return int(size[1]) * 1024
    return _GUESS
