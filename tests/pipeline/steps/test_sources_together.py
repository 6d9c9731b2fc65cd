import shutil
from pathlib import Path

import locations
import openpyxl
import pytest
from building import build, ledger_of, manifest_of, report_of, run, write_table

PAGES = locations.CASES / "pages"
SEED = locations.SHARED / "data" / "good-practice-page.txt"
REAL = locations.ROOT / "data" / "practices.csv"

FILLED = {
    "en": [
        {
            "Title": "Kitchen of the street",
            "Country": "Ireland",
            "City": "Cork",
            "Date": "Febuary 2020",
            "Topic 1": "Neighbourhood",
        },
        {
            "Title": "Choir of many voices",
            "Country": "Malta",
            "City": "Valletta",
            "Date": "since 2016",
            "Topic 1": "Education",
        },
    ],
    "fr": [
        {
            "Titre": "Cafés contre les rumeurs",
            "Pays": "Suisse",
            "Ville": "Genève",
            "Date": "depuis 2014",
            "Thème 1": "Anti-rumeur",
            "Thème 2": "Éducation",
        },
    ],
    "pt": [
        {
            "Título": "Roda de conversa",
            "País": "Portugal",
            "Cidade": "Braga",
            "Data": "março de 2018 - junho de 2019",
            "Tema 1": "Bairro",
        },
        {
            "Título": "Balcão de acolhimento",
            "País": "Espanha",
            "Cidade": "Bilbao",
            "Data": "2021",
            "Tema 1": "Refugiados",
        },
    ],
}


def filled(folder: Path, language: str) -> Path:
    path = folder / f"{language}.xlsx"
    assert run("template", path, "--lang", language).exit_code == 0
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    headings = {str(cell.value).rstrip(" *"): cell.column for cell in sheet[1] if cell.value}
    for number, record in enumerate(FILLED[language], 3):
        for heading, text in record.items():
            sheet.cell(number, headings[heading]).value = text
    workbook.save(path)
    return path


@pytest.mark.slow
def test_three_templates_a_french_list_and_the_seed_page_make_one_release(tmp_path: Path) -> None:
    pages = [tmp_path / "liste.txt"]
    shutil.copy(next((PAGES / "listing-french").glob("page.*")), pages[0])
    if SEED.exists():
        pages.append(SEED)
    output = tmp_path / "out"

    result = build(output, *(filled(tmp_path, language) for language in FILLED), *pages)

    assert result.exit_code == 0, result.output
    report = report_of(output)
    summary = report["summary"]
    assert (
        summary["rows_in"]
        == summary["used"] + summary["repeated"] + summary["blank"] + summary["quarantined"]
    )
    assert manifest_of(output)["counts"]["practices"] == summary["practices"]
    titles = {entry["title"] for entry in ledger_of(output).values()}
    assert {
        record.get(name)
        for records in FILLED.values()
        for record in records
        for name in record
        if name in ("Title", "Titre", "Título")
    } <= titles
    told = {(each["code"], each.get("suggestion", {}).get("value")) for each in report["findings"]}
    assert ("date-not-understood", "2020-02") in told
    assert ("topic-unknown", "Anti-rumour") in told
    assert "EXEMPLO" not in " ".join(titles)


@pytest.mark.skipif(not SEED.exists(), reason="the shared data are not here")
@pytest.mark.slow
def test_the_seed_page_joins_its_row_of_the_table(tmp_path: Path) -> None:
    table = write_table(tmp_path / "practices.csv", [])
    rows = REAL.read_text(encoding="utf-8").splitlines()
    table.write_text(
        "\n".join([rows[0], *(row for row in rows if "education-support-centers" in row)]) + "\n", "utf-8"
    )

    alone = build(tmp_path / "alone", SEED)
    both = build(tmp_path / "both", table, SEED)

    assert (alone.exit_code, both.exit_code) == (0, 0)
    assert {each["code"] for each in report_of(tmp_path / "alone")["findings"]} >= {
        "country-inferred",
        "city-inferred",
        "topic-missing",
    }
    (entry,) = ledger_of(tmp_path / "both").values()
    assert entry["slug"] == "education-support-centers-to-promote-intercultural-skills"
    assert entry["title"] == "Education support centers to promote intercultural skills"
    assert "2 rows in: 2 used." in both.stderr
