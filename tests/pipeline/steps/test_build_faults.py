import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from building import build, cells, ledger_of, manifest_of, practice, report_of, run, write_table

from pipeline.build import build as build_release
from pipeline.steps.settings import BuildSettings
from pipeline.system.progress import Progress

pytestmark = pytest.mark.thorough

COMMAND = [sys.executable, "-m", "pipeline.cli"]


def started(output: Path, source: Path, **options: object) -> subprocess.Popen[str]:
    arguments = [*COMMAND, "build", str(source), "--output", str(output), "--jobs", "2"]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    build(tmp_path / "out", write_table(tmp_path / "practices.csv", [practice("a"), practice("b")]))
    return tmp_path / "out"


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_old_release(published: Path, tmp_path: Path) -> None:
    version = manifest_of(published)["version"]
    source = write_table(tmp_path / "practices.csv", [practice(f"p{number}") for number in range(60)])
    begun = time.monotonic()
    whole = started(tmp_path / "elsewhere", source)
    whole.communicate()
    length = time.monotonic() - begun
    for share in (0.3, 0.6, 0.75, 0.85, 0.95):
        process = started(published, source)
        time.sleep(length * share)
        process.kill()
        process.communicate()
        current = manifest_of(published)["version"]
        verified = run("verify", published)
        assert verified.exit_code == 0, verified.output
        if current != version:
            break  # the build was quicker this time

    finished = build(published, source, "--allow-withdrawals")

    assert finished.exit_code == 0
    assert manifest_of(published)["counts"]["practices"] == 60
    assert [path.name for path in published.iterdir() if path.name.startswith(".work-")] == []


