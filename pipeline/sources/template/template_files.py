"""Writing the template: as a workbook, a CSV table or a JSON Schema, records filled in where there are any."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.model.fields import REQUIRED
from pipeline.sources.tables.columns import SEPARATOR
from pipeline.sources.template.template_wording import TemplateColumn, TemplateWording, wording
from pipeline.sources.template.template_workbook import write_workbook

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

Record = Mapping[str, str]
Writer = Callable[[Path, TemplateWording, Iterable[Record]], None]


def write_table(path: Path, words: TemplateWording, records: Iterable[Record]) -> None:
    """Write the template as CSV, with the mark and the delimiter that spreadsheets of that language expect."""
    with path.open("x", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=words.text("delimiter"))
        writer.writerow(words.header)
        writer.writerows(map(words.cells_of, records))


def write_schema(path: Path, words: TemplateWording, records: Iterable[Record]) -> None:
    """Write the schema, with records as examples."""
    with path.open("x", encoding="utf-8") as file:
        json.dump(schema(words, records), file, ensure_ascii=False, indent=2)
        file.write("\n")


def schema(words: TemplateWording, records: Iterable[Record] = ()) -> dict[str, Any]:
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


def as_json(record: Record) -> dict[str, Any]:
    """Return a record as the schema wants it, its topics as a list."""
    return {field: text.split(SEPARATOR) if field == "topics" else text for field, text in record.items()}


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


WRITERS: dict[str, Writer] = {".xlsx": write_workbook, ".csv": write_table, ".json": write_schema}


def write_template(
    path: Path, language: str, records: Iterable[Record] = (), *, with_example: bool = True
) -> None:
    """Write the template in a language to a new file; ``records``, as field → text, follow the example.

    Raises UsageError for a file that is there already, since it may have been filled in.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path} has no suffix of a template; name it .xlsx, .csv or .json (JSON Schema).")
    if path.exists():
        raise UsageError(f"{path} is there already and may have been filled in. Give another name.")
    try:
        words = wording(language)
        writer(path, words, (words.example, *records) if with_example else records)
    except OSError as error:
        raise EnvironmentFault(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}."
        ) from error
