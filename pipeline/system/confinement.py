"""Confinement: the kernel's own word that a process opens no connection and starts no program (Linux)."""

import ctypes
import errno
import logging
import platform
import struct
import sys
from collections.abc import Callable

_SET_SECCOMP = 22
_SET_NO_NEW_PRIVS = 38
_MODE_FILTER = 2

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machine → AUDIT_ARCH constant of <linux/audit.h>."""

_REFUSED_CALLS = {
    "x86_64": {"socket": 41, "connect": 42, "execve": 59, "execveat": 322, "io_uring_setup": 425},
    "aarch64": {"socket": 198, "connect": 203, "execve": 221, "execveat": 281, "io_uring_setup": 425},
}
"""Machine → name and number of what is refused; io_uring would be a second door to sockets."""

_X32_BIT = 0x40000000
"""Set in the numbers of the x32 calls, which are the same calls under other numbers."""

_LOAD = 0x20
_JUMP_IF_EQUAL = 0x15
_JUMP_IF_AT_LEAST = 0x35
_RETURN = 0x06

_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EACCES

_NUMBER, _ARCHITECTURE = 0, 4
"""Offsets in struct seccomp_data."""


_log = logging.getLogger(__name__)


class NotOffered(Exception):
    """This machine does not offer it; the sentence says what and why."""


def confine(what: str, *, may_start_programs: bool = False) -> str:
    """Refuse this process the network, and programs too; return an empty text, or, where it cannot be done, why.

    It continues without, because this is the second lock, but logs it; ``what`` names it there.
    """
    try:
        (refuse_network if may_start_programs else refuse_network_and_programs)()
    except NotOffered as reason:
        _log.critical("%s WITHOUT the filter that keeps it from the network (seccomp): %s", what, reason)
        return str(reason)
    return ""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_network_and_programs() -> None:
    """Make socket, connect and exec fail with EACCES in this process from now on; raise NotOffered if not."""
    _refuse(lambda name: True)


def refuse_network() -> None:
    """Make socket and connect fail with EACCES in this process and all that it starts; raise NotOffered if not."""
    _refuse(lambda name: not name.startswith("exec"))


def refuse_programs() -> None:
    """Make exec fail with EACCES in this process and all that it starts; raise NotOffered if not."""
    _refuse(lambda name: name.startswith("exec"))


def _refuse(is_refused: Callable[[str], bool]) -> None:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise NotOffered(f"There is no list of system calls for {machine}.")
    numbers = tuple(number for name, number in _REFUSED_CALLS[machine].items() if is_refused(name))
    instructions = _filter(_ARCHITECTURES[machine], numbers)
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = _Program(len(instructions) // 8, ctypes.addressof(buffer))
    prctl(_SET_NO_NEW_PRIVS, 1)
    prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(program))


def prctl(option: int, second: int, third: int = 0) -> None:
    """Call prctl(2); raise NotOffered if the system has none or refuses."""
    if sys.platform != "linux":
        raise NotOffered(f"{sys.platform} has no prctl.")
    library = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_ulong(second), ctypes.c_ulong(third), ctypes.c_ulong(0), ctypes.c_ulong(0))
    if library.prctl(ctypes.c_int(option), *arguments) != 0:
        name = errno.errorcode.get(ctypes.get_errno(), "an error")
        raise NotOffered(f"The kernel answered prctl {option} with {name}.")


def _filter(architecture: int, refused: tuple[int, ...]) -> bytes:
    """Return the filter as classic BPF; its jumps are counted from the instruction that follows them."""
    count = len(refused)
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 0, count + 3, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_IF_AT_LEAST, count + 1, 0, _X32_BIT),
        *((_JUMP_IF_EQUAL, count - place, 0, number) for place, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
