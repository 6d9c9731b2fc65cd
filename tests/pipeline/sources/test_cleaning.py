import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.files.cleaning import clean_text, describe_characters


@pytest.mark.parametrize(
    ("text", "clean", "removed"),
    [
        ("", "", ""),
        ("  plain ", "plain", ""),
        ("\xa0\u200bspaces\u3000\ufeff", "spaces", ""),
        ("e\u0301", "é", ""),
        (
            "one\r\ntwo\rthree\x0bfour\x0cfive\x85six\u2028seven",
            "one\ntwo\nthree\nfour\nfive\nsix\nseven",
            "",
        ),
        ("a\tb", "a\tb", ""),
        ("a\0\x1b\x7f\x9fb", "ab", "\0\x1b\x7f\x9f"),
        ("a\ufdd0\uffff\U0001ffffb", "ab", "\ufdd0\uffff\U0001ffff"),
        ("half \ud83d pair", "half  pair", "\ud83d"),
        ("zero\ufeffwidth", "zerowidth", ""),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469", ""),
        ("\u200eleft\u200e and \u200fright\u200f", "left\u200e and \u200fright", ""),
        ("\u202bclosed\u202c here", "\u202bclosed\u202c here", ""),
        ("\u202eopen", "open", "\u202e"),
        ("\u202e" * 1_000_000, "", "\u202e"),
        (" \u0301\u0302\u200d", "", "\u0301\u0302\u200d"),
        ("\u2067a\u2069 \u2069", "a", "\u2067\u2069\u2069"),
    ],
)
def test_a_text_is_cleaned(text: str, clean: str, removed: str) -> None:
    found, taken_out = clean_text(text)
    assert found.strip() == clean
    assert taken_out == removed


@given(st.text())
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    clean, _ = clean_text(text)
    assert clean_text(clean) == (clean, "")
    assert unicodedata.is_normalized("NFC", clean)
    clean.encode("utf-8")


def test_characters_are_told_once_and_not_by_the_hundred() -> None:
    assert describe_characters("\0\x1b\0") == "U+0000, U+001B"
    assert describe_characters("\0\1\2\3\4\5\6") == "U+0000, U+0001, U+0002, U+0003, U+0004 and 2 others"
