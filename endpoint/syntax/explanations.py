"""Explanations: what to say about a query that the engine refuses, and the place where it goes wrong."""

import re
from collections.abc import Sequence
from itertools import islice

from endpoint.http.problems import Problem
from endpoint.syntax import known_names
from endpoint.syntax.first_fault import first_fault, place_in
from endpoint.syntax.mistakes import Fault, usual_mistake
from endpoint.syntax.query_checks import Reading
from endpoint.syntax.sparql_tokens import Kind, Token, tokens
from endpoint.syntax.strange_characters import about_character, about_html
from endpoint.syntax.surroundings import CLOSED_BY, Part, Surroundings, surroundings
from endpoint.syntax.variable_mistakes import about_bound_variable, about_refused_variables
from pipeline.rdf.sparql_functions import is_about_a_call, unknown_call, wrong_call

_LONGEST_REASON = 120
_LONGEST_SHOWN = 60
_MOST_AFTER = 50
_PLACE = re.compile(r"error at \d+:\d+:")
_REASON = re.compile(r"(?:expected|one of|,) ((?:[A-Z][a-z]+|The [A-Z]+) [a-z][^,\[\]]{5,100})")
_ANY = re.compile(rf"(.{{1,{_LONGEST_REASON}}})")

_EXPECTED = {
    Part.START: "A query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, after any PREFIX lines.",
    Part.HEAD: "The query continues with variables such as ?name, or with WHERE {",
    Part.GROUP: "Triples (subject, property, object), FILTER, OPTIONAL and the like can follow here, or }",
    Part.TEMPLATE: "Only triples (subject, property, object) can be here, or }",
    Part.DATA: "Only values can be here: IRIs, strings, numbers, TRUE, FALSE or UNDEF.",
    Part.EXPRESSION: "A value, an operator such as = or &&, or ) can follow here.",
    Part.TAIL: "After the last } only GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET and VALUES can follow.",
}


_NO_VALUE = (Kind.LANGUAGE, Kind.MARK)
_GROUP_WORDS = (
    "FILTER",
    "OPTIONAL",
    "BIND",
    "UNION",
    "MINUS",
    "VALUES",
    "GRAPH",
    "WHERE",
    "GROUP",
    "ORDER",
    "LIMIT",
)


def explain(message: str, query: str, reading: Reading) -> Problem:
    """Return the problem for a query that another store refuses with a message."""
    if is_about_a_call(message):
        return explain_failure(message, query)
    return explain_syntax(message, query, reading)


def explain_refusal(problem: Problem, query: str) -> Problem:
    """Return the problem for a query that is refused before the engine sees it.

    Where its characters make it doubtful whether it has a SERVICE, that is not what is to be said about it.
    """
    if problem.name != "service-refused":
        return problem
    parts = tuple(tokens(query))
    refused = next((token for token in parts if token.start == problem.at), None)
    if refused is not None and "SERVICE" in refused.text.upper():
        return problem
    return problem if first_fault(query, parts) is None else explain_syntax("", query, Reading("SELECT"))


def explain_failure(message: str, query: str) -> Problem:
    """Return the problem for a query that the engine understood, but could not answer."""
    call = wrong_call(message, query)
    if call is not None:
        return Problem("function-unknown", known_names.extension(call.iri) or call.sentence, at=call.start)
    return Problem("query-failed", f"The engine gave up: {message[:_LONGEST_REASON]}")


def explain_syntax(message: str, query: str, reading: Reading) -> Problem:
    """Return the problem for a query that the engine refused with a message."""
    parts = _tokens_to_explain(message, query)
    place = first_fault(query, parts)
    if place is None:
        about = about_refused_variables(message, parts)
        if about is not None:
            return Problem("query-not-understood", about[0], at=about[1])
    index = len(parts) if place is None else place
    around = surroundings(parts[:index])
    fault = Fault(query, parts, index, around.part, message)
    call = unknown_call(query) if _may_be_call(fault) else None
    if call is not None and call.start in _calls(fault):
        other = known_names.function_of_sparql(parts[index].text) if call.start == fault.at else None
        return Problem("function-unknown", call.sentence + (f" Use {other}." if other else ""), at=call.start)
    sentence, at = (
        _about_token(fault)
        or _about_prefix(fault, reading)
        or usual_mistake(fault)
        or (_about_rows(parts[:index]) if around.part is Part.DATA else None)
        or _about_brackets(fault, around)
        or about_bound_variable(parts[:index])
        or _about_word(fault)
        or (_unexpected_token(fault), fault.at)
    )
    return Problem("query-not-understood", sentence, at=at)


def _tokens_to_explain(message: str, query: str) -> Sequence[Token]:
    """Return the tokens up to the place that a message names, and some more; all of them where it names none."""
    every = tokens(query)
    place = place_in(message, query)
    if place is None:
        return tuple(every)
    parts: list[Token] = []
    for token in every:
        parts.append(token)
        if token.start > place:
            break
    return (*parts, *islice(every, _MOST_AFTER))


