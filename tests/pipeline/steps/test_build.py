import csv
import json
from pathlib import Path

import locations
import pytest
from building import build, cells, ledger_of, manifest_of, practice, report_of, run, write_table

pytestmark = pytest.mark.thorough

SHARED = locations.SHARED / "data" / "practices.csv"
REAL = locations.ROOT / "data" / "practices.csv"
T1, T2 = "1767225600", "1769904000"  # 2026-01-01 and 2026-02-01


@pytest.fixture
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", T1)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "practices.csv", [practice("a"), practice("b"), practice("c")])


@pytest.mark.slow
def test_the_real_practices_build_without_a_violation(tmp_path: Path) -> None:
    result = build(tmp_path / "out", REAL)

    assert result.exit_code == 0
    assert "222 added" in result.stdout
    assert "0 violations" in result.stderr
    assert manifest_of(tmp_path / "out")["counts"]["practices"] == 222
    assert (
        report_of(tmp_path / "out")["summary"] | {"rows_in": 241, "used": 241, "quarantined": 0}
        == (report_of(tmp_path / "out")["summary"])
    )


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_our_copy_of_the_real_practices_is_true() -> None:
    assert REAL.read_bytes() == SHARED.read_bytes()


PLANTED = [
    practice("ok-1"),
    practice("no-title", title=""),
    practice("no-country", country="Spaniel"),
    practice("bad-year", date="2890"),
    practice("backwards", date="2019-2012"),
    practice("near-topic", topics="Educaton|Neighbourhood"),
    practice("ok-2"),
]


def test_planted_errors_are_found_at_their_cells_and_can_be_corrected(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", PLANTED)
    output = tmp_path / "out"

    result = build(output, source)

    assert result.exit_code == 0
    report = report_of(output)
    assert cells(report, "violation") == {
        ("title-missing", 3, "title"),
        ("country-unknown", 4, "country"),
        ("year-out-of-range", 5, "date"),
        ("end-before-start", 6, "date"),
    }
    assert cells(report, "warning") == {("topic-unknown", 7, "topics")}
    assert manifest_of(output)["counts"]["practices"] == 3
    assert report["summary"] | {"rows_in": 7, "used": 3, "quarantined": 4} == report["summary"]

    withheld = output / "quarantine" / "practices.quarantine.csv"
    assert str(withheld) in result.stdout
    corrections = {
        "no-title": {"title": "A title"},
        "no-country": {"country": "Spain"},
        "bad-year": {"date": "2009"},
        "backwards": {"date": "2012-2019"},
    }
    with withheld.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["_origin"] for row in rows] == [f"practices.csv#{number}" for number in (3, 4, 5, 6)]
    assert "Spaniel" in rows[1]["_problems"]
    with withheld.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | corrections[row["id"]] for row in rows)

    again = build(output, source, withheld)

    assert again.exit_code == 0
    report = report_of(output)
    assert cells(report, "violation") == set()
    assert manifest_of(output)["counts"]["practices"] == len(PLANTED)
    assert (
        report["summary"] | {"rows_in": 11, "used": 7, "repeated": 4, "quarantined": 0} == report["summary"]
    )
    assert withheld.exists()


def test_a_row_withheld_again_stays_in_the_one_file_of_its_source(tmp_path: Path) -> None:
    output = tmp_path / "out"
    wrong = practice("one") | {"country": "Spaniel", "topics": "No topic"}
    source = write_table(tmp_path / "practices.csv", [wrong, practice("two"), practice("three", country="X")])
    quarantine = output / "quarantine"
    assert str(quarantine) in build(output, source).stdout.splitlines()[-2]
    withheld = quarantine / "practices.quarantine.csv"
    correct(withheld, country="Spain")

    again = build(output, source, quarantine)

    assert "Then build again" in again.stdout
    assert [path.name for path in quarantine.glob("*.quarantine*")] == ["practices.quarantine.csv"]
    rows = rows_of(withheld)
    assert [(row["id"], row["country"], bool(row["_problems"])) for row in rows] == [
        ("one", "Spain", True),
        ("three", "Spain", False),
    ]
    correct(withheld, topics="Education")
    last = build(output, source, quarantine)
    assert last.exit_code == 0
    assert "Withheld" not in last.stdout
    assert cells(report_of(output), "violation") == set()
    assert manifest_of(output)["counts"]["practices"] == 3
    assert [row["_problems"] for row in rows_of(withheld)] == ["", ""]


