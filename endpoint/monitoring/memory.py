"""Memory: settings of the C library for keeping and returning freed memory."""

import ctypes

_MEGABYTE = 1024 * 1024

# Parameters of mallopt(3).
_TRIM_THRESHOLD = -1
_TOP_PAD = -2
_MMAP_THRESHOLD = -3
_ARENA_MAX = -8


def keep_one_heap() -> None:
    """Let all threads of this process, and of those it forks, share one heap.

    Each thread would else have its own heap, and each of these would stay as large as the largest answer
    that went through it. Large answers are beside the heap, and go without a hole in it.
    """
    _set(_ARENA_MAX, 1)
    _set(_MMAP_THRESHOLD, _MEGABYTE)


def keep_free_memory() -> None:
    """Let this process keep some memory for its next question, which takes and frees as much as the last one.

    To give it back and ask for it again, a page at a time, costs queries up to a third of their time.
    """
    _set(_MMAP_THRESHOLD, 16 * _MEGABYTE)
    _set(_TRIM_THRESHOLD, 16 * _MEGABYTE)
    _set(_TOP_PAD, _MEGABYTE)


def _set(parameter: int, value: int) -> None:
    """Set a parameter of glibc; other libraries do as they think best."""
    try:
        ctypes.CDLL(None).mallopt(parameter, value)
    except (AttributeError, OSError, TypeError):
        return
