"""Results on a graph as findings, at the triple, the cell it came from, or where the focus node is described."""

import re
from dataclasses import replace

from pyoxigraph import RdfFormat, parse

from pipeline.findings.messages import Wording, say
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.vocabulary import SH, SHAPES
from pipeline.shapes_check.constraint_messages import in_our_words, with_details, without_message
from pipeline.shapes_check.graph_positions import Graph
from pipeline.shapes_check.pyshacl_text import Prefixes

_SEVERITIES = {
    "Warning": Severity.WARNING,
    **dict.fromkeys(("Info", f"{SH}Debug", f"{SH}Trace"), Severity.INFO),
}
_NONE = Prefixes()
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def to_finding(
    result: ShaclResult, graph: Graph, default: Place | None = None, prefixes: Prefixes = _NONE
) -> Finding:
    """Return a result as a finding at its triple; an unknown severity counts as a violation."""
    place = graph.place_of(result.focus, result.path, result.value)
    cell = graph.cell_of(result) if place is None else None
    place = place or (cell.place if cell is not None else default)
    value = plain_term(result.value) if result.value is not None else None
    message = message_of(result, prefixes)
    return Finding(
        _SEVERITIES.get(result.severity, Severity.VIOLATION),
        code_of(result),
        say("“{name}”: {sentence}", name=cell.name, sentence=message) if cell is not None else message,
        replace(place, value=place.value or value) if place is not None else None,
        focus=plain_term(result.focus),
        path=plain_term(result.path) if result.path is not None else None,
        result=result,
    )


def code_of(result: ShaclResult) -> str:
    """Return the name of one of our rules, or for foreign shapes the kind of constraint, such as ``min-count``."""
    if result.shape.startswith(SHAPES):
        return result.shape.removeprefix(SHAPES)
    name = re.split(r"[/#:]", result.component)[-1].removesuffix("ConstraintComponent")
    return _CAPITALS.sub("-", name).lower() or "constraint"


def message_of(result: ShaclResult, prefixes: Prefixes = _NONE) -> str:
    """Return what shapes say of it, in all the languages in which they do; where they say nothing, what is wrong."""
    messages = dict(reversed(result.messages))
    if not messages:
        return without_message(result, prefixes)
    if messages.keys() != {""}:
        return Wording({"en": messages[""], **messages} if "" in messages else messages)
    message = in_our_words(result, messages[""], prefixes)
    if message is None:
        return messages[""]
    if not result.details:
        return message
    return with_details(message, [message_of(detail, prefixes) for detail in result.details])


def plain_term(term: str) -> str:
    """Return a term in N-Triples as people read it: an IRI bare, a literal by its text."""
    if term.startswith("<") and term.count("<") == 1 and term.endswith(">"):
        return term[1:-1]
    if term.startswith('"'):
        quad = next(iter(parse(f"<urn:s> <urn:p> {term} .", format=RdfFormat.N_TRIPLES)))
        return str(getattr(quad.object, "value", term))
    return term
