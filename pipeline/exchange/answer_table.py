"""Results as a table for people, with short names for long IRIs."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.rdf.vocabulary import RDF, XSD, prefixes

MOST_ROWS = 1000
_LOCAL = re.compile(r"[\w.-]+")
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float")}
_PLAIN = {XSD + "string", RDF + "langString", XSD + "boolean", *_NUMBERS}


def show(content: bytes, console: Console) -> str:
    """Print results that came as JSON; return a remark on what of them is not shown, or nothing."""
    parsed = json.loads(content)
    if "boolean" in parsed:
        console.print("Yes." if parsed["boolean"] else "No.")
        return ""
    names: list[str] = parsed["head"]["vars"]
    rows: list[dict[str, Any]] = parsed["results"]["bindings"]
    if not rows:
        return "No rows."
    table = Table(header_style="bold")
    for name in names:
        table.add_column(
            Text(name), justify="right" if _holds_numbers(rows, name) else "left", overflow="fold"
        )
    for row in rows[:MOST_ROWS]:
        table.add_row(*(_cell(row.get(name)) for name in names))
    console.print(table)
    if len(rows) > MOST_ROWS:
        return f"{len(rows)} rows, of which the first {MOST_ROWS} are shown; --format csv gives all."
    return f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}."


def _holds_numbers(rows: list[dict[str, Any]], name: str) -> bool:
    terms = [row[name] for row in rows[:MOST_ROWS] if name in row]
    return bool(terms) and all(term.get("datatype") in _NUMBERS for term in terms)


def _cell(term: Mapping[str, Any] | None) -> Text:
    """Return a term as it reads best; characters that would act on the terminal are shown by their number."""
    if term is None:
        return Text()
    return Text.assemble(*((_printable_text(text), style) for text, style in _parts(term)))


def _parts(term: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = term["value"]
    if term["type"] == "uri":
        yield short(value), "cyan"
    elif term["type"] == "bnode":
        yield f"_:{value}", "cyan"
    elif term["type"] == "triple":
        yield json.dumps(value, ensure_ascii=False), ""
    else:
        yield value, ""
        if "xml:lang" in term:
            yield f" @{term['xml:lang']}", "dim"
        elif term.get("datatype", XSD + "string") not in _PLAIN:
            yield f" {short(term['datatype'])}", "dim"


def short(iri: str) -> str:
    """Return an IRI with a prefix where one fits, else whole between angle brackets."""
    for prefix, space in prefixes().items():
        if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space)):
            return f"{prefix}:{iri[len(space) :]}"
    return f"<{iri}>"


def _printable_text(text: str) -> str:
    return _UNSHOWABLE.sub(lambda match: " " if match[0] in "\t\n\r" else f"\\u{ord(match[0]):04x}", text)
