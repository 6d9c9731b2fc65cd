"""Responses: bytes with a strong ETag for each representation, compressed on request, kept for next time."""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import Response, request

from endpoint.http.cache import OVERHEAD, BoundedCache

Key = tuple[str, ...]

_LEVEL = 5
"""Level 6 takes twice the time of a page and saves 2 % of it."""

_LEAST, _MOST = 100, 2_000_000
"""How many bytes a page has at least and at most that is compressed when it is sent: the largest take 40 ms.

What is shorter grows by it.
"""


@dataclass(frozen=True)
class Body:
    """Rendered bytes with the hash that names them.

    ``link`` is the Link header that goes with them, ``modified`` when what they show was last changed.
    """

    plain: bytes
    digest: str
    link: str = ""
    modified: datetime | None = None

    @cached_property
    def gzipped(self) -> bytes | None:
        """Return the bytes compressed; None where that saves nothing."""
        zipped = gzip.compress(self.plain, _LEVEL, mtime=0) if len(self.plain) >= _LEAST else self.plain
        return zipped if len(zipped) < len(self.plain) else None

    @property
    def weight(self) -> int:
        """Return how many bytes of memory this takes."""
        return len(self.plain) + len(self.gzipped or b"") + len(self.link) + OVERHEAD


class RenderedBodies(BoundedCache[Key, Body]):
    """Rendered bodies by (release, path, variant)."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(most_bytes, lambda body: body.weight)

    def put(self, key: Key, entry: Body) -> None:
        """Store a body, compressed too, if bodies are stored at all."""
        if self._most:
            super().put(key, entry)


def make_body(plain: bytes, *, link: str = "", modified: str = "") -> Body:
    """Return bytes with their hash; ``modified`` is an xsd:dateTime."""
    return Body(plain, hashlib.sha256(plain).hexdigest()[:24], link, moment(modified))


def moment(date_time: str) -> datetime | None:
    """Return an xsd:dateTime as a moment, None for what is none or says no time zone."""
    try:
        parsed = datetime.fromisoformat(date_time.replace("Z", "+00:00"))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None


def respond(body: Body, content_type: str, *, status: int = 200, vary: Iterable[str] = ()) -> Response:
    """Return the body as a response; 304 without it where the client already has this representation."""
    zipped = body.gzipped if request.accept_encodings["gzip"] > 0 else None
    response = Response(zipped or body.plain, status=status, content_type=content_type)
    kind = hashlib.sha256(content_type.encode()).hexdigest()[:6]
    response.set_etag(f"{body.digest}-{kind}{'-gzip' if zipped else ''}")
    if zipped:
        response.content_encoding = "gzip"
    response.vary.update([*vary, "Accept-Encoding"])
    if body.link:
        response.headers["Link"] = body.link
    if status == 200:
        # A strong ETag says whether the bytes are the same; where a client sends both, it wins over the date.
        if body.modified is not None:
            response.last_modified = body.modified
        response.cache_control.public = True
        response.cache_control.max_age = 60
        response.make_conditional(request)
    return response


def gzip_parts(parts: Iterable[bytes], level: int) -> Iterator[bytes]:
    """Yield gzip; where the parts break off it breaks off too, without the checksum that would end it."""
    packer = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for part in parts:
        packed = packer.compress(part)
        if packed:
            yield packed
    yield packer.flush()


def compress_page(response: Response) -> Response:
    """Compress a web page that is made for one request, such as a report or an error, where the client reads that."""
    if response.mimetype != "text/html" or response.is_streamed or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    size = response.content_length or 0
    if _LEAST <= size <= _MOST and "ETag" not in response.headers and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
        response.content_encoding = "gzip"
    return response


def redirect_response(location: str, status: int, *, text: str = "", seconds: int | None = None) -> Response:
    """Send the client to another address, with a line that names it; `seconds` is for how long anyone may keep that."""
    response = Response(text or f"See {location}\n", status, content_type="text/plain; charset=utf-8")
    response.location = location
    if seconds is not None:
        response.cache_control.public = True
        response.cache_control.max_age = seconds
    return response


def unchanging(response: Response) -> Response:
    """Return a response that anyone may keep for ever: what is at its address never changes."""
    response.cache_control.max_age = 365 * 24 * 3600
    response.cache_control.immutable = True
    return response
