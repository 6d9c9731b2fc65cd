"""Characters that XML 1.0 cannot have, not even as references: an answer with one is refused, never changed."""

import re
from typing import Protocol

_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_LONGEST = 3

SENTENCE = "The answer has control characters, which XML cannot have."


class NotInXml(ValueError):
    """What is written cannot be XML."""


class _Out(Protocol):
    def write(self, content: bytes, /) -> int: ...

    def flush(self) -> None: ...


def is_xml(content: bytes) -> bool:
    """Return whether all characters of a text in UTF-8 can be in XML."""
    return _NOT_XML.search(content) is None


class XmlWriter:
    """A binary file that passes on what is written to it; raises NotInXml before it passes on what XML cannot have."""

    def __init__(self, out: _Out) -> None:
        self._out = out
        self._before = b""

    def write(self, content: bytes) -> int:
        """Take some bytes."""
        seen = self._before + content
        if not is_xml(seen):
            raise NotInXml(SENTENCE)
        self._before = seen[1 - _LONGEST :]
        return self._out.write(content)

    def flush(self) -> None:
        """Pass on what waits."""
        self._out.flush()
