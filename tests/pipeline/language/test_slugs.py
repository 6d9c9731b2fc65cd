import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.slugs import slugify, with_hash

SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Don’t Feed the Rumour", "don-t-feed-the-rumour"),
        ("Łódź & Ørsted", "lodz-and-orsted"),
        ("« Aucun enfant ne nous est étranger ! »", "aucun-enfant-ne-nous-est-etranger"),
        ("#iorispetto", "iorispetto"),
        ("Київ", "kiiv"),
    ],
)
def test_a_slug_is_readable_in_any_script(text, slug):
    assert slugify(text) == slug


@given(st.text())
def test_a_slug_is_never_empty_and_holds_letters_digits_and_single_hyphens(text):
    assert SLUG.fullmatch(slugify(text))


@given(st.text(), st.integers(min_value=10, max_value=100))
def test_a_slug_is_no_longer_than_asked_for(text, longest):
    slug = slugify(text, longest)
    assert SLUG.fullmatch(slug)
    assert len(slug) <= longest


@given(st.text())
def test_a_slug_of_a_slug_is_the_slug(text):
    assert slugify(slugify(text)) == slugify(text)


def test_a_long_slug_is_cut_between_words_where_there_are_any():
    assert slugify("aaa bbb ccc ddd", 10) == "aaa-bbb"
    assert slugify("aaa bbb ccc ddd", 11) == "aaa-bbb-ccc"
    assert slugify("x" * 200, 20) == "x" * 20


def test_texts_without_letters_have_slugs_of_their_own():
    assert slugify("—") != slugify("…!")


@given(st.text(), st.text())
def test_a_hash_parts_slugs_by_their_keys_and_stays_the_same(first, second):
    assert SLUG.fullmatch(with_hash("slug", first))
    assert (with_hash("slug", first) == with_hash("slug", second)) is (first == second)
