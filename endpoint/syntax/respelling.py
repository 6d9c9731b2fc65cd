"""Legal SPARQL that the engine does not read, written in a form that it reads."""

from collections.abc import Iterator

from endpoint.syntax.sparql_tokens import Kind, Token, tokens

_ENDS_OF_A_HEAD = ("WHERE", "FROM")


def respell(query: str) -> str:
    """Return a query with true and false in small letters, and with each variable once after SELECT.

    Keywords may be in capitals, and SELECT may repeat a variable, but the engine refuses both. Everything else
    stays where it was, so positions in the query are still right.
    """
    parts, end = [], 0
    for token, text in _changes(query):
        parts += [query[end : token.start], text]
        end = token.start + len(token.text)
    return "".join(parts) + query[end:]


def _changes(query: str) -> Iterator[tuple[Token, str]]:
    """Yield the tokens to change, and what to write in their place."""
    named: set[str] = set()
    is_head, depth = False, 0
    for token in tokens(query):
        if token.is_word("TRUE", "FALSE"):
            yield token, token.text.lower()
        elif token.is_word("SELECT"):
            is_head, depth, named = True, 0, set()
        elif token.text == "{" or token.is_word(*_ENDS_OF_A_HEAD):
            is_head = False
        elif is_head and token.text in ("(", ")"):
            depth += 1 if token.text == "(" else -1
        elif is_head and depth == 0 and token.kind == Kind.VARIABLE:
            if token.text[1:] in named:
                yield token, " " * len(token.text)
            named.add(token.text[1:])
