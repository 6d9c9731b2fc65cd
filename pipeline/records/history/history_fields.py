"""Fields: in which parts of a record two versions differ, as people call them, and what became of a record."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from pipeline.model.fields import BY_KIND, FIELDS
from pipeline.rdf.term_texts import labels_of
from pipeline.rdf.vocabulary import prefixes
from pipeline.system.data_files import rows_of

OTHER = "other"
"""The field of what no other field covers, such as rights."""

LANGUAGES = ("en", "fr")

_COLON = {"en": ": ", "fr": "\u202f: "}
_OTHER_NAMES = {"en": "other statements", "fr": "autres énoncés"}


class _Property(NamedTuple):
    field: str
    is_shown: bool


class FieldValue(NamedTuple):
    """A value as people read it: its text and language, and its IRI where it is a resource."""

    text: str
    lang: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two versions differ, with the values that only the one or the other has."""

    field: str
    before: tuple[FieldValue, ...]
    after: tuple[FieldValue, ...]


def changed_fields(before: str, after: str) -> tuple[str, ...]:
    """Return the fields in which two contents differ, in their usual order.

    What follows from other statements, such as the display label from the titles, is no field.
    """
    known = _properties()
    lines = set(before.splitlines()) ^ set(after.splitlines())
    fields = {known[name].field if (name := _predicate(line)) in known else OTHER for line in lines}
    return tuple(field for field in field_names() if field in fields)


def differences(before: str, after: str) -> tuple[Difference, ...]:
    """Return the differences of two contents, field by field, in their usual order."""
    gone, new = statements(before, after), statements(after, before)
    removed, added = _by_field(gone), _by_field(new)
    return tuple(
        Difference(field, removed.get(field, ()), added.get(field, ()))
        for field in field_names()
        if field in removed or field in added
    )


def statements(these: str, without: str) -> tuple[Triple, ...]:
    """Return the statements of one content that another has not."""
    left_out = set(without.splitlines())
    lines = [line for line in these.splitlines() if line not in left_out]
    return tuple(quad.triple for quad in parse("\n".join(lines), format=RdfFormat.N_TRIPLES))


@cache
def field_names() -> Mapping[str, Mapping[str, str]]:
    """Return the fields in their usual order, with their names by language."""
    names = {row["field"]: {"en": row["en"], "fr": row["fr"]} for row in _rows() if row["field"]}
    return {**names, OTHER: _OTHER_NAMES}


def _by_field(triples: tuple[Triple, ...]) -> dict[str, tuple[FieldValue, ...]]:
    by_field: dict[str, dict[FieldValue, None]] = {}
    for triple in triples:
        kind = _properties().get(str(triple.predicate), _Property(OTHER, True))
        if kind.field:
            values = by_field.setdefault(kind.field, {})
            if kind.is_shown:
                values[_value(triple.object)] = None
    return {field: tuple(values) for field, values in by_field.items()}


def _value(node: object) -> FieldValue:
    if isinstance(node, Literal):
        return FieldValue(node.value, node.language or "")
    iri = node.value if isinstance(node, NamedNode) else str(node)
    return FieldValue(iri.rpartition("#")[2].rpartition("/")[2] or iri, "", iri)


def _predicate(line: str) -> str:
    return line.split(" ", 2)[1]


@cache
def _properties() -> Mapping[str, _Property]:
    spaces = prefixes()
    properties = {}
    for row in _rows():
        prefix, _, name = row["property"].partition(":")
        properties[f"<{spaces[prefix]}{name}>"] = _Property(row["field"], row["shown"] == "1")
    return properties


def _rows() -> Iterator[dict[str, str]]:
    """Yield the table's rows, then one for each field of a record that the table does not name."""
    rows = list(rows_of(__package__, "history_fields.csv"))
    yield from rows
    named = {row["property"] for row in rows}
    for field in FIELDS.values():
        if field.property in named or field.kind not in (*BY_KIND, "section"):
            continue
        labels = {"en": "", "fr": "", **labels_of(field)}
        yield {"field": field.name, "property": field.property, "shown": "1"} | {
            language: labels[language] or labels["en"] for language in _OTHER_NAMES
        }


def kind_name(kind: str, language: str) -> str:
    """Return what became of a record in one language."""
    return _kinds()[kind][language]


def activity_of(kind: str) -> str:
    """Return which activity of ActivityStreams this is: Create, Update or Delete."""
    return _kinds()[kind]["activity"]


def fields_in_words(fields: Iterable[str], language: str) -> str:
    """Return fields as a list in one language."""
    return ", ".join(field_names()[field][language] for field in fields)


def change_text(kind: str, fields: tuple[str, ...], language: str) -> str:
    """Return what became of a record, with the fields that changed."""
    name = kind_name(kind, language)
    return f"{name}{_COLON[language]}{fields_in_words(fields, language)}" if fields else name


@cache
def _kinds() -> dict[str, dict[str, str]]:
    return {row["kind"]: row for row in rows_of(__package__, "kinds.csv")}