def test_what_a_person_has_written_in_a_file_of_withheld_rows_stays_when_a_build_does_not_read_it(
    tmp_path: Path,
) -> None:
    output = tmp_path / "out"
    rows = [practice("one", country="Spaniel"), practice("two")]
    source = write_table(tmp_path / "practices.csv", rows, delimiter=";")
    build(output, source)
    withheld = output / "quarantine" / "practices.quarantine.csv"
    assert withheld.read_text(encoding="utf-8-sig").startswith("id;lang;title")
    correct(withheld, country="Spain")

    write_table(source, [*rows, practice("three", country="Atlantis")], delimiter=";")
    build(output, source)

    assert [(row["id"], row["country"]) for row in rows_of(withheld)] == [
        ("one", "Spain"),
        ("three", "Atlantis"),
    ]
    assert [path.name for path in withheld.parent.glob("*.quarantine*")] == ["practices.quarantine.csv"]


def test_a_folder_of_withheld_rows_that_is_empty_is_no_fault(tmp_path: Path) -> None:
    output = tmp_path / "out"
    source = write_table(tmp_path / "practices.csv", [practice("one")])
    build(output, source)

    assert build(output, source, output / "quarantine").exit_code == 0


def rows_of(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";" if ";lang;" in text else ","))


def correct(path: Path, **texts: str) -> None:
    """Write texts into every row of a file."""
    rows = rows_of(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | texts for row in rows)


def test_a_build_that_would_withdraw_nearly_all_stops(tmp_path: Path) -> None:
    output = tmp_path / "out"
    many = [practice(f"p{number}") for number in range(12)]
    build(output, write_table(tmp_path / "practices.csv", many))
    version = manifest_of(output)["version"]

    result = build(output, write_table(tmp_path / "practices.csv", many[:3]))

    assert result.exit_code == 1
    assert "withdraw 9 of 12" in result.stderr
    assert "--allow-withdrawals" in result.stderr
    assert manifest_of(output)["version"] == version

    allowed = build(output, tmp_path / "practices.csv", "--allow-withdrawals")

    assert allowed.exit_code == 0
    assert "9 withdrawn" in allowed.stdout
    assert manifest_of(output)["counts"]["practices"] == 3
    assert ledger_of(output)["p11"]["state"] == "withdrawn"


def test_an_unchanged_source_makes_no_new_release(tmp_path: Path, table: Path) -> None:
    output = tmp_path / "out"
    build(output, table)
    before = (output / "current").resolve()

    result = build(output, table)

    assert result.exit_code == 0
    assert "Nothing has changed" in result.stdout
    assert (output / "current").resolve() == before


def test_the_same_source_gives_the_same_bytes(tmp_path: Path, table: Path, first_day: None) -> None:
    dumps = []
    for name in ("one", "two"):
        build(tmp_path / name, table)
        folder = tmp_path / name / "current"
        dumps.append({path.name: path.read_bytes() for path in folder.glob("dataset.*")})

    assert dumps[0] == dumps[1]
    assert len(dumps[0]) == 3


