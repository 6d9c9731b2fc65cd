"""Queries as people type them: the usual prefixes need no declaration, errors point at their place."""

import re
from dataclasses import dataclass

from pipeline.model.errors import UsageError
from pipeline.rdf.sparql_functions import WrongCall, refused_call, unknown_call
from pipeline.rdf.vocabulary import prefixes

_SILENT = re.compile(
    r"""\#[^\r\n]* | <[^<>"{}|^`\\\s]*> | \'\'\'.*?\'\'\' | \"\"\".*?\"\"\"
      | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*" """,
    re.VERBOSE | re.DOTALL,
)
"""Comments, IRIs and strings: what stands in them is no part of the query's grammar."""

_FORM = re.compile(r"\b(?<![?$:])(SELECT|ASK|CONSTRUCT|DESCRIBE)\b(?!:)", re.IGNORECASE)
_DECLARED = re.compile(r"\bPREFIX\s+([\w.-]*):", re.IGNORECASE)
_USED = re.compile(r"(?<![\w:?$@.-])([A-Za-z][\w.-]*):")
_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected )?(.*)", re.DOTALL)
_LONGEST_REASON = 200
_LONGEST_LINE = 100


@dataclass(frozen=True, slots=True)
class QueryText:
    """A query, its form (SELECT, ASK, CONSTRUCT or DESCRIBE), and the prefixes it uses without declaring them."""

    text: str
    form: str
    undeclared: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> "QueryText":
        """Return the query that a text is; raise UsageError where it is none."""
        grammar = _SILENT.sub(" ", text)
        form = _FORM.search(grammar)
        if form is None:
            raise UsageError(
                "There is no query: it would begin with SELECT, ASK, CONSTRUCT or DESCRIBE."
                if not grammar.strip()
                else "This is no query: only SELECT, ASK, CONSTRUCT and DESCRIBE are asked here."
            )
        declared = set(_DECLARED.findall(grammar))
        used = dict.fromkeys(_USED.findall(grammar))
        return cls(
            text, form[1].upper(), tuple(name for name in used if name not in declared and name != "_")
        )

    def completed(self) -> str:
        """Return the text with the prefixes it lacks, all on its first line so that no line moves."""
        known = prefixes()
        lines = (f"PREFIX {name}: <{known[name]}> " for name in self.undeclared if name in known)
        return "".join(lines) + self.text

    def cannot_be_read(self, message: str) -> UsageError:
        """Return the error for what an engine says of the completed text, with the place in this one."""
        unknown = [name for name in self.undeclared if name not in prefixes()]
        if unknown:
            return self._undeclared(unknown[0])
        call = unknown_call(self.completed())
        if call is not None:
            return self._wrong(call)
        position = _PLACE.search(message)
        if position is None:
            return UsageError(f"The query cannot be read: {message}")
        line, column = int(position[1]), int(position[2])
        if line == 1:
            column = max(column - (len(self.completed()) - len(self.text)), 1)
        is_short = len(position[3]) <= _LONGEST_REASON and "[" not in position[3]
        wanted = f"; the parser looked for {position[3]}" if is_short else ""
        shown = _pointed(self.text.split("\n")[line - 1], column)
        return UsageError(f"The query cannot be read from line {line}, column {column} on{wanted}.\n{shown}")

    def cannot_be_answered(self, message: str) -> UsageError:
        """Return the error for what an engine says of a completed text that it can read."""
        call = refused_call(message, self.completed())
        return (
            UsageError(f"The query could not be answered: {message}") if call is None else self._wrong(call)
        )

    def _wrong(self, call: WrongCall) -> UsageError:
        """Return the error for a call of a function in the completed text."""
        if call.start is None:
            return UsageError(call.sentence)
        start = max(call.start - (len(self.completed()) - len(self.text)), 0)
        return UsageError(f"{call.sentence}\n{self._pointed_at(start)}")

    def _pointed_at(self, start: int) -> str:
        before = self.text[:start].rpartition("\n")[2]
        line = before + self.text[start:].partition("\n")[0]
        return _pointed(line, len(before) + 1)

    def _undeclared(self, prefix: str) -> UsageError:
        use = re.search(rf"(?<![\w:?$@.-]){re.escape(prefix)}:", _SILENT.sub(_blanks, self.text))
        start = use.start() if use else 0
        sentence = f"The prefix {prefix}: is not declared. Put before the query: PREFIX {prefix}: <…>"
        return UsageError(f"{sentence}\n{self._pointed_at(start)}")


def _blanks(silent: re.Match[str]) -> str:
    return " " * len(silent[0])


def _pointed(line: str, column: int) -> str:
    """Return a line with a caret below a column; of a long line only what is near."""
    first = max(column - 1 - _LONGEST_LINE // 2, 0)
    near = line[first : first + _LONGEST_LINE].replace("\t", " ")
    return f"  {near}\n  {' ' * (column - 1 - first)}^"
