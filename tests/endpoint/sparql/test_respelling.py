from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from endpoint.syntax.respelling import respell

PIECES = (
    "SELECT",
    "?a",
    "$a",
    "?b",
    "True",
    "false",
    "(",
    ")",
    "{",
    "}",
    "WHERE",
    "'True'",
    "t:True",
    "# TRUE\n",
)


def test_what_is_legal_is_read() -> None:
    query = "SELECT ?x ?y $x { BIND(TRUE AS ?x) { SELECT ?y ?y { BIND('TRUE' AS ?y) FILTER(True) } } }"
    [row] = Store().query(respell(query))
    assert (row["x"].value, row["y"].value) == ("true", "TRUE")


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map(" ".join))
def test_everything_keeps_its_place(query: str) -> None:
    text = respell(query)
    assert len(text) == len(query)
    assert respell(text) == text
    for before, after in zip(query, text, strict=True):
        assert after in (before, before.lower(), " ")
