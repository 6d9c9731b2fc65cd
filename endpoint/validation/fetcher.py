"""The fetcher: a process that gets data from an address into the folder of an order, and does nothing else.

It has the network, and may start no programs; what it got is read by checks only, which have no network.
"""

import errno
import http.client
import json
import os
import resource
import signal
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urljoin

from endpoint.http.problems import Problem
from endpoint.validation.addresses import Address, check_address, resolve_host
from endpoint.validation.check_limits import MIB, CheckLimits
from endpoint.validation.orders import FETCHED, RESULT, TRY_AGAIN, Order
from endpoint.validation.uploads import gunzip, keep_blocks, too_large
from pipeline import __version__
from pipeline.system.confinement import NotOffered, refuse_programs
from pipeline.system.limits import limit_memory, write_no_core

_BLOCK = 1 << 16
_MEMORY = 256 * MIB
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_HEADERS = {
    "Accept": "text/turtle, application/ld+json, application/rdf+xml, application/n-triples, text/csv, */*;q=0.5",
    "Accept-Encoding": "identity",
    "User-Agent": f"practicegraph/{__version__}",
}


def fetch(limits: CheckLimits, order: Order) -> None:
    """Fetch the data of an order, or write the reason for the failure into its folder."""
    signal.signal(signal.SIGALRM, _time_is_over)
    signal.setitimer(signal.ITIMER_REAL, limits.fetching)
    write_no_core()
    limit_memory(_MEMORY, for_good=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.data + _BLOCK, limits.data + _BLOCK))
    with suppress(NotOffered):  # a warning at the start of the server has said so
        refuse_programs()
    try:
        _fetch(order.url, limits, Path(order.folder, FETCHED))
    except Problem as problem:
        result = {"problem": problem.name, "sentence": problem.sentence}
        Path(order.folder, RESULT).write_text(json.dumps(result), encoding="utf-8")


def _time_is_over(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def _fetch(url: str, limits: CheckLimits, folder: Path) -> None:
    """Follow an address to the data; raise Problem where it leads elsewhere, or does not answer as it should."""
    for _ in range(_MOST_REDIRECTS + 1):
        address = check_address(url, limits.hosts)
        try:
            with closing(_Connection(address, resolve_host(address), limits.fetching)) as connection:
                connection.request("GET", address.target, headers=_HEADERS)
                response = connection.getresponse()
                if response.status not in _REDIRECTS:
                    _keep(response, address, limits.data, folder)
                    return
                url = urljoin(url, response.headers.get("Location", ""))
        except TimeoutError as error:
            raise _unreachable(address, f"took longer than {limits.fetching:g} s") from error
        except ssl.SSLCertVerificationError as error:
            raise _unreachable(address, f"has no valid certificate ({error.verify_message})") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                os._exit(TRY_AGAIN)
            raise _unreachable(address, "did not answer, or not in HTTP") from error
    raise _unreachable(address, f"redirected more than {_MOST_REDIRECTS} times")


def _keep(response: http.client.HTTPResponse, address: Address, most: int, folder: Path) -> None:
    if response.status != http.HTTPStatus.OK:
        raise _unreachable(address, f"answered {response.status}")
    if (response.length or 0) > most:
        raise too_large(most)
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    blocks: Iterable[bytes] = _blocks(response)
    if coding in ("gzip", "x-gzip"):
        blocks = gunzip(blocks)
    elif coding not in ("", "identity"):
        raise _unreachable(address, f"answered in the coding {coding[:40]}, which nobody asked for")
    keep_blocks(blocks, folder, address.name or address.host, response.headers.get("Content-Type", ""), most)


def _blocks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while block := response.read(_BLOCK):
        yield block
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)


def _unreachable(address: Address, what: str) -> Problem:
    return Problem(
        "address-unreachable", f"{address.place} {what}. Check the address, or send the data themselves."
    )


class _Connection(http.client.HTTPConnection):
    """A connection to an IP address that was looked up before, and not again."""

    def __init__(self, address: Address, ip: str, seconds: float) -> None:
        super().__init__(address.host.strip("[]"), address.port, timeout=seconds)
        self._ip = ip
        self._context = ssl.create_default_context() if address.scheme == "https" else None

    def connect(self) -> None:
        """Connect, with TLS where the address says so."""
        connected = socket.create_connection((self._ip, self.port), self.timeout)
        host: Any = self.host
        self.sock = (
            connected if self._context is None else self._context.wrap_socket(connected, server_hostname=host)
        )
