"""The words of a SPARQL query, in time linear in its length."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|#[^\n]*|[?$]\w+|[\w:.-]+|\s+|.',
    re.DOTALL,
)
_FORBIDDEN = frozenset(("MINUS", "VALUES", "SERVICE"))


def solid_tokens(query: str) -> list[str]:
    """Return the words and signs of a query without blanks and comments; a text or a name is one of them."""
    return [token for token in _TOKEN.findall(query) if not token.isspace() and not token.startswith("#")]


def words(query: str) -> Iterator[str]:
    """Yield the words and signs of a query in capitals."""
    return map(str.upper, solid_tokens(query))


def forbidden_words(query: str) -> Iterator[str]:
    """Yield the keywords of a query that a SPARQL constraint must not have (https://www.w3.org/TR/shacl/#pre-binding)."""
    return (word for word in words(query) if word in _FORBIDDEN)
