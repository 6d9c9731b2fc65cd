"""Cells: what each value of a result is, as a reader and a chart need to know it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from endpoint.tables.table_cells import Cell, Row
from pipeline.rdf.vocabulary import XSD

Binding = Mapping[str, Mapping[str, Any]]

_INTEGERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "int", "long", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)
_NUMBERS = _INTEGERS | {f"{XSD}decimal", f"{XSD}double", f"{XSD}float"}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_YEAR = re.compile(r"-?\d{4,}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d.*)?", re.ASCII)
_LONGEST_NUMBER = 400


def rows(variables: Sequence[str], bindings: Iterable[Binding]) -> tuple[Row, ...]:
    """Return the rows of a result in SPARQL's JSON, None where a variable has no value."""
    return tuple(tuple(_cell(binding.get(name)) for name in variables) for binding in bindings)


def number_of(cell: Cell | None) -> float | None:
    """Return the number of a cell, also where a plain text is written like one."""
    if cell is None or cell.kind != "text" or cell.lang:
        return cell.number if cell is not None else None
    return _number(cell.text)


def _cell(term: Mapping[str, Any] | None) -> Cell | None:
    if term is None:
        return None
    value = term["value"]
    if term["type"] == "uri":
        return Cell(value, "iri")
    if term["type"] == "bnode":
        return Cell(f"_:{value}", "other")
    if term["type"] == "triple":
        parts = (_cell(value[part]) for part in ("subject", "predicate", "object"))
        return Cell(f"<< {' '.join(part.text for part in parts if part is not None)} >>", "other")
    return _literal(value, term.get("xml:lang", ""), term.get("datatype", ""))


def _literal(text: str, lang: str, datatype: str) -> Cell:
    """Return a literal; one whose text does not fit its datatype is shown with the name of the datatype."""
    if not datatype or datatype == f"{XSD}string":
        return Cell(text, "text", lang)
    name = datatype.removeprefix(XSD)
    if datatype in _NUMBERS and (number := _number(text)) is not None:
        return Cell(text, "number", "", datatype, number)
    if name == "gYear" and _YEAR.fullmatch(text):
        return Cell(text, "year", "", datatype, _number(text))
    if name in ("date", "dateTime") and _DATE.fullmatch(text):
        return Cell(text, "date", "", datatype)
    if name == "boolean" and text in ("true", "false", "1", "0"):
        return Cell("true" if text in ("true", "1") else "false", "truth", "", datatype)
    return Cell(text, "other", lang, datatype)


def _number(text: str) -> float | None:
    stripped = text.strip()
    if len(stripped) > _LONGEST_NUMBER or not _NUMBER.fullmatch(stripped):
        return None
    number = float(stripped)
    return number if isfinite(number) else None
