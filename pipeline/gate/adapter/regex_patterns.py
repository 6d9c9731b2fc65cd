"""Regular expressions of XPath, which SHACL's patterns are, at the speed of the store's own engine.

elementpath translates them for Python (https://www.w3.org/TR/xpath-functions/#regex-syntax). The store's engine is
used wherever it cannot differ from that.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from pipeline.gate.adapter.silence import quiet
from pipeline.rdf.ntriples import string
from pipeline.system.limits import TimeIsUp, computing_at_most

_FUNCTION = "urn:practicegraph:matches:"
_FOREIGN = re.compile(
    r"\\(?![.\-/\\sS()\[\]{}?+*|^$])"  # an escape that need not mean the same
    r"|\(\?"  # look-around, flags, names
    r"|[+*?}][+*]"  # possessive or doubled repetition
    r"|\[\^?\]|\[[^\]]*(\[|&&|--|~~)"  # classes that only one of the two reads as sets
    r"|\{(?!\d+(,\d*)?\})"  # a brace that is no repetition
)
_MAY_TAKE_LONG = re.compile(r"\)[*+{]|(?:[*+}].*){3}", re.DOTALL)
"""A repeated group, or three repetitions: on some texts Python tries very many ways to divide them."""

_SECONDS_A_TEXT = 0.1
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_LETTERS = frozenset("nrtsSdDwWiIcCpP")
"""The letters that XPath gives a meaning after a backslash."""


class PatternError(ValueError):
    """A text is not a regular expression of XPath, or its flags are not; the message says why."""


@lru_cache(maxsize=1000)
def to_python(pattern: str, flags: str = "") -> str:
    """Return a regular expression of XPath as one of Python, its flags within it; raise PatternError for none."""
    if set(flags) - {"s", "m", "i", "x", "q"}:
        raise PatternError(f"“{flags[:20]}” has other flags than s, m, i, x and q")
    inline = "".join(sorted(set(flags) - {"x", "q"}))
    if "q" in flags:
        return (f"(?{inline})" if inline else "") + re.escape(pattern)
    return _translate("".join(_plain(pattern, is_spaced="x" in flags)), inline)


def _translate(pattern: str, flags: str) -> str:
    from elementpath.regex import RegexError, translate_pattern  # takes a tenth of a second to load

    options = sum(_FLAGS[flag] for flag in flags)
    with quiet():
        try:
            translation = (f"(?{flags})" if flags else "") + translate_pattern(
                pattern, options, xsd_version="1.1"
            )
            re.compile(translation)
        except (RegexError, re.error, ValueError, OverflowError, RecursionError) as error:
            raise PatternError(str(error).partition(": ")[0] or "it is nested too deep") from error
    return translation


def _plain(pattern: str, *, is_spaced: bool) -> Iterator[str]:
    """Yield a pattern piece by piece: blanks that the flag x lets stand anywhere go, and escapes that Python reads
    in another way become classes, which elementpath spells out.
    """
    depth, escaped = 0, False
    for character in pattern:
        if is_spaced and not depth and character in " \t\n\r":
            continue
        if escaped:
            escaped = False
            if character.isascii() and character.isalpha() and character not in _LETTERS:
                raise PatternError(f"XPath has no escape \\{character}")
            yield f"[\\{character}]" if not depth and character in "sSwW" else f"\\{character}"
        elif character == "\\":
            escaped = True
        else:
            depth += {"[": 1, "]": -1 if depth else 0}.get(character, 0)
            yield character
    if escaped:
        raise PatternError("a backslash stands at its end")


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

        Where the text contains a character on which the store's engine and XPath differ (a carriage return before a
        dot, blanks of Unicode, the dotted and the dotless i without case), Python decides.
        """
        python = f"<{self.function}>({text})"
        if not _is_shared(self.pattern, self.flags):
            return python
        rust = f"REGEX({text}, {string(self.pattern)}, {string(self.flags)})"
        differs = _differing(self.pattern, self.flags)
        return f"IF(REGEX({text}, {string(differs)}), {python}, {rust})" if differs else rust

    def search(self) -> Callable[[str], object]:
        """Return Python's search for the pattern; raise PatternError if it is none."""
        return re.compile(to_python(self.pattern, self.flags)).search

    def finder(self) -> Callable[[str], object]:
        """Return a search whose time is linear in a text if the store's engine reads the pattern, else Python's."""
        search = self.search()
        if not _MAY_TAKE_LONG.search(self.pattern) or not _is_shared(self.pattern, self.flags):
            return search
        store, functions = Store(), self.functions()
        return lambda text: bool(
            store.query(f"ASK {{ FILTER({self.test(string(text))}) }}", custom_functions=functions)
        )

    def functions(self) -> dict[NamedNode, Callable[..., Any]]:
        """Return the function that a query calls, by its name: a text in, true or false out.

        Once a text takes too long, all texts are suspects, which pySHACL judges.
        """
        search, too_long = self.search(), False

        def matches(text: Literal) -> Literal:
            nonlocal too_long
            try:
                with computing_at_most(None if too_long else _SECONDS_A_TEXT):
                    return _NO if too_long or not search(text.value) else _YES
            except TimeIsUp:
                too_long = True
                return _NO

        return {NamedNode(self.function): matches}


_YES, _NO = Literal(True), Literal(False)


@lru_cache(maxsize=1000)
def _is_shared(pattern: str, flags: str) -> bool:
    """Return whether the store's engine reads a pattern, and reads it as XPath does."""
    if _FOREIGN.search(pattern) or flags not in ("", "i"):
        return False
    question = f'ASK {{ FILTER(COALESCE(STR(REGEX("", {string(pattern)})) != "", false)) }}'
    return bool(Store().query(question))


def _differing(pattern: str, flags: str) -> str:
    """Return the pattern of texts that the two engines may judge differently, empty if there are none."""
    characters = "\u0130\u0131" if flags else ""
    characters += "\r" if "." in pattern else ""
    blanks = "[\\s--[ \\t\\n\\r]]" if "\\s" in pattern or "\\S" in pattern else ""
    return "|".join(filter(None, (f"[{characters}]" if characters else "", blanks)))
