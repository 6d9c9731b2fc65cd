import csv
import gzip
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from building import SUMMARY, build, cells, ledger_of, practice, report_of, run, write_table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row
from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import Deployment
from pipeline.records.corrections.applying import Corrector
from pipeline.records.corrections.correction_lines import (
    COLUMNS,
    Correction,
    CorrectionLines,
    Joining,
    read_corrections,
)
from pipeline.records.ledger import COLUMNS as LEDGER_COLUMNS
from pipeline.records.ledger import ledger_lines
from pipeline.records.workspace import Workspace
from pipeline.steps.convert import Conversion, convert
from pipeline.steps.practice_rows import gathered_practices

pytestmark = pytest.mark.thorough


def write_corrections(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
    return path


def row(number: int = 2, **texts: str) -> Row:
    return Row(Place("practices.csv", row=number), texts, {name: name.title() for name in texts}, texts)


def corrector(*lines: str, folder: Path) -> Corrector:
    return Corrector(read_corrections(write_corrections(folder / "corrections.csv", *lines)))


def corrected(
    lines: Iterable[str], texts: Mapping[str, str], folder: Path
) -> tuple[dict[str, str], list[Finding]]:
    findings: list[Finding] = []
    found = corrector(*lines, folder=folder).correct(row(**texts), findings.append)
    return dict(found.texts), findings


CASES = [
    ("everywhere", ["country,Itlay,Italy"], {"country": "Itlay"}, {"country": "Italy"}),
    ("scope said as all", ["country,Itlay,Italy,ALL"], {"country": "Itlay"}, {"country": "Italy"}),
    ("any name of a column", ["Pays,Itlay,Italy"], {"country": "Itlay"}, {"country": "Italy"}),
    ("another case is another text", ["country,itlay,Italy"], {"country": "Itlay"}, {"country": "Itlay"}),
    ("spaces make no difference", ["title,A  b,C"], {"title": "A\nb"}, {"title": "C"}),
    ("one id", ["date,2O19,2019,X-1"], {"id": "x-1", "date": "2O19"}, {"id": "x-1", "date": "2019"}),
    ("another id", ["date,2O19,2019,x-2"], {"id": "x-1", "date": "2O19"}, {"id": "x-1", "date": "2O19"}),
    (
        "a title as scope",
        ["date,2O19,2019,House"],
        {"title": "House", "date": "2O19"},
        {"title": "House", "date": "2019"},
    ),
    (
        "the slug of the page as scope",
        ["date,2O19,2019,house"],
        {"source_url": "https://www.coe.int/en/web/interculturalcities/-/house", "date": "2O19"},
        {"source_url": "https://www.coe.int/en/web/interculturalcities/-/house", "date": "2019"},
    ),
    ("one id before all", ["date,1,2", "date,1,3,x"], {"id": "x", "date": "1"}, {"id": "x", "date": "3"}),
    ("a blank is filled", ["country,,Italy,x"], {"id": "x"}, {"id": "x", "country": "Italy"}),
    ("a text is taken out", ["city,National,"], {"city": "National", "title": "T"}, {"title": "T"}),
    (
        "one topic of several",
        ["topics,Educaton,Education"],
        {"topics": "Sports|Educaton"},
        {"topics": "Sports | Education"},
    ),
    ("the whole list", ["topics,a|b,c"], {"topics": "a|b"}, {"topics": "c"}),
    ("one topic becomes two", ["topics,a,a|b"], {"topics": "a;c"}, {"topics": "a | b | c"}),
    ("one topic is taken out", ["topics,a,"], {"topics": "a|c"}, {"topics": "c"}),
    ("line after line", ["city,A,B", "city,B,C"], {"city": "A"}, {"city": "C"}),
    (
        "first the id, then by it",
        ["id,old,new", "title,A,B,new"],
        {"id": "old", "title": "A"},
        {"id": "new", "title": "B"},
    ),
]


@pytest.mark.parametrize(
    ("lines", "texts", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_text_is_corrected(
    lines: list[str], texts: dict[str, str], wanted: dict[str, str], tmp_path: Path
) -> None:
    assert corrected(lines, texts, tmp_path)[0] == wanted


def test_each_correction_is_reported_at_its_cell(tmp_path: Path) -> None:
    _, (finding,) = corrected(["city,A,B", "city,B,C"], {"city": "A"}, tmp_path)

    assert (finding.severity, finding.code) == ("info", "correction-applied")
    assert finding.message == "practices.csv, row 2: “A” was corrected to “C” (corrections.csv, rows 2, 3)."
    assert finding.place == Place("practices.csv", row=2, column="City", value="A")


def test_lines_that_lead_in_a_circle_leave_the_row_as_it_came(tmp_path: Path) -> None:
    texts, (finding,) = corrected(["city,A,B", "city,B,A"], {"city": "A"}, tmp_path)

    assert texts == {"city": "A"}
    assert (finding.severity, finding.code) == ("warning", "correction-circular")
    assert "rows 2, 3" in finding.message


def test_lines_that_match_nothing_are_named(tmp_path: Path) -> None:
    found = corrector("country,Itlay,Italy", "date,1,2,x", "city,,Rome,y", "city,A,B", folder=tmp_path)
    found.correct(row(city="A"), lambda _: None)

    assert [(finding.code, finding.place and finding.place.row) for finding in found.unused_lines()] == [
        ("correction-unused", 2),
        ("correction-unused", 3),
        ("correction-unused", 4),
    ]
    assert "no date of “x” is “1”" in [finding.message for finding in found.unused_lines()][1]


MALFORMED = [
    ("colour,a,b", "“colour” is not a column of a record"),
    ("country,Italy,Italy", "are the same"),
    ("country,,Italy", "Name the id of one practice"),
    ("merge,House of Peace,other", "merge,old-slug,new-slug"),
    ("merge,house,house", "merge,old-slug,new-slug"),
    ("merge,house,", "merge,old-slug,new-slug"),
    ("keep-identity,,New", "keep-identity,slug-to-keep,new title"),
]


@pytest.mark.parametrize(("line", "says"), MALFORMED, ids=[line for line, _ in MALFORMED])
def test_a_malformed_line_is_left_out_and_named(line: str, says: str, tmp_path: Path) -> None:
    found = read_corrections(write_corrections(tmp_path / "c.csv", "city,A,B", "", line))

    assert len(found.corrections) + len(found.joinings) == 1
    (finding,) = found.findings
    assert (finding.severity, finding.code, finding.place) == (
        "warning",
        "correction-malformed",
        Place("c.csv", row=4),
    )
    assert says in finding.message


def test_lines_that_contradict_or_repeat_an_earlier_one_are_left_out(tmp_path: Path) -> None:
    found = read_corrections(
        write_corrections(
            tmp_path / "c.csv", "city,A,B", "city,A,C", "city,A,B,all", "merge,a,b", "merge,a,c"
        )
    )

    assert found.corrections == (Correction("city", "A", "B", "", 2),)
    assert found.joinings == (Joining("merge", "a", "b", 5),)
    assert ["contradicts row 2" in f.message for f in found.findings] == [True, False, False]
    assert "says the same as row 2" in found.findings[1].message
    assert "contradicts row 5" in found.findings[2].message


def test_joinings_are_followed_to_their_end_and_circles_are_left_out(tmp_path: Path) -> None:
    lines = ["merge,a,b", "merge,b,c", "merge,x,y", "merge,y,x"]
    found = read_corrections(write_corrections(tmp_path / "c.csv", *lines))

    assert found.joinings == (Joining("merge", "a", "c", 2), Joining("merge", "b", "c", 3))
    assert [finding.code for finding in found.findings] == ["correction-circular"] * 2


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(
        "Column;Wrong value;Right value;Scope;Who\r\ncity;Geneve;Genève;;me\r\n".encode("cp1252")
    )

    assert read_corrections(path).corrections == (Correction("city", "Geneve", "Genève", "", 2),)


@pytest.mark.parametrize("content", ["title,country\nA,B\n", "%PDF-1.7\n"])
def test_another_file_is_refused_in_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(SourceError, match=r"c\.csv"):
        read_corrections(path)


def test_an_empty_file_corrects_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.touch()

    assert read_corrections(path).corrections == ()


words = st.sampled_from(["", "a", "b", "c", "a|b", "b|c", "a | c"])
fields = st.sampled_from(["id", "title", "topics", "city"])
lines = st.builds(Correction, fields, words, words, st.sampled_from(["", "a", "b"]), st.integers(2, 9))
rows = st.dictionaries(fields, words.filter(bool), max_size=4)


@given(st.lists(lines, max_size=6), rows)
def test_the_same_corrections_applied_again_change_nothing_more(
    found: list[Correction], texts: dict[str, str]
) -> None:
    usable = tuple(line for line in found if line.wrong != line.right and (line.wrong or line.scope))
    once = Corrector(CorrectionLines("c.csv", corrections=usable)).correct(row(**texts), lambda _: None)
    again: list[Finding] = []

    assert (
        Corrector(CorrectionLines("c.csv", corrections=usable)).correct(once, again.append).texts
        == once.texts
    )
    assert {finding.code for finding in again} <= {"correction-circular"}


def suggested(output: Path, name: str = "corrections-suggested.csv") -> list[dict[str, str]]:
    with (output / "quarantine" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def provenance(output: Path, query: str) -> list[str]:
    from pyoxigraph import QuerySolutions, Store

    found = Store.read_only(str(output / "current" / "store")).query(query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    return [str(solution[0].value) for solution in found]


MISSPELT = [
    practice("one", country="Itlay", city="Rome"),
    practice("two", topics="Educaton|Neighbourhood"),
    practice("three", date="Febuary 2020"),
    practice("four", date="Febuary 2020", country="Itlay", city="Rome"),
]


def test_suggestions_are_offered_edited_and_applied_by_the_next_build(tmp_path: Path) -> None:
    source, output = write_table(tmp_path / "practices.csv", MISSPELT), tmp_path / "out"

    first = build(output, source, "--suggest", tmp_path / "corrections.csv")

    assert str(output / "quarantine" / "corrections-suggested.csv") in first.stdout
    offered = {tuple(line.values())[:4]: line for line in suggested(output)}
    assert set(offered) >= {
        ("country", "Itlay", "Italy", "all"),
        ("topics", "Educaton", "Education", "all"),
    }
    (date,) = [line for line in offered.values() if line["column"] == "date"]
    assert (date["wrong"], date["scope"], date["who"], date["when"]) == ("Febuary 2020", "all", "", "")
    assert (tmp_path / "corrections.csv").read_bytes() == (
        output / "quarantine" / "corrections-suggested.csv"
    ).read_bytes()

    second = build(output, source, "--corrections", tmp_path / "corrections.csv")

    assert second.exit_code == 0, second.stderr
    assert f"lines of {tmp_path / 'corrections.csv'}" in second.stderr
    report = report_of(output)
    assert cells(report, "violation") == set()
    assert {cell for cell in cells(report, "info") if cell[0] == "correction-applied"} >= {
        ("correction-applied", 2, "country"),
        ("correction-applied", 3, "topics"),
        ("correction-applied", 4, "date"),
        ("correction-applied", 5, "country"),
    }
    assert provenance(
        output,
        "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?l { ?run prov:used ?file . ?file a prov:Entity ; "
        "<http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER (?l = 'corrections.csv') }",
    ) == ["corrections.csv"]
    assert not (output / "quarantine" / "corrections-suggested.csv").exists()


def test_suggestions_can_be_had_where_nothing_is_published(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", [practice("one", country="Itlay", city="Rome")])

    plain = build(tmp_path / "out", source)
    asked = build(tmp_path / "out", source, "--suggest", tmp_path / "corrections.csv")

    assert (plain.exit_code, asked.exit_code) == (1, 1)
    assert "--suggest" in plain.stderr
    assert "--suggest" not in asked.stderr
    assert read_corrections(tmp_path / "corrections.csv").corrections == (
        Correction("country", "Itlay", "Italy", "", 2),
    )


def test_an_edited_file_of_suggestions_is_never_written_over(tmp_path: Path) -> None:
    source, output = write_table(tmp_path / "practices.csv", MISSPELT), tmp_path / "out"
    build(output, source)
    path = output / "quarantine" / "corrections-suggested.csv"
    path.write_text(",".join(COLUMNS) + "\ncountry,Itlay,Italy,all,me,today,checked\n", encoding="utf-8")
    before = path.read_bytes()

    build(output, source)
    refused = build(output, source, "--suggest", path)

    assert path.read_bytes() == before
    build(output, source)
    new = suggested(output, "corrections-suggested.new.csv")
    assert {line["wrong"] for line in new} >= {"Educaton", "Febuary 2020"}
    assert "Itlay" not in {line["wrong"] for line in new}
    assert len(list((output / "quarantine").glob("corrections-*"))) == 2
    assert refused.exit_code == 2
    assert "is there already" in refused.stderr


def test_corrections_beside_a_source_are_used_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    source = write_table(folder / "practices.csv", MISSPELT)
    write_corrections(folder / "corrections.csv", "country,Itlay,Italy")

    for sources in (source, folder, folder / "*.csv"):
        result = run("validate", sources, "--format", "json", "--jobs", 1)
        assert f"Corrections: 1 line of {folder / 'corrections.csv'}." in result.stderr
        codes = [finding["code"] for finding in json.loads(result.stdout)["findings"]]
        assert codes.count("correction-applied") == 2

    other = write_table(tmp_path / "more.csv", MISSPELT)
    write_corrections(tmp_path / "corrections.csv", "country,Itlay,Italy")
    several = run("validate", source, other)
    assert several.exit_code == 2
    assert "Put their lines into one file" in several.stderr


def test_corrections_beside_the_configuration_are_found(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", MISSPELT)
    write_corrections(tmp_path / "corrections.csv", "country,Itlay,Italy")
    (tmp_path / "practicegraph.toml").write_text("", encoding="utf-8")

    result = run(
        "--config", tmp_path / "practicegraph.toml", "validate", source, "--format", "json", "--jobs", 1
    )

    assert "corrections.csv" in result.stderr
    codes = [finding["code"] for finding in json.loads(result.stdout)["findings"]]
    assert codes.count("correction-applied") == 2
    assert "country-unknown" not in codes

    none = run(
        "--config",
        tmp_path / "practicegraph.toml",
        "validate",
        source,
        "--corrections",
        os.devnull,
        "--jobs",
        1,
    )

    assert "country-unknown" in none.stdout


def test_rows_kept_by_add_are_corrected_once_and_their_lines_are_not_idle_later(tmp_path: Path) -> None:
    output = tmp_path / "out"
    build(output, write_table(tmp_path / "practices.csv", [practice("a", date="2O19"), practice("b")]))
    corrections = write_corrections(tmp_path / "c.csv", "date,2O19,2019,a", "city,Romme,Rome")
    more = write_table(tmp_path / "more.csv", [practice("c")])

    told = []
    for _ in range(2):
        result = build(output, more, "--add", "--corrections", corrections)
        assert result.exit_code == 0, result.stderr
        findings = report_of(output)["findings"] if not told else validated(result.stderr)
        told.append(sorted(each["code"] for each in findings if each["code"].startswith("correction")))

    assert told == [["correction-applied", "correction-unused"], ["correction-unused"]]


def validated(text: str) -> list[dict[str, str]]:
    """Return the codes that a report on a terminal names."""
    return [{"code": line.partition(" (")[0]} for line in text.splitlines() if line.startswith("correction-")]


TWO = [practice("old", title="House of peace"), practice("new", title="Home of peace"), practice("c")]


@pytest.mark.parametrize("rows", [TWO, TWO[::-1]], ids=["old row first", "old row last"])
def test_practices_merged_on_purpose_are_one_and_the_old_address_redirects(
    rows: list[dict[str, str]], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    source = write_table(tmp_path / "practices.csv", rows)
    build(output, source)
    corrections = write_corrections(tmp_path / "c.csv", "merge,old,new")

    result = build(output, source, "--corrections", corrections)

    assert result.exit_code == 0, result.stderr
    assert "1 merged" in result.stdout
    ledger = ledger_of(output)
    assert (ledger["old"]["state"], ledger["old"]["replaced_by"]) == ("merged", "new")
    with closing(sqlite3.connect(output / "current" / "index.sqlite")) as index:
        assert index.execute("SELECT slug, status, replaced_by FROM gone").fetchall() == [
            ("old", "merged", "new")
        ]
    assert (ledger["new"]["state"], ledger["new"]["title"]) == ("published", "Home of peace")
    since = ledger["old"]["since"]

    without_old = build(
        output, write_table(tmp_path / "practices.csv", TWO[1:]), "--corrections", corrections
    )

    assert without_old.exit_code == 0
    assert "withdrawn" not in without_old.stdout
    assert (ledger_of(output)["old"]["state"], ledger_of(output)["old"]["since"]) == ("merged", since)
    assert "correction-unused" not in without_old.stderr


@pytest.mark.parametrize("rows", [(0, 1), (1, 0)], ids=["old row first", "old row last"])
@pytest.mark.parametrize("separate", [True, False], ids=["both were public", "never apart"])
def test_a_merge_says_what_the_lasting_one_says_in_every_build(
    rows: tuple[int, int], separate: bool, tmp_path: Path
) -> None:
    page = "https://www.coe.int/en/web/interculturalcities/-/the-old-page"
    both = [
        practice("old", title="House of peace", date="2016", summary=SUMMARY + " Old.", source_url=page),
        practice("new", title="Home of peace", date="2017", summary=SUMMARY + " New."),
    ]
    output, table = tmp_path / "out", write_table(tmp_path / "practices.csv", [both[n] for n in rows])
    if separate:
        build(output, table)
    corrections = write_corrections(tmp_path / "c.csv", "merge,old,new")
    said = []
    for number in range(3):
        write_table(table, [*(both[n] for n in rows), practice(f"more-{number}")])
        result = build(output, table, "--corrections", corrections)
        assert result.exit_code == 0, result.output
        text = gzip.decompress((output / "current" / "dataset.nt.gz").read_bytes()).decode()
        own = (line for line in text.splitlines() if line.startswith("<http://localhost:8000/practice/new> "))
        said.append("\n".join(own))

    assert len(set(said)) == 1
    for value in ('"Home of peace"@en', 'New."@en', '"2017"@en', '/identifier> "new"'):
        assert value in said[0]
    assert "House of peace" not in said[0]


def test_a_merge_taken_back_gives_both_their_own_addresses_again(tmp_path: Path) -> None:
    output = tmp_path / "out"
    source = write_table(tmp_path / "practices.csv", TWO)
    build(output, source)
    build(output, source, "--corrections", write_corrections(tmp_path / "c.csv", "merge,old,new"))

    build(output, source)

    ledger = ledger_of(output)
    assert {slug: entry["state"] for slug, entry in ledger.items()} == dict.fromkeys(
        ("old", "new", "c"), "published"
    )
    assert (ledger["old"]["title"], ledger["new"]["title"]) == ("House of peace", "Home of peace")


def test_a_merge_into_a_withheld_practice_holds_the_old_one_back(tmp_path: Path) -> None:
    output = tmp_path / "out"
    build(output, write_table(tmp_path / "practices.csv", [TWO[0], TWO[2]]))
    source = write_table(tmp_path / "practices.csv", [TWO[0], practice("new", date="2019-2012"), TWO[2]])

    result = build(output, source, "--corrections", write_corrections(tmp_path / "c.csv", "merge,old,new"))

    assert "1 held back" in result.stdout
    assert ledger_of(output)["old"]["state"] == "held back"


def untitled(title: str, **changed: str) -> dict[str, str]:
    return practice("", title=title, source_url="") | changed


def test_a_renamed_practice_keeps_its_address_by_the_line_that_is_suggested(tmp_path: Path) -> None:
    output = tmp_path / "out"
    build(output, write_table(tmp_path / "practices.csv", [untitled("House of peace"), practice("b")]))
    (slug,) = set(ledger_of(output)) - {"b"}
    source = write_table(tmp_path / "practices.csv", [untitled("House of the peace"), practice("b")])

    renamed = build(output, source)

    assert "keep-identity" in renamed.stderr
    (line,) = suggested(output)
    assert (line["column"], line["wrong"]) == ("keep-identity", slug)
    assert ledger_of(output)[slug]["state"] == "withdrawn"

    kept = build(output, source, "--corrections", output / "quarantine" / "corrections-suggested.csv")

    assert kept.exit_code == 0, kept.stderr
    ledger = ledger_of(output)
    assert (ledger[slug]["state"], ledger[slug]["title"]) == ("published", "House of the peace")
    assert (ledger[line["right"]]["state"], ledger[line["right"]]["replaced_by"]) == ("merged", slug)


@pytest.mark.parametrize("right", ["House of the peace", "house-of-the-peace-bilbao"])
def test_a_line_written_before_the_build_keeps_the_address_of_a_renamed_practice(
    tmp_path: Path, right: str
) -> None:
    output = tmp_path / "out"
    build(output, write_table(tmp_path / "practices.csv", [untitled("House of peace"), practice("b")]))
    (slug,) = set(ledger_of(output)) - {"b"}
    source = write_table(tmp_path / "practices.csv", [untitled("House of the peace"), practice("b")])
    corrections = write_corrections(tmp_path / "c.csv", f"keep-identity,{slug},{right}")

    for _ in range(2):
        result = build(output, source, "--corrections", corrections)

        assert "correction-unused" not in result.stderr
        assert {entry["slug"]: entry["state"] for entry in ledger_of(output).values()} == {
            slug: "published",
            "b": "published",
        }


def test_a_joining_line_that_names_no_practice_is_told(tmp_path: Path) -> None:
    output = tmp_path / "out"
    source = write_table(tmp_path / "practices.csv", TWO)
    build(output, source)

    result = build(output, source, "--corrections", write_corrections(tmp_path / "c.csv", "merge,old,nwe"))

    assert "“nwe” is not a practice" in result.stderr
    assert {entry["state"] for entry in ledger_of(output).values()} == {"published"}


def records(folder: Path, rows: Iterable[Row], ledger: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return summary → slug after an import that knows a ledger, and the ledger after it."""
    conversion = Conversion(Deployment("https://data.example.org"), TextPolicy.FULL, "2026-01-01T00:00:00Z")
    with Workspace(folder) as workspace:
        workspace.ledger.load(ledger, "ledger.csv")
        for each in rows:
            workspace.staging.add(each)
        workspace.staging.gather()
        slugs: dict[str, str] = {}
        for given in gathered_practices(workspace):
            found = convert(given, conversion)
            slugs[given.rows[0].texts["summary"]] = given.slug
            workspace.ledger.publish(given.slug, "T", found.content, given.keys, conversion.now)
        return slugs, list(ledger_lines(workspace.ledger.entries("v")))


def numbered(texts: Iterable[Mapping[str, str]]) -> list[Row]:
    return [row(number, country="Spain", **each) for number, each in enumerate(texts, 2)]


PAGE = "https://www.coe.int/en/web/interculturalcities/-/"
titles = st.sampled_from(["House", "House of peace", "Maison", "Дім", "a" * 90])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_identifiers_survive_resorting_reimport_and_with_id_or_slug_renaming(
    tmp_path: Path, data: st.DataObject
) -> None:
    by_id = [
        {"id": name, "title": data.draw(titles), "summary": f"id {name}"}
        for name in data.draw(st.sets(st.sampled_from(["1", "x-2", "House", "A b"])))
    ]
    by_page = [
        {"source_url": PAGE + name, "title": data.draw(titles), "summary": f"page {name}"}
        for name in data.draw(st.sets(st.sampled_from(["house-p", "maison-p"])))
    ]
    by_title = [
        {"title": title, "summary": f"title {title}"} for title in data.draw(st.sets(st.sampled_from("BCD")))
    ]
    before, ledger = records(tmp_path, numbered([*by_id, *by_page, *by_title]), [",".join(LEDGER_COLUMNS)])

    renamed = [each | {"title": data.draw(titles)} for each in (*by_id, *by_page)]
    again = data.draw(st.permutations([*renamed, *by_title]))
    after, _ = records(tmp_path, numbered(again), ledger)

    assert after == before
    assert len(set(after.values())) == len(after)
