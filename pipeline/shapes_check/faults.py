"""Faults: what is not applied of shapes, and why, in the sentences of a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.findings.messages import Sentence, Value, say
from pipeline.gate.shapes_index import Node, Subject
from pipeline.model.finding import Suggestion
from pipeline.system.data_files import tables_of


@dataclass(frozen=True, slots=True)
class Fault:
    """What is not applied of shapes, and why.

    ``value`` is None where all values of the predicate are meant; the predicate is empty where it is the whole shape.
    ``is_harmless`` says that nothing is left out of what the shape checks, ``is_remark`` that nothing changes at all;
    a remark on a whole subject leaves out what no shape uses.
    """

    subject: Subject
    predicate: str
    value: Node | None
    code: str
    message: Sentence
    suggestion: Suggestion | None = None
    is_harmless: bool = False
    is_remark: bool = False


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return {each["name"]: each for each in tables_of(__package__, "fault_messages.toml")["message"]}


def code_and_sentence(name: str, /, **values: Value) -> tuple[str, Sentence]:
    """Return the code and the sentence of a fault by its name in the table."""
    row = _table()[name]
    template = row["one"]
    return row.get("code", "shapes-malformed"), say(template, **values)


def fault_of(subject: Subject, predicate: str, value: Node | None, name: str, /, **values: Value) -> Fault:
    """Return a fault by its name in the table."""
    return Fault(subject, predicate, value, *code_and_sentence(name, **values))
