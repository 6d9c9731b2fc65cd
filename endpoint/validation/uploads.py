"""Uploads: the files of a request, put under tame names into a private folder, never more than the limit."""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import IO, Any

from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from endpoint.http.problems import Problem
from endpoint.validation.addresses import check_address
from endpoint.validation.check_limits import MIB, CheckLimits
from endpoint.validation.orders import Order
from pipeline.shapes_check.files_digest import digest_of
from pipeline.shapes_check.named_profiles import OURS, NamedProfiles, ProfileUnknown
from pipeline.sources.files.file_kinds import SUFFIXES, suffix_of_kind

FIELD = "data"
SHAPES = "shapes"
PROFILE = "profile"
URL = "url"
_MULTIPART = "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"

_BLOCK = 1 << 16
_HEAD = 1 << 12
_MOST_FILES = 100
_LONGEST_STEM = 60
_NO_NAME = "data"
_WORTH_KEEPING = 1 << 14
"""Bytes of shapes: checking fewer is about as fast as using a process that keeps them."""

_MOST_KEPT = 1 << 22
"""Bytes of shapes: more have more triples than a process remembers."""

_GZIP = 31
"""What zlib calls the format of gzip."""

_NOT_IN_NAMES = re.compile(r"[^\w .()+-]")


def receive(request: Request, folder: Path, limits: CheckLimits, profiles: NamedProfiles) -> Order:
    """Put the data of a request into a folder and return an order for them, with what the fields beside them ask for.

    Raises Problem for what is missing, too large or not readable.
    """
    most = limits.data
    if request.content_length is not None and request.content_length > most:
        raise too_large(most)
    request.max_content_length = request.max_form_memory_size = most
    try:
        if request.mimetype == _MULTIPART:
            return _receive_form(request, folder, limits, profiles)
        ours, shapes = chosen_rules(request.args.getlist(PROFILE), request.args.getlist(SHAPES), profiles)
        url = _url_of(request.args.getlist(URL), limits.hosts)
        if url and request.stream.read(1):
            raise _both()
        files = () if url else (_receive_body(request, folder, most),)
        return _order(folder, files, profile=ours, shapes=shapes, url=url)
    except RequestEntityTooLarge as error:
        raise too_large(most) from error
    except HTTPException as error:
        raise Problem(
            "request-unreadable", "The body of the request did not come whole. Send it again."
        ) from error


def _order(folder: Path, files: Iterable[Path], *, shapes: Iterable[Path], **more: Any) -> Order:
    return Order(str(folder), tuple(map(str, files)), shapes=tuple(map(str, shapes)), **more)


def too_large(most: int) -> Problem:
    """Return the problem of data beyond the limit."""
    return Problem(
        "data-too-large",
        f"The data have more than {most // MIB:,} MB, which is what this service takes at once. "
        "Check them on your own computer, which has no such limit: practicegraph validate FILE.",
    )


def _receive_body(request: Request, folder: Path, most: int) -> Path:
    if request.mimetype == _URLENCODED:
        raise Problem(
            "type-unknown",
            "The request says that it is a form. State what the data are, such as Content-Type: text/csv, "
            "or send files as multipart/form-data in the field “data”.",
        )
    blocks: Iterable[bytes] = iter(lambda: request.stream.read(_BLOCK), b"")
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip"):
        blocks = gunzip(blocks)
    elif coding not in ("", "identity"):
        raise Problem(
            "coding-unknown",
            f"Content-Encoding: {coding[:40]} is not understood here. Send the data plain or as gzip.",
            {"Accept-Encoding": "gzip"},
        )
    return keep_blocks(blocks, folder, _NO_NAME, request.content_type or "", most)


def _receive_form(request: Request, folder: Path, limits: CheckLimits, profiles: NamedProfiles) -> Order:
    most = limits.data
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Problem("coding-unknown", "A form is not taken compressed. Send it plain.")
    files = _keep_field(request, FIELD, folder, most)
    url = _url_of([*request.args.getlist(URL), *request.form.getlist(URL)], limits.hosts)
    if url and files:
        raise _both()
    if not files and not url:
        raise Problem("data-missing", "No file was sent. Choose a file or paste its content (field “data”).")
    fields = request.form
    named = [text.strip() for text in fields.getlist(SHAPES) if text.strip() in OURS]
    sent = _keep_field(request, SHAPES, folder, most)
    ours, shapes = chosen_rules(
        [*request.args.getlist(PROFILE), *fields.getlist(PROFILE)],
        [*request.args.getlist(SHAPES), *named],
        profiles,
        are_sent=bool(sent),
    )
    return _order(
        folder,
        files,
        is_strict=is_true(fields.get("strict")),
        profile=ours,
        shapes=sent or shapes,
        digest=_digest(sent),
        url=url,
    )


def _url_of(stated: Sequence[str], hosts: Sequence[str]) -> str:
    """Return the address to fetch data from, empty for none; raise Problem for one that is not fetched."""
    named = list(dict.fromkeys(filter(None, map(str.strip, stated))))
    if len(named) > 1:
        raise Problem("address-refused", "There are several addresses. Give one in url.")
    if named:
        check_address(named[0], hosts)
    return "".join(named)


def _both() -> Problem:
    return Problem("request-unreadable", "There are data and an address of data. Give one of them.")


