"""Column hints: why a variable has no value in any row of an answer."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from endpoint.hints.hint import Hint
from endpoint.syntax.query_patterns import Sketch
from endpoint.syntax.sparql_tokens import Kind, Token

_ARITHMETIC = {
    "+": '+ needs numbers. CONCAT joins texts, as in CONCAT(STR({}), " …").',
    "-": "- needs numbers.",
    "*": "* needs numbers.",
    "/": "/ needs numbers, the second one not 0.",
}
_OF_NUMBERS = ("SUM", "AVG", "ABS", "CEIL", "FLOOR", "ROUND")


def with_columns(read: Sketch, columns: Sequence[str]) -> Sketch:
    """Return a query as if it needed all that gives these variables a value."""
    expressions = [read.expressions[name] for name in columns if name in read.expressions]
    return replace(
        read,
        patterns=[*read.patterns, *read.optional],
        filters=[*read.filters, *read.optional_filters, *expressions],
    )


def column_hints(read: Sketch, columns: Sequence[str]) -> Iterator[Hint]:
    """Yield a hint for each of these variables that an expression should give a value."""
    for name in columns:
        yield from _failing(name, read.expressions.get(name, ()), read.bound | read.named)


def _failing(name: str, tokens: Sequence[Token], known: Set[str]) -> Iterator[Hint]:
    """Yield the hint that an expression fails, if it is more than a variable, and its variables are known."""
    variables = [token.text for token in tokens if token.kind == Kind.VARIABLE]
    if len(tokens) < 2 or not variables or any(variable[1:] not in known for variable in variables):
        return
    operator = next((token for token in tokens[1:] if token.text in _ARITHMETIC), None)
    function = next((token for token in tokens if token.is_word(*_OF_NUMBERS)), None)
    if operator is not None:
        reason = _ARITHMETIC[operator.text].format(variables[0])
    elif function is not None:
        reason = f"{function.text.upper()} needs numbers."
    else:
        reason = (
            f"A part of it gets another kind of value than it needs; DATATYPE({variables[0]}) shows the kind."
        )
    place = operator or function or tokens[0]
    text = f"No row has a value for ?{name}: its expression fails in every row. {reason}"
    yield Hint("value", text, place.text, place.start)
