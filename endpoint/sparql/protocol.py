"""The protocol: which operation an HTTP request stands for (SPARQL 1.1 Protocol §2.1, the query part)."""

import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from endpoint.http.problems import Problem
from endpoint.http.request_limits import MOST_PARAMETERS

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"

_OTHER_PARAMETERS = 64 * 1024
"""Bytes for all that a form contains beside its query."""

_BYTE_ORDER_MARK = "\ufeff"
_LONGEST_SHOWN = 200
_MOST_BARE_SIGNS = 1000
_PLUS_IS_SPACE = bytes.maketrans(b"+", b" ")
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)

Parameters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A query with the dataset that the request names (None: it leaves that open) and its ``format=``.

    ``seconds`` is what it gives the query by ``timeout=``, None for as long as there is.
    """

    query: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    formats: tuple[str, ...] = ()
    seconds: float | None = None


def most_body_bytes(query_bytes: int) -> int:
    """Return how long the body of a request may be: a query of this size, percent-encoded, and parameters."""
    return 3 * query_bytes + _OTHER_PARAMETERS


def operation(
    method: str, query_string: bytes, content_type: str, body: bytes, query_bytes: int
) -> Operation | None:
    """Return the operation of a request, None where it asks for the description of the service.

    ``content_type`` is that of the body, empty where none is given. Raise Problem for everything that is not
    the query operation of the protocol, and for a query of more than ``query_bytes``.
    """
    url = _parameters(query_string, query_bytes)
    if method == "POST":
        return _post_operation(url, content_type, body, query_bytes)
    _refuse_update(url)
    if "query" not in url:
        if "default-graph-uri" in url or "named-graph-uri" in url:
            raise Problem("query-missing", "A dataset is named but no query is given; add query=.")
        return None
    return _operation(_one(url, "query"), url)


def _post_operation(url: Parameters, content_type: str, body: bytes, query_bytes: int) -> Operation:
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if media_type == _UPDATE:
        raise Problem("update-forbidden", "This endpoint answers queries only; it holds a published release.")
    if media_type not in (FORM, DIRECT):
        kind = f"of type {media_type}" if media_type else "without a type"
        raise Problem(
            "body-type-unknown",
            f"A body {kind} cannot carry a query; send {FORM} or {DIRECT}.",
            headers={"Accept-Post": f"{FORM}, {DIRECT}"},
        )
    _refuse_charset(parameters)
    _refuse_update(url)
    if "query" in url:
        raise Problem("request-not-understood", "A POST carries its query in the body, not in the address.")
    if media_type == DIRECT:
        _refuse_long(len(body), query_bytes)
        return _operation(_decode(body, "The query"), url)
    form = _parameters(body, query_bytes)
    _refuse_update(form)
    together = {name: (*url.get(name, ()), *form.get(name, ())) for name in {*url, *form}}
    return _operation(_one(form, "query"), together)


def _operation(query: str, parameters: Parameters) -> Operation:
    query = query.removeprefix(_BYTE_ORDER_MARK)
    if not query.strip():
        raise Problem(
            "query-missing", "The query is empty; write one, or leave query= out for a description."
        )
    default, named = parameters.get("default-graph-uri"), parameters.get("named-graph-uri")
    dataset: tuple[tuple[str, ...] | None, tuple[str, ...] | None] = (None, None)
    if default or named:
        # What a request names is the whole dataset: no default graph named means an empty one.
        dataset = (_iris(default or ()), _iris(named or ()))
    return Operation(
        query, *dataset, formats=tuple(parameters.get("format", ())), seconds=_seconds(parameters)
    )


def _seconds(parameters: Parameters) -> float | None:
    value = _at_most_one(parameters, "timeout")
    if value is None:
        return None
    if not _SECONDS.fullmatch(value) or not float(value):
        raise Problem(
            "request-not-understood", "timeout= is not a number of seconds above 0; give one such as 2.5."
        )
    return float(value)


def _one(parameters: Parameters, name: str) -> str:
    value = _at_most_one(parameters, name)
    if value is None:
        raise Problem("query-missing", f"There is no {name}= in the request; send one.")
    return value


def _at_most_one(parameters: Parameters, name: str) -> str | None:
    values = parameters.get(name, ())
    if len(values) > 1:
        raise Problem("request-not-understood", f"{name}= is given {len(values)} times; give it once.")
    return values[0] if values else None


def _refuse_update(parameters: Parameters) -> None:
    if "update" in parameters:
        raise Problem("update-forbidden", "This endpoint answers queries only; it holds a published release.")


def _refuse_charset(parameters: str) -> None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise Problem("body-type-unknown", f"A body in {value.strip()} cannot be read; send UTF-8.")


def _iris(values: Sequence[str]) -> tuple[str, ...]:
    for value in values:
        try:
            NamedNode(value)
        except ValueError:
            raise Problem(
                "request-not-understood",
                f"{value[:_LONGEST_SHOWN]!r} cannot name a graph; give an absolute IRI.",
            ) from None
    return tuple(values)


def _parameters(encoded: bytes, most: int) -> dict[str, list[str]]:
    if encoded.count(b"&") >= MOST_PARAMETERS:
        raise Problem(
            "request-not-understood",
            f"The request has {encoded.count(b'&') + 1} parameters. At most {MOST_PARAMETERS} are accepted.",
        )
    values: dict[str, list[str]] = {}
    for pair in encoded.split(b"&"):
        _refuse_long(len(pair) - 2 * pair.count(b"%"), most + _OTHER_PARAMETERS)
        name, _, value = (_decode(_unquote(part), "A parameter") for part in pair.partition(b"="))
        if name == "query":
            _refuse_long(len(value.encode()), most)
        if name:
            values.setdefault(name, []).append(value)
    return values


def _refuse_long(size: int, most: int) -> None:
    if size > most:
        raise Problem("query-too-long", f"The query has {size} bytes. At most {most} are accepted.")


def _unquote(encoded: bytes) -> bytes:
    """Return percent-encoded bytes as they were; some percent signs that begin no escape stay as they are.

    With = in the place of % it is quoted-printable, which Python decodes a hundred times faster than this.
    """
    complete, bare = _NO_ESCAPE.subn(b"%25", encoded.translate(_PLUS_IS_SPACE), _MOST_BARE_SIGNS)
    if bare == _MOST_BARE_SIGNS and _NO_ESCAPE.search(complete):
        raise Problem(
            "request-not-understood",
            f"More than {_MOST_BARE_SIGNS} percent signs are not followed by two hexadecimal digits. "
            "Encode each percent sign as %25.",
        )
    return binascii.a2b_qp(complete.replace(b"=", b"=3D").replace(b"%", b"="))


def _decode(encoded: bytes, what: str) -> str:
    try:
        return encoded.decode()
    except UnicodeDecodeError:
        raise Problem("request-not-understood", f"{what} is not UTF-8; encode it so.") from None
