"""Response caches: entries within a number of bytes, and one computation at a time for each key."""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cachetools import LRUCache

OVERHEAD = 500
"""Bytes that an entry takes beside its content."""

Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry")
Result = TypeVar("Result")


class BoundedCache(Generic[Key, Entry]):
    """Entries by key within a number of bytes; the least recently used go first. It is safe for threads.

    An entry that would take more than half of all the room is not stored.
    """

    def __init__(self, most_bytes: int, weigh: Callable[[Entry], int]) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._entries: LRUCache[Key, Entry] = LRUCache(most_bytes, weigh)

    @property
    def size(self) -> int:
        """Return how many bytes the entries take."""
        return int(self._entries.currsize)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        """Return the entry for a key, None if there is none."""
        with self._lock:
            return self._entries.get(key)

    def put(self, key: Key, entry: Entry) -> None:
        """Store an entry, in place of the one that the key had."""
        if self._entries.getsizeof(entry) > self._most // 2:
            return
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = entry


@dataclass(frozen=True, slots=True)
class CachedBody:
    """The bytes of an answer, plain and, once a client has asked for them so, compressed.

    ``own_names`` are the names in our namespaces that its query has, as written and as IRIs. ``hints``, as JSON, say
    why it is empty.
    """

    plain: bytes
    gzipped: bytes | None = None
    own_names: tuple[tuple[str, str], ...] = ()
    hints: str = ""

    @property
    def weight(self) -> int:
        """Return how many bytes of memory this takes."""
        names = sum(len(name) + len(iri) for name, iri in self.own_names)
        return len(self.plain) + len(self.gzipped or b"") + names + len(self.hints) + OVERHEAD


@dataclass(slots=True)
class PendingAnswer(Generic[Result]):
    """A computation under way: the first caller leads it, those who want the same meanwhile wait for it."""

    is_done: threading.Event = field(default_factory=threading.Event)
    result: Result | None = None


class AnswerCache(BoundedCache[str, CachedBody], Generic[Result]):
    """Answers by key, and the computations under way."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(most_bytes, lambda body: body.weight)
        self._pending: dict[str, PendingAnswer[Result]] = {}

    def join(self, key: str) -> tuple[PendingAnswer[Result], bool]:
        """Return the computation for a key, and whether the caller leads it and so must finish it."""
        with self._lock:
            pending = self._pending.get(key)
            if pending is not None:
                return pending, False
            pending = self._pending[key] = PendingAnswer()
            return pending, True

    def finish(self, key: str, result: Result | None) -> None:
        """End the computation for a key; those who wait get the result, None for nothing to share."""
        with self._lock:
            pending = self._pending.pop(key)
        pending.result = result
        pending.is_done.set()
