import csv

import locations
import pytest

from pipeline.language.function_words import is_plainly
from pipeline.language.languages import detect_language

SHARED = locations.SHARED / "data" / "practices.csv"
TEXTS = {
    "en": "The council opened a house in the old town where residents of all origins meet and cook together.",
    "fr": "La ville a ouvert une maison dans laquelle les habitants de toutes origines se rencontrent pour cuisiner.",
    "de": "Die Stadt hat ein Haus eröffnet, in dem sich Menschen aller Herkunft treffen und gemeinsam kochen.",
    "es": "El ayuntamiento abrió una casa en la que los vecinos de todos los orígenes se encuentran para cocinar.",
    "it": "Il comune ha aperto una casa in cui i residenti di tutte le origini si incontrano per cucinare insieme.",
    "pt": "A câmara abriu uma casa em que os residentes de todas as origens se encontram para cozinhar.",
}
NEIGHBOURS = {
    "af": "Die stad het 'n huis oopgemaak waar mense van oral in die ou wyk saam kom eet, en waar almal welkom is.",
    "ca": "L'ajuntament ha obert una casa en què els veïns de tots els orígens es troben per cuinar amb els joves.",
    "cs": "Město otevřelo dům, ve kterém se obyvatelé všech původů setkávají a vaří, o víkendu také do večera.",
    "ga": "D'oscail an chomhairle teach ina mbuaileann na cónaitheoirí le chéile agus ina gcócarálann siad.",
    "gl": "O concello abriu unha casa na que os veciños de todas as orixes se atopan para cociñar cos mozos.",
    "nl": "De stad heeft in de oude wijk een huis geopend waar bewoners van alle herkomsten samen koken.",
    "sk": "Mesto otvorilo dom, v ktorom sa obyvatelia všetkých pôvodov stretávajú a varia, a to aj o víkendoch.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_plain_text_is_told_without_a_detector(language: str) -> None:
    assert is_plainly(TEXTS[language], language)


@pytest.mark.parametrize("language", TEXTS)
def test_a_text_is_plainly_in_no_other_language(language: str) -> None:
    assert not any(is_plainly(text, language) for tag, text in TEXTS.items() if tag != language)


@pytest.mark.parametrize("tag", NEIGHBOURS)
def test_a_text_in_a_neighbouring_language_is_left_to_the_detector(tag: str) -> None:
    assert not any(is_plainly(NEIGHBOURS[tag], language) for language in TEXTS)


def test_a_language_without_a_list_is_never_plain() -> None:
    assert not is_plainly("Gradska uprava otvorila je kuću u kojoj se sreću stanovnici svih porekla.", "sr")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_it_never_contradicts_the_detector_on_the_real_summaries() -> None:
    with SHARED.open(encoding="utf-8", newline="") as file:
        summaries = [row["summary"] for row in csv.DictReader(file) if len(row["summary"]) > 60]

    told = [text for text in summaries if is_plainly(text, "en")]

    assert len(told) > len(summaries) / 2
    assert all(
        (found := detect_language(text)) is None or found[0] == "en" or found[1] < 0.95 for text in told
    )
