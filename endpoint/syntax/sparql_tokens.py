"""Tokens of a SPARQL query, so that what looks like code inside a string, an IRI or a comment is none."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Kind:
    """What a token is: plain strings, since every query is compared with them token by token."""

    IRI: Final = "iri"
    STRING: Final = "string"
    VARIABLE: Final = "variable"
    BLANK: Final = "blank"
    NAME: Final = "name"
    WORD: Final = "word"
    NUMBER: Final = "number"
    LANGUAGE: Final = "language"
    MARK: Final = "mark"
    UNCLOSED: Final = "unclosed"
    STRANGE: Final = "strange"


class Token(NamedTuple):
    """A piece of a query, and where it begins; a NAME is a prefixed name, a WORD a keyword or function."""

    kind: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        """Return whether the token is one of some keywords, given in capitals."""
        return self.kind == Kind.WORD and self.text.upper() in words


_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_LETTERS = _BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040"
_MORE = _LETTERS + "\\-"
_LOCAL = rf"(?:\.*(?:[{_MORE}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]))*+"

_QUOTES = '"""'

# Possessive repeats and the bound on prefixes keep the time linear in the query, however it is made.
_TOKEN = re.compile(
    rf"""
    (?: [ \t\r\n]++ | \#[^\r\n]*+ )*+
    (?:
      (?P<string> '''(?:'{{0,2}}(?:[^'\\]|\\.))*+''' | '(?!'')(?:[^'\\\r\n]|\\[^\r\n])*+'
                | {_QUOTES}(?:"{{0,2}}(?:[^"\\]|\\.))*+{_QUOTES} | "(?!"")(?:[^"\\\r\n]|\\[^\r\n])*+" )
    | (?P<unclosed> '''(?:'{{0,2}}(?:[^'\\]|\\.))*+ | {_QUOTES}(?:"{{0,2}}(?:[^"\\]|\\.))*+
                | ['"](?:[^\\\r\n]|\\[^\r\n])*+ )
    | (?P<iri> <(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+> )
    | (?P<variable> [?$][{_BASE}_0-9][{_LETTERS}]*+ )
    | (?P<blank> _:[{_BASE}_0-9](?:\.*[{_MORE}])*+ )
    | (?P<name> (?:[{_BASE}][{_MORE}.]{{0,255}}+)?+:{_LOCAL} )
    | (?P<word> [{_BASE}][{_MORE}]*+ )
    | (?P<number> (?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+ )
    | (?P<language> @[A-Za-z]++(?:--?[A-Za-z0-9]++)*+ )
    | (?P<mark> <<\(? | \)?>> | \{{\| | \|\}} | \^\^ | && | \|\| | != | <= | >=
              | [{{}}()\[\].,;=<>!*/+|^?~-] )
    | (?P<strange> . )
    | \Z
    )
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query; what is no SPARQL comes as UNCLOSED (a string) or STRANGE."""
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup
        if kind is not None:
            yield Token(kind, match[kind], match.start(kind))
