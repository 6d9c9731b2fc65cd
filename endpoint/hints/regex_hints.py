"""Regex hints: patterns of REGEX and REPLACE that are malformed, so that the condition is an error in every row."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from pyoxigraph import Literal, QuerySolutions, Store

from endpoint.hints.hint import Hint
from endpoint.syntax.query_patterns import Sketch, Term, term_of
from endpoint.syntax.sparql_tokens import Token

_MOST = 20
_LONGEST = 80
_LONGEST_CHECKED = 5_000
_FUNCTIONS = ("REGEX", "REPLACE")


def regex_hints(sketch: Sketch) -> Iterator[Hint]:
    """Yield a hint for each constant pattern that the store does not accept."""
    conditions = chain(sketch.filters, sketch.optional_filters)
    patterns = chain.from_iterable(_patterns(condition, sketch) for condition in conditions)
    for term in islice(patterns, _MOST):
        if len(term.value) <= _LONGEST_CHECKED and not _is_accepted(term.value):
            written = term.written if len(term.written) <= _LONGEST else term.written[:_LONGEST] + "…"
            remedy = "Check its brackets, and write a backslash before a sign that stands for itself: \\\\("
            text = (
                f"{written} is not a valid regular expression here, so the condition is never true. {remedy}"
            )
            yield Hint("regex", text, term.written, term.at)


def _patterns(condition: Sequence[Token], sketch: Sketch) -> Iterator[Term]:
    """Yield the second arguments of the functions in a condition, where they are constants."""
    depths: list[bool] = []
    for place, token in enumerate(condition):
        if token.text == "(":
            depths.append(place > 0 and condition[place - 1].is_word(*_FUNCTIONS))
        elif token.text == ")" and depths:
            depths.pop()
        elif token.text == "," and depths and depths[-1]:
            depths[-1] = False
            parsed = term_of(condition[place + 1 : place + 4], sketch.prefixes, sketch.base)
            if parsed is not None and parsed[0].sort == "literal":
                yield parsed[0]


def _is_accepted(pattern: str) -> bool:
    solutions = Store().query(f'SELECT (REGEX("", {Literal(pattern)}) AS ?matches) {{}}')
    assert isinstance(solutions, QuerySolutions)
    return next(solutions)["matches"] is not None
