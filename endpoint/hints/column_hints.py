"""Column hints: why a variable has no value in any row of an answer that has rows."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from endpoint.hints.hint import Hint
from endpoint.hints.known_data import KnownData
from endpoint.hints.shape_hints import shape_hints
from endpoint.hints.term_hints import term_hints
from endpoint.hints.value_hints import value_hints
from endpoint.syntax.query_patterns import Sketch
from endpoint.syntax.sparql_tokens import Kind, Token

_ARITHMETIC = ("+", "-", "*", "/")
_OF_NUMBERS = ("SUM", "AVG", "ABS", "CEIL", "FLOOR", "ROUND")


def column_hints(read: Sketch, columns: Sequence[str], data: KnownData, base: str) -> Iterator[Hint]:
    """Yield hints on the optional patterns and the expressions that give some variables no value."""
    expressions = {name: read.expressions[name] for name in columns if name in read.expressions}
    if len(expressions) < len(columns):
        optional = replace(
            read, patterns=[*read.patterns, *read.optional], filters=read.optional_filters, values=[]
        )
        yield from term_hints(optional, data, base)
        yield from shape_hints(optional, data)
        yield from value_hints(optional, data)
    for name, tokens in expressions.items():
        explained = list(value_hints(replace(read, filters=[tokens]), data))
        yield from explained or _failing(name, tokens, read.bound | read.named)


def _failing(name: str, tokens: Sequence[Token], known: Set[str]) -> Iterator[Hint]:
    """Yield the hint that an expression fails, if it is more than a variable, and its variables are known."""
    variables = [token.text for token in tokens if token.kind == Kind.VARIABLE]
    if len(tokens) < 2 or not variables or any(variable[1:] not in known for variable in variables):
        return
    text = f"No row has a value for ?{name}: its expression fails in every row."
    operator = next((token for token in tokens[1:] if token.text in _ARITHMETIC), None)
    function = next((token for token in tokens if token.is_word(*_OF_NUMBERS)), None)
    if operator is not None:
        text += f" {operator.text} needs numbers."
        if operator.text == "+":
            text += f' CONCAT joins texts, as in CONCAT(STR({variables[0]}), " …").'
    elif function is not None:
        text += f" {function.text.upper()} needs numbers."
    else:
        text += f" A part of it gets another kind of value than it needs; DATATYPE({variables[0]}) shows the kind."
    place = operator or function or tokens[0]
    yield Hint("value", text, place.text, place.start)