def _digest(shapes: Sequence[Path]) -> str:
    """Return the digest of shapes that are worth being kept for the next check, else an empty text."""
    is_worth_it = _WORTH_KEEPING < sum(path.stat().st_size for path in shapes) <= _MOST_KEPT
    return digest_of([(path, path.name) for path in shapes]).hex() if is_worth_it else ""


def chosen_rules(
    named: Sequence[str], shapes: Sequence[str], profiles: NamedProfiles, *, are_sent: bool = False
) -> tuple[str, tuple[Path, ...]]:
    """Return what ``profile`` or ``shapes`` names: rules of ours, those of practices by default, or files of a profile.

    Raises Problem for other names.
    ``are_sent`` says that there are shapes in the request, beside which nothing else is named.
    """
    stated = list(dict.fromkeys(filter(None, map(str.strip, named))))
    ours = list(dict.fromkeys(filter(None, shapes)))
    if any(name not in OURS for name in ours):
        raise Problem(
            "shapes-unknown",
            f"shapes={', '.join(ours)[:80]} is unknown. Name one of practice, catalogue, name a profile with "
            "profile=, or send shapes of your own as files in the field “shapes” and name none.",
        )
    if len({OURS.get(name, name) for name in (*stated, *ours)}) + are_sent > 1:
        names = ", ".join((*stated, *ours))[:80]
        raise Problem(
            "shapes-unknown",
            f"The request names several things to check by ({names}). Name one, or send shapes and name none.",
        )
    name = next(iter((*stated, *ours)), "practice")
    if name in OURS:
        return OURS[name], ()
    try:
        return "practice", profiles.find(name).files
    except ProfileUnknown as error:
        raise Problem("profile-unknown", str(error)) from error


def _keep_field(request: Request, field: str, folder: Path, most: int) -> tuple[Path, ...]:
    """Keep the files of a field of a form, and what was pasted into it."""
    sent = [each for each in request.files.getlist(field) if each.filename or each.stream.read(1)]
    pasted = [text for text in request.form.getlist(field) if text.strip()]
    if field == SHAPES:
        pasted = [text for text in pasted if text.strip() not in OURS]
    if len(sent) + len(pasted) > _MOST_FILES:
        raise Problem("request-unreadable", f"There are more than {_MOST_FILES} files. Send them as one ZIP.")
    files = [_keep_file(each, folder / f"{field}{number}", most) for number, each in enumerate(sent)]
    files += [
        keep_blocks((text.encode("utf-8", "replace"),), folder / f"{field}-text{number}", "pasted", "", most)
        for number, text in enumerate(pasted)
    ]
    return tuple(files)


def is_true(value: str | None) -> bool:
    """Return whether a parameter is set: to anything but a word for no."""
    return value is not None and value.strip().lower() not in ("false", "0", "no", "off")


def _keep_file(sent: FileStorage, folder: Path, most: int) -> Path:
    sent.stream.seek(0)
    stream: IO[bytes] = sent.stream
    blocks = iter(lambda: stream.read(_BLOCK), b"")
    return keep_blocks(blocks, folder, sent.filename or _NO_NAME, sent.content_type or "", most)


def keep_blocks(blocks: Iterable[bytes], folder: Path, name: str, media_type: str, most: int) -> Path:
    """Write a file, find out what it is, and return its path under a name that says so."""
    folder.mkdir(exist_ok=True)
    raw = folder / ".incoming"
    head, count = b"", 0
    with raw.open("wb") as file:
        for block in blocks:
            count += len(block)
            if count > most:
                raise too_large(most)
            head += block[: max(0, _HEAD - len(head))]
            file.write(block)
    if not head.strip():
        subject = f"“{safe_name(name)}” is empty" if name != _NO_NAME else "The body of the request is empty"
        raise Problem("data-missing", f"{subject}. Send a table, a workbook, JSON or RDF.")
    return raw.rename(folder / with_suffix(name, suffix_of(media_type, name, head)))


def suffix_of(media_type: str, name: str, head: bytes) -> str:
    """Return the suffix of the reader for a file; raise Problem for a media type without one.

    A media type that says what the file is goes first, then the suffix of its name, then how it begins.
    """
    suffix = suffix_of_kind(media_type, name, head)
    if suffix is None:
        known = ", ".join(SUFFIXES)
        raise Problem("type-unknown", f"{media_type[:80]} is not read here. State one of {known}.")
    return suffix


def with_suffix(name: str, suffix: str) -> str:
    """Return a name for a file that ends in a suffix."""
    path = PurePath(safe_name(name))
    stem = path.stem if path.suffix.lower() == suffix else path.name
    return stem[:_LONGEST_STEM].rstrip(". ") + suffix


def safe_name(name: str) -> str:
    """Return the last part of a name as a browser sent it, without what is no letter, digit or mark."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return _NOT_IN_NAMES.sub("_", last).strip(" .") or _NO_NAME


def gunzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what gzip has packed, in small blocks, however much a packed one holds."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for packed in blocks:
            while packed:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_GZIP)
                yield unpacker.decompress(packed, _BLOCK)
                packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    except zlib.error as error:
        raise Problem("data-unreadable", "The body is not gzip, though its header says so.") from error
    if not unpacker.eof:
        raise Problem("data-unreadable", "The gzip of the body ends too early. Send it again.")
