"""Memory: how the C library is told to keep little of what is not needed any more."""

import ctypes

_MMAP_THRESHOLD = -3
_ARENA_MAX = -8
"""Parameters of mallopt(3)."""

_LARGE = 16 * 1024 * 1024


def keep_one_heap() -> None:
    """Let all threads of this process, and of those it forks, share one heap; only with glibc.

    Each thread would else have a heap of its own, and each of these would stay as large as the largest answer
    that went through it.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_ARENA_MAX, 1)
    mallopt(_MMAP_THRESHOLD, _LARGE)
