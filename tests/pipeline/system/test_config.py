from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from pipeline.model.errors import UsageError
from pipeline.system.config import CONFIG_NAME, ENVIRONMENT_PREFIX, dataset_settings, find_config, load_config

SEEN: dict[str, Any] = {}


@click.group(context_settings={"auto_envvar_prefix": ENVIRONMENT_PREFIX})
@click.option("--config", type=Path)
@click.option("--quiet", is_flag=True)
@click.version_option("1")
def commands(quiet: bool, config: Path | None) -> None:
    SEEN["quiet"] = quiet


@commands.command()
@click.argument("sources", nargs=-1, type=click.Path())
@click.option("--base-iri", default="http://localhost:8000")
@click.option("--output", type=click.Path(path_type=Path))
@click.option("--jobs", type=click.IntRange(1, 64), default=1)
@click.option("--wait", type=float, default=1.0)
@click.option("--strict/--no-strict", default=False)
@click.option("-t", "--text", "chosen", type=click.Choice(["excerpt", "full", "none"]), default="excerpt")
@click.option("--skip", multiple=True)
def build(**options: Any) -> None:
    SEEN.update(options)


def loaded(folder: Path, text: str) -> dict[str, Any]:
    path = folder / CONFIG_NAME
    path.write_text(text, encoding="utf-8")
    return load_config(path, commands)


def run(config: dict[str, Any], *arguments: str, **environment: str) -> dict[str, Any]:
    SEEN.clear()
    env = {"PRACTICEGRAPH_BUILD_JOBS": None} | environment  # what conftest.py sets is not meant here
    result = CliRunner().invoke(commands, arguments, default_map=config, env=env, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return dict(SEEN)


EVERY_OPTION = """
quiet = true
[build]
sources = ["a.csv", "/b.csv"]
base-iri = "https://practices.example"
output = "out"
jobs = 3
wait = 5
strict = true
text = "full"
skip = ["x", "y"]
"""


def test_a_file_sets_every_option_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    assert run(loaded(tmp_path, EVERY_OPTION), "build") == {
        "quiet": True,
        "sources": (str(tmp_path / "a.csv"), "/b.csv"),
        "base_iri": "https://practices.example",
        "output": tmp_path / "out",
        "jobs": 3,
        "wait": 5.0,
        "strict": True,
        "chosen": "full",
        "skip": ("x", "y"),
    }


def test_the_command_line_beats_the_environment_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    config = loaded(tmp_path, '[build]\nbase_iri = "https://file"\n')
    variable = {"PRACTICEGRAPH_BUILD_BASE_IRI": "https://environment"}
    assert run({}, "build")["base_iri"] == "http://localhost:8000"
    assert run(config, "build")["base_iri"] == "https://file"
    assert run(config, "build", **variable)["base_iri"] == "https://environment"
    assert run(config, "build", "--base-iri", "https://line", **variable)["base_iri"] == "https://line"


@pytest.mark.parametrize("option", [p.name for p in build.params if isinstance(p, click.Option)])
def test_every_option_can_be_set_by_the_environment(option: str) -> None:
    values = {"jobs": "7", "wait": "7.0", "strict": "1", "chosen": "none"}
    value = values.get(option, "seven")
    assert (
        run({}, "build", **{f"PRACTICEGRAPH_BUILD_{option.upper()}": value})[option]
        != run({}, "build")[option]
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[biuld]\n", "biuld: there is no such setting. Did you mean build?"),
        ("[build]\nbase-ire = 'x'\n", "[build] base-ire: there is no such setting. Did you mean base-iri?"),
        ("[build]\nxyz = 1\n", "[build] xyz: there is no such setting. Known are: base-iri, jobs, output"),
        ("[build]\nhelp = true\n", "[build] help: there is no such setting."),
        ("config = 'x'\n", "config: there is no such setting."),
        ("[build]\njobs = 'three'\n", "[build] jobs: 'three' cannot be used here. Write a whole number."),
        ("[build]\njobs = true\n", "[build] jobs: True cannot be used here. Write a whole number."),
        ("[build]\njobs = 100\n", "[build] jobs: 100 is not in the range 1<=x<=64."),
        ("[build]\nwait = '5'\n", "[build] wait: '5' cannot be used here. Write a number."),
        ("[build]\nstrict = 'yes'\n", "[build] strict: 'yes' cannot be used here. Write true or false."),
        (
            "[build]\nbase-iri = 8000\n",
            "[build] base-iri: 8000 cannot be used here. Write a text in quotation marks.",
        ),
        (
            "[build]\noutput = ['a']\n",
            "[build] output: ['a'] cannot be used here. Write a text in quotation marks.",
        ),
        ("[build]\nskip = [1]\n", "[build] skip: 1 cannot be used here. Write a text in quotation marks."),
        ("[build]\ntext = 'all'\n", "[build] text: 'all' is not one of 'excerpt', 'full', 'none'."),
        ("build = 3\n", "build is a command. Write its options below [build]."),
        ("dataset = 3\n", "dataset is a section. Write what it says below [dataset]."),
        ("[dataset]\nlicense = 'x'\n", "[dataset] license: there is no such setting. Did you mean licence?"),
        (
            "[dataset]\npublisher = 3\n",
            "[dataset] publisher: 3 cannot be used here. Write a text in quotation marks.",
        ),
        ("[dataset]\npublisher = ' '\n", "[dataset] publisher: ' ' cannot be used here."),
        ("[build\n", "is not TOML:"),
        ("a = " + "[" * 100_000, "is not TOML:"),
    ],
)
def test_a_wrong_setting_is_a_usage_error_that_names_it(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        loaded(tmp_path, text)
    assert str(refused.value).startswith(str(tmp_path / CONFIG_NAME))
    assert sentence in str(refused.value)


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"practicegraph\.toml cannot be read: No such file or directory\."):
        load_config(tmp_path / CONFIG_NAME, commands)
    (tmp_path / CONFIG_NAME).write_bytes(b"\xff")
    with pytest.raises(UsageError, match="is not UTF-8"):
        load_config(tmp_path / CONFIG_NAME, commands)


def test_the_file_is_found_in_the_folder(tmp_path: Path) -> None:
    assert find_config(tmp_path) is None
    (tmp_path / CONFIG_NAME).touch()
    assert find_config(tmp_path) == tmp_path / CONFIG_NAME
    assert load_config(tmp_path / CONFIG_NAME, commands) == {}


def test_the_environment_beats_the_file_for_what_is_said_of_the_dataset(tmp_path: Path) -> None:
    text = '[dataset]\npublisher = " City of Salt "\npublisher_homepage = "https://salt.example"\n'
    config = loaded(tmp_path, text)
    assert dataset_settings(config, {}) == {
        "publisher": "City of Salt",
        "publisher-homepage": "https://salt.example",
    }
    environment = {"PRACTICEGRAPH_DATASET_PUBLISHER": "City of Lublin", "PRACTICEGRAPH_DATASET_LICENCE": ""}
    assert dataset_settings(config, environment)["publisher"] == "City of Lublin"
    assert dataset_settings({}, {}) == {}
