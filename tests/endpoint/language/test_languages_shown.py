import re
from io import BytesIO
from pathlib import Path

import locations
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from jinja2 import Environment

from endpoint.language.interface_languages import INTERFACE

ENDPOINT = locations.ROOT / "endpoint"
FRENCH = ENDPOINT / "translations" / "fr" / "LC_MESSAGES"
METHODS = [
    ("**_messages.toml", "pipeline.findings.messages:extract_messages"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2"),
]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "say_number": (1, 2)}

# Names that are the same in every language.
NAMES = {
    "A−",
    "A+",
    "CC BY 4.0",
    "city",
    "country",
    "CSV",
    "inCountry",
    "JSON",
    "JSON Schema",
    "practicegraph validate practice.csv",
    "practicegraph validate practices.xlsx",
    'curl --data-binary @practices.csv -H "Content-Type: text/csv"',
    "primaryTopic",
    "/catalog.jsonld",
    "/catalog.ttl",
    "/catalog.rdf",
    "SHA-256",
    "SPARQL",
    "topic",
    "year",
}


def catalogue(name: str) -> Catalog:
    with (FRENCH / name).open("rb") as file:
        return read_po(file) if name.endswith("po") else read_mo(file)


def translated(name: str) -> dict[object, object]:
    return {_plain(message.id): _plain(message.string) for message in catalogue(name) if message.id}


def _plain(text: object) -> object:
    return tuple(text) if isinstance(text, list | tuple) else text


def said() -> set[object]:
    options = {"templates/**.html": {"trimmed": "true", "encoding": "utf-8"}}
    found = extract_from_dir(str(ENDPOINT), METHODS, options, KEYWORDS)
    return {message for _, _, message, _, _ in found}


def test_every_sentence_has_a_translation_and_every_translation_a_sentence() -> None:
    assert said() == set(translated("messages.po"))


def test_no_translation_is_empty_or_doubtful() -> None:
    messages = [message for message in catalogue("messages.po") if message.id]
    assert messages
    for message in messages:
        forms = message.string if message.pluralizable else [message.string]
        assert all(forms), message.id
        assert not message.fuzzy, message.id


def test_translations_have_the_gaps_and_the_markup_of_their_sentences() -> None:
    for message, translation in translated("messages.po").items():
        one = message[-1] if isinstance(message, tuple) else message
        for form in translation if isinstance(translation, tuple) else [translation]:
            for pattern in (r"%\(\w+\)s", r"<[^>]+>"):
                assert sorted(re.findall(pattern, one)) == sorted(re.findall(pattern, form)), one


def test_the_compiled_translations_are_those_that_people_read() -> None:
    assert translated("messages.mo") == translated("messages.po")


def test_french_punctuation_keeps_to_its_word() -> None:
    for translation in translated("messages.po").values():
        for form in translation if isinstance(translation, tuple) else [translation]:
            text = re.sub(r"<code>.*?</code>|<[^>]+>", "", form)
            assert not re.search(r"(?<!\u202f)[;:?!]|'", text), text


def texts_of(template: str) -> list[str]:
    """Return what a template shows that does not go through the translations."""
    source = re.sub(r"{#.*?#}", "", template, flags=re.DOTALL)
    source = re.sub(r"{%-?\s*trans\b.*?endtrans\s*-?%}", "", source, flags=re.DOTALL)
    tokens = Environment(trim_blocks=True, autoescape=True).lex(source)
    markup = "".join(value if kind == "data" else "\x00" for _, kind, value in tokens)
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", markup, flags=re.DOTALL)
    attributes = re.findall(r'\s(?:aria-label|title|placeholder|alt|data-back|data-kept)="([^"]*)"', markup)
    shown = re.split(r"<[^>]*>|\x00", markup)
    return [" ".join(text.split()) for text in (*shown, *attributes) if re.search(r"(?<!/)\b[^\W\d_]", text)]


