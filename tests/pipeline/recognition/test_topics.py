import csv
from io import StringIO

import locations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recognition.topics import recognise_topics, suggest_topics, topic_label, topic_slugs

CASES = list(csv.DictReader(StringIO((locations.CASES / "topics.csv").read_text("utf-8"))))
PRACTICES = locations.SHARED / "data" / "practices.csv"


def listed(text):
    return tuple(text.split("|")) if text else ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["cell"])
def test_a_cell_of_topics_is_read_as_the_table_of_cases_says(case):
    reading = recognise_topics(case["cell"])
    assert reading.slugs == listed(case["slugs"])
    assert tuple(value.text for value in reading.unknown) == listed(case["unknown"])
    suggestions = [value.suggestion.value for value in reading.unknown if value.suggestion]
    assert suggestions == ([case["suggestion"]] if case["suggestion"] else [])


@pytest.mark.skipif(not PRACTICES.exists(), reason="the shared practices are not here")
def test_every_topic_of_the_real_practices_is_known():
    with PRACTICES.open(encoding="utf-8") as lines:
        readings = [recognise_topics(row["topics"]) for row in csv.DictReader(lines)]
    assert len(readings) == 241
    assert all(reading.slugs and not reading.unknown for reading in readings)


@pytest.mark.parametrize("language", ["en", "fr", "es", "it", "de", "pt"])
def test_every_topic_is_recognised_by_its_label_in_each_language(language):
    assert len(topic_slugs()) == 22
    for slug in topic_slugs():
        assert recognise_topics(topic_label(slug, language)).slugs == (slug,)
        assert recognise_topics(topic_label(slug, language).upper()).slugs == (slug,)


def test_all_labels_in_one_cell_parted_by_commas_are_read_one_by_one():
    cell = ", ".join(topic_label(slug) for slug in topic_slugs())
    assert recognise_topics(cell).slugs == topic_slugs()


def test_a_topic_without_a_label_in_a_language_shows_the_english_one():
    assert topic_label("roma", "ja") == "Roma"


def test_a_suggestion_carries_a_confidence_and_is_not_applied():
    reading = recognise_topics("Educaton")
    assert reading.slugs == ()
    assert 0.9 < reading.unknown[0].suggestion.confidence < 1


def test_topics_are_suggested_from_the_keywords_of_a_text_the_likeliest_first():
    text = "Teachers of the school give language courses to pupils in a library."
    found = [suggestion.value for suggestion in suggest_topics(text)]
    assert found == ["Education", "Multilingualism", "Culture, Leisure and Heritage"]
    assert [suggestion.value for suggestion in suggest_topics(text, limit=1)] == ["Education"]


def test_a_text_without_keywords_suggests_nothing():
    assert suggest_topics("Xyzzy plugh.") == ()


def test_only_the_first_of_very_many_unknown_topics_get_a_suggestion():
    reading = recognise_topics(";".join(f"Educaton {nth}" for nth in range(100)))
    assert len(reading.unknown) == 100
    assert reading.unknown[0].suggestion is not None
    assert reading.unknown[99].suggestion is None


@given(st.text(max_size=60))
def test_no_letter_of_a_cell_is_lost_in_reading_it(cell):
    reading = recognise_topics(cell)
    assert all(value.text in cell for value in reading.unknown)
    assert set(reading.slugs) <= set(topic_slugs())


@given(
    st.lists(st.sampled_from(topic_slugs()), min_size=1, max_size=5),
    st.sampled_from(["|", "; ", "\n", " | "]),
)
def test_topics_keep_the_order_of_the_cell_and_stand_once(slugs, separator):
    cell = separator.join(topic_label(slug) for slug in slugs)
    assert recognise_topics(cell).slugs == tuple(dict.fromkeys(slugs))
