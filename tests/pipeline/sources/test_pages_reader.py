import json
import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import locations
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.errors import SourceError
from pipeline.model.finding import Severity
from pipeline.sources.files.source import Source
from pipeline.sources.pages import PageSource, is_page
from pipeline.sources.pages.page_document import read_document
from pipeline.sources.readers import read_source

CASES = sorted((locations.CASES / "pages").iterdir())
SEED = locations.SHARED / "data" / "good-practice-page.txt"
INTRODUCTION = "This section offers examples of intercultural approaches, invented here."
BUTTONS = "Diminuer la taille du texte\nAugmenter la taille du texte\nImprimer la page\nImprimer en PDF"
BACK = {
    "en": "Back",
    "fr": "Retour",
    "de": "Zurück",
    "es": "Volver",
    "it": "Indietro",
    "pt": "Voltar",
    "el": "Επιστροφή",
    "fi": "Takaisin",
    "sq": "Mbrapa",
    "sr": "Nazad",
    "tr": "Geri",
    "uk": "Назад",
    "eu": "Atzera",
}
RESET = {
    "en": "Reset Filter",
    "fr": "Réinitialiser le filtre",
    "de": "Filter zurücksetzen",
    "es": "Restablecer filtro",
    "it": "Reimposta filtro",
    "pt": "Repor filtro",
    "el": "Επαναφορά φίλτρου",
    "fi": "Nollaa suodatin",
    "sq": "Rivendos filtrin",
    "sr": "Resetuj filter",
    "tr": "Filtreyi sıfırla",
    "uk": "Скинути фільтр",
    "eu": "Berrezarri iragazkia",
}
RESULTS = {
    "en": "Showing 21 - 40 of 363 results.",
    "fr": "Affichage des résultats 21 - 40 sur un total de 363.",
    "de": "Zeige 21 - 40 von 363 Ergebnissen.",
    "es": "Mostrando el intervalo 21 - 40 de 363 resultados.",
    "it": "Visualizzati 21 - 40 su 363 risultati.",
    "pt": "Mostrando 21 - 40 de 363 resultados.",
    "el": "Εμφάνιση 138 - 138 από 363 αποτελέσματα.",
    "fi": "Näytetään tulokset 21 - 40 / 363.",
    "sq": "Duke shfaqur 21 - 40 prej 363 rezultateve.",
    "sr": "Prikazuje se 21 - 40 od 363 rezultata.",
    "tr": "363 sonuçtan 21 - 40 arası gösteriliyor.",
    "uk": "Показано 21 - 40 з 363 результатів.",
    "eu": "363 emaitzatik 21 - 40 erakusten.",
}


def page(folder: Path, text: str, name: str = "page.txt") -> PageSource:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return PageSource(path, name)


def rows_of(source: Source) -> list[dict[str, Any]]:
    return [{"line": row.place.line, **row.texts} for row in source.rows()]


def single(folder: Path, head: str, body: str, end: str = "", name: str = "page.txt") -> dict[str, Any]:
    rows = rows_of(page(folder, f"{INTRODUCTION}\n\n{head}\n{BUTTONS}\n\n{body}\n{end}", name))
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_gives_the_expected_rows(case: Path) -> None:
    (path,) = case.glob("page.*")
    source = read_source(path)
    found = {
        "rows": rows_of(source),
        "findings": [f"{finding.severity} {finding.code}: {finding.message}" for finding in source.findings],
    }
    expected = case / "expected.json"
    if os.environ.get("PRACTICEGRAPH_WRITE_CASES"):
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    assert found == json.loads(expected.read_text(encoding="utf-8"))
    assert source.row_count == len(found["rows"])


@pytest.mark.skipif(not SEED.exists(), reason="the catalogue's own page is not here")
def test_the_seed_page_gives_title_date_and_body_and_nothing_of_its_menus() -> None:
    source = PageSource(SEED, "seed.txt")

    (row,) = source.rows()

    assert set(row.texts) == {"title", "date", "summary"}
    assert row.texts["title"] == "Education support centers to promote intercultural skills"
    assert row.texts["date"] == "2020"
    assert row.texts["summary"].startswith("In the Republic of Korea")
    assert row.texts["summary"].endswith("mobile team to visit schools and serve students.")
    assert row.texts["summary"].count("\n\n") == 3
    assert row.place.line == 12
    assert "22 topics, 30 countries, 10 years" in source.findings[1].message


