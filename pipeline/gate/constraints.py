"""Constraints on a single value: each SHACL Core component as a condition on a variable.

Literals are compared as the store keeps them; those it would rewrite are separated beforehand (lexical.py).
A parameter that is malformed gives UNKNOWN, so that pySHACL says what is wrong with it.
"""

import re

from pyoxigraph import Literal, NamedNode

from pipeline.gate.adapter.regex_patterns import Matcher
from pipeline.gate.conditions import (
    PASSES,
    TRUE,
    UNKNOWN,
    Condition,
    all_hold,
    any_of,
    cautious,
    exact,
    exists,
    negation,
)
from pipeline.gate.lexical import is_plain, is_value
from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.ntriples import string
from pipeline.rdf.vocabulary import RDF, RDFS, SH, XSD

_TYPE = f"<{RDF}type>"
_SUBCLASS = f"<{RDFS}subClassOf>"
NODE_KINDS = {
    SH + "IRI": "isIRI({0})",
    SH + "BlankNode": "isBlank({0})",
    SH + "Literal": "isLiteral({0})",
    SH + "BlankNodeOrIRI": "isIRI({0}) || isBlank({0})",
    SH + "BlankNodeOrLiteral": "isBlank({0}) || isLiteral({0})",
    SH + "IRIOrLiteral": "isIRI({0}) || isLiteral({0})",
}
"""Kind of node → the expression that a variable is of it."""

_LONGEST_LIST = 10_000
"""Longer lists of values make queries that are too large."""

_WHOLE_NUMBER = re.compile(r"\+?\d{1,15}")
_DATE_TYPES = ", ".join(f"<{XSD}{name}>" for name in ("date", "dateTime"))
_TEXT_TYPES = f"<{XSD}string>, <{RDF}langString>"


def single(values: list[Node]) -> Node | None:
    """Return the only value of a parameter, or None if there are several."""
    return values[0] if len(values) == 1 else None


def whole_number(values: list[Node]) -> int | None:
    """Return the only value of a parameter as a whole number, or None if it is none."""
    value = single(values)
    if not isinstance(value, Literal) or value.datatype.value != XSD + "integer":
        return None
    return int(value.value) if _WHOLE_NUMBER.fullmatch(value.value) else None


def truth(values: list[Node]) -> bool | None:
    """Return the only value of a parameter as true or false, or None if it is neither word."""
    value = single(values)
    if not isinstance(value, Literal) or value.datatype.value != XSD + "boolean":
        return None
    return {"true": True, "false": False}.get(value.value)


def of_class(variable: str, classes: list[Node]) -> Condition:
    """Return the condition of sh:class, which asks for every one of the classes."""
    return all_hold(_of_one_class(variable, one) for one in classes)


def _of_one_class(variable: str, one: Node) -> Condition:
    if not isinstance(one, NamedNode):
        return UNKNOWN
    direct = exists(f"{variable} {_TYPE} {one}")
    indirect = exists(f"{variable} {_TYPE}/{_SUBCLASS}+ {one}")
    return exact(f"isLiteral({variable}) || !({direct} || {indirect})")


def of_datatype(variable: str, values: list[Node]) -> Condition:
    """Return the condition of sh:datatype."""
    value = single(values)
    if not isinstance(value, NamedNode) or value.value == RDFS + "Datatype":
        return UNKNOWN
    if value.value == RDFS + "Literal":
        return exact(f"!isLiteral({variable})")
    return cautious(f"!isLiteral({variable}) || !sameTerm(DATATYPE({variable}), {value})")


def of_kind(variable: str, values: list[Node]) -> Condition:
    """Return the condition of sh:nodeKind."""
    value = single(values)
    kind = NODE_KINDS.get(value.value) if isinstance(value, NamedNode) else None
    return exact(negation(kind.format(variable))) if kind else UNKNOWN


def of_length(variable: str, values: list[Node], sign: str) -> Condition:
    """Return the condition of sh:minLength (sign ``>=``) or sh:maxLength (``<=``)."""
    length = whole_number(values)
    if length is None:
        return UNKNOWN
    if length == 0 and sign == ">=":
        return PASSES
    return cautious(f"isBlank({variable}) || !(STRLEN(STR({variable})) {sign} {length})")


def of_pattern(variable: str, matchers: list[Matcher]) -> Condition:
    """Return the condition of sh:pattern, which asks for every one of the patterns."""
    text = f"STR({variable})"
    return all_hold(cautious(f"isBlank({variable}) || !{matcher.test(text)}") for matcher in matchers)


