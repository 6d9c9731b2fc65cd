"""Findings of readers: each has its sentence and its severity in a table, by name (``reader_messages.toml``)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from pipeline.findings.messages import Sentence, Value, holes, say, say_number
from pipeline.model.finding import Finding, Place, Severity, Suggestion
from pipeline.system.data_files import tables_of


def finding_of(
    name: str,
    place: Place,
    /,
    *,
    severity: Severity | None = None,
    suggestion: Suggestion | None = None,
    **values: Value,
) -> Finding:
    """Return the finding of a name at a place; without a severity given, it has that of the table."""
    chosen = severity or Severity(_messages()[name]["severity"])
    code = name.partition(" ")[0]
    return Finding(chosen, code, sentence_of(name, place, **values), place, suggestion=suggestion)


def sentence_of(name: str, place: Place, /, **values: Value) -> Sentence:
    """Return the sentence of a name. Its holes for file, place and column are filled from the place.

    Where the sentence names the column, its place is without it.
    """
    message = _messages()[name]
    one, several = message["one"], message.get("several", "")
    names = holes(several or one)
    here = replace(place, column=None) if "column" in names else place
    values = {"file": place.file, "place": here, "column": str(place.column)[:80], **values}
    filled = {hole: values[hole] for hole in names}
    if not several:
        return say(one, **filled)
    number = filled.pop("number")
    assert isinstance(number, int)
    return say_number(one, several, number, **filled)


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    return {each["name"]: each for each in tables_of(__package__, "reader_messages.toml")["message"]}