@pytest.mark.parametrize("language", BACK)
def test_the_word_for_back_is_no_part_of_a_title_in_any_interface(language: str, tmp_path: Path) -> None:
    glued = single(tmp_path, f"{BACK[language]} Lamps of Haifa\n2019", "A text.")
    apart = single(tmp_path, f"« {BACK[language].upper()}\nLamps of Haifa\n2019", "A text.", BACK[language])

    assert {**glued, "line": 0} == {**apart, "line": 0}
    assert (glued["title"], glued["date"], glued["summary"]) == ("Lamps of Haifa", "2019", "A text.")


@pytest.mark.parametrize(
    "title", ["Back to school", "Retour à l'école", "Backyards of Oslo", "Geriatric tea"]
)
def test_a_title_that_only_begins_like_back_is_whole(title: str, tmp_path: Path) -> None:
    assert single(tmp_path, f"{title}\n2019", "A text.")["title"] == title


@pytest.mark.parametrize("language", RESET)
def test_menus_end_with_reset_in_any_interface(language: str, tmp_path: Path) -> None:
    row = single(tmp_path, "Lamps\n2019", "A text.", f"Education\nRefugees\nSpain\n2020\n{RESET[language]}")

    assert row["summary"] == "A text."
    assert "topics" not in row
    assert "country" not in row


@pytest.mark.parametrize("language", RESULTS)
def test_lines_that_count_results_are_left_out_in_any_interface(language: str, tmp_path: Path) -> None:
    entry = "Lamps\nSpain Bilbao 2019\nA text...\nRead More\n"
    source = page(
        tmp_path, f"{INTRODUCTION}\n\n{RESULTS[language]}\n{entry}{RESULTS[language]}\n1\n2\n…\n19\n"
    )

    assert [row["title"] for row in rows_of(source)] == ["Lamps"]
    assert [finding.code for finding in source.findings] == ["page-read-as"]


@pytest.mark.parametrize(
    "body",
    [
        "Results 2015-2018: 300 jobs for 40 people.",
        "Partners:\nSpain\nItaly\nFrance\n\nThey met twice.",
        "1\n2\n3\n\nare the steps.",
        "They met three times with\nSpain\nItaly\nFrance",
        "Countries of origin were counted.",
        "In 2020, the city of Bilbao wrote to all.\n\nShare what you know was its motto.",
        "Impact Hub Vienna lent its rooms.\n\nProcess Work is a method.",
    ],
)
def test_what_only_looks_like_furniture_stays_in_the_text(body: str, tmp_path: Path) -> None:
    menus = "\nTopic\nEducation\nCountries\nSpain\nYear\n2019\nReset Filter"

    assert single(tmp_path, "Lamps\n2019", body, menus)["summary"] == body
    assert single(tmp_path, "Lamps\n2019", body)["summary"] == body


@pytest.mark.parametrize(
    ("line", "field", "text"),
    [
        ("Purpose: To meet.", "purpose", "To meet."),
        ("Purpose:To meet.", "purpose", "To meet."),
        ("PURPOSE\n\nTo meet.", "purpose", "To meet."),
        ("Stimulus/Rationale: A quarrel.", "stimulus", "A quarrel."),
        ("Stimulus / Rationale A quarrel.", "stimulus", "A quarrel."),
        ("Purpose:\n\nStimulus/Rationale:\n\nProcess: Steps.", "process", "Steps."),
        ("Impact:\n\nProcessSteps were taken.", "process", "Steps were taken."),
        ("Key reference documents\n- A book", "references", "- A book"),
        ("Key reference documents: A book", "references", "A book"),
        ("Objectif: Se voir.", "purpose", "Se voir."),
        ("But : Se voir.", "purpose", "Se voir."),
        ("Concept Se voir.", "purpose", "Se voir."),
        ("Concept\n\nTo meet.", "purpose", "To meet."),
        ("Foundation\n\nA quarrel.", "stimulus", "A quarrel."),
        ("Svrha: Susret.", "purpose", "Susret."),
        ("Qëllimi: Takim.", "purpose", "Takim."),
        ("Мета: Зустріч.", "purpose", "Зустріч."),
    ],
)
def test_headings_are_known_in_all_their_forms(line: str, field: str, text: str, tmp_path: Path) -> None:
    row = single(tmp_path, "Lamps\n2019", line)

    assert {name: row[name] for name in row if name not in ("line", "title", "date")} == {field: text}