def of_languages(variable: str, index: ShapesIndex, values: list[Node]) -> Condition:
    """Return the condition of sh:languageIn: a range matches a tag or its first part."""
    head = single(values)
    members = index.items(head) if head is not None else None
    if members is None or not all(isinstance(member, Literal) for member in members):
        return UNKNOWN
    ranges = [member.value.lower() for member in members if isinstance(member, Literal)]
    if "*" in ranges:
        return cautious(f'LANG({variable}) = ""')
    tags = [one for one in ranges if re.fullmatch("[a-z0-9-]+", one)]
    first = [one for one in tags if "-" not in one]
    pattern = f"^({'|'.join(tags)})$|^({'|'.join(first)})-" if first else f"^({'|'.join(tags)})$"
    return cautious(f"!REGEX(LCASE(LANG({variable})), {string(pattern)})") if tags else UNKNOWN


def of_list(variable: str, index: ShapesIndex, values: list[Node]) -> Condition:
    """Return the condition of sh:in."""
    head = single(values)
    members = index.items(head) if head is not None else None
    if members is None or len(members) > _LONGEST_LIST:
        return UNKNOWN
    iris = [str(member) for member in members if isinstance(member, NamedNode)]
    literals = [member for member in members if isinstance(member, Literal) and is_plain(member)]
    tests = [f"isIRI({variable}) && {variable} IN ({', '.join(iris)})"] if iris else []
    is_member = any_of(tests + [f"sameTerm({variable}, {literal})" for literal in literals])
    all_compared = len(iris) + len(literals) == len(members)
    return Condition(negation(is_member), is_member if all_compared else TRUE)


def same_term(variable: str, value: Node) -> str | None:
    """Return the expression that a variable is a given term, or None if the store cannot compare it."""
    if isinstance(value, NamedNode) or (isinstance(value, Literal) and is_plain(value)):
        return f"sameTerm({variable}, {value})"
    return None


def of_range(variable: str, bounds: list[Node], sign: str) -> Condition:
    """Return the condition of sh:minInclusive and its kin: the value stands so to every bound."""
    return all_hold(_of_bound(variable, bound, sign) for bound in bounds)


def _of_bound(variable: str, bound: Node, sign: str) -> Condition:
    if not isinstance(bound, Literal) or not is_value(bound):
        return UNKNOWN
    texts = f"DATATYPE({variable}) = <{XSD}string> && DATATYPE({bound}) = <{XSD}string>"
    return comparison(variable, sign, str(bound), f"({texts} && {variable} {sign} {bound})")


def pairwise(left: str, right: str, sign: str) -> Condition:
    """Return the condition of sh:lessThan (sign ``<``) and sh:lessThanOrEquals on a pair of values."""
    both_texts = " && ".join(f"(isIRI({one}) || DATATYPE({one}) IN ({_TEXT_TYPES}))" for one in (left, right))
    return comparison(left, sign, right, f"({both_texts} && STR({left}) {sign} STR({right}))")


def comparison(left: str, sign: str, right: str, texts: str) -> Condition:
    """Return the condition that two values are in a relation.

    Only numbers, equal kinds of dates that agree on having a time zone, and texts (by the expression given)
    are compared here; of all else pySHACL has views of its own.
    """
    numbers = f"isNumeric({left}) && isNumeric({right})"
    same_type = f"DATATYPE({left}) = DATATYPE({right}) && DATATYPE({left}) IN ({_DATE_TYPES})"
    same_zone = f'COALESCE(TZ({left}), "") = COALESCE(TZ({right}), "")'
    dates = f"({same_type} && {same_zone} && {left} {sign} {right})"
    passes = any_of(
        f"COALESCE({one}, false)" for one in (f"{numbers} && {left} {sign} {right}", dates, texts)
    )
    return Condition(negation(passes), f"COALESCE(IF({numbers}, {left} {sign} {right}, true), true)")


def closed(variable: str, allowed: list[str]) -> Condition:
    """Return the condition of sh:closed: no predicate but the allowed ones, given as SPARQL terms."""
    test = f"?gate_p NOT IN ({', '.join(allowed)})" if allowed else TRUE
    has_other = exists(f"{variable} ?gate_p ?gate_o", test)
    return Condition(has_other, TRUE)
