"""The catalogue file: one row a practice as CSV (RFC 4180), with its CSV on the Web metadata beside it."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path

from pipeline.model.fields import BY_KIND, EXPORTED, FIELDS, Field
from pipeline.rdf.iris import Deployment
from pipeline.rdf.term_texts import definition_of
from pipeline.rdf.vocabulary import SPACE, expand
from pipeline.release.contents.facet_labels import Labels
from pipeline.release.contents.index_entries import IndexEntry
from pipeline.system.data_files import text_of

CATALOGUE = "catalogue.csv"
METADATA = "catalogue.csv-metadata.json"
_SEPARATOR = "|"
_DATATYPES = {"number": "decimal", "link": "anyURI"}


def write_catalogue(
    entries: Iterable[IndexEntry], labels: Labels, deployment: Deployment, folder: Path
) -> None:
    """Write the catalogue and its metadata into a folder."""
    columns, metadata = columns_and_metadata(deployment)
    with (folder / CATALOGUE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(catalogue_row(entry, labels, deployment) for entry in entries)
    (folder / METADATA).write_text(metadata, encoding="utf-8")


def columns_and_metadata(deployment: Deployment) -> tuple[list[str], str]:
    """Return the names of the columns, and the metadata with the IRIs of the deployment."""
    text = text_of(__package__, "catalogue-metadata.json")
    text = text.replace("https://base.invalid", deployment.base).replace("https://space.invalid/", SPACE)
    document = json.loads(text)
    columns = document["tableSchema"]["columns"]
    columns += [_column(FIELDS[name]) for name in EXPORTED]
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n" if EXPORTED else text
    return [column["name"] for column in columns], text


def _column(field: Field) -> dict[str, object]:
    """Return the metadata of a column with a field, as its kind and the ontology describe it."""
    described = {
        "name": field.export,
        "titles": field.export,
        "datatype": _DATATYPES.get(field.kind, "string"),
    }
    several = {"separator": _SEPARATOR} if field.kind in BY_KIND and field.several else {}
    is_literal = field.kind not in ("section", "link")
    linked = {"propertyUrl": expand(field.property)} if is_literal else {"suppressOutput": True}
    return {**described, **several, **linked, "dc:description": definition_of(field, "en")}


def catalogue_row(entry: IndexEntry, labels: Labels, deployment: Deployment) -> list[object]:
    """Return the cells of a practice."""
    others = [f"{language}:{text}" for language, text in entry.titles if language != entry.title_lang]
    return [
        entry.slug,
        deployment.practice(entry.slug)[1:-1],
        entry.title,
        entry.title_lang,
        _join_values(others),
        _join_values(entry.countries),
        _join_values(labels.display("country", country) for country in entry.countries),
        _join_values(entry.cities),
        _join_values(labels.display("city", city) for city in entry.cities),
        _join_values(entry.topics),
        entry.date_text,
        entry.start,
        entry.end,
        None if entry.ongoing is None else str(entry.ongoing).lower(),
        _join_values(map(str, entry.years)),
        entry.summary,
        entry.summary_lang,
        _join_values(entry.sources),
        entry.issued,
        entry.modified,
        *map(_join_values, entry.exported),
    ]


def _join_values(values: Iterable[str]) -> str:
    """Return the values of one cell; a separator within a value becomes a slash."""
    return _SEPARATOR.join([value.replace(_SEPARATOR, "/") for value in values])
