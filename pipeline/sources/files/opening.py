"""Opening a source: what cannot be read is refused in a sentence, and what is read is hashed on the way."""

import codecs
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.errors import SourceError

HEAD_BYTES = 1 << 16
_BLOCK = 1 << 20
_SAMPLE_BYTES = 1 << 18
_SAMPLE_LINE_BYTES = 4096

_WANTED = "a table in CSV. Save the table as CSV (UTF-8) and give that."
_BINARY_FORMATS = (
    (b"PK\x03\x04", "a ZIP file such as an XLSX or ODS workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "a rich text document"),
)
_TEXT_FORMATS = (
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("<?xml", "an XML file"),
    ("{|", "a table in wikitext"),
    ("{", "JSON"),
    ("[", "JSON"),
    ("@prefix", "RDF in Turtle"),
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known after one look at all bytes of a file.

    ``head`` is how it begins; ``broken_line`` the first line that is not UTF-8, or None; ``sample`` holds
    lines with bytes outside ASCII, for guessing another encoding.
    """

    sha256: str
    size: int
    head: bytes
    broken_line: int | None
    sample: bytes


class HashingFile(io.RawIOBase):
    """A file that hashes and counts what is read from it."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self.count = 0

    def readable(self) -> bool:
        """Return True: it is for reading."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer from the file and return how many bytes came."""
        size = self._raw.readinto(buffer) or 0
        self._hash.update(memoryview(buffer)[:size])
        self.count += size
        return size

    def close(self) -> None:
        """Close the file below, too."""
        self._raw.close()
        super().close()

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what has been read so far, as hex digits."""
        return self._hash.hexdigest()


def printable_name(name: str) -> str:
    """Return the name with what is not a text in it made visible, so that any report can contain it."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


@contextmanager
def open_file(path: Path, name: str) -> Iterator[HashingFile]:
    """Open a regular file for hashed reading; raise SourceError, with the reason, where that cannot be."""
    _refuse_what_is_no_file(path, name)
    try:
        raw = io.FileIO(path)
    except OSError as error:
        raise SourceError(f"{name} cannot be opened: {_reason(error)}. Check its permissions.") from error
    with HashingFile(raw) as file:
        try:
            yield file
        except OSError as error:
            raise SourceError(f"{name} cannot be read to its end: {_reason(error)}.") from error


def _refuse_what_is_no_file(path: Path, name: str) -> None:
    try:
        if path.is_file():
            return
        if path.is_dir():
            raise SourceError(f"{name} is a folder. Name the files in it instead.")
        if path.exists():
            raise SourceError(f"{name} is not a regular file. Save its content to a file and name that.")
        if path.is_symlink():
            target = printable_name(str(path.readlink()))
            raise SourceError(f"{name} is a link to {target}, which is not there. Mend the link.")
    except OSError as error:
        raise SourceError(f"{name} cannot be opened: {_reason(error)}. Check its permissions.") from error
    raise SourceError(f"{name} does not exist. Check the path.")


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def survey(path: Path, name: str) -> Survey:
    """Read all bytes once and return their size, identity and encoding."""
    head, sample, lines, broken_line = b"", bytearray(), 0, None
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_file(path, name) as file:
        while block := file.read(_BLOCK):
            head = head or block[:HEAD_BYTES]
            if len(sample) < _SAMPLE_BYTES and not block.isascii():
                sample += _lines_beyond_ascii(block)
            if broken_line is None:
                broken_line = _first_broken_line(decoder, block, lines)
                lines += block.count(b"\n")
        if broken_line is None:
            broken_line = _first_broken_line(decoder, b"", lines)
        return Survey(file.sha256, file.count, head, broken_line, bytes(sample[:_SAMPLE_BYTES]))


def _first_broken_line(decoder: codecs.IncrementalDecoder, block: bytes, lines_before: int) -> int | None:
    try:
        decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        return lines_before + error.object.count(b"\n", 0, error.start) + 1
    return None


def _lines_beyond_ascii(block: bytes) -> bytes:
    lines = (line[:_SAMPLE_LINE_BYTES] for line in block.split(b"\n") if not line.isascii())
    return b"\n".join(lines) + b"\n"


def refuse_binary_formats(head: bytes, name: str) -> None:
    """Raise SourceError when the first bytes are those of another well-known format."""
    for signature, kind in _BINARY_FORMATS:
        if head.startswith(signature):
            raise SourceError(f"{name} is {kind}, not {_WANTED}")


def refuse_text_formats(text: str, name: str) -> None:
    """Raise SourceError when the text begins like another well-known format."""
    start = text.lstrip("\ufeff \t\r\n")[:64].lower()
    for opening, kind in _TEXT_FORMATS:
        if start.startswith(opening):
            raise SourceError(f"{name} is {kind}, not {_WANTED}")


def refuse_what_is_no_text(text: str, name: str) -> None:
    """Raise SourceError when one character in ten or more is a control character."""
    controls = sum(1 for character in text if character < " " and character not in "\t\n\r\f\v")
    if controls * 10 > len(text):
        raise SourceError(f"{name} is full of control characters: no text, and not {_WANTED}")
