"""What Linux can do for a process, through prctl: die with its parent, bear a name."""

import ctypes

from pipeline.system.confinement import NotOffered, prctl

_SET_PDEATHSIG = 1
_SET_NAME = 15
_LONGEST_NAME = 15


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
