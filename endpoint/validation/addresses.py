"""Addresses that data may be fetched from: the hosts that the operator lists, and no way around the list."""

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from endpoint.http.problems import Problem
from pipeline.model.errors import UsageError

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])"
_PLACE = re.compile(rf"({_HOST})(?::([1-9][0-9]{{0,4}}))?", re.IGNORECASE)
_PLAIN = re.compile(r"[!#-;=?-\[\]_a-z~%&]+", re.IGNORECASE)
"""An address as it must be written: ASCII without spaces, quotation marks, backslashes and angle brackets."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be fetched; ``target`` is its path with its query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def place(self) -> str:
        """Return host and port, as they are in an address."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.target.partition("?")[0].rpartition("/")[2]


def listed_hosts(stated: Collection[str]) -> tuple[str, ...]:
    """Return hosts as an operator lists them, in small letters; raise UsageError for anything else."""
    for host in stated:
        if not _PLACE.fullmatch(host):
            raise UsageError(
                f"{host!r} is no host. Give a name, such as data.example.org; add a port only where it is unusual."
            )
    return tuple(dict.fromkeys(host.lower() for host in stated))


def check_address(text: str, hosts: Collection[str]) -> Address:
    """Return an address; raise Problem where it is none, or none of the hosts that are listed."""
    if not hosts:
        raise _refusal("This server fetches no data from addresses. Send the data themselves.")
    try:
        parts = urlsplit(text) if len(text) <= _LONGEST and _PLAIN.fullmatch(text) else None
    except ValueError:
        parts = None
    place = _PLACE.fullmatch(parts.netloc) if parts is not None else None
    if parts is None or place is None or parts.scheme not in _PORTS:
        raise _refusal(
            "This is no address that can be fetched. Give one that begins with http:// or https:// and a host, "
            "without a user name, in ASCII."
        )
    host, usual = place[1].lower(), _PORTS[parts.scheme]
    port = int(place[2] or usual)
    if f"{host}:{port}" not in hosts and not (port == usual and host in hosts):
        raise _refusal(
            f"Data are fetched from {', '.join(sorted(hosts))} only, not from {parts.netloc[:80]}."
        )
    return Address(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def resolve_host(address: Address) -> str:
    """Return the IP address to connect to; raise Problem where a name leads into a private network, or nowhere.

    An operator who wants data from such a network lists the IP address itself.
    """
    bare = address.host.strip("[]")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    try:
        entries = socket.getaddrinfo(bare, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Problem("address-unreachable", f"{address.host} is no host that can be found.") from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in entries]
    if not all(map(_is_public, addresses)):
        raise _refusal(f"{address.host} leads into a private network, from which nothing is fetched.")
    return str(addresses[0])


def _is_public(address: IpAddress) -> bool:
    """Return whether an IP address is one of the public network, and holds none of another."""
    within = [address]
    if isinstance(address, ipaddress.IPv6Address):
        within += [one for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if one]
        if address in _NAT64:
            within.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(one.is_global and not one.is_multicast for one in within)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _refusal(sentence: str) -> Problem:
    return Problem("address-refused", sentence)
