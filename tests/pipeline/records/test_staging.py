import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.model.finding import Place
from pipeline.model.rows import Row
from pipeline.records.staged_rows import RowsInOrder, StagedRow, pack_texts
from pipeline.records.staging import REMARKS, Staging

LONG = "a-path-to-build-a-united-and-inclusive-society-the-city-adopts-its-guid"


def row(
    number: int, file: str = "p.csv", origin: str | None = None, from_slug: str | None = None, **texts: str
) -> Row:
    return Row(Place(file, row=number), texts, {"id": "ID"}, texts, origin, from_slug)


@pytest.fixture
def staging(tmp_path: Path) -> Iterator[Staging]:
    staged = Staging(tmp_path / "rows.sqlite")
    yield staged
    staged.close()


def gathered(staging: Staging, *rows: Row) -> list[list[str]]:
    for each in rows:
        staging.add(each)
    staging.gather()
    return [[found.place.origin for found in practice] for _, practice in staging.practices()]


def test_rows_of_one_id_are_one_practice_wherever_they_stand(staging: Staging) -> None:
    found = gathered(
        staging, row(2, id="a", title="A"), row(3, id="b", title="B"), row(4, id="A", title="Ah")
    )

    assert found == [["p.csv#2", "p.csv#4"], ["p.csv#3"]]


def test_a_page_joins_the_row_whose_id_is_its_slug(staging: Staging) -> None:
    page = row(1, file="page.txt", title="Rütli", source_url="https://www.coe.int/tr/web/x/-/campus-rutli")

    assert len(gathered(staging, row(2, id="campus-rutli", title="Campus Rütli"), page)) == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_id_that_was_cut_off_joins_its_whole_slug(staging: Staging, order: tuple[int, int]) -> None:
    rows = (
        row(2, id=LONG, title="A path"),
        row(3, title="Another title", source_url=f"https://x.org/-/{LONG}elines-for-interculture"),
    )

    assert len(gathered(staging, *(rows[number] for number in order))) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rows_that_a_third_one_ties_together_are_one_practice(
    staging: Staging, order: tuple[int, ...]
) -> None:
    rows = (
        row(2, id="one", title="First"),
        row(3, title="Second", source_url="https://x.org/-/two"),
        row(4, id="one", title="Third", source_url="https://x.org/-/two"),
    )

    assert len(gathered(staging, *(rows[number] for number in order))) == 1


def test_a_row_without_id_joins_its_like_by_title_and_place(staging: Staging) -> None:
    named = row(2, id="a", title="Open Library", country="Spain", city="Bilbao")

    assert len(gathered(staging, named, row(3, title="open library", country="España", city="Bilbo"))) == 1


def test_two_ids_are_two_practices_even_with_the_same_title(staging: Staging) -> None:
    assert len(gathered(staging, row(2, id="a", title="Same"), row(3, id="b", title="Same"))) == 2


def test_a_row_that_says_nothing_new_is_repeated(staging: Staging) -> None:
    found = gathered(staging, row(2, id="a", title="A"), row(3, id="a", title="A"))

    assert found == [["p.csv#2"]]
    assert staging.counts()[:2] == (1, 1)


def test_a_corrected_row_takes_the_place_of_its_original(staging: Staging) -> None:
    corrected = row(2, file="p.quarantine.csv", origin="p.csv#2", id="a", title="Right")

    found = gathered(staging, row(2, id="a", title="Wrong"), row(3, id="b", title="B"), corrected)

    assert found == [["p.quarantine.csv#2"], ["p.csv#3"]] or found == [["p.csv#3"], ["p.quarantine.csv#2"]]
    assert staging.counts().unused == 1
    assert list(staging.remarks("unmatched")) == []


def test_the_later_of_two_corrections_holds(staging: Staging) -> None:
    first = row(2, file="q.csv", origin="p.csv#2", id="a", title="Once")
    second = row(3, file="q.csv", origin="p.csv#2", id="a", title="Twice")

    assert gathered(staging, first, second, row(2, id="a", title="Wrong")) == [["q.csv#3"]]
    assert staging.counts().unused == 2