def test_a_single_page_keeps_its_address_and_leaves_the_language_open(tmp_path: Path) -> None:
    row = single(
        tmp_path, "https://www.coe.int/fr/web/interculturalcities/-/lamps\nRetour\nLamps\n2019", "A text."
    )

    assert row["source_url"] == "https://www.coe.int/fr/web/interculturalcities/-/lamps"
    assert "lang" not in row


def test_a_wrapped_introduction_is_left_out_whole(tmp_path: Path) -> None:
    text = f"{INTRODUCTION}\nIt goes on here\nand still goes on.\n\nLamps\n2019\n{BUTTONS}\nA text."

    assert rows_of(page(tmp_path, text))[0]["title"] == "Lamps"


@pytest.mark.parametrize(
    "date", ["2020-2019", "Febuary 2020", "2O20", "20220", "1820-1830", "Each year in March", "N/A"]
)
def test_a_date_is_kept_as_it_stands_even_where_it_is_wrong(date: str, tmp_path: Path) -> None:
    row = single(tmp_path, f"Lamps\nA line that says more about lamps\n{date}", "A text.")

    assert (row["title"], row["date"]) == ("Lamps", date)
    assert row["summary"] == "A line that says more about lamps\n\nA text."


@pytest.mark.parametrize(
    "text",
    [
        "Lamps\nSpain Bilbao 2019\nA text...\nRead More",
        "Lamps\n2019\nA text.\n"
        + "\n".join(("Topic", "Education", "Refugees", "Roma", *map(str, range(2015, 2025)))),
        f"Retour\nLamps\n2019\n{BUTTONS}\nA text.",
        f"Lamps\n2019\n{BUTTONS}\nPurpose: A text.",
        "Lamps\nPurpose: A text.\nImpact: Light.\nhttps://www.coe.int/en/web/interculturalcities/-/lamps",
        "https://www.coe.int/en/web/interculturalcities/good-practice?delta=20\nLamps\n2019\nA text.",
        "Voir la page spéciale COVID-19.\n\nLamps\n2019\nA text.",
    ],
)
def test_a_page_is_known_by_any_of_the_catalogues_marks(text: str, tmp_path: Path) -> None:
    assert is_page(text)
    assert rows_of(page(tmp_path, text))[0]["title"] == "Lamps"


@pytest.mark.parametrize(
    "text", ["", "A text.", "Read More", "Purpose: A text.", "Spain Bilbao 2019\nItaly Turin 2020"]
)
def test_a_text_without_such_marks_is_no_page(text: str) -> None:
    assert not is_page(text)


def test_an_encoding_that_is_declared_and_right_is_used_where_another_would_be_guessed(
    tmp_path: Path,
) -> None:
    html = f'<html><head><meta charset="iso-8859-2"></head><body><p>{INTRODUCTION}</p><h1>Świeże łąki</h1></body>'
    (tmp_path / "page.html").write_bytes(html.encode("iso-8859-2"))

    assert next(iter(read_source(tmp_path / "page.html").rows())).texts["title"] == "Świeże łąki"


def test_a_page_of_too_many_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="more than 50,000 lines"):
        page(tmp_path, f"{INTRODUCTION}\n" + "a\n" * 50_000)


def test_a_page_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<p>{INTRODUCTION}</p>", encoding="utf-8")

    with pytest.raises(SourceError, match="changed while it was read"):
        read_document(path, "page.html", path.read_bytes(), sha256(b"what it was").hexdigest())


