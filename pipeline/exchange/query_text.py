"""Queries as people type them: the usual prefixes need no declaration."""

import re
from dataclasses import dataclass

from pipeline.rdf.vocabulary import prefixes

_SILENT = re.compile(
    r"""\#[^\r\n]* | <[^<>"{}|^`\\\s]*> | \'\'\'.*?\'\'\' | \"\"\".*?\"\"\"
      | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*" """,
    re.VERBOSE | re.DOTALL,
)
"""Comments, IRIs and strings: what is in them is not a part of the query's grammar."""

_FORM = re.compile(r"\b(?<![?$:])(SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?!:)", re.IGNORECASE)
_DECLARED = re.compile(r"\bPREFIX\s+([\w.-]*):", re.IGNORECASE)
_USED = re.compile(r"(?<![\w:?$@.-])([A-Za-z][\w.-]*):")


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query, its form (SELECT, ASK, CONSTRUCT or DESCRIBE), and the prefixes it uses without declaring them."""

    text: str
    form: str
    undeclared: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "QueryText":
        """Return the query that a text is; raise RefusedQuery if it is none."""
        grammar = _SILENT.sub(" ", text)
        form = _FORM.search(grammar)
        if form is None:
            raise RefusedQuery(cls(text, "SELECT"), "")
        declared = set(_DECLARED.findall(grammar))
        used = dict.fromkeys(_USED.findall(grammar))
        return cls(
            text, form[1].upper(), tuple(name for name in used if name not in declared and name != "_")
        )

    def with_prefixes(self) -> str:
        """Return the text with the prefixes it lacks, all on its first line so that no line moves."""
        known = prefixes()
        lines = (f"PREFIX {name}: <{known[name]}> " for name in self.undeclared if name in known)
        return "".join(lines) + self.text


class RefusedQuery(Exception):
    """A query that an engine cannot read, or understands and cannot answer; the message is that of the engine."""

    def __init__(self, query: QueryText, message: str, *, is_understood: bool = False) -> None:
        super().__init__(message)
        self.query = query
        self.is_understood = is_understood