def test_a_second_build_waits_or_says_why_not(published: Path, tmp_path: Path) -> None:
    import fcntl

    with (published / ".lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = build(published, tmp_path / "practices.csv", "--lock-wait", "0.2")

    assert result.exit_code == 3
    assert "Another build is writing to" in result.stderr


def test_of_two_builds_at_once_one_waits_and_has_nothing_left_to_do(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", [practice(f"p{number}") for number in range(20)])
    both = [started(tmp_path / "out", source) for _ in range(2)]
    outputs = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert sum("Published release" in output for output in outputs) == 1
    assert len(list((tmp_path / "out" / "releases").iterdir())) == 1
    assert run("verify", tmp_path / "out").exit_code == 0


def test_the_rows_of_the_sources_take_no_space_while_the_release_is_written(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", [practice("a")])
    files: dict[str, set[str]] = {}

    class Looking(Progress):
        def note(self, sentence: str) -> None:
            files[sentence] = {path.name for path in (tmp_path / "out").glob(".work-*/*")}

    build_release([source], BuildSettings(output=tmp_path / "out"), Looking())
    assert "rows.sqlite" not in files["Writing dumps, index and store …"]


@pytest.mark.slow
def test_a_full_disk_is_said_and_the_old_release_stays(published: Path, tmp_path: Path) -> None:
    version = manifest_of(published)["version"]
    source = write_table(tmp_path / "practices.csv", [practice(f"p{number}") for number in range(400)])

    def small_files_only() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    process = started(published, source, preexec_fn=small_files_only)
    _, errors = process.communicate()

    assert process.returncode == 3, errors
    assert "Traceback" not in errors
    assert "stays in place" in errors
    assert manifest_of(published)["version"] == version
    assert run("verify", published).exit_code == 0


def test_a_damaged_release_is_named_by_verify(published: Path) -> None:
    (published / "current" / "dataset.nt.gz").write_bytes(b"noise")

    result = run("verify", published)

    assert result.exit_code == 3
    assert "dataset.nt.gz" in result.stdout
    assert "rollback" in result.stderr


def test_rows_of_a_damaged_release_cannot_be_kept(published: Path, tmp_path: Path) -> None:
    (published / "current" / "rows.jsonl.gz").write_bytes(b"noise")

    result = build(published, tmp_path / "practices.csv", "--add")

    assert result.exit_code == 3
    assert "rows.jsonl.gz is damaged" in result.stderr


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (lambda path: path.mkdir(), 1, "folder"),
        (lambda path: path.symlink_to("nowhere.csv"), 1, "practices.csv"),
        (lambda path: None, 1, "practices.csv"),
        (lambda path: path.write_bytes(b""), 1, "empty"),
        (lambda path: path.write_text("id,title,country\n", "utf-8"), 1, "Nothing was published"),
        (
            lambda path: path.write_text("<!DOCTYPE html><html><body>Sign in</body></html>", "utf-8"),
            1,
            "web page",
        ),
    ],
    ids=["folder", "broken link", "missing", "empty", "header only", "HTML"],
)
def test_a_source_that_is_none_is_named_and_nothing_is_published(
    tmp_path: Path, make: object, code: int, words: str
) -> None:
    source = tmp_path / "practices.csv"
    make(source)  # type: ignore[operator]

    result = build(tmp_path / "out", source)

    assert result.exit_code == code, result.output
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out" / "current").exists()


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("latin-1", ","), ("utf-16", "\t")],
)
def test_a_table_is_read_whatever_wrote_it(tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows = [practice("a", title="Médiation à l’école é", city="Genève", country="Suisse"), practice("b")]
    if encoding == "latin-1":
        rows[0]["title"] = "Médiation à l'école é"
    source = write_table(tmp_path / "practices.csv", rows, encoding=encoding, delimiter=delimiter)

    result = build(tmp_path / "out", source)

    assert result.exit_code == 0, result.output
    assert ledger_of(tmp_path / "out")["a"]["title"] == rows[0]["title"]
    assert "file-read-as" in {finding["code"] for finding in report_of(tmp_path / "out")["findings"]}


HOSTILE = {
    "markup": "A <b>bold</b> claim with </script><script>alert(1)</script> and enough words to be a summary of it.",
    "marks": "\u202eright to left\u202c and back again \u200f with enough words to be a summary of the practice it is.",
    "control": "bell \x07 and escape \x1b[31m in a text that has enough words to be a summary of the practice it is.",
    "long": "word " * 20_000,
}


def test_hostile_texts_are_published_or_told_but_never_break_a_build(tmp_path: Path) -> None:
    rows = [practice(name, summary=text) for name, text in HOSTILE.items()]
    rows += [
        practice("topics", topics="|".join(f"topic {number}" for number in range(22))),
        practice("title", title="Long " * 2000),
        practice("cell", summary="x" * 10_000_000),
        practice("20x5", date="20x5"),
    ]

    result = build(tmp_path / "out", write_table(tmp_path / "practices.csv", rows))

    assert result.exit_code == 0, result.output[-2000:]
    report = report_of(tmp_path / "out")
    found = {(finding["code"], finding["place"].get("row")) for finding in report["findings"]}
    assert {("topic-unknown", 6), ("date-not-understood", 9), ("control-characters", 4)} <= found
    assert any(row == 2 for code, row in found if "markup" in code)
    assert any(row == 7 for code, row in found if code.startswith("title"))
    assert {code for code, row, _ in cells(report, "violation")} == {"topic-unknown"}
    assert set(ledger_of(tmp_path / "out")) >= {"markup", "marks", "control", "long", "title", "cell", "20x5"}


def test_the_same_id_in_two_countries_withholds_both_rows(tmp_path: Path) -> None:
    rows = [
        practice("x"),
        practice("x", lang="fr", title="Autre", country="Italy", city="Bari"),
        practice("y"),
    ]

    result = build(tmp_path / "out", write_table(tmp_path / "practices.csv", rows))

    report = report_of(tmp_path / "out")
    assert result.exit_code == 0
    assert cells(report, "violation") == {("country-conflict", 3, "country")}
    assert report["summary"]["quarantined"] == 2


def test_a_source_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.records.staging import Staging

    source = write_table(tmp_path / "practices.csv", [practice(f"p{number}") for number in range(3000)])
    add = Staging.add

    def add_and_write(staging: Staging, row: object) -> None:
        if row.place.row == 2:  # type: ignore[attr-defined]
            with source.open("a", encoding="utf-8") as file:
                file.write("late,en,Late,Spain,Bilbao,2020,Education,,\n")
        add(staging, row)  # type: ignore[arg-type]

    monkeypatch.setattr(Staging, "add", add_and_write)

    result = build(tmp_path / "out", source)

    assert result.exit_code == 1
    assert "changed while" in result.stderr
    assert not (tmp_path / "out" / "current").exists()


def test_the_output_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", [practice("a")])
    (tmp_path / "out").write_text("a file", "utf-8")

    result = build(tmp_path / "out", source)

    assert result.exit_code in (2, 3)
    assert "out" in result.stderr
    assert "Traceback" not in result.output


def test_copying_a_release_folder_keeps_it_sound(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "copy", symlinks=True)

    assert run("verify", tmp_path / "copy").exit_code == 0
    assert (tmp_path / "copy" / "current").readlink().parts[0] == "releases"


def test_one_cause_gives_one_finding(tmp_path: Path) -> None:
    from pipeline.recognition.topics import topic_label, topic_slugs

    labels = [topic_label(slug) for slug in topic_slugs()]
    rows = [
        practice("menu", topics="|".join(labels)),
        practice("seven", topics="|".join(labels[:7])),
        practice("none-known", topics="Xyzzy"),
        practice("malta", country="Malta", city="Valletta"),
        practice("undated", date=""),
        practice("no-text", summary=""),
        practice("bad-source", source_url="ftp://x"),
        practice("two-cities"),
        practice("two-cities", lang="fr", title="Autre titre", city="Salt", summary=""),
    ]

    result = run("validate", write_table(tmp_path / "practices.csv", rows), "--format", "json", "--jobs", 1)

    found = [
        (each["code"], each["place"]["row"])
        for each in json.loads(result.stdout)["findings"]
        if "row" in each["place"]
    ]
    assert sorted(found, key=lambda each: each[1]) == [
        ("topics-filter-menu", 2),
        ("topics-many", 3),
        ("topic-unknown", 4),
        ("country-outside-facet", 5),
        ("date-missing", 6),
        ("description-missing", 7),
        ("source-unreadable", 8),
        ("city-conflict", 10),
    ]