def test_comments_and_what_is_hidden_are_no_text(tmp_path: Path) -> None:
    html = (
        f"<p>{INTRODUCTION}</p><h1>La<!-- no -->mps</h1><p>2019</p><p hidden>Gone</p><p aria-hidden='true'>Gone</p>"
        "<p>A <span style='display : none'>gone</span>text.</p><script>Gone</script><nav>Gone</nav>"
    )

    assert rows_of(page(tmp_path, html, "page.html")) == [
        {"line": 1, "title": "Lamps", "date": "2019", "summary": "A text."}
    ]


def test_the_title_in_the_head_of_a_page_tells_where_the_practice_begins(tmp_path: Path) -> None:
    html = (
        "<html><head><title>Back Lamps | Council of Europe</title>"
        "<link rel='canonical' href='https://www.coe.int/en/web/interculturalcities/good-practice/-/lamps'></head>"
        "<body><p>Menu</p><p>Contact</p><h1>Back Lamps</h1><p>2019</p><p>Lamps are lit.</p></body></html>"
    )

    source = page(tmp_path, html, "page.html")

    (row,) = rows_of(source)
    assert (row["title"], row["date"], row["summary"]) == ("Back Lamps", "2019", "Lamps are lit.")
    assert "2 lines belong to no practice, beginning with “Menu”" in source.findings[-1].message


def test_entries_on_one_line_of_the_file_have_places_of_their_own(tmp_path: Path) -> None:
    entry = "<h3>Lamps {0}</h3><p>Spain Bilbao 201{0}</p><p>A text...</p><a>Read More</a>"
    html = f"<html><body><p>{INTRODUCTION}</p>{entry.format(1)}{entry.format(2)}\n{entry.format(3)}</body></html>"

    rows = list(page(tmp_path, html, "page.html").rows())

    assert [str(row.place) for row in rows] == [
        "page.html, at entry 1",
        "page.html, at entry 2",
        "page.html, line 2",
    ]


