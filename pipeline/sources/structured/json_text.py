"""JSON text as values: decoded, parsed with its numbers as they are written, and refused with the place."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pipeline.model.errors import SourceError

MOST_BYTES = 256 << 20
_SEARCHED = 50
_LONGEST_CALL = 300
_CALL = re.compile(
    r"\s*(?:\)\]\}',?\s*)?(?:/\*[^*]{0,100}\*/\s*)?"
    r"(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]{0,100}\s*(?:(?P<open>\()|=)\s*(?=[\[{])"
)
_BETWEEN = re.compile(r"[\s,\x1e]*")


class DuplicateKeyObject(dict[str, Any]):
    """An object that has a key twice; ``duplicate_keys`` names those; their last value is used."""

    duplicate_keys: tuple[str, ...] = ()


def decode_json(content: bytes, name: str) -> str:
    """Return the text of JSON bytes; raise SourceError, with the line, where they are not Unicode."""
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{name}, line {line}: the text is not UTF-8. Save the file as UTF-8.") from error


def parse_json(text: str) -> Any:
    """Return the value of a JSON text, its numbers as they are written; raise JSONDecodeError for others."""
    return json.loads(text, object_pairs_hook=_object, parse_int=str, parse_float=_plain, parse_constant=str)


def without_call(text: str) -> str:
    """Return the JSON in a call or an assignment of JavaScript, as scripts get it; others as they are."""
    start = _CALL.match(text[:_LONGEST_CALL])
    if start is None:
        return text
    blank = "\n" * text.count("\n", 0, start.end())
    return blank + text[start.end() :].rstrip().rstrip(";").rstrip().removesuffix(
        ")" if start["open"] else ""
    )


def values_in(text: str, name: str) -> Iterator[tuple[int, Any]]:
    """Yield line and value of each of several JSON texts that follow one another, with or without commas."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_int=str, parse_float=_plain, parse_constant=str
    )
    at, line = 0, 1
    while (gap := _BETWEEN.match(text, at)) is not None and gap.end() < len(text):
        line += text.count("\n", at, gap.end())
        try:
            value, end = decoder.raw_decode(text, gap.end())
        except json.JSONDecodeError as error:
            raise not_json(name, error) from error
        yield line, value
        line += text.count("\n", gap.end(), end)
        at = end


def not_json(name: str, error: json.JSONDecodeError, line: int = 0) -> SourceError:
    """Return the error that says where a text stops to be JSON."""
    where = f"line {line + error.lineno}, column {error.colno}"
    return SourceError(f"{name}, {where}: this is no JSON ({error.msg.lower()}). Correct it there.")


def _plain(number: str) -> str:
    whole, point, part = number.partition(".")
    return whole if point and not part.strip("0") else number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    doubled = DuplicateKeyObject(members)
    names = [name for name, _ in pairs]
    doubled.duplicate_keys = tuple(name for name in members if names.count(name) > 1)
    return doubled


def is_json_ld(value: Any) -> bool:
    """Return whether a JSON value is JSON-LD by its keys."""
    heads = value[:_SEARCHED] if isinstance(value, list) else [value]
    return any(isinstance(each, dict) and each.keys() & {"@context", "@graph", "@type"} for each in heads)