def test_a_correction_without_its_original_is_a_row_of_its_own_and_is_told(staging: Staging) -> None:
    found = gathered(staging, row(2, file="q.csv", origin="p.csv#9", id="a", title="Right"))

    assert found == [["q.csv#2"]]
    assert [origin for *_, origin in staging.remarks("unmatched")] == ["p.csv#9"]


def test_a_new_row_replaces_the_kept_one_in_its_language_only(staging: Staging) -> None:
    kept = (
        row(2, from_slug="a", id="a", lang="en", title="Old"),
        row(3, from_slug="a", id="a", lang="fr", title="Vieux"),
        row(4, from_slug="b", id="b", lang="en", title="Other"),
    )

    found = gathered(staging, *kept, row(2, file="new.csv", id="a", lang="en", title="New"))

    assert found == [["p.csv#3", "new.csv#2"], ["p.csv#4"]]
    assert staging.counts()[:2] == (1, 0)


def test_a_kept_row_is_not_taken_for_the_row_that_stands_there_now(staging: Staging) -> None:
    kept = row(2, from_slug="a", id="a", title="Kept")

    assert gathered(staging, kept, row(2, id="b", title="New")) == [["p.csv#2"], ["p.csv#2"]]


def test_rows_come_back_as_they_were(staging: Staging) -> None:
    original = Row(
        Place("b.xlsx", "Sheet 1", 5), {"title": "Ωχ \ud83d"}, {"title": "Titre"}, {"Titre": " Ωχ \ud83d"}
    )

    staging.add(original)
    staging.gather()

    ((number, rows),) = staging.practices()
    assert rows == (original,) == staging.rows_of(number)
    assert original.place.origin == "b.xlsx#Sheet 1!5"


_IDS = some.sampled_from(("", "a", "007", "7", LONG, f"{LONG}elines", "b"))
_TITLES = some.sampled_from(("", "One", "Two"))
_ORIGINS = some.sampled_from((None, None, None, "p.csv#2", "p.csv#4", "q.csv#3"))
_TEXTS = some.builds(
    lambda **texts: {name: text for name, text in texts.items() if text},
    id=_IDS,
    title=_TITLES,
    lang=some.sampled_from(("", "fr")),
    source_url=some.sampled_from(("", "", "https://x.org/-/b", f"https://x.org/-/{LONG}elines")),
    summary=some.sampled_from(("", "s")),
)


@some.composite
def _rows(draw: some.DrawFn) -> list[Row]:
    rows: list[Row] = []
    for number in range(draw(some.integers(1, 12))):
        texts = draw(_TEXTS)
        is_further = bool(rows) and draw(some.integers(0, 3)) == 0
        from_slug = "old" if draw(some.integers(0, 5)) == 0 else None
        place = Place("p.csv" if number % 2 else "q.csv", row=number)
        origin = draw(_ORIGINS) if from_slug is None else None
        rows.append(Row(place, texts, {}, texts, origin, from_slug, is_further=is_further))
    return rows


def _joined(staged: dict[int, StagedRow]) -> tuple[list[object], ...]:
    with tempfile.TemporaryDirectory() as folder, closing(Staging(Path(folder) / "rows")) as staging:
        for number, each in staged.items():
            staging.add_identity(number, each)
        staging.gather([("q.csv", None, "no titles")])
        return (list(staging.fates()), *(list[object](staging.remarks(kind)) for kind in REMARKS))


@given(_rows())
def test_rows_without_a_relation_are_joined_the_same_apart_as_together(rows: list[Row]) -> None:
    in_order = RowsInOrder()
    staged = {
        number: in_order.stage(row, number, pack_texts(row.texts), pack_texts(row.raw))
        for number, row in enumerate(rows, 1)
    }
    part = {each.record: {each.record} for each in staged.values()}
    known: dict[str, int] = {}
    for each in staged.values():
        for relation in each.relations():
            one, other = part[each.record], part[known.setdefault(relation, each.record)]
            one |= other
            part.update(dict.fromkeys(one, one))
    parts: dict[int, dict[int, StagedRow]] = defaultdict(dict)
    for number, each in staged.items():
        parts[min(part[each.record])][number] = each
    apart = [_joined(some_rows) for some_rows in parts.values()]

    together = _joined(staged)

    assert [sorted(chain(*each), key=str) for each in zip(*apart, strict=True)] == [
        sorted(each, key=str) for each in together
    ]