def test_a_page_without_practices_is_a_warning(tmp_path: Path) -> None:
    source = page(tmp_path, f"{INTRODUCTION}\nTopic\nEducation\nReset Filter\n")

    assert list(source.rows()) == []
    assert (source.findings[0].severity, source.findings[0].code) == (Severity.WARNING, "rows-missing")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.pdf", b"%PDF-1.7 \x93\x8c", ("saved as PDF", "save it as HTML")),
        ("page.html", b"%PDF-1.7 \x93\x8c", ("saved as PDF",)),
        ("page.mhtml", b"From: <Saved by Blink>\r\nMIME-Version: 1.0", ("MHTML",)),
        ("page.html", b"PK\x03\x04....", ("ZIP file",)),
        ("page.html", b"", ("no page",)),
        (
            "page.html",
            b"<html><body><h1>Weather</h1><p>Rain.</p></body></html>",
            ("introduction", "filter menus"),
        ),
        ("page.html", b"\x00\x01\x02\x03" * 100, ("no page",)),
        ("page.txt", b"<!DOCTYPE html><html><body><p>News</p></body></html>", ("no page",)),
    ],
)
def test_what_is_no_page_of_the_catalogue_says_so(
    name: str, content: bytes, words: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(SourceError) as refused:
        read_source(path)

    assert all(word in str(refused.value) for word in (name, *words))


def test_news_of_the_same_site_is_no_practice(tmp_path: Path) -> None:
    text = f"First visit to the town\nLoures, Portugal 12-14 October 2020\n{BUTTONS}\nExperts will visit the town."

    assert not is_page(text)
    with pytest.raises(SourceError, match="no page of the good practice catalogue"):
        page(tmp_path, text)


def test_a_table_in_a_text_file_stays_a_table(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("title\tcountry\nPurpose: to meet\tSpain\nRead More\tItaly\n", encoding="utf-8")

    assert next(finding.code for finding in read_source(path).findings) == "file-read-as"


def test_a_page_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    with path.open("wb") as file:
        file.truncate(21 * 1024 * 1024)

    with pytest.raises(SourceError, match="more than 20 MB"):
        read_source(path)


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000,
        "<b>" * 100_000,
        '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><html><body>'
        + "&b;" * 50_000,
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p>',
        "<p title='" + "x" * 5_000_000 + "'>",
        "<!--" * 200_000,
        "<p>a" * 1_000_000,
        "Spain <br>" * 45_000,
        "<p>" + "<b></b>" * 90_000 + "x",
        "<p " + " ".join(f"a{number}=1" for number in range(15_000)) + ">",
    ],
    ids=[
        "nested blocks",
        "nested inlines",
        "entities",
        "external entity",
        "long attribute",
        "comments",
        "lines",
        "names",
        "parts",
        "attributes",
    ],
)
def test_a_hostile_page_is_read_in_bounded_time(bomb: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"{bomb}<p>{INTRODUCTION}</p><h1>Lamps</h1><p>2019</p><p>A text.</p>", encoding="utf-8")
    start = time.process_time()

    try:
        rows = [dict(row.texts) for row in read_source(path).rows()]
    except SourceError:
        rows = []

    assert time.process_time() - start < 5
    assert "root:" not in str(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_pages_are_read_in_the_encoding_they_were_saved_in(encoding: str, tmp_path: Path) -> None:
    html = f'<html><head><meta charset="{encoding}"></head><body><p>{INTRODUCTION}</p><h1>Fête à Genève</h1></body>'
    (tmp_path / "page.html").write_bytes(html.encode(encoding))
    (tmp_path / "page.txt").write_bytes(f"{INTRODUCTION}\n\nFête à Genève\n".encode(encoding))

    titles = {
        row.texts["title"]
        for name in ("page.html", "page.txt")
        for row in read_source(tmp_path / name).rows()
    }

    assert titles == {"Fête à Genève"}


def test_a_list_of_75_practices_is_read_in_well_under_a_second(tmp_path: Path) -> None:
    places = (
        "Spain Bilbao",
        "Portugal Amadora Lisbon",
        "Irlande",
        "Italy Reggio Emilia",
        "Corée du Sud Ansan",
    )
    entry = (
        "Lamps of the {0}th street\n\n{1} {2}\n\nPurpose: "
        + "A street gets light. " * 9
        + "...\n\nRead More\n\n"
    )
    text = "".join(entry.format(n, places[n % 5], 1950 + n) for n in range(75))
    page(tmp_path, f"{INTRODUCTION}\n\n{text}")  # tables of names are loaded once
    start = time.process_time()

    source = page(tmp_path, f"{INTRODUCTION}\n\n{text}")

    assert len(list(source.rows())) == 75
    assert time.process_time() - start < 2


WORDS = st.text("abc éüЖñ", min_size=1, max_size=12).map(str.strip).filter(bool)
PARAGRAPHS = st.lists(st.lists(WORDS, min_size=3, max_size=12).map(" ".join), min_size=1, max_size=6)


@given(PARAGRAPHS)
def test_every_paragraph_of_a_page_is_in_its_row(
    tmp_path_factory: pytest.TempPathFactory, paragraphs: list[str]
) -> None:
    body = [f"{' '.join(paragraph.split())}." for paragraph in paragraphs]

    row = single(tmp_path_factory.getbasetemp(), "Back\nLamps\n2019", "\n\n".join(body))

    assert row["summary"] == "\n\n".join(body)


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *(
                    "",
                    "Back",
                    "Read More",
                    "Topic",
                    "Countries",
                    "Year",
                    "2020",
                    "Spain",
                    "Education",
                    "Reset Filter",
                ),
                *("Spain Bilbao 2019", "Purpose:", "Impact: Light.", INTRODUCTION, *BUTTONS.split("\n")),
                *(
                    "Template for collection of Good practices >>",
                    "A text of no special kind...",
                    "Geri Lamps",
                ),
            ]
        ),
        st.text(max_size=40),
    ),
    max_size=25,
)


@settings(max_examples=300)
@given(LINES, st.sampled_from(["page.txt", "page.html"]))
def test_no_page_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_text("\n".join([INTRODUCTION, *lines]), encoding="utf-8", errors="surrogatepass")

    rows = list(PageSource(path, name).rows())
    for row in rows:
        assert row.texts
        assert all(row.texts.values())
        assert row.place.line or row.place.pointer
    assert len({row.place for row in rows}) == len(rows)
