"""The messages of findings, each under the code of its finding: on records, and on files and their tables.

A key is the code, or the code and a variant of its message: ``country-inferred/city``. The tables are
``finding_messages.toml`` and ``reader_messages.toml``.
"""

from dataclasses import replace
from functools import cache
from typing import NamedTuple

from pipeline.findings.messages import Sentence, Value, holes, say, say_number
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.system.data_files import tables_of


class Message(NamedTuple):
    """A template for one and one for several, empty if it has no number, and the severity of findings with it."""

    one: str
    several: str
    severity: Severity


def message(key: str, place: Place | None = None, /, **values: Value) -> Sentence:
    """Return the message under a key, with the values that it names; file, place and column are those of a place.

    Where the message names the column, its place is without it.
    """
    one, several, _ = message_of(key)
    names = holes(several or one)
    if place is not None:
        here = replace(place, column=None) if "column" in names else place
        values = {"file": place.file, "place": here, "column": str(place.column)[:80], **values}
    filled = {name: values[name] for name in names}
    if not several:
        return say(one, **filled)
    number = filled.pop("number")
    assert isinstance(number, int)
    return say_number(one, several, number, **filled)


def finding_of(
    key: str,
    place: Place | None = None,
    /,
    focus: str | None = None,
    path: str | None = None,
    suggestion: Suggestion | None = None,
    *,
    severity: Severity | None = None,
    **values: Value,
) -> Finding:
    """Return the finding of a key at a place, with the severity of the table if none is given."""
    weight = severity or message_of(key).severity
    return Finding(weight, code_of(key), message(key, place, **values), place, focus, path, suggestion)


def code_of(key: str) -> str:
    """Return the code of the findings whose message is under a key."""
    return key.partition("/")[0]


def message_of(key: str) -> Message:
    """Return the templates and the severity under a key."""
    return _messages()[key]


@cache
def _messages() -> dict[str, Message]:
    tables = ("finding_messages.toml", "reader_messages.toml")
    return {
        row["key"]: Message(row["one"], row.get("several", ""), Severity(row.get("severity", "warning")))
        for table in tables
        for row in tables_of(__package__, table)["message"]
    }
