"""What a CKAN portal shows of the catalogue: the documents of a server, read by the code of ckanext-dcat."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from building import build
from locations import CASES, ROOT
from running import Running

PACKAGES = ("ckan[requirements]==2.12.0", "ckanext-dcat==2.4.4", "python-dateutil")
FOLDER = Path(os.environ.get("PRACTICEGRAPH_CKAN") or Path(sys.prefix) / "ckan")
"""The environment that CKAN is installed in, once for the environment of the tests."""

FORMS = {"xml": "rdf", "turtle": "ttl", "json-ld": "jsonld"}


@pytest.fixture(scope="module")
def ckan() -> Path:
    """Return a Python with CKAN; skip where it cannot be installed."""
    python = FOLDER / "bin" / "python"
    if not (FOLDER / "installed").exists():
        environment = [sys.executable, "-m", "venv", "--without-pip", FOLDER]
        pip = [sys.executable, "-m", "pip", "--quiet", "--python", python]
        try:
            subprocess.run(environment, check=True, capture_output=True, timeout=90)
            subprocess.run(
                [*pip, "install", "--no-compile", *PACKAGES], check=True, capture_output=True, timeout=600
            )
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"CKAN could not be installed: {error}")
        (FOLDER / "installed").touch()
    return python


@pytest.fixture(scope="module")
def datasets(ckan: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Return the datasets that CKAN reads in each form, of the real practices by a publisher that is not named."""
    output = tmp_path_factory.mktemp("ckan")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    assert build(output, ROOT / "data" / "practices.csv", "--base-iri", base).exit_code == 0
    addresses = [part for form, suffix in FORMS.items() for part in (form, f"{base}/catalog.{suffix}")]
    with Running(output, port=port):
        command = [ckan, CASES / "harvest" / "ckan_reads.py", *addresses]
        read = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert read.returncode == 0, read.stderr
    return dict(zip(FORMS, map(json.loads, read.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_ckan_reads_the_right_facts(datasets: dict[str, list[dict[str, Any]]], form: str) -> None:
    (dataset,) = datasets[form]
    extras = {extra["key"]: extra["value"] for extra in dataset["extras"]}
    assert (dataset["title"], dataset["license_id"]) == ("Intercultural good practices", "cc-by")
    assert extras["spatial_uri"] == "https://sws.geonames.org/6295630/"
    assert extras["spatial_text"] == "World"
    (corners,) = json.loads(extras["spatial_bbox"])["coordinates"]
    assert (min(corners), max(corners)) == ([-180, -90], [180, 90])
    assert not {"contact_name", "contact_email", "contact_url"} & extras.keys()
    assert not [key for key in extras if key.startswith("creator_")]
    assert (extras["temporal_start"], extras["temporal_end"][4:]) == ("1954-01-01", "-12-31")
    resources = dataset["resources"]
    assert len(resources) == 8
    assert {each["rights"] for each in resources} == {"Rights in the texts of records"}
    assert {each["license"] for each in resources} == {"Creative Commons Attribution"}
    assert {"All practices as CSV", "All practices by SPARQL"} <= {each["name"] for each in resources}
    assert {"text/csv", "text/turtle", "text/html"} <= {each["mimetype"] for each in resources}
    assert {"CSV", "HTML"} <= {each["format"] for each in resources}
