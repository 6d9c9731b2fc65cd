"""Mistakes: the rules of a table that say what is usually wrong where a query cannot be read any further."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Template

from endpoint.syntax.known_names import is_word, near_word
from endpoint.syntax.sparql_tokens import Kind, Token
from endpoint.syntax.surroundings import Part
from pipeline.system.data_files import tables_of

_BEFORE, _AFTER = 16, 12
"""Tokens before and after the fault that a rule can see."""

_LONGEST_TEXT = 4000
_LONGEST_BEFORE = 300
_LONGEST_SHOWN = 80
_SHAPES = {
    Kind.IRI: "iri",
    Kind.STRING: "str",
    Kind.VARIABLE: "var",
    Kind.BLANK: "blank",
    Kind.NAME: "name",
    Kind.NUMBER: "num",
    Kind.LANGUAGE: "lang",
    Kind.UNCLOSED: "open",
}
_TERM = "(?:var|name|iri|str|num|blank)"
_FAULT, _END = "▸", "end"


@dataclass(frozen=True, slots=True)
class Fault:
    """A query that cannot be read from its token ``index`` on, and the part of the query around it."""

    query: str
    parts: Sequence[Token]
    index: int
    part: Part
    message: str = ""

    @property
    def at(self) -> int:
        """Return the place of the fault in the query."""
        return self.parts[self.index].start if self.index < len(self.parts) else len(self.query.rstrip())

    @property
    def is_glued(self) -> bool:
        """Return whether nothing is between the fault and the token before it."""
        if not 0 < self.index < len(self.parts):
            return False
        before = self.parts[self.index - 1]
        return before.start + len(before.text) == self.at

    @property
    def is_unknown(self) -> bool:
        """Return whether the fault is a word that SPARQL does not have, and that is near to none that it has."""
        token = self.parts[self.index] if self.index < len(self.parts) else None
        return (
            token is not None and token.kind == Kind.WORD and not is_word(token) and near_word(token) is None
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: frozenset[str]
    before: re.Pattern[str] | None
    text: re.Pattern[str] | None
    tokens: re.Pattern[str] | None
    is_glued: bool
    is_unknown: bool
    message: str
    says: Template


class _Window:
    """The tokens around a fault, written as the rules see them."""

    def __init__(self, fault: Fault) -> None:
        first = max(fault.index - _BEFORE, 0)
        seen = fault.parts[first : fault.index + _AFTER]
        pieces, self._spans, length = [" "], list[tuple[int, Token]](), 1
        for number, token in enumerate(seen, first):
            mark = _FAULT if number == fault.index else ""
            self._spans.append((length + len(mark), token))
            pieces.append(f"{mark}{_shape(token)} ")
            length += len(pieces[-1])
        if fault.index + _AFTER > len(fault.parts):
            pieces.append(f"{_FAULT if fault.index == len(fault.parts) else ''}{_END} ")
        self.text = "".join(pieces)
        self._query = fault.query

    def source_text(self, start: int, end: int) -> tuple[str, int] | None:
        """Return what is in the query for a piece of the window, and where; None where no token is in it."""
        inside = [token for place, token in self._spans if start <= place < end]
        if not inside:
            return None
        first, last = inside[0].start, inside[-1].start + len(inside[-1].text)
        return self._query[first:last][:_LONGEST_SHOWN], first


def usual_mistake(fault: Fault) -> tuple[str, int] | None:
    """Return a sentence about what is wrong at a fault, and its place; None where no rule fits."""
    window = _Window(fault)
    for rule in _rules():
        answer = _apply_rule(rule, fault, window) if _is_about(rule, fault) else None
        if answer is not None:
            return answer
    return None


def _is_about(rule: _Rule, fault: Fault) -> bool:
    if fault.part not in rule.parts or rule.message not in fault.message:
        return False
    return fault.is_glued >= rule.is_glued and fault.is_unknown >= rule.is_unknown


def _apply_rule(rule: _Rule, fault: Fault, window: _Window) -> tuple[str, int] | None:
    here = fault.parts[fault.index].text[:_LONGEST_SHOWN] if fault.index < len(fault.parts) else ""
    quote = here[:3] if here.startswith(('"""', "'''")) else here[:1]
    values, at = {"here": here, "quote": quote}, fault.at
    if rule.before is not None:
        match = rule.before.search(fault.query, max(fault.at - _LONGEST_BEFORE, 0), fault.at)
        if match is None:
            return None
        at = match.start()
    if rule.text is not None:
        match = rule.text.match(fault.query, fault.at, fault.at + _LONGEST_TEXT)
        if match is None:
            return None
        values |= {name: text[:_LONGEST_SHOWN] for name, text in match.groupdict("").items()}
    if rule.tokens is not None:
        match = rule.tokens.search(window.text)
        if match is None:
            return None
        for name in match.groupdict():
            written = window.source_text(*match.span(name))
            values[name] = written[0] if written else ""
            if name == "at" and written:
                at = written[1]
    return rule.says.safe_substitute(_with_bare(values)), at


def _with_bare(values: Mapping[str, str]) -> dict[str, str]:
    bare = {f"{name}_bare": value.strip("<>\"':?$@`") for name, value in values.items()}
    return {**values, **bare, **{f"{name}_lower": value.lower() for name, value in values.items()}}


def _shape(token: Token) -> str:
    if token.kind == Kind.WORD:
        return token.text[:_LONGEST_SHOWN].upper()
    return _SHAPES.get(token.kind, token.text)


@cache
def _rules() -> tuple[_Rule, ...]:
    table = tables_of(__package__, "mistakes.toml")
    return tuple(
        _Rule(
            frozenset(rule.get("in", tuple(Part))),
            re.compile(rule["before"]) if "before" in rule else None,
            re.compile(rule["text"]) if "text" in rule else None,
            re.compile(re.sub(r"\bterm\b", _TERM, rule["tokens"])) if "tokens" in rule else None,
            rule.get("glued", False),
            rule.get("unknown", False),
            rule.get("message", ""),
            Template(rule["says"]),
        )
        for rule in table["rule"]
    )