def _may_be_call(fault: Fault) -> bool:
    """Return whether the fault is a word where a function could be called."""
    token = _token(fault)
    if token is None or token.kind != Kind.WORD:
        return False
    is_condition = fault.index > 0 and fault.parts[fault.index - 1].is_word("FILTER")
    return fault.part in (Part.EXPRESSION, Part.TAIL) or is_condition


def _calls(fault: Fault) -> tuple[int, ...]:
    """Return where a call may begin that is wrong at the fault: there, or before the bracket of a DISTINCT."""
    function = fault.parts[fault.index - 2] if fault.index > 1 else fault.parts[fault.index]
    is_distinct = fault.parts[fault.index].is_word("DISTINCT")
    return (fault.at, function.start) if is_distinct else (fault.at,)


def _about_token(fault: Fault) -> tuple[str, int] | None:
    """Return what to say about the characters of the fault itself."""
    code = about_html(fault.query, fault.at)
    if code is not None:
        return code, fault.at
    token = _token(fault)
    if token is None or token.kind in (Kind.STRING, Kind.IRI, Kind.UNCLOSED) or token.text == "`":
        return None
    strange = about_character(token.text)
    return (strange[0], token.start + strange[1]) if strange else None


def _about_word(fault: Fault) -> tuple[str, int] | None:
    """Return what to say about a word that SPARQL does not have, but that is near to one."""
    token = _token(fault)
    near = known_names.near_word(token) if token is not None else None
    if token is None or near is None:
        return None
    return f"SPARQL has no word {token.text[:_LONGEST_SHOWN]}. Did you mean {near}?", token.start


def _about_prefix(fault: Fault, reading: Reading) -> tuple[str, int] | None:
    """Return what to say about a prefix that is not declared, and the lines for all of those."""
    token = _token(fault)
    if token is None or token.kind != Kind.NAME or fault.part is Part.START:
        return None
    prefix = token.text.partition(":")[0]
    is_date = fault.is_glued and fault.parts[fault.index - 1].kind == Kind.NUMBER
    if (
        prefix not in reading.undeclared
        or is_date
        or fault.query.startswith("://", token.start + len(prefix))
    ):
        return None
    others = [name for name in reading.undeclared if name != prefix]
    return known_names.undeclared_message(prefix, others), token.start


def _unexpected_token(fault: Fault) -> str:
    token = _token(fault)
    if token is not None:
        return f"Unexpected {token.text[:_LONGEST_SHOWN]} here. {_EXPECTED[fault.part]}"
    if fault.part is not Part.TAIL:
        return f"The query ends too early. {_EXPECTED[fault.part]}"
    reason = _REASON.search(fault.message) if _PLACE.match(fault.message) else _ANY.match(fault.message)
    return f"The query cannot be read: {reason[1]}" if reason else "The query cannot be read."


def _token(fault: Fault) -> Token | None:
    parts: Sequence[Token] = fault.parts
    return parts[fault.index] if fault.index < len(parts) else None


def _about_rows(parts: Sequence[Token]) -> tuple[str, int] | None:
    """Return what to say about a row of the VALUES at the end of some tokens, and its place; None for no wrong one."""
    start = next((at for at in range(len(parts) - 1, -1, -1) if parts[at].is_word("VALUES")), None)
    if start is None:
        return None
    variables, count, row = 0, 0, None
    for before, token in zip(parts[start:], parts[start + 1 :], strict=False):
        if row is None and token.kind == Kind.VARIABLE:
            variables += 1
        elif token.text == "{" or (row is not None and token.text == "("):
            row, count = token, 0
        elif row is not None and token.text == ")":
            if count != variables:
                return _sentence(variables, count), row.start
        elif token.kind not in _NO_VALUE and before.text != "^^":
            count += 1
    return None


def _sentence(variables: int, values: int) -> str:
    wanted = "1 variable" if variables == 1 else f"{variables} variables"
    has = "1 value" if values == 1 else f"{values} values"
    return f"VALUES has {wanted}, but this row has {has}. Write {variables} in each row, UNDEF for one that is missing."


def _about_brackets(fault: Fault, around: Surroundings) -> tuple[str, int] | None:
    """Return what to say about the brackets around a fault, and the place of the one that is wrong."""
    token = _token(fault)
    last = around.opened[-1] if around.opened else None
    if token is None:
        if last is None:
            return None
        return f"The {last.text} here is never closed. Add {CLOSED_BY[last.text]} at the end.", last.start
    if token.text in CLOSED_BY.values():
        if all(CLOSED_BY[opened.text] != token.text for opened in around.opened):
            return f"The {token.text} here closes nothing. Delete it.", token.start
        if last is not None and CLOSED_BY[last.text] != token.text:
            closing = CLOSED_BY[last.text]
            sentence = f"The {last.text} here is not closed before the next {token.text} Add {closing} there."
            return sentence, last.start
    is_inner = len(around.opened) > 1 and around.opened[-2].text == "("
    is_outside = token.is_word(*_GROUP_WORDS) or (is_inner and token.is_word("AS"))
    if last is not None and last.text == "(" and is_outside:
        return f"The ( here is not closed before {token.text.upper()}. Add ) there.", last.start
    return None
