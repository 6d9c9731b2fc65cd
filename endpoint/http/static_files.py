"""Static files, compressed where the client accepts that: by Brotli where the build left a ``.br`` beside the file.

Other texts are compressed by gzip once in each process. Every form of a file has a strong ETag of its own.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from flask import Response, abort, request
from werkzeug.security import safe_join

_TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")
_LEAST = 1000
_MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class _EncodedFile:
    """A file as it is sent: its bytes, its content coding and its tag."""

    content: bytes
    coding: str
    tag: str


def static_file(folder: Path, name: str) -> Response:
    """Return a file below a folder in the best coding that the client accepts; 404 if there is none."""
    joined = safe_join(str(folder), name)
    path = Path(joined) if joined is not None else None
    if path is None or not path.is_file() or path.name.startswith("."):
        abort(404)
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = media_type.startswith(_TEXTS)
    coded = _encode_file(path, _coding(path, is_text=is_text), path.stat().st_mtime_ns)
    response = Response(coded.content, content_type=f"{media_type}; charset=utf-8" if is_text else media_type)
    response.set_etag(coded.tag)
    response.last_modified = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if coded.coding:
        response.content_encoding = coded.coding
    if is_text:
        response.vary.add("Accept-Encoding")
    response.make_conditional(request, accept_ranges=not coded.coding, complete_length=len(coded.content))
    return response


def _coding(path: Path, *, is_text: bool) -> str:
    accepted = request.accept_encodings
    if not is_text or path.stat().st_size < _LEAST:
        return ""
    if accepted["br"] > 0 and accepted["br"] >= accepted["gzip"] and _brotli(path).is_file():
        return "br"
    return "gzip" if accepted["gzip"] > 0 else ""


@lru_cache(maxsize=_MOST_KEPT)
def _encode_file(path: Path, coding: str, _: int) -> _EncodedFile:
    """Return a file in a coding; a file that was changed since has another time, and is read again."""
    plain = path.read_bytes()
    digest = hashlib.sha256(plain).hexdigest()[:24]
    if coding == "br":
        return _EncodedFile(_brotli(path).read_bytes(), coding, f"{digest}-br")
    if coding == "gzip":
        return _EncodedFile(gzip.compress(plain, 9, mtime=0), coding, f"{digest}-gzip")
    return _EncodedFile(plain, "", digest)


def _brotli(path: Path) -> Path:
    return path.with_name(f"{path.name}.br")
