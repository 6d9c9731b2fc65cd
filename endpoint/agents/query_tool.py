"""Querying: a SPARQL query of an agent, its rows cut to what a model can read, its errors with place and line."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from endpoint.agents.presentation import MOST_TEXT, clip, shorten, table
from endpoint.agents.site_client import Refusal, SiteClient, SiteResponse, Term
from endpoint.agents.tool_results import Cell, QueryRows
from endpoint.hints.hint import sentences
from pipeline.exchange.query_text import QueryText, RefusedQuery
from pipeline.model.errors import UsageError
from pipeline.rdf.vocabulary import XSD, prefixes

Form = Literal["table", "csv", "json"]

MOST_ROWS = 500
_LONGEST_CELL = 500
_LONGEST_LINE = 160
_LONGEST_COMPLETED = 100_000
_ACCEPT = "application/sparql-results+json, text/turtle;q=0.9"
_INTEGERS = frozenset(XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "gYear"))
_FEW_DIGITS = re.compile(r"[+-]?\d{1,15}(?!\d)")
_NUMBERS = frozenset(XSD + name for name in ("decimal", "double", "float"))
_EMPTY_NOTE = (
    "No rows. The query is valid, so a term or value probably does not occur as it is written. "
    'Check terms and codes with list_terms or describe_data. A text with a language only equals "text"@en; '
    'FILTER (STR(?text) = "text") compares without the language.'
)


async def run(site: SiteClient, text: str, most_rows: int, offset: int) -> QueryRows:
    """Return the result of a query; raise Refusal with what is wrong, where, and how to correct it."""
    completed = _with_prefixes(text)
    response = await site.query(completed, accept=_ACCEPT)
    if response.status != 200:
        raise _refusal(response, text, len(completed) - len(text))
    if "turtle" in response.headers.get("content-type", ""):
        return _graph(response.text)
    answer = response.json()
    if "boolean" in answer:
        return QueryRows(form="boolean", boolean=answer["boolean"], note=_hint(response))
    return _rows(answer, most_rows, offset, _hint(response))


def as_text(result: QueryRows, form: Form) -> str:
    """Return a result in the form that an agent has chosen."""
    if result.form == "graph":
        return "\n\n".join(filter(None, (f"```turtle\n{result.graph}\n```", result.note)))
    if result.form == "boolean":
        return "\n".join(filter(None, (str(result.boolean).lower(), result.note)))
    table = _WRITERS[form](result.columns, result.rows)
    return "\n\n".join(filter(None, (result.note, clip(table, MOST_TEXT - len(result.note) - 200))))


def _with_prefixes(text: str) -> str:
    """Return a query with the usual prefixes that it uses and does not declare; any other text as it is."""
    if len(text) > _LONGEST_COMPLETED:
        return text
    try:
        return QueryText.read(text).with_prefixes()
    except (UsageError, RefusedQuery):
        return text


def _rows(answer: Mapping[str, Any], most_rows: int, offset: int, hint: str) -> QueryRows:
    columns: list[str] = answer["head"].get("vars", [])
    bindings: Sequence[Mapping[str, Term]] = answer["results"]["bindings"]
    rows, size = list[list[Cell]](), 0
    for binding in bindings[offset : offset + most_rows]:
        row = [_cell(binding.get(name)) for name in columns]
        size += sum(len(str(cell)) + 3 for cell in row)
        if size > MOST_TEXT - 2_000 and rows:
            break
        rows.append(row)
    end = offset + len(rows)
    is_cut = end < len(bindings)
    empty = f"No rows. {hint} list_terms and describe_data show what occurs." if hint else _EMPTY_NOTE
    note = hint if rows else empty
    if bindings and not rows:
        note = f"The result has {len(bindings)} rows; offset {offset} is beyond the last."
    elif is_cut or offset:
        more = f" For more call again with offset={end}, or select fewer columns." if is_cut else ""
        note = f"Rows {offset + 1} to {end} of {len(bindings)}.{more} {hint}".strip()
    return QueryRows(
        form="rows", columns=columns, rows=rows, total=len(bindings), truncated=is_cut, note=note
    )


def _graph(text: str) -> QueryRows:
    beginning = clip(text.strip(), MOST_TEXT - 500, "Add LIMIT, or describe fewer things.")
    total = text.count("\n")
    return QueryRows(form="graph", graph=beginning, total=total, truncated=len(beginning) < len(text.strip()))


def _cell(term: Term | None) -> Cell:
    """Return a term as a model reads it: a number, a boolean, a text, a prefixed name or an IRI."""
    if term is None:
        return None
    value, datatype = term["value"], term.get("datatype", "")
    if not isinstance(value, str):  # a triple term
        return shorten(json.dumps(value, ensure_ascii=False), _LONGEST_CELL)
    if term["type"] == "uri":
        return prefixed_name(value)
    if term["type"] == "bnode":
        return f"_:{value}"
    if datatype == XSD + "boolean" and value in ("true", "false"):
        return value == "true"
    try:
        if datatype in _INTEGERS and len(value) <= 15:
            return int(value)
        if datatype in _NUMBERS and _FEW_DIGITS.match(value):
            return float(value)
    except ValueError:
        return value
    return shorten(value, _LONGEST_CELL)


def prefixed_name(iri: str) -> str:
    """Return an IRI with its usual prefix, where the rest can be written so in a query."""
    for prefix, namespace in prefixes().items():
        local = iri.removeprefix(namespace)
        if local != iri and local and all(char.isalnum() or char in "_-" for char in local):
            return f"{prefix}:{local}"
    return iri


def _hint(response: SiteResponse) -> str:
    """Return what the site says about terms of the query that do not occur."""
    plain = response.headers.get("x-query-hint", "")
    try:
        text = " ".join(sentences(response.headers.get("x-query-hints", "")))
    except (LookupError, TypeError, ValueError):  # a site of another version
        text = plain
    return shorten(text or plain, 1_000)


def _refusal(response: SiteResponse, text: str, added: int) -> Refusal:
    """Return what the site says is wrong with a query, with the line as the agent wrote it."""
    problem = response.problem
    sentence = str(problem.get("detail") or problem.get("title") or "There is no explanation.")
    parts = [f"The query failed (status {response.status}). {shorten(sentence, 2_000)}"]
    line, column = problem.get("line"), problem.get("column")
    lines = text.split("\n")
    if isinstance(line, int) and isinstance(column, int) and 1 <= line <= len(lines):
        column = max(1, column - added) if line == 1 else column
        parts += [f"Line {line}, column {column}:", _with_caret(lines[line - 1], column)]
    return Refusal("\n".join(parts))


def _with_caret(line: str, column: int) -> str:
    first = max(0, column - 1 - _LONGEST_LINE // 2)
    return f"{shorten(line[first : first + _LONGEST_LINE], _LONGEST_LINE)}\n{' ' * (column - 1 - first)}^"


def _table(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    return table(columns, [[_cell_text(cell) for cell in row] for row in rows]) if rows else ""


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [columns, *([_cell_text(cell) for cell in row] for row in rows)]
    )
    return out.getvalue()


def _json(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    named = [
        {name: cell for name, cell in zip(columns, row, strict=True) if cell is not None} for row in rows
    ]
    return json.dumps(named, ensure_ascii=False, separators=(",", ":")).replace("},{", "},\n{")


def _cell_text(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


_WRITERS = {"table": _table, "csv": _csv, "json": _json}
