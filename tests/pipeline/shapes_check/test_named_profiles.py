"""Named profiles: an operator's folder of shapes, and what is no profile in it."""

import os
from collections.abc import Callable
from pathlib import Path

import locations
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.model.errors import UsageError
from pipeline.shapes_check.foreign_shapes import check_profiles
from pipeline.shapes_check.named_profiles import NamedProfile, ProfileUnknown, list_profiles

pytestmark = pytest.mark.thorough

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass ex:Person ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .
"""
DCAT_AP = locations.SHARED / "suites" / "dcat-ap-3.0.1"


def add(folder: Path, place: str, text: str = SHAPES, about: str = "") -> Path:
    version = folder / place
    version.mkdir(parents=True, exist_ok=True)
    (version / "shapes.ttl").write_text(text, encoding="utf-8")
    if about:
        (version / "profile.toml").write_text(about, encoding="utf-8")
    return version


def test_a_name_alone_is_its_newest_version(tmp_path: Path) -> None:
    for version in ("2.9", "2.10", "2.10-rc1", "1.0"):
        add(tmp_path, f"people/{version}")

    profiles = list_profiles(tmp_path)

    assert profiles.find("people").version == "2.10"
    assert profiles.find("people-2.9").version == "2.9"
    assert [profile.version for profile in profiles.profiles] == ["2.10", "2.10-rc1", "2.9", "1.0"]


def test_title_and_description_are_what_its_file_says(tmp_path: Path) -> None:
    add(tmp_path, "people/1", about='title = "People"\ndescription = """Who\n lives here."""\n')
    add(tmp_path, "towns/1")

    people, towns = list_profiles(tmp_path).profiles

    assert (people.title, people.description) == ("People", "Who lives here.")
    assert (towns.title, towns.description) == ("towns 1", "")


def outside(folder: Path) -> None:
    away = add(folder.parent / "away", "1")
    (folder / "a").mkdir()
    (folder / "a" / "1").symlink_to(away)


def file_outside(folder: Path) -> None:
    away = add(folder.parent / "away", "1")
    (add(folder, "a/1") / "more.ttl").symlink_to(away / "shapes.ttl")


def about_outside(folder: Path) -> None:
    away = add(folder.parent / "away", "1", about='title = "x"')
    (add(folder, "a/1") / "profile.toml").symlink_to(away / "profile.toml")


def loop(folder: Path) -> None:
    (add(folder, "a/1") / "more.ttl").symlink_to("more.ttl")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a folder that leads out": (outside, "leads out of the folder"),
    "a file that leads out": (file_outside, "leads out of the folder"),
    "a description that leads out": (about_outside, "leads out of the folder"),
    "a link to itself": (loop, ""),
    "a folder named like a file": (lambda folder: (add(folder, "a/1") / "b.ttl").mkdir(), "is no file"),
    "a pipe": (lambda folder: os.mkfifo(add(folder, "a/1") / "profile.toml"), "is no file"),
    "no version": (lambda folder: (folder / "a").mkdir(), "no folder of a version"),
    "no shapes": (lambda folder: (folder / "a" / "1").mkdir(parents=True), "no .ttl file"),
    "a name of ours": (lambda folder: add(folder, "catalogue/1"), "one of ours"),
    "a name with a space": (lambda folder: add(folder, "a b/1"), "letters, digits"),
    "a misspelt key": (lambda folder: add(folder, "a/1", about='titel = "A"'), "titel"),
    "a title that is a number": (lambda folder: add(folder, "a/1", about="title = 3"), "title"),
    "no TOML": (lambda folder: add(folder, "a/1", about="title: A"), "not TOML"),
    "no Turtle": (lambda folder: add(folder, "a/1", "x y"), "line 1, column 1"),
    "nesting without end": (lambda folder: add(folder, "a/1", "<a:a> <a:b> " + "[ <a:b> " * 99_999), "deep"),
    "nothing to check": (
        lambda folder: add(folder, "a/1", SHAPES.replace("sh:path", "sh:pth")),
        "Nothing else is left to check",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_profile_is_named_and_the_others_are_there(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "profiles"
    add(folder, "people/1")
    make, says = BROKEN[what]
    make(folder)

    profiles = check_profiles(list_profiles(folder))

    assert [profile.key for profile in profiles.profiles] == ["people-1"]
    [problem] = profiles.problems
    assert says in problem


def test_two_folders_of_one_name_are_not_both_chosen(tmp_path: Path) -> None:
    add(tmp_path, "a/b-1")
    add(tmp_path, "a-b/1")

    profiles = list_profiles(tmp_path)

    assert [profile.key for profile in profiles.profiles] == ["a-b-1"]
    assert "another profile is called a-b-1" in profiles.problems[0]


@given(st.text() | st.sampled_from(["../people/1", "people/1", "%2e%2e", "/etc", "people-1/", ".", ""]))
def test_no_name_leads_to_a_path(name: str) -> None:
    only = NamedProfile("people", "1", "", "", ())
    profiles = type(list_profiles(None))((only,))
    if name in ("people", "people-1"):
        assert profiles.find(name) is only
        return
    with pytest.raises(ProfileUnknown, match="There are: practices, catalogue, people-1"):
        profiles.find(name)


def test_a_folder_that_is_not_there_is_a_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list_profiles(tmp_path / "nowhere")


def test_the_command_checks_by_a_profile_and_names_those_that_there_are(tmp_path: Path) -> None:
    add(tmp_path / "profiles", "people/1")
    data = tmp_path / "d.ttl"
    data.write_text("<urn:a> a <http://example.org/Person> .", encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["validate", str(data), *words])
        return result.exit_code, result.output

    named = ("--profiles", str(tmp_path / "profiles"), "--profile")
    assert run(*named, "people") == run(*named, "people-1")
    assert run(*named, "people")[0] == 1
    assert "1 violation" in run(*named, "people")[1]
    assert run("--profile", "catalogue") == run("--shapes", "catalogue")
    code, said = run(*named, "../people")
    assert (code, "practices, catalogue, people-1" in said) == (2, True)
    assert run("--profile", "people")[0] == 2
    assert run(*named, "people", "--shapes", str(tmp_path / "profiles/people/1/shapes.ttl"))[0] == 2


@pytest.mark.skipif(not DCAT_AP.exists(), reason="the suite of DCAT-AP is not here")
def test_dcat_ap_is_added_as_the_docs_say(tmp_path: Path) -> None:
    version = tmp_path / "dcat-ap" / "3.0.1"
    version.mkdir(parents=True)
    for file in DCAT_AP.glob("*.ttl"):
        (version / file.name).symlink_to(file)
    assert "leads out" in list_profiles(tmp_path).problems[0]
    for file in DCAT_AP.glob("*.ttl"):
        (version / file.name).unlink()
        (version / file.name).write_bytes(file.read_bytes())

    profiles = check_profiles(list_profiles(tmp_path))

    assert (profiles.find("dcat-ap").key, profiles.problems) == ("dcat-ap-3.0.1", ())
