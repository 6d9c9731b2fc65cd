"""Frames: what a web process and a query child send over their socket: a kind, a length, that many bytes."""

import contextlib
import socket
import struct
from collections.abc import Callable
from enum import Enum

_HEAD = struct.Struct("!cI")

WORKER = struct.Struct("!II")
"""What the frame STARTED holds: the slot and the process id of the child that has begun."""

BODY_LIMIT = 64 * 1024
"""Bytes of an answer in one frame; an error found before the first one is full still gets its own status."""

_LONGEST = 64 * 1024 * 1024
_READ_AT_ONCE = 128 * 1024


class FrameKind(Enum):
    """What a frame contains."""

    QUESTION = b"Q"
    STARTED = b"S"
    READING = b"T"
    BODY = b"B"
    END = b"E"
    REFUSED = b"R"


class BrokenConversation(Exception):
    """The other side has gone, or speaks something else."""


class Conversation:
    """A connection on which frames come and go; what is read ahead of a frame is kept for the next one."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._ahead = bytearray()

    def set_timeout(self, seconds: float) -> None:
        """Limit the seconds that any reading or sending may wait."""
        self._connection.settimeout(seconds)

    def send(self, kind: FrameKind, content: bytes = b"") -> None:
        """Send one frame."""
        send(self._connection, kind, content)

    def receive(self, look: Callable[[], None] | None = None) -> tuple[FrameKind, bytes]:
        """Return the next frame; raise BrokenConversation where the other side ended without one.

        Whenever the timeout has passed ``look`` is called, which raises what ends the waiting.
        """
        letter, length = _HEAD.unpack(self._exactly(_HEAD.size, look))
        if length > _LONGEST:
            raise BrokenConversation(f"A frame of {length} bytes was announced; at most {_LONGEST} are read.")
        try:
            kind = FrameKind(letter)
        except ValueError:
            raise BrokenConversation(f"{letter!r} is no kind of frame.") from None
        return kind, self._exactly(length, look)

    def close(self) -> None:
        """End the conversation."""
        with contextlib.suppress(OSError):
            self._connection.close()

    def _exactly(self, length: int, look: Callable[[], None] | None) -> bytes:
        while len(self._ahead) < length:
            try:
                part = self._connection.recv(_READ_AT_ONCE)
            except TimeoutError:
                if look is None:
                    raise
                look()
                continue
            if not part:
                raise BrokenConversation("The other side closed the connection.")
            self._ahead += part
        content = bytes(self._ahead[:length])
        del self._ahead[:length]
        return content


def framed(kind: FrameKind, content: bytes = b"") -> bytes:
    """Return one frame as it is sent."""
    return _HEAD.pack(kind.value, len(content)) + content


def send(connection: socket.socket, kind: FrameKind, content: bytes = b"") -> None:
    """Send one frame."""
    connection.sendall(framed(kind, content))
