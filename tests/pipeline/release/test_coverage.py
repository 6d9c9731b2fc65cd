from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.practice import Period, Practice
from pipeline.rdf.vocabulary import DCAT, DCT
from pipeline.release.dataset.coverage import Coverage, describe_coverage
from tests.cases.release import builds

pytestmark = pytest.mark.thorough

DATASET, CATALOG = f"{builds.BASE}/dataset", f"{builds.BASE}/catalog"
AUTHORITY = "http://publications.europa.eu/resource/authority"
YEARS = st.integers(1900, 2040)
PERIODS = st.none() | st.builds(
    lambda start, end, years: Period(start and f"{start}-05", end and str(end), False, None, tuple(years)),
    st.none() | YEARS,
    st.none() | YEARS,
    st.lists(YEARS, max_size=3),
)
DATES = st.sampled_from(["", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"])
PRACTICES = st.builds(
    lambda number, period, issued, modified, countries: replace(
        builds.practice(number), period=period, issued=issued, modified=modified, countries=tuple(countries)
    ),
    st.integers(1, 50),
    PERIODS,
    DATES,
    DATES,
    st.lists(st.sampled_from(["ITA", "KOR", "FRA"]), max_size=2),
)


def covered(practices: list[Practice]) -> Coverage:
    coverage = Coverage()
    for practice in practices:
        coverage.add(practice)
    return coverage


def told(coverage: Coverage) -> set[tuple[str, str, str]]:
    triples = describe_coverage(DATASET, CATALOG, coverage, builds.vocabulary().lines)
    return {(each.subject.value, each.predicate.value, each.object.value) for each in triples}


def places(countries: tuple[str, ...], subject: str = DATASET) -> set[str]:
    """Return the places that the description of practices in some countries gives."""
    said = told(covered([replace(builds.practice(1), countries=countries)]))
    return {value for this, name, value in said if (this, name) == (subject, DCT + "spatial")}


@given(st.lists(PRACTICES, max_size=6), st.randoms())
def test_the_coverage_is_the_same_in_whatever_order_practices_come(practices, random) -> None:
    first = covered(practices)
    random.shuffle(practices)
    second = covered(practices)
    for name in ("issued", "modified", "example", "countries", "years"):
        assert getattr(first, name) == getattr(second, name)


@given(st.lists(PRACTICES, max_size=6))
def test_the_coverage_holds_every_year_and_no_wider_one(practices) -> None:
    years = [
        int(text[:4])
        for practice in practices
        if (period := practice.period)
        for text in (*filter(None, (period.start, period.end)), *map(str, period.years))
    ]
    assert covered(practices).years == ((min(years), max(years)) if years else None)


def test_years_and_countries_are_told_as_portals_read_them() -> None:
    practice = replace(builds.practice(1), countries=("KOR", "ITA"))
    said = told(covered([practice]))
    assert {(DCAT + "startDate", "2001-01-01"), (DCAT + "endDate", "2002-12-31")} <= {
        each[1:] for each in said
    }
    assert places(("KOR", "ITA"), CATALOG) == {f"{AUTHORITY}/country/{code}" for code in ("KOR", "ITA")}
    assert (f"{AUTHORITY}/country/KOR", DCAT + "centroid", "POINT(127.87 36.46)") in said


@pytest.mark.parametrize(
    ("countries", "place"),
    [
        (("ITA",), f"{AUTHORITY}/country/ITA"),
        (("ITA", "XXX"), f"{AUTHORITY}/country/ITA"),
        (("ITA", "NOR", "GEO"), f"{AUTHORITY}/continent/EUROPE"),
        (("ITA", "KOR"), "https://sws.geonames.org/6295630/"),
        (("ITA", "FRA"), "https://sws.geonames.org/6295630/"),  # the box of France includes Réunion
    ],
)
def test_a_dataset_has_one_place_that_includes_all_its_countries(
    countries: tuple[str, ...], place: str
) -> None:
    assert places(countries) == {place}


def test_a_country_that_nothing_else_names_is_left_out() -> None:
    assert places(("XXX",)) == places(("XXX",), CATALOG) == set()


def test_a_practice_without_dates_and_places_covers_nothing() -> None:
    bare = replace(builds.practice(1), period=None, countries=())
    assert told(covered([bare])) == set()
