"""The Spark engine on a real standalone cluster: the same bytes and findings as on this machine."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import practice, report_of, run, write_table
from clusters import Cluster, cluster, demand_spark
from running import eventually

ROOT = Path(__file__).parents[3]
REAL = ROOT / "data" / "practices.csv"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


def _command(master: str, *arguments: object) -> list[str]:
    engine = ("--engine", "spark", "--spark-master", master)
    return [sys.executable, "-m", "pipeline.cli", "build", *map(str, arguments), *engine]


def _environment() -> dict[str, str]:
    paths = os.pathsep.join(path for path in sys.path if path)
    return {
        **os.environ,
        "PYTHONPATH": paths,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SOURCE_DATE_EPOCH": "1790000000",
    }


def _spark_build(master: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = _command(master, *arguments)
    return subprocess.run(command, env=_environment(), cwd=ROOT, capture_output=True, text=True, check=False)


def _published(output: Path) -> dict[str, bytes]:
    current = output / "current"
    names = (
        "dataset.nt.gz",
        "dataset.ttl.gz",
        "dataset.jsonld.gz",
        "catalogue.csv",
        "report.json",
        "ledger.csv",
    )
    return {name: (current / name).read_bytes() for name in names}


def test_a_cluster_publishes_the_same_bytes_and_findings(
    spark: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    assert run("build", REAL, "--output", tmp_path / "local").exit_code == 0
    built = _spark_build(spark.master, REAL, "--output", tmp_path / "spark")
    assert built.returncode == 0, built.stderr
    assert _published(tmp_path / "spark") == _published(tmp_path / "local")
    lines = REAL.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = tmp_path / "changed" / REAL.name
    changed.parent.mkdir()
    changed.write_text(
        "".join(lines).replace("Intercultural Centre", "Centre of the town", 1), encoding="utf-8"
    )
    again = _spark_build(spark.master, changed, "--output", tmp_path / "spark")
    assert "1 changed, 221 unchanged" in again.stdout, again.stdout + again.stderr


def test_json_lines_and_parquet_are_read_by_the_executors(spark: Cluster, tmp_path: Path) -> None:
    def records(kind: str) -> list[dict[str, str]]:
        return [practice(f"{kind}{number}") for number in range(5)]

    def json_lines(name: str, kind: str) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records(kind)), encoding="utf-8")
        return path

    program = (
        "import sys; from pyspark.sql import SparkSession as S; s = S.builder.master('local[1]').getOrCreate();"
        "s.read.json(sys.argv[1]).coalesce(1).write.parquet(sys.argv[2])"
    )
    parquet = tmp_path / "rows.parquet"
    command = [sys.executable, "-c", program, json_lines("parquet.jsonl", "parquet"), parquet]
    subprocess.run(command, env=_environment(), check=True)
    lines = json_lines("lines.jsonl", "lines")
    table = write_table(tmp_path / "practices.csv", records("table")).as_uri()
    strange = write_table(tmp_path / "my file [1] é#.csv", records("strange"))
    empty = tmp_path / "empty.csv"
    empty.touch()
    output = ("--output", tmp_path / "output", "--dry-run")

    built = _spark_build(spark.master, lines, parquet, table, strange, empty, *output)

    assert "20 added" in built.stdout, built.stderr
    assert "empty.csv is empty" in built.stderr
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", encoding="utf-8")
    refused = _spark_build(spark.master, broken, "--output", tmp_path / "output")
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "broken.jsonl" in refused.stderr


def test_a_worker_that_dies_costs_no_record(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = write_table(tmp_path / "practices.csv", (practice(f"p{number}") for number in range(3000)))
    with cluster(tmp_path_factory.mktemp("dying")) as running:
        command = _command(running.master, source, "--output", tmp_path / "output", "--brief")
        building = subprocess.Popen(command, env=_environment(), cwd=ROOT, stderr=subprocess.PIPE, text=True)
        log = running.folder / "worker-0.log"
        assert eventually(lambda: "Launch command" in log.read_text(encoding="utf-8", errors="replace"))
        running.workers[0].kill()
        _, shown = building.communicate()
        assert building.returncode == 0, shown
    catalogue = (tmp_path / "output" / "current" / "catalogue.csv").read_text(encoding="utf-8")
    assert len(list(csv.DictReader(catalogue.splitlines()))) == 3000
    assert report_of(tmp_path / "output")["summary"]["practices"] == 3000


def test_a_master_that_does_not_answer_is_named(tmp_path: Path) -> None:
    demand_spark()
    source = write_table(tmp_path / "practices.csv", [practice("p1")])
    built = _spark_build("spark://127.0.0.1:9", source, "--output", tmp_path / "output")
    assert built.returncode == 3
    assert "spark://127.0.0.1:9" in built.stderr
    assert "Traceback" not in built.stderr
