"""The cache: what has been answered, within a number of bytes, and one question at a time for each key."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_OVERHEAD = 500
"""Bytes that an entry costs beside its content."""

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of an answer, plain and, once somebody has asked for them so, compressed.

    ``own_names`` are the names in our namespaces that its query has, as written and as IRIs.
    """

    plain: bytes
    gzipped: bytes | None = None
    own_names: tuple[tuple[str, str], ...] = ()

    @property
    def weight(self) -> int:
        """Return how many bytes it takes to keep this."""
        return len(self.plain) + len(self.gzipped or b"") + _OVERHEAD


@dataclass(slots=True)
class Flight(Generic[Outcome]):
    """A question under way: the first to ask it leads, those who ask the same meanwhile wait for it."""

    landed: threading.Event = field(default_factory=threading.Event)
    outcome: Outcome | None = None


class Cache(Generic[Outcome]):
    """Answers by key, the least used ones dropped beyond a number of bytes, and the questions under way."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._flights: dict[str, Flight[Outcome]] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: str) -> Kept | None:
        """Return what is kept for a key, None where that is nothing."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: str, content: Kept) -> None:
        """Keep content for a key, unless it would take more than half of all there is room for."""
        if content.weight > self._most // 2:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self.size += content.weight - (before.weight if before else 0)
            self._kept[key] = content
            while self.size > self._most:
                _, dropped = self._kept.popitem(last=False)
                self.size -= dropped.weight

    def board(self, key: str) -> tuple[Flight[Outcome], bool]:
        """Return the flight for a key, and whether the caller leads it and so must land it."""
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def land(self, key: str, outcome: Outcome | None) -> None:
        """End the flight for a key; those who wait for it get the outcome, None for nothing to share."""
        with self._lock:
            flight = self._flights.pop(key)
        flight.outcome = outcome
        flight.landed.set()
