"""The words of a SPARQL query, in time linear in its length."""

import re
from collections.abc import Iterator

TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|#[^\n]*|[?$]?[\w:.-]+|.',
    re.DOTALL,
)
_FORBIDDEN = frozenset(("MINUS", "VALUES", "SERVICE"))


def words(query: str) -> Iterator[str]:
    """Yield the words and signs of a query in capitals; texts, names and comments are words of their own."""
    return (token.upper() for token in TOKEN.findall(query))


def forbidden_words(query: str) -> Iterator[str]:
    """Yield the keywords of a query that a SPARQL constraint must not have (https://www.w3.org/TR/shacl/#pre-binding)."""
    return (word for word in words(query) if word in _FORBIDDEN)
