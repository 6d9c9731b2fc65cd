"""The kinds of values that terms of SHACL take: each is checked in time linear in its size."""

import re
from collections.abc import Callable, Mapping
from types import UnionType

from pyoxigraph import BlankNode, Literal, NamedNode

from pipeline.findings.messages import Sentence, say
from pipeline.gate.adapter.lexical_forms import is_lexical
from pipeline.gate.adapter.regex_patterns import PatternError, to_python
from pipeline.gate.constraints import NODE_KINDS
from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.vocabulary import RDF, SH, XSD
from pipeline.shapes_check.datatypes import short_datatype
from pipeline.shapes_check.path_check import fault_of_expression, fault_of_path

Check = Callable[[ShapesIndex, Node], Sentence | None]
"""Returns what is needed instead of a value, None where the value is right."""

_WHOLE_NUMBERS = frozenset(
    XSD + name
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "long", "int", "short", "byte"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)
_TEXT_TYPES = (XSD + "string", RDF + "langString", RDF + "dirLangString")
_RESOURCE, _NODE = NamedNode | BlankNode, NamedNode | Literal
_LANGUAGE = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_FLAGS = re.compile("[smixq]*")


def _of(needed: Sentence, is_right: Callable[[Node], bool]) -> Check:
    return lambda _, value: None if is_right(value) else needed


def _a(needed: Sentence, types: type | UnionType) -> Check:
    return _of(needed, lambda value: isinstance(value, types))


def _is_count(value: Node) -> bool:
    if not isinstance(value, Literal) or value.datatype.value not in _WHOLE_NUMBERS:
        return False
    return re.fullmatch(r"\+?\d{1,15}|-0", value.value) is not None


def _is_boolean(value: Node) -> bool:
    if not isinstance(value, Literal) or value.datatype.value != XSD + "boolean":
        return False
    return value.value in ("true", "false", "1", "0")


def _is_text(value: Node) -> bool:
    return isinstance(value, Literal) and value.datatype.value in _TEXT_TYPES


def _is_string(value: Node, form: re.Pattern[str] = re.compile(".*", re.DOTALL)) -> bool:
    if not isinstance(value, Literal) or value.datatype.value != XSD + "string":
        return False
    return form.fullmatch(value.value) is not None


def _limit(_: ShapesIndex, value: Node) -> Sentence | None:
    if not isinstance(value, Literal):
        return say("a literal")
    if not is_lexical(value.value, value.datatype.value):
        return say("a valid {type}", type=short_datatype(value.datatype.value))
    return None


def _members(needed: Sentence, is_right: Callable[[Node], bool], *, least: int = 0) -> Check:
    def check(index: ShapesIndex, value: Node) -> Sentence | None:
        items = index.items(value)
        if items is None:
            return say("a complete list, such as ( … ) in Turtle")
        return None if len(items) >= least and all(map(is_right, items)) else needed

    return check


def _pattern(_: ShapesIndex, value: Node) -> Sentence | None:
    if not _is_string(value):
        return say("a text without a language")
    assert isinstance(value, Literal)
    try:
        to_python(value.value)
    except PatternError as error:
        return say("a regular expression of XPath ({reason})", reason=str(error))
    return None


def _sparql(index: ShapesIndex, value: Node) -> Sentence | None:
    queries = index.objects(value, SH + "select")
    if len(queries) != 1 or not _is_string(queries[0]):
        return say("a node with one query in sh:select")
    return None


def _one(instead_of_list: Sentence, needed: Sentence, types: type | UnionType) -> Check:
    """Return the check of a value in whose place people write a list, too."""

    def check(index: ShapesIndex, value: Node) -> Sentence | None:
        if index.objects(value, RDF + "first"):
            return instead_of_list
        return None if isinstance(value, types) else needed

    return check


def _node_shape(index: ShapesIndex, value: Node) -> Sentence | None:
    is_right = isinstance(value, _RESOURCE) and not index.objects(value, SH + "path")
    return None if is_right else say("a node shape, which has no sh:path")


def _declaration(index: ShapesIndex, value: Node) -> Sentence | None:
    parts = (index.objects(value, SH + name) for name in ("prefix", "namespace"))
    is_right = all(len(values) == 1 and isinstance(values[0], Literal) for values in parts)
    return None if is_right else say("a node with one sh:prefix and one sh:namespace")


def _target(index: ShapesIndex, value: Node) -> Sentence | None:
    types = index.objects(value, RDF + "type")
    if any(index.objects(node, SH + "jsFunctionName") for node in (value, *types)):
        return say("a target with a query in sh:select, since JavaScript is never run")
    has_query = any(index.objects(node, SH + "select") for node in (value, *types))
    return None if has_query else say("a target with a query in sh:select")


KINDS: Mapping[str, Check] = {
    "any": lambda *_: None,
    "node": _a(say("an IRI or a literal"), _NODE),
    "iri": _a(say("an IRI"), NamedNode),
    "class": _a(say("the IRI of a class"), NamedNode),
    "datatype": _a(say("the IRI of a datatype, such as xsd:date"), NamedNode),
    "node-kind": _of(
        say("one of the node kinds of SHACL, such as sh:IRI or sh:Literal"),
        lambda value: isinstance(value, NamedNode) and value.value in NODE_KINDS,
    ),
    "severity": _a(say("the IRI of a severity, such as sh:Warning"), NamedNode),
    "resource": _a(say("an IRI or a blank node"), _RESOURCE),
    "shape": _one(say("one shape, not a list"), say("a shape"), _RESOURCE),
    "property": _one(say("one property shape, not a list"), say("a property shape"), _RESOURCE),
    "value": _one(
        say("one value (for a list of allowed values, use sh:in)"), say("an IRI or a literal"), _NODE
    ),
    "shapes": _members(say("a list of one or more shapes"), lambda one: isinstance(one, _RESOURCE), least=1),
    "iris": _members(say("a list of IRIs"), lambda one: isinstance(one, NamedNode)),
    "texts": _members(
        say('a list of language tags, such as ( "en" "fr" )'), lambda one: _is_string(one, _LANGUAGE)
    ),
    "list": _members(say("a list of IRIs and literals"), lambda one: isinstance(one, _NODE)),
    "literal": _a(say("a literal"), Literal),
    "limit": _limit,
    "string": _of(say("a text without a language"), _is_string),
    "message": _of(say("a text"), _is_text),
    "count": _of(say("a whole number without quotation marks, such as 1"), _is_count),
    "boolean": _of(say("true or false without quotation marks"), _is_boolean),
    "flags": _of(say("a text made of the flags i, m, s, x and q"), lambda value: _is_string(value, _FLAGS)),
    "pattern": _pattern,
    "path": fault_of_path,
    "expression": fault_of_expression,
    "sparql": _sparql,
    "target": _target,
    "node-shape": _node_shape,
    "declaration": _declaration,
}
"""Name of a kind, as the table of terms has it → its check."""
