"""The template as CSV, and how a record is in its columns."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.model.fields import REQUIRED
from pipeline.sources.template.template_wording import TOPIC_COLUMNS, TemplateWording

_BETWEEN = " | "


def header_of(words: TemplateWording) -> list[str]:
    """Return the headings, those of required columns marked."""
    return [f"{column.heading} *" if column.field in REQUIRED else column.heading for column in words.columns]


def cells_of(record: Mapping[str, str], words: TemplateWording) -> list[str]:
    """Return the cells of a record, its topics one a column and those beyond in the last."""
    topics = iter(topic_cells(record.get("topics", "")))
    return [
        next(topics) if column.field == "topics" else record.get(column.field, "") for column in words.columns
    ]


def topic_cells(text: str) -> list[str]:
    """Return the cells of the columns of topics: one topic each, all that are left in the last."""
    parts = text.split(_BETWEEN)
    first, rest = parts[: TOPIC_COLUMNS - 1], parts[TOPIC_COLUMNS - 1 :]
    return [*first, *[""] * (TOPIC_COLUMNS - 1 - len(first)), _BETWEEN.join(rest)]


def write_table(path: Path, words: TemplateWording, records: Iterable[Mapping[str, str]]) -> None:
    """Write the template as CSV, with the mark and the delimiter that spreadsheets of that language expect."""
    with path.open("x", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=words.text("delimiter"))
        writer.writerow(header_of(words))
        for record in records:
            writer.writerow(cells_of(record, words))
