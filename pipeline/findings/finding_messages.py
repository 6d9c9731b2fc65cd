"""The messages of findings on records (``finding_messages.toml``), each under the code of its finding.

A key is the code, or the code and a variant of its message: ``country-inferred/city``.
"""

from functools import cache
from typing import NamedTuple

from pipeline.findings.messages import Sentence, Value, say
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.system.data_files import tables_of


class Message(NamedTuple):
    """A template, and the severity of findings with it."""

    template: str
    severity: Severity


def message(key: str, /, **values: Value) -> Sentence:
    """Return the message under a key, with its values."""
    return say(message_of(key).template, **values)


def finding_of(
    key: str,
    place: Place | None = None,
    /,
    focus: str | None = None,
    path: str | None = None,
    suggestion: Suggestion | None = None,
    **values: Value,
) -> Finding:
    """Return the finding of a key; where its message names the place, the place need not be among the values."""
    template, severity = message_of(key)
    if place is not None and "{place}" in template:
        values = {"place": place, **values}
    return Finding(severity, code_of(key), say(template, **values), place, focus, path, suggestion)


def code_of(key: str) -> str:
    """Return the code of the findings whose message is under a key."""
    return key.partition("/")[0]


def message_of(key: str) -> Message:
    """Return the template and the severity under a key."""
    return _messages()[key]


@cache
def _messages() -> dict[str, Message]:
    rows = tables_of(__package__, "finding_messages.toml")["message"]
    return {row["key"]: Message(row["one"], Severity(row.get("severity", "warning"))) for row in rows}
