"""Words: what became of a record, and which of its fields changed, in English and French."""

from collections.abc import Iterable
from functools import cache

from pipeline.records.history.history_fields import field_names
from pipeline.system.data_files import rows_of

LANGUAGES = ("en", "fr")

_COLON = {"en": ": ", "fr": "\u202f: "}


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
