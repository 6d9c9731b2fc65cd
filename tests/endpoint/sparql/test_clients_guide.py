import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import locations
import pytest
import stores
from building import build
from node_packages import installed
from running import Running

ROOT = locations.ROOT
SITE = "http://localhost:8000"
NEEDS = {
    "npx": ("npx is not installed", lambda: shutil.which("npx")),
    "pandas": ("pandas is not installed", lambda: importlib.util.find_spec("pandas")),
    "read.csv": ("R is not installed", lambda: shutil.which("Rscript")),
    "curl": ("curl is not installed", lambda: shutil.which("curl")),
}


class Block(NamedTuple):
    language: str
    code: str
    printed: str


def blocks() -> list[Block]:
    """Return the programs of the guide, each with its documented output."""
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    found = re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)
    return [
        Block(language, code, printed)
        for (language, code), (shown, printed) in pairwise(found)
        if shown == "text"
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    """A site of the real practices whose IRIs are its own addresses."""
    folder = tmp_path_factory.mktemp("guide") / "data" / "published"
    port = stores.free_port()
    built = build(folder, ROOT / "data" / "practices.csv", "--base-iri", f"http://localhost:{port}")
    assert built.exit_code == 0, built.output
    with Running(folder, port=port, query_timeout=20) as running:
        yield running, folder


def command(block: Block, folder: Path) -> list[str]:
    file = folder / f"program.{block.language}"
    file.write_text(block.code, encoding="utf-8")
    programs = {"bash": ["bash", "-eu"], "python": [sys.executable], "r": ["Rscript", "--vanilla"]}
    return [*programs[block.language], str(file)]


def _spare_npx_the_download(folder: Path, code: str) -> None:
    """Put the package that a program names where npx looks first."""
    (package,) = re.findall(r"npx --yes -p (\S+)", code)
    packages = folder / "node_modules"
    if not packages.exists():
        packages.symlink_to(installed(package) / "node_modules")


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(
            block,
            id=block.code.strip().partition("\n")[0][:50],
            marks=pytest.mark.slow if "npx" in block.code else (),
        )
        for block in blocks()
    ],
)
def test_a_program_of_the_guide_prints_what_it_says(
    site: tuple[Running, Path], block: Block, tmp_path: Path
) -> None:
    for word, (reason, is_there) in NEEDS.items():
        if word in block.code and not is_there():
            pytest.skip(reason)
    running, folder = site
    address = f"http://localhost:{running.port}"
    if "npx" in block.code:
        _spare_npx_the_download(folder.parents[1], block.code)
    told = Block(block.language, block.code.replace(SITE, address), block.printed.replace(SITE, address))
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"

    done = subprocess.run(
        command(told, tmp_path),
        cwd=folder.parents[1],
        env={"PATH": path, "HOME": str(Path.home()), "npm_config_update_notifier": "false"},
        capture_output=True,
        text=True,
        timeout=180,
    )

    if done.returncode and "npm error" in done.stderr and "npx" in block.code:
        pytest.skip("npm cannot be reached")
    assert done.returncode == 0, done.stderr
    assert done.stdout.replace("\r\n", "\n").startswith(told.printed.rstrip("\n")), done.stdout


def test_the_guide_names_every_format_and_every_way() -> None:
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")

    assert {block.language for block in blocks()} == {"bash", "python", "r"}
    for word in ("SPARQLWrapper", "pandas", "rdflib", "Comunica", "curl", "jsonld", "publish", "--store"):
        assert word in text
