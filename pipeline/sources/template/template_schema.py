"""The template as a JSON Schema (2020-12) of the records a JSON file may hold."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.model.fields import REQUIRED
from pipeline.sources.template.template_wording import TemplateColumn, TemplateWording

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def write_schema(path: Path, words: TemplateWording, records: Iterable[Mapping[str, str]]) -> None:
    """Write the schema, with records as examples."""
    with path.open("x", encoding="utf-8") as file:
        json.dump(schema(words, records), file, ensure_ascii=False, indent=2)
        file.write("\n")


def schema(words: TemplateWording, records: Iterable[Mapping[str, str]] = ()) -> dict[str, Any]:
    """Return the schema of a list of records, its properties named by field and explained in the language."""
    fields = {column.field: column for column in words.columns}
    return {
        "$schema": _DRAFT,
        "title": words.text("title"),
        "description": " ".join(words.intro[1:2]),
        "type": "array",
        "items": {
            "type": "object",
            "required": list(REQUIRED),
            "properties": {field: _property(column, words) for field, column in fields.items()},
            "additionalProperties": False,
        },
        "examples": [[as_json(record) for record in tuple(records) or (words.example,)]],
    }


def as_json(record: Mapping[str, str]) -> dict[str, Any]:
    """Return a record as the schema wants it, its topics as a list."""
    return {field: text.split(" | ") if field == "topics" else text for field, text in record.items()}


def _property(column: TemplateColumn, words: TemplateWording) -> dict[str, Any]:
    described = {"title": column.heading, "description": column.note}
    choices = list(words.choices(column.field))
    if column.field == "topics":
        name = column.heading.rpartition(" ")[0]
        items = {"type": "string", "enum": choices}
        return described | {"title": name, "type": "array", "items": items, "uniqueItems": True}
    if column.field == "source_url":
        return described | {"type": "string", "format": "uri"}
    least = {"minLength": 1} if column.field in REQUIRED else {}
    return described | {"type": "string"} | least | ({"examples": choices} if choices else {})
