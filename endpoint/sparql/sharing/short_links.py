"""Short links: a query inside its own address, compressed with words that queries share. Nothing is stored."""

import base64
import binascii
import zlib
from functools import cache
from importlib.resources import files

MOST_PACKED = 8 * 1024
"""Characters of a packed query: mail programs and chats cut longer addresses."""

MOST_QUERY = 16 * 1024
"""The largest query, in bytes, with a short link, so that servers accept the address it redirects to."""

_FORM = "1"
"""The first character says which dictionary a query was packed with. A dictionary that links use never changes."""


class BadLink(ValueError):
    """A link does not contain a query; the sentence says why."""


def pack(query: str) -> str | None:
    """Return a query as letters of an address, None for one that is too long."""
    content = query.encode()
    if len(content) > MOST_QUERY:
        return None
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zdict=_dictionary())
    packed = packer.compress(content) + packer.flush()
    text = _FORM + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= MOST_PACKED else None


def unpack(text: str) -> str:
    """Return the query of a link; raise BadLink where there is none. It takes no more memory than a query may."""
    if len(text) > MOST_PACKED:
        raise BadLink(f"The link is longer than {MOST_PACKED} characters.")
    if not text.startswith(_FORM) or not text.isascii():
        raise BadLink("The link is incomplete or was changed. Copy it again.")
    body = text.removeprefix(_FORM)
    opener = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_dictionary())
    try:
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        content = opener.decompress(packed, MOST_QUERY + 1)
        query = content.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise BadLink("The link is incomplete or was changed. Copy it again.") from None
    if len(content) > MOST_QUERY:
        raise BadLink(f"The query in the link is longer than {MOST_QUERY} bytes.")
    if not opener.eof or opener.unused_data or not query.strip():
        raise BadLink("The link is incomplete or was changed. Copy it again.")
    return query


@cache
def _dictionary() -> bytes:
    return (files(__package__) / "link_dictionary.txt").read_bytes()
