from dataclasses import replace

from pipeline.model.practice import Practice, replace_values


def test_a_practice_is_altered_as_replace_does() -> None:
    practice = Practice("a", (("en", "A"),), "1", topics=("education",), modified="2026-11-01T10:00:00Z")
    values = {"slug": "b", "topics": (), "held_back": True, "rights": ()}

    assert replace_values(practice, **values) == replace(practice, **values)
    assert practice.slug == "a"
