"""The Spark engine on a real standalone cluster: the same bytes and findings as on this machine."""

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import stores
from building import practice, report_of, run, write_table
from clusters import Cluster, cluster, demand_spark
from running import eventually

from pipeline.exchange.access import Access
from pipeline.exchange.endpoint import Endpoint

ROOT = Path(__file__).parents[3]
REAL = ROOT / "data" / "practices.csv"
EPOCH = "1790000000"
GRAPHS = ("practices", "vocabulary", "provenance", "description")
COUNTS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"

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
        "SOURCE_DATE_EPOCH": EPOCH,
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


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the real records as built on this machine."""
    output = tmp_path_factory.mktemp("local")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        assert run("build", REAL, "--output", output).exit_code == 0
    return output


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the real records, of which one has changed."""
    path = tmp_path_factory.mktemp("changed") / REAL.name
    text = REAL.read_text(encoding="utf-8")
    path.write_text(text.replace("Intercultural Centre", "Centre of the town", 1), encoding="utf-8")
    return path


def test_a_cluster_publishes_the_same_bytes_and_findings(
    spark: Cluster, local: Path, changed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    for name in ("here", "spark"):
        shutil.copytree(local, tmp_path / name, symlinks=True)
    assert "1 changed, 221 unchanged" in run("build", changed, "--output", tmp_path / "here").stdout
    built = _spark_build(spark.master, changed, "--output", tmp_path / "spark")
    assert "1 changed, 221 unchanged" in built.stdout, built.stdout + built.stderr
    assert _published(tmp_path / "spark") == _published(tmp_path / "here")


def test_a_cluster_writes_a_release_in_parts(
    spark: Cluster, local: Path, changed: Path, tmp_path: Path
) -> None:
    parts, assembled = tmp_path / "parts", tmp_path / "assembled"
    to_parts = ("--output", parts.as_uri())
    built = _spark_build(spark.master, REAL, *to_parts, "--assemble", assembled)
    assert built.returncode == 0, built.stderr
    assert _published(assembled) == _published(local)
    (release,) = parts.glob("release-*")
    graphs = {name: _lines(release / name) for name in GRAPHS}
    assert all(lines == sorted(set(lines)) for lines in graphs.values())
    dump = gzip.decompress((local / "current" / "dataset.nt.gz").read_bytes()).splitlines(keepends=True)
    assert sorted(graphs["practices"] + graphs["vocabulary"]) == dump
    catalogue, findings, ledger = _tables(release, "catalogue", "findings", "ledger")
    assert catalogue == _csv(local / "current" / "catalogue.csv")
    assert ledger == _csv(local / "current" / "ledger.csv")
    found = [{"number": number, **one} for number, one in enumerate(report_of(local)["findings"])]
    assert findings == json.loads(json.dumps(found), parse_int=str, parse_float=str)
    again = _spark_build(spark.master, changed, *to_parts, "--keep", 1)
    assert "1 changed, 221 unchanged" in again.stdout, again.stdout + again.stderr
    (second,) = parts.glob("release-*")
    assert second != release
    with stores.oxigraph(tmp_path) as store:
        publish = ("publish", parts.as_uri(), "--to", store.query, "--update-url", store.update)
        command = [sys.executable, "-m", "pipeline.cli", *publish, "--spark-master", spark.master]
        done = subprocess.run(
            command, env=_environment(), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        said = Endpoint(Access(store.query)).read(COUNTS, "csv", seconds=60).decode().splitlines()[1:]
    counted = {name: f"http://localhost:8000/graph/{name},{len(_lines(second / name))}" for name in GRAPHS}
    assert set(counted.values()) <= set(said)


def _lines(folder: Path) -> list[bytes]:
    parts = sorted(folder.glob("part-*"))
    return [line for part in parts for line in gzip.decompress(part.read_bytes()).splitlines(keepends=True)]


def _tables(release: Path, *names: str) -> list[list[dict[str, object]]]:
    """Return the rows of Parquet files as Spark reads them, all values as text and without those that are not there."""
    program = (
        "import sys; from pyspark.sql import SparkSession as S; s = S.builder.master('local[1]').getOrCreate();"
        "[print('[' + ','.join(s.read.parquet(name).coalesce(1).toJSON().collect()) + ']') for name in sys.argv[1:]]"
    )
    command = [sys.executable, "-c", program, *(str(release / name) for name in names)]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)
    tables = [json.loads(line, parse_int=str, parse_float=str) for line in done.stdout.splitlines()]
    return [[_filled(row) for row in rows] for rows in tables]


def _csv(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [_filled(row) for row in csv.DictReader(file)]


def _filled(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value not in (None, "")}


def test_json_lines_and_parquet_are_read_by_the_executors(spark: Cluster, tmp_path: Path) -> None:
    records = [practice(f"p{number}") for number in range(5)]
    table = write_table(tmp_path / "practices.csv", records)
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    program = (
        "import sys; from pyspark.sql import SparkSession as S; s = S.builder.master('local[1]').getOrCreate();"
        "s.read.json(sys.argv[1]).coalesce(1).write.parquet(sys.argv[2])"
    )
    parquet = tmp_path / "rows.parquet"
    subprocess.run([sys.executable, "-c", program, lines, parquet], env=_environment(), check=True)
    for source in (lines, parquet, table.as_uri()):
        built = _spark_build(spark.master, source, "--output", tmp_path / "output", "--dry-run")
        assert "5 added" in built.stdout, built.stderr
    strange = write_table(tmp_path / "my file [1] é#.csv", records)
    (tmp_path / "empty.csv").touch()
    built = _spark_build(
        spark.master, tmp_path / "empty.csv", strange, "--output", tmp_path / "o", "--dry-run"
    )
    assert "5 added" in built.stdout, built.stderr
    assert "empty.csv is empty" in built.stderr
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", encoding="utf-8")
    refused = _spark_build(spark.master, broken, "--output", tmp_path / "output")
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "broken.jsonl" in refused.stderr


def test_a_worker_that_dies_costs_no_record(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    source = write_table(tmp_path / "practices.csv", (practice(f"p{number}") for number in range(3000)))
    with cluster(tmp_path_factory.mktemp("dying")) as running:
        parts = ("--output", (tmp_path / "parts").as_uri(), "--assemble", tmp_path / "output")
        command = _command(running.master, source, *parts, "--brief")
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
