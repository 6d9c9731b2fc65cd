"""Sources and builds that several tests use."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from pipeline.cli import main

COLUMNS = ("id", "lang", "title", "country", "city", "date", "topics", "summary", "source_url")
SUMMARY = "The city opens its houses to all residents, who meet there to cook, to talk and to learn from each other."


def practice(identifier: str, **changed: str) -> dict[str, str]:
    stated = {
        "id": identifier,
        "lang": "en",
        "title": f"Evenings {identifier}",
        "country": "Spain",
        "city": "Bilbao",
        "date": "2019",
        "topics": "Education",
        "summary": SUMMARY,
        "source_url": f"https://example.org/{identifier}",
    }
    return stated | changed


def write_table(path: Path, rows: Iterable[Mapping[str, str]], **options: str) -> Path:
    with path.open("w", newline="", encoding=options.get("encoding", "utf-8")) as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=options.get("delimiter", ","), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def build(output: Path, *arguments: object) -> Result:
    return run("build", *arguments, "--output", output, "--jobs", 1)


def report_of(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / "current" / "report.json").read_text(encoding="utf-8"))
    return found


def manifest_of(output: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((output / "current" / "manifest.json").read_text(encoding="utf-8"))
    return found


def ledger_of(output: Path) -> dict[str, dict[str, str]]:
    with (output / "current" / "ledger.csv").open(encoding="utf-8", newline="") as lines:
        return {entry["slug"]: entry for entry in csv.DictReader(lines)}


def cells(report: Mapping[str, Any], severity: str) -> set[tuple[str, int, str]]:
    return {
        (finding["code"], finding["place"]["row"], finding["place"]["column"])
        for finding in report["findings"]
        if finding["severity"] == severity and "row" in finding.get("place", {})
    }
