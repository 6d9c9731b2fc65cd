"""`practicegraph diff`: releases and sources compared, as people and programs read it."""

import json
from pathlib import Path

import pytest
from building import SUMMARY, build, manifest_of, practice, run, write_table

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two sources, and two releases made from them."""
    folder = tmp_path_factory.mktemp("diff")
    rows = [practice(name) for name in "abcdef"]
    build(folder / "out", write_table(folder / "old.csv", rows))
    (folder / "first").write_text(manifest_of(folder / "out")["version"], encoding="utf-8")
    rows[0]["title"] = "Mornings"
    rows[1] |= {"summary": f"{SUMMARY} And to sing.", "date": "2018-2020"}
    rows[2]["city"] = "Madrid"
    new = write_table(folder / "new.csv", [*rows[:5], practice("g")])
    assert build(folder / "out", new, "--allow-withdrawals").exit_code == 0
    return folder


def sides(folder: Path) -> list[tuple[object, object]]:
    first = (folder / "first").read_text(encoding="utf-8")
    return [
        (folder / "old.csv", folder / "new.csv"),
        (first, folder / "out"),
        (folder / "old.csv", folder / "out"),
        (first, folder / "new.csv"),
        (folder / "out" / "releases" / first, folder / "out" / "current"),
    ]


@pytest.mark.parametrize("number", range(5))
def test_releases_and_sources_are_compared_alike(folder: Path, number: int) -> None:
    before, after = sides(folder)[number]

    result = run("diff", before, after, "--release", folder / "out", "--format", "json")

    assert result.exit_code == 1, result.output
    told = json.loads(result.stdout)
    assert told["summary"] == {"added": 1, "changed": 3, "withdrawn": 1, "merged": 0}
    assert [each["slug"] for each in told["added"]] == ["g"]
    assert [each["slug"] for each in told["withdrawn"]] == ["f"]
    fields = {each["slug"]: [field["field"] for field in each["fields"]] for each in told["changed"]}
    assert fields == {"a": ["title"], "b": ["summary", "date", "period"], "c": ["city"]}
    (title,) = told["changed"][0]["fields"]
    assert (title["before"], title["after"]) == (
        [{"text": "Evenings a", "lang": "en"}],
        [{"text": "Mornings", "lang": "en"}],
    )
    (city,) = told["changed"][2]["fields"]
    assert city["after"] == [{"text": "es-madrid", "iri": "http://localhost:8000/city/es-madrid"}]


def test_the_text_says_what_changed_where(folder: Path) -> None:
    result = run("diff", folder / "old.csv", folder / "new.csv")

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == f"From {folder / 'old.csv'} to {folder / 'new.csv'}"
    assert lines[-1] == "1 added, 3 changed, 1 withdrawn."
    assert {"+ g: Evenings g", "- f: Evenings f", "~ a: Mornings"} <= set(lines)
    (sung,) = (line for line in lines if line.startswith("    summary + "))
    assert sung.startswith("    summary + … ")
    assert sung.endswith("And to sing. (en)")


@pytest.mark.parametrize(("before", "after"), [("old.csv", "old.csv"), ("out", "out"), ("out", "new.csv")])
def test_what_is_the_same_has_no_difference(folder: Path, before: str, after: str) -> None:
    result = run("diff", folder / before, folder / after)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "No difference."


def test_a_build_in_the_middle_of_a_move_of_the_site_shows_no_difference(
    folder: Path, tmp_path: Path
) -> None:
    build(tmp_path, folder / "new.csv", "--base-iri", "https://data.example.org")

    assert run("diff", folder / "out", tmp_path).exit_code == 0


def test_a_record_without_a_title_is_named_by_its_slug(tmp_path: Path) -> None:
    old = write_table(tmp_path / "old.csv", [practice("a")])
    new = write_table(tmp_path / "new.csv", [practice("a"), practice("b", title="")])
    assert "+ b: (no title)\n" in run("diff", old, new).stdout


def test_records_joined_on_purpose_are_merged(folder: Path, tmp_path: Path) -> None:
    corrections = tmp_path / "corrections.csv"
    corrections.write_text("column,wrong,right,scope\nmerge,a,b,\n", encoding="utf-8")

    result = run("diff", folder / "out", folder / "new.csv", "--corrections", corrections)

    assert "> a: Mornings → b" in result.stdout.splitlines()


def test_what_cannot_be_compared_is_refused_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    unreadable = tmp_path / "table.docx"
    unreadable.write_bytes(b"PK\x03\x04")

    for wrong, sentence in (("nothing", "neither a file nor a release"), (unreadable, "table.docx")):
        result = run("diff", folder / "out", wrong, "--release", folder / "out")
        assert result.exit_code == 2
        assert sentence in result.stderr
        assert "Traceback" not in result.output


def test_a_damaged_release_is_refused_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    build(tmp_path, folder / "old.csv")
    (tmp_path / "current" / "ledger.csv").unlink()

    result = run("diff", tmp_path, folder / "new.csv")

    assert result.exit_code == 3
    assert "is damaged" in result.stderr


def test_several_sources_are_one_side(folder: Path) -> None:
    parts = [write_table(folder / f"part{number}.csv", [practice(name)]) for number, name in enumerate("ab")]
    whole = write_table(folder / "whole.csv", [practice("a"), practice("c")])

    several = run("diff", whole, *parts, "--format", "json")
    stated = run("diff", "--format", "json", "--old", *parts, "--new", whole, parts[0])

    assert json.loads(several.stdout)["summary"] == {"added": 1, "changed": 0, "withdrawn": 1, "merged": 0}
    told = json.loads(stated.stdout)
    assert told["from"] == ", ".join(map(str, parts))
    assert [each["slug"] for each in told["added"]] == ["c"]
    assert [each["slug"] for each in told["withdrawn"]] == ["b"]


@pytest.mark.parametrize(
    "wrong", [["a.csv"], ["--old", "a.csv"], ["--old", "a", "--new", "b", "--text", "none", "c"]]
)
def test_a_side_that_is_missing_or_stated_twice_is_told(wrong: list[str]) -> None:
    result = run("diff", *wrong)
    assert result.exit_code == 2
    assert "--old A... --new B..." in result.stderr


def test_a_release_is_compared_alone(folder: Path) -> None:
    result = run("diff", folder / "old.csv", folder / "out", folder / "new.csv", "--release", folder / "out")
    assert result.exit_code == 2
    assert "one release at a time" in result.stderr
