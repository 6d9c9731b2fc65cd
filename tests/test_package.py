"""What people install: a wheel made from a clean clone of the repository, in its own environment."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from running import Running

ROOT = Path(__file__).parents[1]
ASSETS = {
    "endpoint/assets/atlas/outlines.json",
    "endpoint/static/editor/notices.txt",
    "endpoint/static/editor/sparql-editor.min.js",
    "endpoint/static/editor/sparql-editor.min.js.br",
    "endpoint/static/editor/world.svg",
    "endpoint/static/oxigraph/notices.txt",
    "endpoint/static/oxigraph/web.js",
    "endpoint/static/oxigraph/web_bg.wasm",
}
WITHOUT_REGISTRY = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone of the repository"),
]


def clone(folder: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    return folder


def package(folder: Path, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Build a wheel or a source distribution into dist/, as pip does, with hatchling of this environment."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone in which a wheel and a source distribution were built."""
    folder = clone(tmp_path_factory.mktemp("package") / "clone")
    for target in ("wheel", "sdist"):
        built = package(folder, target)
        if "npm error" in built.stderr:
            pytest.skip(f"npm cannot reach its registry: {built.stderr}")
        assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def command(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command of an environment with the wheel; dependencies are those of this one, to save the download."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    install = ["-m", "pip", "--quiet", "--python", python, "install", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, *install, *(project / "dist").glob("*.whl")], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    borrowed = {str(Path(path)) for path in sys.path if path.endswith("site-packages")}
    (packages / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n", encoding="utf-8")
    return folder / "bin" / "practicegraph"


def test_a_wheel_from_a_clean_clone_includes_editor_and_map(project: Path) -> None:
    (wheel,) = (project / "dist").glob("*.whl")

    assert set(zipfile.ZipFile(wheel).namelist()) >= ASSETS


def test_a_source_distribution_needs_no_npm_any_more(project: Path, tmp_path: Path) -> None:
    (archive,) = (project / "dist").glob("*.tar.gz")
    subprocess.run(["tar", "-xf", archive, "-C", tmp_path], check=True)
    (folder,) = tmp_path.iterdir()

    built = package(folder, "wheel", **WITHOUT_REGISTRY)

    assert built.returncode == 0, built.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    assert set(zipfile.ZipFile(wheel).namelist()) >= ASSETS


def test_a_package_without_editor_and_map_is_not_built(tmp_path: Path) -> None:
    folder = clone(tmp_path / "clone")

    built = package(folder, "wheel", **WITHOUT_REGISTRY)

    assert built.returncode != 0
    (sentence,) = built.stderr.splitlines()
    assert sentence.startswith(
        "The query editor and the map were not built, and a package must include them: npm error"
    )
    assert not (folder / "dist").exists() or not list((folder / "dist").iterdir())


def test_the_installed_wheel_builds_and_serves_editor_and_map(command: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "data" / "practices.csv", tmp_path)
    output = tmp_path / "published"
    build = [command, "build", "practices.csv", "--output", output, "--brief"]
    subprocess.run(build, cwd=tmp_path, check=True, capture_output=True)
    location = subprocess.run(
        [command.parent / "python", "-c", "import pipeline; print(pipeline.__file__)"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert location.stdout.startswith(str(command.parents[1]))

    with Running(output, [command, "serve", "--release", output, "--port", "0"]) as site:
        page = site.send("GET", "/sparql", headers={"Accept": "text/html"})
        scripts = set(re.findall(r'="([^"]*/static/editor/[^"]+)"', page.text))
        assert {Path(urlsplit(script).path).name for script in scripts} == {"sparql-editor.min.js"}
        for script in scripts:
            assert site.send("GET", script).status == 200
        assert site.send("GET", "/static/editor/world.svg").status == 200
        assert site.send("GET", "/explore", headers={"Accept": "text/html"}).text.count("<path") > 20
