import csv
import gzip
from pathlib import Path

import locations
import pyoxigraph
import pytest
from building import build, ledger_of, practice, report_of, run, write_table

pytestmark = pytest.mark.thorough

SHARED = locations.SHARED / "data"
SEED = SHARED / "good-practice-page.txt"
needs_seed = pytest.mark.skipif(not SEED.exists(), reason="the catalogue's own page is not here")
PAGE = """This section offers examples of intercultural approaches, invented here.

Geri Lamps for the stairs

2020
  • Diminuer la taille du texte
  • Imprimer la page

Neighbours in Spain put lamps on dark stairs. Bilbao City pays for the bulbs, residents change them.

Who changes a bulb leaves a note for the next one.

Topic
Education
Refugees
Countries
Australia
Year
2015
Reset Filter
"""
TITLE = "Lamps for the stairs"


def page(folder: Path, text: str = PAGE) -> Path:
    path = folder / "page.txt"
    path.write_text(text, encoding="utf-8")
    return path


def triples(output: Path, slug: str, dump: str = "dataset.nt.gz") -> dict[str, list[str]]:
    """Return what a release says of a practice and its record: the last part of a property → its values."""
    found: dict[str, list[str]] = {}
    with gzip.open(output / "current" / dump, "rt", encoding="utf-8") as lines:
        for line in lines:
            subject, predicate, value = line.rstrip(" .\n").split(" ", 2)
            if subject.endswith(f"/practice/{slug}>"):
                name = predicate.rstrip(">").replace("#", "/").rpartition("/")[2]
                found.setdefault(name, []).append(value)
    return found


def derived_from(output: Path, slug: str) -> int:
    """Return from how many sources a record was derived."""
    store = pyoxigraph.Store.read_only(str(output / "current" / "store"))
    record = pyoxigraph.NamedNode(f"http://localhost:8000/doc/practice/{slug}")
    derived = pyoxigraph.NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")
    return sum(1 for _ in store.quads_for_pattern(record, derived, None))


def codes(output: Path, severity: str) -> set[str]:
    return {found["code"] for found in report_of(output)["findings"] if found["severity"] == severity}


def test_a_page_alone_is_published_with_what_its_text_names_and_none_of_its_menus(tmp_path: Path) -> None:
    output = tmp_path / "out"

    done = build(output, page(tmp_path))

    assert done.exit_code == 0
    (slug,) = ledger_of(output)
    told = triples(output, slug)
    assert told["title"] == [f'"{TITLE}"@en']
    assert [value.rpartition("/")[2] for value in told["country"]] == ["ESP>"]
    assert [value.rpartition("/")[2] for value in told["city"]] == ["es-bilbao>"]
    assert [value.rpartition("/")[2] for value in told["year"]] == ["2020>"]
    assert {value.rpartition("#")[2] for value in told["inferredProperty"]} == {"country>", "city>"}
    assert "topic" not in told
    assert codes(output, "violation") == set()
    assert codes(output, "warning") == {"topic-missing", "source-missing"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["table first", "page first"])
def test_a_page_joins_the_row_of_its_title_and_the_place_it_tells_of(
    order: tuple[int, int], tmp_path: Path
) -> None:
    table = write_table(tmp_path / "p.csv", [practice("lamps", title=TITLE, topics="Education", date="2020")])
    sources = (table, page(tmp_path))
    output = tmp_path / "out"

    done = build(output, *(sources[number] for number in order))

    assert "2 rows in: 2 used." in done.output
    assert set(ledger_of(output)) == {"lamps"}
    told = triples(output, "lamps")
    assert told["topic"] == ["<https://w3id.org/intercultural-practices/topic/education>"]
    assert "inferredProperty" not in told
    assert derived_from(output, "lamps") == 2


def test_the_text_of_a_page_that_comes_later_is_used(tmp_path: Path) -> None:
    table = write_table(tmp_path / "p.csv", [practice("lamps", title=TITLE, date="2020")])
    output = tmp_path / "out"

    build(output, table, page(tmp_path))

    assert triples(output, "lamps")["description"][0].startswith('"Neighbours in Spain put lamps')


@pytest.mark.parametrize(
    "changed", [{"city": "Salt"}, {"country": "Italy", "city": "Turin"}, {"title": "Lamps"}]
)
def test_a_page_does_not_join_a_row_of_another_place_or_title(
    changed: dict[str, str], tmp_path: Path
) -> None:
    table = write_table(tmp_path / "p.csv", [practice("lamps", **({"title": TITLE} | changed))])
    output = tmp_path / "out"

    build(output, table, page(tmp_path))

    assert len(ledger_of(output)) == 2