@pytest.mark.parametrize("path", sorted((ENDPOINT / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_template_speaks_past_the_translations(path: Path) -> None:
    assert set(texts_of(path.read_text(encoding="utf-8"))) <= NAMES


def test_texts_past_the_translations_are_found() -> None:
    assert texts_of('<p>Hello</p>{{ _("Good") }}<a title="There">{% trans %}x{% endtrans %}</a>') == [
        "Hello",
        "There",
    ]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        (None, "en"),
        ("en-GB,fr;q=0.5", "en"),
        ("fr", "fr"),
        ("fr-CH, en;q=0.9", "fr"),
        ("ko, fr;q=0.3", "fr"),
        ("ko", "en"),
        ("fr;q=0, *", "en"),
        (", ;;q=x", "en"),
    ],
)
def test_the_interface_speaks_the_language_asked_for(
    client: FlaskClient, accept: str | None, language: str
) -> None:
    for path in ("/", "/practices", "/explore", "/doc/practice/meeting-neighbours-turin", "/nothing"):
        headers = {"Accept": "text/html"} | ({"Accept-Language": accept} if accept else {})
        response = client.get(path, headers=headers)
        assert f'<html lang="{language}">' in response.text
        assert response.headers["Content-Language"] == language
        assert "Accept-Language" in response.vary


@pytest.mark.parametrize("language", tuple(INTERFACE)[1:])
def test_a_language_in_the_path_holds_and_is_kept_in_every_link(client: FlaskClient, language: str) -> None:
    other = next(tag for tag in INTERFACE if tag != language)
    for path in ("/", "/practices?topic=education", "/topic/education", "/explore", "/shortlist", "/submit"):
        response = client.get(f"/{language}{path}", headers={"Accept": "text/html", "Accept-Language": other})
        assert f'<html lang="{language}">' in response.text
        assert "Accept-Language" not in response.vary
        body = response.text.partition("<body>")[2]
        links = set(re.findall(r'href="(/[^"]*)"', body))
        unfixed = {link for link in links if not link.startswith((f"/{language}/", f"/{other}/"))}
        assert not {link for link in unfixed if not re.match(r"/(template|practices)\.|/[^?]*\.\w+$", link)}
        assert f'hreflang="{other}" href="http://localhost:8000{path}"' in response.text


def test_texts_come_in_the_languages_that_the_reader_likes_best(client: FlaskClient) -> None:
    path = "/doc/practice/meeting-neighbours-turin"
    for accept, title in (
        ("en", "Meeting neighbours"),
        ("fr", "À la rencontre des voisins"),
        ("ar, fr;q=0.5", "لقاء الجيران"),
        ("ko", "Meeting neighbours"),
    ):
        page = client.get(path, headers={"Accept": "text/html", "Accept-Language": accept}).text
        assert f">{title}</h1>" in page
    german = client.get("/practices", headers={"Accept": "text/html", "Accept-Language": "de"}).text
    assert '<span class="name" lang="de" dir="auto">Deutschland</span>' in german
    assert '<span class="name" lang="de" dir="auto">Bildung</span>' in german


def test_a_page_in_one_language_is_never_answered_from_another_ones_cache(client: FlaskClient) -> None:
    path = "/doc/practice/meeting-neighbours-turin"
    pages = [
        client.get(path, headers={"Accept": "text/html", "Accept-Language": accept})
        for accept in ("en", "fr", "en", "fr", "it")
    ]
    assert pages[0].data == pages[2].data
    assert pages[1].data == pages[3].data
    assert len({page.headers["ETag"] for page in pages}) == 3


def test_data_do_not_vary_by_language(client: FlaskClient) -> None:
    for path in ("/doc/practice/meeting-neighbours-turin.ttl", "/topic/education.jsonld"):
        english = client.get(path, headers={"Accept-Language": "en"})
        french = client.get(path, headers={"Accept-Language": "fr"})
        assert english.data == french.data
        assert "Accept-Language" not in french.vary
    assert client.get("/fr/doc/practice/meeting-neighbours-turin.ttl").status_code == 200


def test_dates_sizes_and_periods_are_said_in_french(client: FlaskClient) -> None:
    page = client.get("/fr/doc/practice/meeting-neighbours-turin").text
    assert "1er novembre 2026" in page
    assert "Interprétée comme\u202f: mars 2018 – 31 août 2019" in page
    assert "trouvé dans le texte" in page
    assert re.search(r"\d (ko|octets)<", client.get("/fr/dataset").text)


def test_errors_are_said_in_the_language_of_the_page(client: FlaskClient) -> None:
    page = client.get("/fr/doc/practice/nothing-at-all", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "Introuvable" in page.text
    assert "Il n’y a pas de page à cette adresse." in page.text
    refused = client.get("/fr/topic/education?format=x", headers={"Accept": "text/html"})
    assert refused.status_code == 406
    assert "Format indisponible" in refused.text
    assert '<p lang="en">' in refused.text


def test_a_site_below_a_path_speaks_there(client: FlaskClient) -> None:
    assert client.get("/fr/").status_code == 200
    assert client.get("/fr").location == "/fr/"
    assert client.get("/fr/fr/").status_code == 404
    assert client.get("/french").status_code == 404
    assert BytesIO(client.get("/fr/practice/meeting-neighbours-turin").data)
    assert client.get("/fr/practice/meeting-neighbours-turin").location.startswith("/fr/doc/")


@pytest.mark.parametrize("path", ["/", "/explore", "/practices"])
def test_a_page_keeps_the_language_of_its_path_in_its_links_whoever_asked_before(
    client: FlaskClient, path: str
) -> None:
    by_wish = client.get(path, headers={"Accept-Language": "fr"}).text
    by_path = client.get(f"/fr{path}").text
    by_wish_again = client.get(path, headers={"Accept-Language": "fr"}).text

    assert 'href="/fr/explore' in by_path.partition("<nav")[2]
    assert by_wish_again == by_wish
    assert by_wish.count('href="/fr/') == 1, "the switch of languages alone leads there"
