"""A site of its own for a release: the whole server on a loopback port, as a child that ends with this process."""

import contextlib
import http.client
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from endpoint.server.serve import ServerSettings, serve
from pipeline.model.errors import EnvironmentFault, PracticegraphError, UsageError
from pipeline.release.folder.manifest import MANIFEST
from pipeline.system.processes import Process, spawn

_LONGEST_START = 300.0
_LONGEST_STOP = 10.0


@dataclass(frozen=True, slots=True)
class LocalSite:
    """A site on a loopback port, and the process that serves it."""

    port: int
    child: Process

    @property
    def address(self) -> str:
        """Return the address of the site."""
        return f"http://127.0.0.1:{self.port}"

    def wait_until_ready(self) -> None:
        """Wait for the first response, which comes when the release is served.

        Raise SystemExit if the child ends before, which has said why.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_LONGEST_START)
        try:
            connection.request("GET", "/readyz")
            connection.getresponse().read()
        except TimeoutError as error:
            raise EnvironmentFault(f"The release is not served after {_LONGEST_START:g} s.") from error
        except (OSError, http.client.HTTPException) as error:
            raise SystemExit(self.child.wait(_LONGEST_STOP) or EnvironmentFault.exit_code) from error
        finally:
            connection.close()


@contextlib.contextmanager
def local_site(release: Path, query_timeout: float) -> Iterator[LocalSite]:
    """Start to serve the current release of an output folder to this machine alone.

    Call it while this process has one thread, since it forks. Raise UsageError for the folder of one release.
    """
    if (release / MANIFEST).is_file():
        folder = release.resolve().parent.parent
        raise UsageError(f"{release} is one release. Give the folder of all releases: --release {folder}")
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = int(listener.getsockname()[1])
    settings = ServerSettings(
        release=release,
        port=port,
        processes=1,
        query_timeout=query_timeout,
        query_children=1,
        query_children_most=4,
        checks=1,
        cache_mb=8,
    )
    child = spawn("pg-site", lambda: _serve(settings, listener), when_parent_dies=signal.SIGTERM)
    listener.close()
    try:
        yield LocalSite(port, child)
    finally:
        child.signal(signal.SIGTERM)
        if child.wait(_LONGEST_STOP) is None:
            child.signal(signal.SIGKILL)


def _serve(settings: ServerSettings, listener: socket.socket) -> None:
    """Be the server; standard input and output belong to the protocol, so let go of them."""
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    try:
        serve(settings, listener)
    except PracticegraphError as error:
        sys.stderr.write(f"practicegraph: {error}\n")
        sys.stderr.flush()
        os._exit(error.exit_code)
