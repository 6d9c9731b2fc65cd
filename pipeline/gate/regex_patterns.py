"""Regular expressions: Python's meaning, which pySHACL goes by, at the speed of the store's own engine."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pyoxigraph import Literal, Store

from pipeline.gate.silence import quiet
from pipeline.rdf.ntriples import string

_FUNCTION = "urn:practicegraph:matches:"
_FOREIGN = re.compile(
    r"\\(?![.\-/\\sS()\[\]{}?+*|^$])"  # an escape that need not mean the same
    r"|\(\?"  # look-around, flags, names
    r"|[+*?}][+*]"  # possessive or doubled repetition
    r"|\[\^?\]|\[[^\]]*(\[|&&|--|~~)"  # classes that only one of the two reads as sets
    r"|\{(?!\d+(,\d*)?\})"  # a brace that is no repetition
)
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE}


@dataclass(frozen=True, slots=True)
class Matcher:
    """A regular expression as sh:pattern and sh:flags give it, numbered within its shapes."""

    number: int
    pattern: str
    flags: str

    @property
    def function(self) -> str:
        """The IRI under which a query calls this matcher."""
        return f"{_FUNCTION}{self.number}"

    def test(self, text: str) -> str:
        """Return the SPARQL expression that the pattern is found in the text that an expression gives.

        The store's engine is asked wherever it cannot differ from Python's. Where the text holds a character
        on which the two differ (a last line feed before ``$``, blanks unknown to Unicode, the dotted and the
        dotless i without case), Python decides.
        """
        python = f"<{self.function}>({text})"
        if not _is_shared(self.pattern, self.flags):
            return python
        rust = f"REGEX({text}, {string(self.pattern)}, {string(self.flags)})"
        differs = _differing(self.pattern, self.flags)
        return f"IF(REGEX({text}, {string(differs)}), {python}, {rust})" if differs else rust

    def search(self) -> Callable[[str], object]:
        """Return Python's search for the pattern as pySHACL runs it; raise re.error where it is none."""
        wanted = (flag for name, flag in _FLAGS.items() if name in self.flags.lower())
        with quiet():
            return re.compile(self.pattern, sum(wanted)).search

    def implementation(self) -> Callable[[Literal], Literal]:
        """Return the function that a query calls: a text in, true or false out."""
        search = self.search()
        return lambda text: _YES if search(text.value) else _NO


_YES, _NO = Literal(True), Literal(False)


def _is_shared(pattern: str, flags: str) -> bool:
    """Tell whether the store's engine reads a pattern, and reads it as Python does."""
    if _FOREIGN.search(pattern) or flags not in ("", "i"):
        return False
    question = f'ASK {{ FILTER(COALESCE(STR(REGEX("", {string(pattern)})) != "", false)) }}'
    return bool(Store().query(question))


def _differing(pattern: str, flags: str) -> str:
    """Return the pattern of texts of which the two engines may think differently, empty if there are none."""
    characters = "\u0130\u0131" if flags else ""
    if "\\s" in pattern or "\\S" in pattern:
        characters += "\x1c-\x1f"
    alternatives = [f"[{characters}]"] if characters else []
    return "|".join([*alternatives, "\n$"] if "$" in pattern else alternatives)
