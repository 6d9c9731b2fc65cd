"""A hint: one sentence on what in a query finds nothing, with its place and what can be there instead."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

_LONGEST = 200
"""Characters of a query that a hint repeats; a header has no room for all."""

_LONGEST_NAMED = 80


@dataclass(frozen=True, slots=True)
class Hint:
    """A sentence on a part of a query.

    ``kind`` is term, namespace, graph, class, value, language, datatype or variable. ``written`` is what is in
    the query, ``at`` where it begins, -1 where that is not known.
    """

    kind: str
    text: str
    written: str = ""
    at: int = -1
    suggestions: tuple[str, ...] = ()


def enumerate_names(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def cut(written: str) -> str:
    """Return what is in a query, or its beginning with …, as a sentence can repeat it."""
    return written if len(written) <= _LONGEST_NAMED else written[:_LONGEST_NAMED] + "…"


def as_json(hints: Iterable[Hint]) -> str:
    """Return hints as JSON in ASCII, which can be in a header; empty where there are none."""
    entries = [{**asdict(hint), "written": hint.written[:_LONGEST]} for hint in hints]
    return json.dumps(entries, separators=(",", ":")) if entries else ""


def sentences(written: str) -> tuple[str, ...]:
    """Return the sentences of hints that are written as JSON."""
    return tuple(hint["text"] for hint in json.loads(written)) if written else ()
