"""XML in other encodings than UTF-8, which parsers of RDF/XML do not read, as UTF-8."""

import codecs
import re

from pipeline.model.errors import SourceError

_DECLARED = re.compile(rb"""\A(<\?xml\b[^>]{0,200}?\sencoding\s*=\s*)(["'])([A-Za-z0-9._-]{1,40})\2""")
_READ = frozenset(
    ("ascii", "iso8859-1", "iso8859-2", "iso8859-9", "iso8859-15", "cp1250", "cp1252", "cp1254", "utf-16")
)
_MARKED = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def as_utf8(content: bytes, name: str) -> bytes:
    """Return XML as UTF-8, its declaration changed to say so; raise SourceError for what cannot be decoded."""
    declaration = _DECLARED.match(content)
    if content.startswith(_MARKED):
        codec = "utf-16"
    elif declaration is None or (codec := _codec(declaration[3].decode("ascii"))) not in _READ:
        return content  # the parser says what it thinks of an encoding that nobody knows
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{name}, line {line}: the text is not {codec}, as the file says. Save it as UTF-8."
        ) from error
    return _DECLARED.sub(rb"\1\2UTF-8\2", text.encode("utf-8"))


def _codec(declared: str) -> str:
    try:
        return codecs.lookup(declared).name
    except LookupError:
        return ""
