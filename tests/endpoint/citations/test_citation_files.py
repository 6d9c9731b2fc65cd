"""Citations: four records in three formats, as reference managers get them, and what their pages say."""

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from samples import build_release

from endpoint.app import create_app
from endpoint.citations.bibtex import escape_latex
from pipeline.model.practice import Practice

CASES = Path(__file__).parents[2] / "cases" / "citations"
SLUGS = ("neighbours", "ongi-etorri", "both", "with-a-line-break")
MEDIA_TYPES = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
PUBLISHER = "Department of Culture, City of Turin & Region"


def practices() -> list[Practice]:
    found = json.loads((CASES / "practices.json").read_text(encoding="utf-8"), object_hook=_with_tuples)
    return [Practice(**{"identifier": each["slug"], **each}) for each in found]


def _with_tuples(members: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_tuple(value) for name, value in members.items()}


def _as_tuple(value: Any) -> Any:
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    output = tmp_path_factory.mktemp("cited")
    build_release(output, practices(), stated={"publisher": PUBLISHER})
    return create_app(output).test_client()


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_citation_is_a_file_for_reference_managers(site: FlaskClient, slug: str, suffix: str) -> None:
    response = site.get(f"/doc/practice/{slug}.{suffix}", headers={"Accept-Language": "fr"})
    assert response.data == (CASES / f"{slug}.{suffix}").read_bytes()
    assert response.mimetype == MEDIA_TYPES[suffix]
    assert response.headers["Content-Disposition"] == f'attachment; filename="{slug}.{suffix}"'
    assert site.get(f"/fr/doc/practice/{slug}.{suffix}").data == response.data


def test_nobody_is_named_as_author_where_nobody_is_known(tmp_path: Path) -> None:
    build_release(tmp_path, practices(), stated={})
    site = create_app(tmp_path).test_client()
    assert "author" not in site.get("/doc/practice/ongi-etorri.bib").text
    assert "AU  - " not in site.get("/doc/practice/ongi-etorri.ris").text
    assert "author" not in site.get("/doc/practice/ongi-etorri.csl.json").json[0]
    page = site.get("/doc/practice/ongi-etorri.html").text
    assert "citation_author" not in page
    assert re.search(r'<p id="citation"><cite', page)


def test_a_person_keeps_given_and_family_name_and_no_language_is_made_up(tmp_path: Path) -> None:
    practice = replace(practices()[1], titles=(("und", "Ongi etorri"),))
    stated = {"publisher": "Ada Lovelace", "publisher-type": "PrivateIndividual"}
    build_release(tmp_path, [practice], stated=stated)
    site = create_app(tmp_path).test_client()
    entry = site.get("/doc/practice/ongi-etorri.bib").text
    assert "author = {Ada Lovelace}," in entry
    assert "language" not in entry
    assert "AU  - Ada Lovelace\r\n" in site.get("/doc/practice/ongi-etorri.ris").text
    page = site.get("/doc/practice/ongi-etorri.html").text
    assert Head(page).named["citation_author"] == ["Ada Lovelace"]
    assert "citation_language" not in page
    assert "Title in" not in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("an-old-one.bib", 410), ("joined.ris", 301), ("no-such-one.csl.json", 404), ("..%2f.bib", 404)],
)
def test_what_is_gone_has_no_citation(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(f"/doc/practice/{path}")
    assert response.status_code == status
    assert status != 301 or response.location == "/doc/practice/a-national-practice.ris"


class Head(HTMLParser):
    """The meta elements of a page, as a reference manager collects them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.named: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "meta" and (name := named.get("name")):
            self.named.setdefault(name, []).append(named["content"] or "")


def test_a_page_has_the_metadata_that_zotero_reads(site: FlaskClient) -> None:
    named = Head(site.get("/fr/doc/practice/both.html").text).named
    assert {name: values for name, values in named.items() if name.startswith(("citation_", "dc."))} == {
        "dc.type": ["webpage"],
        "citation_title": ["لقاء الجيران"],
        # Zotero takes the words before a comma for the whole name of an organisation if nothing follows it.
        "citation_author": [
            "Council of Europe – Intercultural Cities,",
            "Department of Culture – City of Turin & Region,",
        ],
        "citation_publication_date": ["2025/01/31"],
        "citation_online_date": ["2026/02/01"],
        "citation_publisher": [PUBLISHER],
        "citation_language": ["ar"],
        "citation_public_url": ["http://localhost:8000/practice/both"],
    }


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("/doc/practice/ongi-etorri.html", "Title in Basque, summary in English."),
        ("/fr/doc/practice/ongi-etorri.html", "Titre en basque, résumé en anglais."),
        ("/fr/doc/practice/neighbours.html", "Titre en français, résumé en français et anglais."),
    ],
)
def test_a_page_says_in_which_languages_it_is(site: FlaskClient, path: str, note: str) -> None:
    assert f'<p class="note">{note}</p>' in site.get(path).text


def test_linked_entries_have_names(site: FlaskClient) -> None:
    page = site.get("/fr/doc/practice/ongi-etorri.html").text
    fields = page[page.index("Tous les champs") :]
    assert re.search(r'authority/language/EUS" lang="fr"[^>]*>basque</a>', fields)
    assert f">{html.escape(PUBLISHER)}</a>" in fields
    topic = site.get("/topic/education.html").text
    assert re.search(
        r'<a href="http://eurovoc[^"]+"[^>]*>EuroVoc \d+</a> <span class="note">Related entry', topic
    )


def test_a_page_without_a_summary_says_so(site: FlaskClient) -> None:
    page = site.get("/doc/practice/both.html").text
    assert "This record has no summary yet." in page
    assert "No date given" in page


@given(st.text())
def test_no_text_breaks_an_entry(text: str) -> None:
    escaped = escape_latex(text)
    depth = 0
    for letter in escaped:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    assert not re.search(r"(?<!\\)[$&%#_]|[~^]", escaped)