def test_only_a_changed_record_gets_a_new_date(
    tmp_path: Path, table: Path, first_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    build(output, table)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", T2)
    write_table(table, [practice("a", title="Renamed"), practice("b"), practice("c")])

    result = build(output, table)

    assert "1 changed, 2 unchanged" in result.stdout
    ledger = ledger_of(output)
    assert (ledger["a"]["issued"], ledger["a"]["modified"]) == (
        "2026-01-01T00:00:00Z",
        "2026-02-01T00:00:00Z",
    )
    assert (ledger["b"]["issued"], ledger["b"]["modified"]) == (
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z",
    )
    assert ledger["b"]["run"] != ledger["a"]["run"] == manifest_of(output)["version"]


def test_a_published_record_that_goes_bad_is_held_back_and_not_withdrawn(tmp_path: Path, table: Path) -> None:
    output = tmp_path / "out"
    build(output, table)
    write_table(table, [practice("a", country="Nowhereland"), practice("b"), practice("c")])

    result = build(output, table)

    assert result.exit_code == 0
    assert "1 held back" in result.stdout
    assert ledger_of(output)["a"]["state"] == "held back"
    lines = run_query(output, "held")
    assert lines == ["http://localhost:8000/doc/practice/a"]


def run_query(output: Path, name: str) -> list[str]:
    from pyoxigraph import QuerySolutions, Store

    queries = {"held": "SELECT ?r { ?r <https://w3id.org/intercultural-practices/ns#heldBack> true }"}
    store = Store.read_only(str(output / "current" / "store"))
    found = store.query(queries[name], use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return [str(row[0].value) for row in found]


def test_add_keeps_what_is_published_and_updates_what_comes_again(tmp_path: Path, table: Path) -> None:
    output = tmp_path / "out"
    build(output, table)
    more = write_table(tmp_path / "more.csv", [practice("b", title="Renamed"), practice("d")])

    result = build(output, more, "--add")

    assert result.exit_code == 0
    assert "1 added, 1 changed, 2 unchanged" in result.stdout
    assert manifest_of(output)["counts"]["practices"] == 4
    assert ledger_of(output)["b"]["title"] == "Renamed"


def test_strict_publishes_nothing_when_there_is_a_warning(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", [practice("a", date="")])

    result = build(tmp_path / "out", source, "--strict")

    assert result.exit_code == 1
    assert "--strict" in result.stderr
    assert "date-missing" in result.stderr
    assert not (tmp_path / "out" / "current").exists()


def test_nothing_publishable_is_refused(tmp_path: Path) -> None:
    result = build(tmp_path / "out", write_table(tmp_path / "practices.csv", [practice("a", title="")]))

    assert result.exit_code == 1
    assert "Nothing was published" in result.stderr


def test_a_dry_run_says_what_would_be_done_and_does_nothing(tmp_path: Path, table: Path) -> None:
    output = tmp_path / "out"
    build(output, table)
    before = (output / "current").resolve()
    write_table(table, [practice("a"), practice("b", title="New title"), practice("d")])

    result = build(output, table, "--dry-run")

    assert result.exit_code == 0
    assert "1 added, 1 changed, 1 unchanged, 1 withdrawn" in result.stdout
    assert (output / "current").resolve() == before


def test_a_ledger_carried_to_a_new_folder_keeps_slugs_and_dates(
    tmp_path: Path, table: Path, first_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "old", table)
    ledger = tmp_path / "ledger.csv"
    ledger.write_bytes((tmp_path / "old" / "current" / "ledger.csv").read_bytes())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", T2)
    write_table(table, [practice("b"), practice("a"), practice("c")])

    result = build(tmp_path / "new", table, "--ledger", ledger)

    assert "3 unchanged" in result.stdout
    assert {entry["modified"] for entry in ledger_of(tmp_path / "new").values()} == {"2026-01-01T00:00:00Z"}
    assert manifest_of(tmp_path / "new")["version"] == manifest_of(tmp_path / "old")["version"]


def test_rollback_pins_until_it_is_released(tmp_path: Path, table: Path) -> None:
    output = tmp_path / "out"
    build(output, table)
    first = manifest_of(output)["version"]
    write_table(table, [practice("a"), practice("b"), practice("c"), practice("d")])
    build(output, table)

    assert first in run("rollback", output).stdout
    assert manifest_of(output)["version"] == first
    write_table(table, [practice("a"), practice("b"), practice("c"), practice("d"), practice("e")])
    pinned = build(output, table)
    assert "pinned" in pinned.stdout
    assert manifest_of(output)["version"] == first
    assert "is current" in run("rollback", output, "--release").stdout
    assert manifest_of(output)["counts"]["practices"] == 5


def test_validate_makes_the_findings_of_a_build(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", PLANTED)
    build(tmp_path / "out", source)

    result = run("validate", source, "--format", "json", "--jobs", 1)

    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["conforms"], found["accepted"]) == (False, False)
    codes = [(each["code"], each["severity"], each.get("place")) for each in found["findings"]]
    built = [
        (each["code"], each["severity"], each.get("place"))
        for each in report_of(tmp_path / "out")["findings"]
    ]
    assert codes == built


def test_the_report_is_saved_in_the_format_of_its_suffix(tmp_path: Path, table: Path) -> None:
    for name in ("report.json", "report.csv", "report.txt"):
        assert build(tmp_path / "out", table, "--report", tmp_path / name).exit_code == 0
        assert (tmp_path / name).stat().st_size > 20

    refused = build(tmp_path / "out", table, "--report", tmp_path / "report.docx")

    assert refused.exit_code == 2
    assert ".json" in refused.stderr


COMMANDS = ("build", "validate", "template", "serve", "query", "publish", "verify", "rollback", "check")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself_with_an_example(name: str) -> None:
    result = run(name, "-h")

    assert result.exit_code == 0
    assert f"practicegraph {name}" in result.stdout.partition("Example:")[2]


def test_settings_come_from_the_file_and_the_environment(
    tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "practicegraph.toml"
    config.write_text(
        '[build]\nbase-iri = "https://data.example.org"\noutput = "from-file"\n', encoding="utf-8"
    )
    monkeypatch.setenv("PRACTICEGRAPH_BUILD_JOBS", "1")

    result = run("--config", config, "build", table)

    assert result.exit_code == 0, result.stderr
    assert manifest_of(tmp_path / "from-file")["base_iri"] == "https://data.example.org"


def test_check_names_what_a_publisher_still_has_to_set(tmp_path: Path) -> None:
    config = tmp_path / "practicegraph.toml"
    config.write_text('[dataset]\npublisher = "Our network"\n', encoding="utf-8")
    unset = run("--config", config, "check", "--publish")
    config.write_text(
        '[build]\nbase-iri = "https://data.example.org"\n[dataset]\npublisher = "Our network"\n'
        'contact = "data@example.org"\nlicence = "https://creativecommons.org/licenses/by/4.0/"\n',
        encoding="utf-8",
    )
    done = run("--config", config, "check", "--publish")

    assert unset.exit_code == 1
    assert "contact-demonstration" in unset.stdout
    assert "publisher-demonstration" not in unset.stdout
    assert done.exit_code == 0, done.stdout


def test_a_file_of_withheld_rows_in_a_doubtful_encoding_is_left_as_it_is(tmp_path: Path) -> None:
    output = tmp_path / "out"
    source = write_table(tmp_path / "practices.csv", [practice("one", country="X"), practice("two")])
    build(output, source)
    withheld = output / "quarantine" / "practices.quarantine.csv"
    text = withheld.read_text(encoding="utf-8-sig").replace(",X,", ",Spain,").replace("Bilbao", "Łódź ąęśżź")
    withheld.write_bytes(text.encode("cp1250"))
    before = withheld.read_bytes()

    assert build(output, source, withheld.parent).exit_code == 0
    assert manifest_of(output)["counts"]["practices"] == 2
    files = [path.name for path in withheld.parent.glob("*.quarantine*")]
    assert files == ["practices.quarantine.csv"]
    assert withheld.read_bytes() == before


def test_a_record_that_only_says_when_it_was_changed_was_there_by_then(
    tmp_path: Path, first_day: None
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "title,country,city,topics,Modified\nEvenings,Spain,Bilbao,Education,2020-03-04\n", encoding="utf-8"
    )
    assert build(tmp_path / "out", path).exit_code == 0
    report = report_of(tmp_path / "out")
    assert "issued-after-modified" not in {finding["code"] for finding in report["findings"]}
