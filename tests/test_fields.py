"""The table of fields agrees with the published files that repeat what it says."""

import csv
import json
from collections import Counter
from typing import Any

import pytest
from locations import ROOT

from pipeline.findings.reports.rules import rules
from pipeline.model.fields import FIELDS, Field
from pipeline.rdf.vocabulary import ICGP, context, expand, shapes_files, vocabulary_files

PUBLISHED = [field for field in FIELDS.values() if field.property]
CONTAINERS = {"languages": "@language", "columns": "@set", "cell": "@set", "rows": "@set", "": None}


def named(field: Field) -> str:
    return field.name


@pytest.mark.parametrize("field", FIELDS.values(), ids=named)
def test_every_cell_of_the_table_has_a_known_value(field: Field) -> None:
    assert field.several in CONTAINERS
    assert field.template is None or field.width
    assert field.template is not None or not field.is_required


def test_no_two_fields_share_a_place() -> None:
    for column in ("property", "export", "template", "missing"):
        counts = Counter(value for field in FIELDS.values() if (value := getattr(field, column)))
        assert max(counts.values()) == 1, column


@pytest.mark.parametrize("field", PUBLISHED, ids=named)
def test_the_context_has_a_key_that_fits_the_number_of_values(field: Field) -> None:
    keys = [definition for name, definition in terms().items() if definition["@id"] == field.property]

    assert [key.get("@container") for key in keys] == [CONTAINERS[field.several]]


def terms() -> dict[str, dict[str, Any]]:
    """Return the keys of the context, each with its definition."""
    return {
        name: definition if isinstance(definition, dict) else {"@id": definition}
        for name, definition in context()["@context"].items()
        if not name.startswith("@")
    }


@pytest.mark.parametrize("field", PUBLISHED, ids=named)
def test_a_property_of_ours_is_described(field: Field) -> None:
    ontology = vocabulary_files()[0].read_text(encoding="utf-8")

    for name in (field.property, *field.follows):
        assert not expand(name).startswith(ICGP) or f"\n{name} a " in ontology


@pytest.mark.parametrize("field", FIELDS.values(), ids=named)
def test_codes_of_findings_are_rules(field: Field) -> None:
    assert {field.missing, field.unreadable, field.conflict} - {""} <= rules().keys()


def test_a_code_for_what_is_missing_is_one_that_a_shape_or_a_module_gives() -> None:
    shapes = "".join(path.read_text(encoding="utf-8") for path in shapes_files())
    absent = [
        field.missing for field in FIELDS.values() if field.missing and f"s:{field.missing} " not in shapes
    ]

    assert absent == []


def test_the_export_has_the_columns_that_the_table_names() -> None:
    metadata = ROOT / "pipeline" / "release" / "contents" / "catalogue-metadata.json"
    columns = {
        column["name"]
        for column in json.loads(metadata.read_text(encoding="utf-8"))["tableSchema"]["columns"]
    }

    assert {field.export for field in FIELDS.values()} - {""} <= columns


def test_the_history_calls_every_published_field_by_a_name() -> None:
    with (ROOT / "pipeline" / "records" / "history" / "history_fields.csv").open(encoding="utf-8") as lines:
        properties = {row["property"] for row in csv.DictReader(lines)}

    assert {field.property for field in PUBLISHED if field.kind != "time"} <= properties
