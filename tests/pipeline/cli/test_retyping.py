import shlex
from pathlib import Path

from building import build, practice, run, write_table


def command_of(line: str) -> list[str]:
    return shlex.split(line[line.index("practicegraph") :])


def test_a_hint_is_the_whole_command_that_can_be_typed(tmp_path: Path) -> None:
    source = write_table(tmp_path / "mes pratiques.csv", [practice("one"), practice("two", country="X")])
    output = tmp_path / "out"

    result = build(output, source, "--lang", "fr", "--own-texts", source, "--keep", 2)

    (hint,) = [line for line in result.stdout.splitlines() if line.startswith("Puis construisez")]
    command = command_of(hint)
    assert command[:4] == ["practicegraph", "build", str(source), str(output / "quarantine")]
    assert command[4:] == [
        *("--output", str(output), "--jobs", "1", "--own-texts", str(source), "--lang", "fr", "--keep", "2"),
    ]
    assert run(*command[1:]).exit_code == 0


def test_a_dry_run_says_how_to_publish(tmp_path: Path) -> None:
    source = write_table(tmp_path / "a.csv", [practice("one")])
    result = run("build", source, "--output", tmp_path / "out", "--dry-run", "--jobs", 1)
    (hint,) = [line for line in result.stdout.splitlines() if line.startswith("To publish")]
    assert command_of(hint) == [
        "practicegraph",
        "build",
        str(source),
        *("--output", str(tmp_path / "out"), "--jobs", "1"),
    ]


def test_a_check_ends_with_the_command_that_comes_next(tmp_path: Path) -> None:
    source = write_table(tmp_path / "a.csv", [practice("one")])
    result = run("validate", source, "--lang", "de", "--format", "text")
    assert result.stderr.splitlines()[-1].endswith(f"practicegraph build {source} --lang de")
    as_json = run("validate", source, "--format", "json")
    assert "practicegraph build" not in as_json.stderr


def test_what_stops_a_build_says_how_to_go_on(tmp_path: Path) -> None:
    many = write_table(tmp_path / "a.csv", [practice(f"p{number}") for number in range(12)])
    output = tmp_path / "out"
    build(output, many)
    result = build(output, write_table(many, [practice("p1")]))
    assert result.exit_code == 1
    assert f"practicegraph build {many} --output {output} --jobs 1 --allow-withdrawals" in result.stderr
