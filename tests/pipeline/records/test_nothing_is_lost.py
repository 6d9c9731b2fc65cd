"""The law of accounting: every row of the sources is in the release, in the quarantine, or named as unused."""

import csv
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from building import SUMMARY, build, ledger_of, practice, report_of, write_table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.records.corrections.correction_lines import COLUMNS
from pipeline.sources.tables.row_kinds import NO_RECORDS

pytestmark = pytest.mark.thorough

CELLS = {
    "id": ("", "a", "b", "c"),
    "lang": ("", "en", "fr"),
    "title": ("", "Walks", "Kitchen", "Total: 2", "Source: the cities", "title"),
    "country": ("", "Italy", "Spain", "Itlay"),
    "city": ("", "Turin", "Milan", "Bilbao"),
    "date": ("", "2019", "2019-2012"),
    "topics": ("", "Education", "Nothing known"),
    "summary": ("", SUMMARY),
    "source_url": ("", "https://www.coe.int/en/web/interculturalcities/-/a"),
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in CELLS.items()}), max_size=6
)
MERGES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=2)
SURE = practice("z", title="A practice that is always sound")


def released(output: Path) -> Iterator[int]:
    with gzip.open(output / "current" / "rows.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield from (row["place"]["row"] for row in json.loads(line)["rows"])


def quarantined(output: Path) -> Iterator[int]:
    for path in (output / "quarantine").glob("*.quarantine.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from (int(row["_origin"].rpartition("#")[2]) for row in csv.DictReader(lines))


def unused(output: Path) -> Iterator[int]:
    for finding in report_of(output)["findings"]:
        if finding["code"] in NO_RECORDS:
            yield finding["place"]["row"]
        elif finding["code"] in ("rows-repeated", "rows-replaced"):
            listed = re.search(r"rows ([\d, -]+)", finding["message"])
            assert listed is not None
            for part in listed[1].replace(" ", "").split(","):
                first, _, last = part.partition("-")
                yield from range(int(first), int(last or first) + 1)


@given(before=ROWS, after=ROWS, merges=MERGES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_released_or_quarantined_or_named(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[dict[str, str]],
    after: list[dict[str, str]],
    merges: list[tuple[str, str]],
) -> None:
    folder = tmp_path_factory.mktemp("law")
    output, lines = folder / "out", folder / "merges.csv"
    lines.write_text(
        "\n".join([",".join(COLUMNS), *(f"merge,{old},{new}" for old, new in merges)]), encoding="utf-8"
    )
    build(output, write_table(folder / "p.csv", [SURE, *before]))
    result = build(
        output, write_table(folder / "p.csv", [SURE, *after]), "--corrections", lines, "--allow-withdrawals"
    )

    assert result.exit_code == 0, result.output
    blank = {number for number, row in enumerate(after, 3) if not any(row.values())}
    places = [set(released(output)), set(quarantined(output)), set(unused(output))]
    expected = {2, *range(3, len(after) + 3)} - blank
    assert set.union(*places) >= expected
    _nothing_public_has_vanished(output, after)


def _nothing_public_has_vanished(output: Path, rows: list[dict[str, str]]) -> None:
    """No record is withdrawn while a row of its id waits in the quarantine."""
    waiting = {rows[number - 3]["id"] for number in quarantined(output) if number > 2}
    ledger: Mapping[str, Mapping[str, str]] = ledger_of(output)
    withdrawn = {slug for slug, entry in ledger.items() if entry["state"] == "withdrawn" and entry["hash"]}
    assert withdrawn & waiting == set()


def test_a_merge_across_cities_keeps_the_place_of_the_lasting_one(tmp_path: Path) -> None:
    rows = [
        practice("old", title="House of peace", country="Italy", city="Turin"),
        practice("new", title="Home of peace", country="Spain", city="Bilbao"),
    ]
    output, source = tmp_path / "out", write_table(tmp_path / "p.csv", rows)
    build(output, source)
    lines = tmp_path / "merges.csv"
    lines.write_text(f"{','.join(COLUMNS)}\nmerge,old,new\n", encoding="utf-8")

    result = build(output, source, "--corrections", lines)

    assert result.exit_code == 0, result.output
    assert "1 merged" in result.stdout
    (finding,) = [each for each in report_of(output)["findings"] if each["code"] == "place-of-merged"]
    assert (finding["severity"], "Turin, Italy" in finding["message"]) == ("info", True)
    text = gzip.decompress((output / "current" / "dataset.nt.gz").read_bytes()).decode()
    assert "<http://localhost:8000/city/es-bilbao>" in text
    assert "<http://localhost:8000/city/it-turin>" not in text


def test_a_merge_whose_result_is_withheld_is_refused_whole(tmp_path: Path) -> None:
    rows = [practice("old", title="House of peace"), practice("new", title="Home of peace"), practice("c")]
    output = tmp_path / "out"
    build(output, write_table(tmp_path / "p.csv", rows))
    rows[1]["date"] = "2019-2012"
    lines = tmp_path / "merges.csv"
    lines.write_text(f"{','.join(COLUMNS)}\nmerge,old,new\n", encoding="utf-8")

    build(output, write_table(tmp_path / "p.csv", rows), "--corrections", lines)

    states = {slug: entry["state"] for slug, entry in ledger_of(output).items()}
    assert states == {"old": "held back", "new": "held back", "c": "published"}


def test_two_records_whose_rows_have_become_one_practice_are_both_held_back(tmp_path: Path) -> None:
    page = "https://www.coe.int/en/web/interculturalcities/-/one-page"
    rows = [practice("a", title="House of peace"), practice("c", title="Kitchen of peace"), practice("z")]
    output = tmp_path / "out"
    build(output, write_table(tmp_path / "p.csv", rows))
    for row in rows[:2]:
        row |= {"source_url": page, "date": "2019-2012"}

    result = build(output, write_table(tmp_path / "p.csv", rows))

    assert result.exit_code == 0, result.output
    states = {slug: entry["state"] for slug, entry in ledger_of(output).items()}
    assert states == {"a": "held back", "c": "held back", "z": "published"}
