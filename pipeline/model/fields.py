"""Fields: the table of what a record may say, which readers, recognisers, descriptions and pages all use."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

BY_KIND = ("string", "number", "link")
"""The kinds of field whose values need no module of their own to be read, described and shown."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: a line of ``fields.csv``, whose columns docs/how-to/add-a-field.md explains.

    ``property`` is a prefixed name, empty for what is not published; ``follows`` are further properties that are
    derived from the field. ``kind`` says how its text is read. ``several`` says where more than one value may
    stand: in ``languages`` (one each), ``columns``, one ``cell`` or ``rows``; it is empty if there is one value.
    ``missing``, ``unreadable`` and ``conflict`` are codes of findings. ``template`` is its position in the template.
    """

    name: str
    property: str
    kind: str
    several: str
    follows: tuple[str, ...]
    missing: str
    unreadable: str
    conflict: str
    facet: str
    export: str
    schema_org: str
    template: int | None
    width: float
    is_required: bool


_SEVERAL = {"section": ("languages",), **dict.fromkeys(BY_KIND, ("", "columns", "cell", "rows"))}
_WITH_MODULES = "identifier language title place date topic summary private source time"


def _field(row: Mapping[str, str]) -> Field:
    if row["kind"] not in (*_SEVERAL, *_WITH_MODULES.split()):
        raise ValueError(f"fields.csv: {row['field']} has the unknown kind {row['kind']!r}.")
    if row["several"] not in _SEVERAL.get(row["kind"], (row["several"],)):
        raise ValueError(
            f"fields.csv: a {row['kind']} such as {row['field']} cannot be in {row['several']!r}."
        )
    return Field(
        name=row["field"],
        property=row["property"],
        kind=row["kind"],
        several=row["several"],
        follows=tuple(row["follows"].split()),
        missing=row["missing"],
        unreadable=row["unreadable"],
        conflict=row["conflict"],
        facet=row["facet"],
        export=row["export"],
        schema_org=row["schema_org"],
        template=int(row["template"]) if row["template"] else None,
        width=float(row["width"] or 0),
        is_required=row["required"] == "1",
    )


def _read() -> dict[str, Field]:
    table = files(__package__).joinpath("fields.csv").read_text(encoding="utf-8")
    return {row["field"]: _field(row) for row in csv.DictReader(table.splitlines())}


FIELDS: Mapping[str, Field] = _read()
"""The fields a record may have, by name, in the order in which messages and exports list them."""

REQUIRED = tuple(field.name for field in FIELDS.values() if field.is_required)
"""The fields without which no record is published."""

SECTIONS = tuple(field.name for field in FIELDS.values() if field.kind == "section")
"""The fields that are parts of a practice's text, in reading order."""

TRANSLATED = frozenset(name for name, field in FIELDS.items() if field.several == "languages")
"""The fields whose text may be in several languages."""

LISTS = frozenset(name for name, field in FIELDS.items() if field.several == "columns")
"""The fields that may have several columns in a table: ``Topic 1``, ``Topic 2``."""

LISTED = LISTS | {name for name, field in FIELDS.items() if field.several == "cell"}
"""The fields that may have several values in one cell."""

VALUES = tuple(field.name for field in FIELDS.values() if field.kind in BY_KIND)
"""The fields of these kinds."""

EXPORTED = tuple(name for name in (*SECTIONS, *VALUES) if FIELDS[name].export)
"""The fields that have their own column in the catalogue file because the table says so."""

TELLING = ("summary", *SECTIONS, "title")
"""The fields whose texts may name the place of a practice, the most telling one first."""
