"""Snippets: a query as a command of curl, and as a program in Python and R, ready to be run."""

import re
import shlex
from html import escape

from pipeline.system.data_files import filled_text

_FORMATS = {"SELECT": ("csv", "text/csv"), "ASK": ("json", "application/sparql-results+json")}
_GRAPH = ("ttl", "text/turtle")
_KINDS = {"SELECT": "table", "ASK": "truth"}
_UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def snippets(query: str, form: str, endpoint: str) -> dict[str, str]:
    """Return name → text for curl, Python and R; a query may have any characters."""
    file_format, media_type = _FORMATS.get(form, _GRAPH)
    kind = _KINDS.get(form, "graph")
    curl = filled_text(
        __package__,
        "curl.txt",
        endpoint=shlex.quote(endpoint),
        media_type=media_type,
        query=shlex.quote(f"query={query}"),
    )
    python = filled_text(__package__, f"python_{kind}.txt", endpoint=_python(endpoint), query=_python(query))
    r = filled_text(
        __package__,
        "r_table.txt" if kind == "table" else "r_text.txt",
        endpoint=_r(endpoint),
        query=_r(query),
        format=file_format,
    )
    return {"curl": curl, "Python": python, "R": r}


def command_for_file(form: str, endpoint: str) -> str:
    """Return a command of curl that runs a query from the file query.rq, however long it is."""
    media_type = _FORMATS.get(form, _GRAPH)[1]
    command = filled_text(__package__, "curl_file.txt", endpoint=shlex.quote(endpoint), media_type=media_type)
    return command.rstrip("\n")


def iframe(address: str, title: str) -> str:
    """Return the element that shows an address in another page."""
    element = filled_text(__package__, "iframe.txt", address=escape(address), title=escape(title))
    return element.rstrip("\n")


def _python(text: str) -> str:
    """Return a text as Python writes it, over several lines where it has them; its double quotes stay as they are."""
    mark = "'''" if "\n" in text else "'"
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"{mark}{_UNPRINTABLE.sub(_unicode_escape, escaped)}{mark}"


def _r(text: str) -> str:
    """Return a text as R writes it; R has no null character, and no query has one either."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\x00", "")
    return f'"{_UNPRINTABLE.sub(_unicode_escape, escaped)}"'


def _unicode_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
