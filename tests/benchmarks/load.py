"""Load: clients that ask a server over HTTP as fast as it answers, in their own process."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import quote

ICGP = "https://w3id.org/intercultural-practices/ns#"
_JSON = "application/sparql-results+json"
_PREFIXES = f"PREFIX icgp: <{ICGP}> PREFIX dct: <http://purl.org/dc/terms/> "

QUERIES = {
    "describe": ("DESCRIBE <{practice}>", "text/turtle"),
    "facet": (f"{_PREFIXES} SELECT ?t (COUNT(?p) AS ?n) {{ ?p icgp:topic ?t }} GROUP BY ?t", _JSON),
    "list": (
        _PREFIXES + "SELECT ?p ?t ?y { ?p a icgp:GoodPractice ; "
        "icgp:country <https://w3id.org/intercultural-practices/country/ITA> ; icgp:startYear ?y ; dct:title ?t "
        'FILTER(?y >= 2015 && LANG(?t) = "en") } ORDER BY DESC(?y) ?p LIMIT 20',
        _JSON,
    ),
    "10,000 rows": (
        _PREFIXES + "SELECT ?p ?t ?c { ?p dct:title ?t ; icgp:country ?c } LIMIT 10000",
        _JSON,
    ),
}
"""Name → query and the media type that is asked for; {practice} is another one each time."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What clients got in a while: whole answers a second, milliseconds for each, and statuses."""

    per_second: float
    median: float
    slowest: float
    statuses: dict[str, int]
    size: int


def measure(
    address: str, name: str, practices: list[str], *, clients: int, seconds: float, repeated: bool
) -> Rate:
    """Ask a server, whose address is host:port/path, from a separate process, and return what it got."""
    asked = json.dumps([address, name, practices, clients, seconds, repeated])
    done = subprocess.run([sys.executable, __file__], input=asked, capture_output=True, text=True, check=True)
    return Rate(**json.loads(done.stdout))


class _Clients:
    def __init__(self, address: str, requests: Iterator[bytes], seconds: float) -> None:
        host, _, rest = address.partition(":")
        self._address = (host, int(rest.partition("/")[0]))
        self._requests = requests
        self._seconds = seconds
        self._lock = threading.Lock()
        self._times: list[float] = []
        self._statuses: Counter[str] = Counter()
        self._size = 0

    def run(self, number: int) -> Rate:
        began = time.monotonic()
        until = began + self._seconds
        threads = [threading.Thread(target=self._ask, args=(until,)) for _ in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        times = sorted(self._times) or [took]
        good = self._statuses["200"]
        middle, slow = times[len(times) // 2], times[int(len(times) * 0.99)]
        return Rate(good / took, middle * 1000, slow * 1000, dict(self._statuses), self._size)

    def _ask(self, until: float) -> None:
        connection = socket.create_connection(self._address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.monotonic() < until:
            with self._lock:
                request = next(self._requests)
            began = time.monotonic()
            try:
                connection.sendall(request)
                status, size, is_last = _answer(connection)
            except OSError:
                status, size, is_last = "broken", 0, True
            if status == "200":
                self._times.append(time.monotonic() - began)
                self._size = size
            self._statuses[status] += 1
            if is_last:
                connection.close()
                connection = socket.create_connection(self._address)
        connection.close()


def _answer(connection: socket.socket) -> tuple[str, int, bool]:
    """Return the status of the next answer, the bytes of its body, and whether it is the last one here."""
    content = bytearray()
    while b"\r\n\r\n" not in content:
        content += _received(connection)
    head, _, body = bytes(content).partition(b"\r\n\r\n")
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    size, end = len(body), body[-5:]
    if b"content-length" in lines:
        while size < int(lines[b"content-length"]):
            size += len(_received(connection))
    else:
        while end != b"0\r\n\r\n":
            part = _received(connection)
            size += len(part)
            end = (end + part)[-5:]
    return head[9:12].decode(), size, lines.get(b"connection") == b"close"


def _received(connection: socket.socket) -> bytes:
    part = connection.recv(1 << 18)
    if not part:
        raise ConnectionError
    return part


def _requests(path: str, name: str, practices: list[str], *, repeated: bool) -> Iterator[bytes]:
    query, accept = QUERIES[name]
    for number in count():
        # A comment makes a query another one to a cache, and the same to an engine.
        text = query.replace("{practice}", practices[number % len(practices)])
        text += "" if repeated else f" # {number} {time.monotonic_ns()}"
        yield f"GET {path}?query={quote(text)} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n".encode()


def _main() -> None:
    address, name, practices, clients, seconds, repeated = json.loads(sys.stdin.read())
    path = "/" + address.partition("/")[2]
    requests = _requests(path, name, practices, repeated=repeated)
    rate = _Clients(address, requests, seconds).run(clients)
    print(json.dumps({slot: getattr(rate, slot) for slot in Rate.__slots__}))


if __name__ == "__main__":
    _main()
