"""Status: what the processes of one server know about each other, in shared memory without a file."""

import contextlib
import json
import mmap
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

_HEAD = struct.Struct("QI")
_SIZE = 4096
_ATTEMPTS = 100

SOURCES = ("release", "server", "queries", "checks", "memory", "sandbox", "profiles")
"""What can be at fault; each has one process that writes about it."""


@dataclass(frozen=True, slots=True)
class RefusedRelease:
    """A release that is damaged and not served, and what is wrong with it."""

    name: str
    reason: str


class SharedText:
    """A short text that one process writes and all those forked after it was made can read."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SIZE)

    def write(self, text: str) -> None:
        """Replace the text; what does not fit is cut off."""
        content = text.encode()[: _SIZE - _HEAD.size]
        version, _ = _HEAD.unpack_from(self._memory)
        # An odd version says that the text is being written; readers try again.
        _HEAD.pack_into(self._memory, 0, version | 1, 0)
        self._memory[_HEAD.size : _HEAD.size + len(content)] = content
        _HEAD.pack_into(self._memory, 0, (version | 1) + 1, len(content))

    def read(self) -> str:
        """Return the text, empty if there is none."""
        for _ in range(_ATTEMPTS):
            version, length = _HEAD.unpack_from(self._memory)
            content = self._memory[_HEAD.size : _HEAD.size + length]
            if version % 2 == 0 and _HEAD.unpack_from(self._memory)[0] == version:
                return content.decode(errors="ignore")
        return ""


@dataclass(frozen=True, slots=True)
class Status:
    """The release that is served, the one that was refused, and what is wrong: one sentence for each source."""

    _served: SharedText = field(default_factory=SharedText)
    _refused: SharedText = field(default_factory=SharedText)
    _faults: dict[str, SharedText] = field(
        default_factory=lambda: {source: SharedText() for source in SOURCES}
    )

    def serve(self, release: Path) -> None:
        """Let a release be served from now on."""
        self._served.write(str(release))

    def served_release(self) -> Path:
        """Return the folder of the release that is served."""
        return Path(self._served.read())

    def refuse(self, refused: RefusedRelease | None) -> None:
        """Note the release that is not served; None if there is none any more."""
        self._refused.write("" if refused is None else json.dumps(asdict(refused)))

    def refused_release(self) -> RefusedRelease | None:
        """Return the newer release that is not served, None if there is none."""
        with contextlib.suppress(ValueError):
            return RefusedRelease(**json.loads(self._refused.read()))
        return None

    def reporter(self, source: str) -> Callable[[str], None]:
        """Return what notes a fault of one of SOURCES; an empty text says that it is over."""
        return self._faults[source].write

    def faults(self) -> tuple[str, ...]:
        """Return a sentence for each fault that is not over."""
        return tuple(filter(None, (text.read() for text in self._faults.values())))
