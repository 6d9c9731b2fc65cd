"""Bodies of requests: read as they were sent, or as gzip, and never longer than a query may be."""

import zlib

from endpoint.syntax.sparql_problems import Problem

_GZIP = 16 + zlib.MAX_WBITS
_AS_IS = ("", "identity")
_GZIPPED = ("gzip", "x-gzip")
_LONGEST_SHOWN = 40


def decoded(body: bytes, coding: str, most: int) -> bytes:
    """Return a body as it was before its coding; raise Problem for another coding than gzip, or beyond a size."""
    coding = coding.strip().lower()
    if coding in _AS_IS or not body:
        return body
    if coding not in _GZIPPED:
        raise Problem(
            "body-type-unknown",
            f"A body compressed as {coding[:_LONGEST_SHOWN]} cannot be read. Send it as gzip, or not compressed.",
            headers={"Accept-Encoding": "gzip"},
        )
    unpacker = zlib.decompressobj(_GZIP)
    try:
        plain = unpacker.decompress(body, most + 1)
    except zlib.error:
        raise Problem("request-not-understood", "The body is not gzip, as Content-Encoding says.") from None
    if len(plain) > most:
        raise Problem("query-too-long", f"The body has more than {most} bytes. At most {most} are accepted.")
    if not unpacker.eof or unpacker.unused_data:
        raise Problem("request-not-understood", "The body is no complete gzip. Compress it again.")
    return plain
