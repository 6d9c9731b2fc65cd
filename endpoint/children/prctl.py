"""What only Linux can do for a process, through prctl: die with its parent, bear a name, be confined."""

import ctypes
import errno
import sys

_SET_PDEATHSIG = 1
_SET_NAME = 15
_LONGEST_NAME = 15


class NotOffered(Exception):
    """This machine does not offer it; the sentence says what and why."""


def prctl(option: int, second: int, third: int = 0) -> None:
    """Call prctl(2); raise NotOffered where the system has none or refuses."""
    if sys.platform != "linux":
        raise NotOffered(f"{sys.platform} has no prctl.")
    library = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_ulong(second), ctypes.c_ulong(third), ctypes.c_ulong(0), ctypes.c_ulong(0))
    if library.prctl(ctypes.c_int(option), *arguments) != 0:
        name = errno.errorcode.get(ctypes.get_errno(), "an error")
        raise NotOffered(f"The kernel answered prctl {option} with {name}.")


def die_with_parent(number: int) -> bool:
    """Ask for a signal to this process when its parent dies; tell whether it will come."""
    try:
        prctl(_SET_PDEATHSIG, number)
    except NotOffered:
        return False
    return True


def set_name(name: str) -> None:
    """Give this process the name under which `ps` and `top` show it, where that can be done."""
    text = ctypes.create_string_buffer(name.encode()[:_LONGEST_NAME])
    try:
        prctl(_SET_NAME, ctypes.addressof(text))
    except NotOffered:
        return
