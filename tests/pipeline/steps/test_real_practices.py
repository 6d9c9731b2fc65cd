import csv
import os
from io import StringIO

import locations
import pytest

from pipeline.model.text_selection import TextPolicy
from pipeline.rdf.iris import Deployment
from pipeline.records.workspace import Workspace
from pipeline.steps.convert import Conversion, convert
from pipeline.steps.practice_rows import gathered_practices
from pipeline.steps.read import named_files, read_named
from pipeline.system.progress import Progress

REAL = locations.ROOT / "data" / "practices.csv"
WANTED = locations.CASES / "real_practices.csv"
COLUMNS = (
    "slug",
    "rows",
    "titles",
    "descriptions",
    "countries",
    "cities",
    "inferred",
    "date_texts",
    "edtf",
    "ongoing",
    "years",
    "topics",
    "findings",
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    conversion = Conversion(
        Deployment("https://data.example.org"), TextPolicy.EXCERPT, "2026-01-01T00:00:00Z"
    )
    practices = {}
    with Workspace(tmp_path_factory.mktemp("real")) as workspace:
        read_named(named_files([REAL]), workspace, Progress())
        workspace.staging.gather()
        for given in gathered_practices(workspace):
            converted, rows = convert(given, conversion), given.rows
            practice = converted.practice
            period = practice.period
            values = (
                practice.slug,
                " ".join(str(row.place.row) for row in rows),
                " ".join(language for language, _ in practice.titles),
                " ".join(language for language, _ in practice.descriptions),
                " ".join(practice.countries),
                " ".join(city.key for city in practice.cities),
                " ".join(practice.inferred),
                " | ".join(text for _, text in practice.date_texts),
                (period.edtf or "") if period else "",
                str(period.ongoing).lower() if period else "",
                " ".join(map(str, period.years)) if period else "",
                " ".join(practice.topics),
                " ".join(f"{finding.severity.value}:{finding.code}" for finding in converted.findings),
            )
            practices[practice.slug] = dict(zip(COLUMNS, values, strict=True))
    if os.environ.get("PRACTICEGRAPH_WRITE_CASES"):
        with WANTED.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(practices.values())
    return practices


def wanted() -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(WANTED.read_text(encoding="utf-8")))) if WANTED.exists() else []


@pytest.mark.parametrize("practice", wanted(), ids=lambda practice: practice["slug"])
def test_each_real_practice_is_read_as_wanted(
    practice: dict[str, str], found: dict[str, dict[str, str]]
) -> None:
    assert found[practice["slug"]] == practice


def test_every_real_practice_has_its_wanted_reading(found: dict[str, dict[str, str]]) -> None:
    assert set(found) == {practice["slug"] for practice in wanted()}
    assert len(found) == 222
