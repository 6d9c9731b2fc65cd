"""The language of a text, and when the detector is asked for it."""

import pytest

from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.recognition import row_languages
from pipeline.recognition.notes import Notes

NAMES = (
    "Ateliers vélo, cuisine, chorale, théâtre, jardinage, couture, football: Capannori, Fucecchio, Reggio. "
    * 4
)
FRENCH = "La ville a ouvert une maison dans laquelle les habitants de toutes origines se rencontrent pour cuisiner. "
ENGLISH = "The council opened a house in the old town where residents of all origins meet and cook together. "


def told(text: str) -> tuple[str, list[str]]:
    row = Row(Place("a.csv", row=2), {"title": "Une maison", "summary": text}, {}, {})
    notes = Notes((row,))
    return row_languages.text_language(row, "summary", "fr", notes), [found.code for found in notes.findings]


@pytest.mark.parametrize("text", [FRENCH * 4, NAMES + FRENCH * 6])
def test_a_text_that_tells_its_language_somewhere_needs_no_detector(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise AssertionError("the detector was asked")

    monkeypatch.setattr(row_languages, "detect_language", refuse)
    assert told(text) == ("fr", [])


def test_a_long_text_in_another_language_is_still_detected() -> None:
    assert told(ENGLISH * 6) == ("en", ["summary-language-detected"])
