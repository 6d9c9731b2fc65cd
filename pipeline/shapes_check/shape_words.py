"""Nested shapes in words: what sh:or, sh:not, sh:node and counts of shapes ask of a value."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pipeline.findings.messages import Sentence, Value, holes, join, say, say_number, shorten
from pipeline.shapes_check.pyshacl_text import (
    Node,
    Prefixes,
    Term,
    UnreadableText,
    read_nodes,
    show,
)
from pipeline.system.data_files import tables_of

_LONGEST = 300
"""So many characters are shown of a shape that cannot be put in words."""
_MOST = 12
"""So many shapes, or constraints of one, are put in words."""
_DEEPEST = 4
_OF_SHAPES = ("sh:not", "sh:or", "sh:and", "sh:xone")

NODE_KINDS: Mapping[str, Sentence] = {
    "sh:IRI": say("an IRI"),
    "sh:BlankNode": say("a blank node"),
    "sh:Literal": say("a literal"),
    "sh:BlankNodeOrIRI": say("an IRI or a blank node"),
    "sh:BlankNodeOrLiteral": say("a literal or a blank node"),
    "sh:IRIOrLiteral": say("an IRI or a literal"),
}


def shapes_in_words(text: str, prefixes: Prefixes) -> Value:
    """Return the shapes that pySHACL lists, in words, with semicolons between them."""
    try:
        nodes = read_nodes(text, prefixes)
    except UnreadableText:
        return shorten(prefixes.short(text), _LONGEST)
    return _join_parts([_shape(node, 0) for node in nodes], "; ")


def _join_parts(parts: Sequence[Value], between: str) -> Value:
    listed = list(parts[:_MOST]) + (["…"] if len(parts) > _MOST else [])
    if len(listed) == 1:
        return listed[0]
    pieces: list[Value] = []
    for part in listed:
        pieces += [between, part] if pieces else [part]
    return join(pieces)


def _shape(node: Node, depth: int) -> Value:
    """Return what a shape asks for."""
    if isinstance(node, Term):
        return show(node)
    if isinstance(node, tuple):
        return _join_parts([_shape(each, depth + 1) for each in node], "; ") if depth < _DEEPEST else "…"
    stated = dict(node.statements)
    paths = stated.pop("sh:path", ())
    for name in ("rdf:type", "a", "sh:name", "sh:description", "sh:order", "sh:severity", "sh:message"):
        stated.pop(name, None)
    if depth >= _DEEPEST:
        return "…"
    if paths:
        return _property(_path(paths[0]), stated, depth)
    parts = [part for term, values in stated.items() for part in _constraints(term, values, depth)]
    return _join_parts(parts, ", ") if parts else say("anything")


def _property(path: str, stated: dict[str, tuple[Node, ...]], depth: int) -> Value:
    """Return what a property shape asks for: that there are values, and what each of them is."""
    counts = {name: _number(stated.pop(name, ())) for name in ("sh:minCount", "sh:maxCount")}
    least, most = counts["sh:minCount"], counts["sh:maxCount"]
    parts = [part for term, values in stated.items() for part in _constraints(term, values, depth)]
    if most == 0:
        return say("no {property}", property=path)
    phrases: list[Value] = []
    if least is not None and least > 0:
        phrases.append(
            say_number("{property} present", "at least {number} values of {property}", least, property=path)
        )
    if most is not None:
        phrases.append(
            say_number(
                "at most {number} value of {property}",
                "at most {number} values of {property}",
                most,
                property=path,
            )
        )
    if parts:
        phrases.append(say("{property}: {constraint}", property=path, constraint=_join_parts(parts, ", ")))
    return _join_parts(phrases, ", ") if phrases else say("anything")


def _path(path: Node) -> str:
    if isinstance(path, Term):
        return path.text
    if isinstance(path, tuple):
        return " / ".join(map(_path, path))
    forms = {
        "sh:inversePath": "^{}",
        "sh:zeroOrMorePath": "{}*",
        "sh:oneOrMorePath": "{}+",
        "sh:zeroOrOnePath": "{}?",
    }
    for name, (value, *_) in path.statements.items():
        if name in forms:
            inner = _path(value)
            return forms[name].format(f"({inner})" if not isinstance(value, Term) else inner)
        if name == "sh:alternativePath" and isinstance(value, tuple):
            return "(" + " | ".join(map(_path, value)) + ")"
    return "…"


def _number(values: Sequence[Node]) -> int | None:
    texts = [value.text for value in values if isinstance(value, Term)]
    return _whole(texts[0]) if texts else None


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _constraints(term: str, values: Sequence[Node], depth: int) -> Iterator[Value]:
    """Yield what a constraint asks for; one that has no words here is shown as it is stated."""
    for value in values:
        if term == "sh:nodeKind" and isinstance(value, Term) and value.text in NODE_KINDS:
            yield NODE_KINDS[value.text]
        elif term in ("sh:property", "sh:node"):
            yield _shape(value, depth + 1)
        elif term in _table():
            yield _constraint_words(term, _shape(value, depth + 1) if term in _OF_SHAPES else _terms(value))
        else:
            yield join((term, " ", _shape(value, depth + 1)))


def _terms(value: Node) -> str:
    values = value if isinstance(value, tuple) else (value,)
    names = [show(each) if isinstance(each, Term) else "…" for each in values]
    return ", ".join(names[:_MOST]) + (", …" if len(names) > _MOST else "")


def _constraint_words(term: str, value: Value) -> Value:
    """Return the words of the table for what a constraint asks for."""
    row = _table()[term]
    one, several = row["one"], row.get("several")
    if several is not None:
        return say_number(one, several, _whole(str(value)))
    return say(one, **dict.fromkeys(holes(one), value))


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return {each["term"]: each for each in tables_of(__package__, "shape_messages.toml")["message"]}