def test_a_french_list_joins_english_rows_by_the_addresses_it_links_to(tmp_path: Path) -> None:
    table = write_table(
        tmp_path / "p.csv",
        [
            practice(
                "lamps",
                title="Lamps for all",
                source_url="https://www.coe.int/en/web/interculturalcities/-/lamps",
            )
        ],
    )
    entries = "".join(
        f'<h3><a href="/fr/web/interculturalcities/-/{slug}?p_l_back_url=%2F">{title}</a></h3>'
        f"<p>Espagne Bilbao 2019</p><p>Des voisins posent des lampes dans les escaliers de leur quartier...</p>"
        f'<p><a href="/fr/web/interculturalcities/-/{slug}">Lire la suite</a></p>'
        for slug, title in (("lamps", "Des lampes pour tous"), ("soup", "La soupe des voisins de la gare"))
    )
    listing = tmp_path / "liste.html"
    listing.write_text(
        f"<html lang='fr'><body><h1>Cités interculturelles : exemples de bonnes pratiques</h1>{entries}</body>",
        encoding="utf-8",
    )
    output = tmp_path / "out"

    done = build(output, table, listing)

    assert done.exit_code == 0
    assert set(ledger_of(output)) == {"lamps", "soup"}
    told = triples(output, "lamps")
    assert sorted(told["title"]) == ['"Des lampes pour tous"@fr', '"Lamps for all"@en']
    assert sorted(value[-3:] for value in told["description"]) == ["@en", "@fr"]


def test_a_withheld_entry_is_corrected_in_the_quarantine_file(tmp_path: Path) -> None:
    text = PAGE.replace("Spain", "the south").replace("Bilbao City", "The town")
    source, output = page(tmp_path, text), tmp_path / "out"
    table = write_table(tmp_path / "p.csv", [practice("other")])
    assert "1 quarantined" in build(output, table, source).output
    quarantine = output / "quarantine" / "page.quarantine.csv"
    with quarantine.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["_origin"] == "page.txt#line=3"
    corrected = tmp_path / "corrected.csv"
    with corrected.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*row, "country"])
        writer.writeheader()
        writer.writerow(row | {"country": "Spain"})

    done = build(output, table, source, corrected)

    assert done.exit_code == 0
    assert len(ledger_of(output)) == 2


def test_validate_names_file_and_line_of_a_page(tmp_path: Path) -> None:
    done = run("validate", page(tmp_path, PAGE.replace("2020\n", "2020-2019\n")))

    assert done.exit_code == 1
    assert "page.txt:3" in done.output


def test_a_page_of_another_site_stops_the_build_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "news.html"
    path.write_text("<html><body><h1>Weather</h1><p>Rain.</p></body></html>", encoding="utf-8")

    done = build(tmp_path / "out", path)

    assert done.exit_code != 0
    assert "news.html is no page of the good practice catalogue" in done.output


@needs_seed
def test_the_seed_page_alone_gives_year_city_and_country_and_no_topic(tmp_path: Path) -> None:
    output = tmp_path / "out"

    assert build(output, SEED).exit_code == 0

    (slug,) = ledger_of(output)
    told = triples(output, slug)
    assert [value.rpartition("/")[2] for value in told["year"] + told["city"]] == ["2020>", "kr-ansan>"]
    assert "topic" not in told
    assert codes(output, "violation") == set()


@needs_seed
@pytest.mark.slow
def test_the_seed_page_joins_its_row_among_the_real_practices(tmp_path: Path) -> None:
    output = tmp_path / "out"

    done = build(output, SHARED / "practices.csv", SEED)

    assert "222 practices" in done.output
    told = triples(output, "education-support-centers-to-promote-intercultural-skills")
    assert told["title"] == ['"Education support centers to promote intercultural skills"@en']
    assert told["topic"] == ["<https://w3id.org/intercultural-practices/topic/education>"]
    assert told["description"][0].startswith('"In the Republic of Korea regional Education Offices')
    assert [value.rpartition("/")[2] for value in told["year"] + told["city"]] == ["2020>", "kr-ansan>"]
    assert "inferredProperty" not in told
    assert derived_from(output, "education-support-centers-to-promote-intercultural-skills") == 2
