"""Types: the classes that a query itself gives to its variables and blank nodes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from endpoint.hints.known_data import KnownData
from endpoint.syntax.query_patterns import RDF_TYPE, Pattern, Term

Types = Mapping[str, Sequence[str]]
"""Variable or blank node → the classes that a query gives it."""


def types_of(patterns: Iterable[Pattern], data: KnownData) -> Types:
    """Return the classes that patterns give to variables and blank nodes, where there are such classes."""
    types: dict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        is_type = len(pattern.verbs) == 1 and pattern.verbs[0].value == RDF_TYPE
        if is_type and pattern.object.sort == "iri" and pattern.object.value in data.profile:
            types[name_of(pattern.subject)].append(pattern.object.value)
    return types


def name_of(term: Term) -> str:
    """Return the name of a variable or blank node, empty for another term."""
    return term.value if term.sort in ("variable", "blank") else ""
