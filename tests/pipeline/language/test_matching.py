import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.text_matching import Mention, fold, mentions, nearest, says_nothing, segment

SPACES = re.compile(r",|\s")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Culture, Leisure & Heritage", "culture leisure and heritage"),
        ("Łódź", "lodz"),
        ("Ørsted Straße", "orsted strasse"),
        ("Donostia-Saint Sébastien", "donostia saint sebastien"),
        ("e\u0301ducation", "education"),
        ("É\u200educa\u00adtion", "education"),
        ("ＦＵＬＬ\u00a0width", "full width"),
        ("Київ", "kiiv"),
        ("U.K.", "u k"),
        ("—", ""),
        ("\ud800", ""),
    ],
)
def test_folding_leaves_only_the_letters_that_matter(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    folded = fold(text)
    assert re.fullmatch("([a-z0-9]+( [a-z0-9]+)*)?", folded)
    assert fold(folded) == folded


@pytest.mark.parametrize("text", ["", " - ", "N/A", "n.a.", "None", "not applicable", "tbc"])
def test_texts_that_say_nothing_are_known(text):
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["NA", "Nona", "Oslo"])
def test_texts_that_say_something_are_not_taken_for_nothing(text):
    assert not says_nothing(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a b", ("a", "b")),
        ("a b c", ("a b c",)),
        ("a, b", ("a", "b")),
        ("a b c a", ("a b c", "a")),
        ("a x", None),
        ("a", None),
        ("a  b", ("a", "b")),
        (",a", ("a",)),
    ],
)
def test_a_text_is_cut_into_the_fewest_known_parts(text, parts):
    assert segment(text, SPACES, {"a", "b", "a b c"}.__contains__) == parts


def test_a_text_too_long_for_a_list_of_names_is_not_cut():
    assert segment("a " * 30, SPACES, {"a"}.__contains__) == ("a",) * 30
    assert segment("a " * 80, SPACES, {"a"}.__contains__) is None
    assert segment("a " * 800, SPACES, {"a"}.__contains__) is None


@given(st.lists(st.sampled_from(["oslo", "bergen", "reggio emilia"]), min_size=2, max_size=6))
def test_known_names_joined_by_spaces_are_found_again(names):
    assert segment(" ".join(names), SPACES, {"oslo", "bergen", "reggio emilia"}.__contains__) == tuple(names)


NAMES = {"erlangen": "Erlangen", "welcoming and social integration": "Welcoming", "education": "Education"}


@pytest.mark.parametrize(
    ("text", "value", "least", "most"),
    [
        ("Educaton", "Education", 0.9, 0.99),
        ("welcoming", "Welcoming", 0.7, 0.85),
        ("Erlangen-Nürnberg", "Erlangen", 0.7, 0.9),
    ],
)
def test_the_nearest_name_is_suggested_with_a_confidence(text, value, least, most):
    suggestion = nearest(text, NAMES)
    assert suggestion.value == value
    assert least <= suggestion.confidence <= most


@pytest.mark.parametrize("text", ["", "—", "Zeppelin", "and", "education " * 50])
def test_nothing_is_suggested_where_nothing_is_near(text):
    assert nearest(text, NAMES) is None


def test_a_name_equal_to_the_text_is_certain():
    assert nearest("Education", NAMES).confidence == 1


def test_mentions_carry_the_words_around_them_and_the_longest_name_wins():
    names = {"reggio", "reggio emilia", "turin"}
    found = list(mentions("Near Reggio Emilia, and turin; Turin's people", names))
    assert found == [Mention("reggio emilia", "near", "and"), Mention("turin", "turin", "s")]


def test_a_mention_does_not_reach_over_a_comma_or_a_sentence():
    assert list(mentions("Reggio, Emilia. Reggio\n\n\nEmilia", {"reggio emilia"})) == []


def test_a_mention_far_down_a_very_long_text_is_not_looked_for():
    assert list(mentions("x " * 10_000 + "Turin", {"turin"})) == []
