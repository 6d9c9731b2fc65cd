"""A queue of connections: how processes that were forked from one another connect without an address.

There is no file that could vanish or fill a disk, and nobody else can connect.
"""

import socket
import sys
from typing import Self

_KIND = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
_PATIENCE = 2.0
"""Seconds to wait while the queue is full."""


class ConnectionQueue:
    """Connections that some processes open and others accept, each by one of them."""

    def __init__(self, accepting: socket.socket | None = None) -> None:
        """Make a queue; with a socket, the accepting side of one that another process has made."""
        self._connecting: socket.socket | None = None
        if accepting is None:
            accepting, self._connecting = socket.socketpair(socket.AF_UNIX, _KIND)
            self._connecting.settimeout(_PATIENCE)
        self.accepting = accepting

    def connect(self) -> socket.socket:
        """Return a new connection, which waits to be accepted; raise OSError where the queue stays full."""
        assert self._connecting is not None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            try:
                socket.send_fds(self._connecting, [b"c"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def accept(self) -> socket.socket:
        """Return the next connection, once there is one; raise OSError if none comes."""
        _, descriptors, _, _ = socket.recv_fds(self.accepting, 1, 1)
        if not descriptors:
            raise ConnectionAbortedError("A connection was lost on its way.")
        return socket.socket(fileno=descriptors[0])

    def fileno(self) -> int:
        """Return what can be read when there is a connection to accept, for a selector."""
        return self.accepting.fileno()

    def accept_only(self) -> None:
        """Close the connecting side in this process, so that code in this process cannot send queries to others."""
        if self._connecting is not None:
            self._connecting.close()

    def close(self) -> None:
        """Close both sides in this process."""
        self.accepting.close()
        self.accept_only()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
