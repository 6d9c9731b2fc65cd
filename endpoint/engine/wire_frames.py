"""Frames: what a web process and a query child send over their socket: a kind, a length, that many bytes."""

import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Final

_HEAD = struct.Struct("!cI")

WORKER = struct.Struct("!II")
"""The content of the frame STARTED: the slot and the process id of the child that has begun."""

BODY_LIMIT = 64 * 1024
"""Bytes of an answer in one frame; an error found before the first one is full still gets its own status."""

_LONGEST = 64 * 1024 * 1024
_READ_AT_ONCE = 128 * 1024


class FrameKind:
    """What a frame contains: plain letters, since several frames go to and fro for every query."""

    QUESTION: Final = b"Q"
    STARTED: Final = b"S"
    READING: Final = b"T"
    BODY: Final = b"B"
    END: Final = b"E"
    REFUSED: Final = b"R"


_KINDS = b"QSTBER"


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

    def send(self, kind: bytes, content: bytes = b"") -> None:
        """Send one frame."""
        send(self._connection, kind, content)

    def receive(self, look: Callable[[], None] | None = None) -> tuple[bytes, bytes]:
        """Return the next frame; raise BrokenConversation where the other side ended without one.

        Whenever the timeout has passed ``look`` is called, which raises what ends the waiting.
        """
        kind, length = _HEAD.unpack(self._exactly(_HEAD.size, look))
        if length > _LONGEST:
            raise BrokenConversation(f"A frame of {length} bytes was announced; at most {_LONGEST} are read.")
        if kind not in _KINDS:
            raise BrokenConversation(f"{kind!r} is no kind of frame.")
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


def frame_bytes(kind: bytes, content: bytes = b"") -> bytes:
    """Return one frame as it is sent."""
    return _HEAD.pack(kind, len(content)) + content


def send(connection: socket.socket, kind: bytes, content: bytes = b"") -> None:
    """Send one frame."""
    connection.sendall(frame_bytes(kind, content))
