"""Why an answer is empty: evidence from the query, the store and the profile of the release."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from pyoxigraph import Store

from endpoint.hints.column_hints import column_hints, with_columns
from endpoint.hints.hint import Hint
from endpoint.hints.known_data import KnownData
from endpoint.hints.regex_hints import regex_hints
from endpoint.hints.shape_hints import shape_hints
from endpoint.hints.term_hints import term_hints
from endpoint.hints.value_hints import value_hints
from endpoint.syntax.known_names import nearest
from endpoint.syntax.query_patterns import Sketch, Term, sketch
from endpoint.syntax.sparql_tokens import Token

MOST_HINTS = 5


def empty_hints(
    query: str,
    store: Store,
    profile: Path | None,
    *,
    address: str = "",
    graphs: tuple[str, ...] = (),
    columns: tuple[str, ...] = (),
) -> tuple[Hint, ...]:
    """Return hints on a query that was understood and found nothing, or no value for some columns.

    The most certain ones come first. ``address`` is that of the endpoint, which comes before names without one.
    ``graphs`` are those that the request names. If all terms of the query occur and fit together, there is no hint.
    """
    read = sketch(query, address)
    read.graphs += [Term("iri", graph, f"<{graph}>", -1) for graph in graphs]
    data = KnownData(store, profile)
    base = address.removesuffix("/sparql")
    hints: dict[str, Hint] = {}
    whole = with_columns(read, columns) if columns else read
    said = chain(
        term_hints(whole, data, base),
        shape_hints(whole, data),
        value_hints(whole, data),
        regex_hints(read),
        _variable_hints(read),
    )
    for hint in said:
        if hint.at < 0 or not any(hint.at == other.at for other in hints.values()):
            hints.setdefault(hint.text, hint)
        if len(hints) == MOST_HINTS:
            break
    if not hints:
        hints = {hint.text: hint for hint in column_hints(read, columns)}
    return tuple(islice(hints.values(), MOST_HINTS))


def _variable_hints(read: Sketch) -> Iterator[Hint]:
    """Yield a hint for each variable that is used, and that nothing gives a value, or not before it is used."""
    known = read.bound | read.named
    for token in chain.from_iterable(read.filters):
        if token.text[:1] in "?$" and token.text[1:] in read.named - read.bound:
            text = (
                f"FILTER does not know {token.text} yet: SELECT gives it a value after that. Write HAVING(…) after "
                f"GROUP BY for a count or sum, or BIND(… AS {token.text}) before FILTER for another value."
            )
            yield Hint("variable", text, token.text, token.start)
    for token in _always_bound(read):
        start = f"{token.text} always has a value here, so !BOUND({token.text}) is never true."
        text = f"{start} Write OPTIONAL {{ … }} around the triple that gives it one."
        yield Hint("variable", text, token.text, token.start)
    for name, token in read.used.items() if read.is_whole else ():
        if name in known:
            continue
        near = nearest(name, known)
        text = f"Nothing in the query gives {token.text} a value."
        if near:
            text += f" Did you mean ?{near}?"
        yield Hint("variable", text, token.text, token.start, (f"?{near}",) if near else ())


def _always_bound(read: Sketch) -> Iterator[Token]:
    """Yield the variables that a condition wants without a value, although a pattern that must match has them."""
    terms = chain.from_iterable((each.subject, each.object) for each in read.patterns)
    required = {term.value for term in terms if term.sort == "variable"}
    for condition in read.filters:
        if any(token.text == "||" for token in condition):
            continue
        tokens = [token for token in condition if token.text not in ("(", ")")]
        for negation, function, variable in zip(tokens, tokens[1:], tokens[2:], strict=False):
            if negation.text == "!" and function.is_word("BOUND") and variable.text[1:] in required:
                yield variable
