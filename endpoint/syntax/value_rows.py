"""Rows of VALUES: the first one that has more or fewer values than there are variables."""

from collections.abc import Sequence

from endpoint.syntax.sparql_tokens import Kind, Token

_NO_VALUE = (Kind.LANGUAGE, Kind.MARK)


def about_rows(parts: Sequence[Token]) -> tuple[str, int] | None:
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
