"""Frames: how a web process and a query child speak over their socket: a kind, a length, that many bytes."""

import socket
import struct
from enum import Enum

_HEAD = struct.Struct("!cI")

BODY_LIMIT = 64 * 1024
"""Bytes of an answer in one frame; an error found before the first one is full still gets its own status."""

_LONGEST = 4 * 1024 * 1024


class Kind(Enum):
    """What a frame holds."""

    QUESTION = b"Q"
    STARTED = b"S"
    BODY = b"B"
    END = b"E"
    REFUSED = b"R"


class BrokenConversation(Exception):
    """The other side has gone, or speaks something else."""


def send(connection: socket.socket, kind: Kind, content: bytes = b"") -> None:
    """Send one frame."""
    connection.sendall(_HEAD.pack(kind.value, len(content)) + content)


def receive(connection: socket.socket) -> tuple[Kind, bytes]:
    """Return the next frame; raise BrokenConversation where the other side ended without one."""
    letter, length = _HEAD.unpack(_exactly(connection, _HEAD.size))
    if length > _LONGEST:
        raise BrokenConversation(f"A frame of {length} bytes was announced; at most {_LONGEST} are read.")
    try:
        kind = Kind(letter)
    except ValueError:
        raise BrokenConversation(f"{letter!r} is no kind of frame.") from None
    return kind, _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(length - len(parts))
        if not part:
            raise BrokenConversation("The other side closed the connection.")
        parts += part
    return bytes(parts)
