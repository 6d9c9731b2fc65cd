"""The Spark engine on a real standalone cluster: the same bytes and findings as on this machine."""

import csv
import gzip
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import stores
from benchmarks.generate import write_csv
from building import SUMMARY, practice, report_of, run, write_table
from clusters import Cluster, Driver, cluster, driver
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


@pytest.fixture(scope="module")
def builder(spark: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    seconds = {"network.timeout": 30, "network.timeoutInterval": 10, "executor.heartbeatInterval": 5}
    timeouts = "".join(f"spark.{name} {number}s\n" for name, number in seconds.items())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", EPOCH)
        with driver(tmp_path_factory.mktemp("driver"), spark.master, timeouts) as running:
            yield running


def _build(master: str, *arguments: object) -> tuple[object, ...]:
    return ("build", *arguments, "--engine", "spark", "--spark-master", master)


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
    spark: Cluster,
    builder: Driver,
    local: Path,
    changed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    for name in ("here", "spark"):
        shutil.copytree(local, tmp_path / name, symlinks=True)
    assert "1 changed, 221 unchanged" in run("build", changed, "--output", tmp_path / "here").stdout
    built = builder.run(*_build(spark.master, changed, "--output", tmp_path / "spark"))
    assert "1 changed, 221 unchanged" in built.stdout, built
    assert _published(tmp_path / "spark") == _published(tmp_path / "here")


def test_a_cluster_writes_a_release_in_parts(
    spark: Cluster, builder: Driver, local: Path, changed: Path, tmp_path: Path
) -> None:
    parts, assembled = tmp_path / "parts", tmp_path / "assembled"
    to_parts = ("--output", parts.as_uri())
    builder.start(*_build(spark.master, REAL, *to_parts, "--assemble", assembled))
    assert eventually(lambda: (parts / "build.lock").exists(), 120)
    lock = (parts / "build.lock").read_text(encoding="utf-8")
    built = builder.done()
    assert built.code == 0, built
    assert _published(assembled) == _published(local)
    (release,) = parts.glob("release-*")
    graphs = {name: _lines(release / name) for name in GRAPHS}
    assert all(lines == sorted(set(lines)) for lines in graphs.values())
    dump = gzip.decompress((local / "current" / "dataset.nt.gz").read_bytes()).splitlines(keepends=True)
    assert sorted(graphs["practices"] + graphs["vocabulary"]) == dump
    names = ("catalogue", "findings", "ledger")
    catalogue, findings, ledger = _tables(builder, *(release / name for name in names))
    assert catalogue == _csv(local / "current" / "catalogue.csv")
    assert ledger == _csv(local / "current" / "ledger.csv")
    found = [{"number": number, **one} for number, one in enumerate(report_of(local)["findings"])]
    assert findings == json.loads(json.dumps(found), parse_int=str, parse_float=str)
    (parts / "build.lock").write_text(
        lock, encoding="utf-8"
    )  # of a build that was killed, which left a folder, too
    shutil.copytree(release, parts / "release-0", ignore=shutil.ignore_patterns("*manifest.json*"))
    refused = builder.run(*_build(spark.master, changed, *to_parts))
    assert refused.code == 3
    assert lock.rpartition(",")[0] in refused.stderr
    assert f"remove {parts.as_uri()}/build.lock" in refused.stderr
    (parts / "build.lock").unlink()
    again = builder.run(*_build(spark.master, changed, *to_parts, "--keep", 1))
    assert "1 changed, 221 unchanged" in again.stdout, again
    (second,) = parts.glob("release-*")
    assert second != release
    assert not (parts / "build.lock").exists()
    with stores.oxigraph(tmp_path) as store:
        publish = ("publish", parts.as_uri(), "--to", store.query, "--update-url", store.update)
        done = builder.run(*publish, "--spark-master", spark.master)
        assert done.code == 0, done
        said = Endpoint(Access(store.query)).read(COUNTS, "csv", seconds=60).decode().splitlines()[1:]
    counted = {name: f"http://localhost:8000/graph/{name},{len(_lines(second / name))}" for name in GRAPHS}
    assert set(counted.values()) <= set(said)


def _tangled(folder: Path) -> list[Path]:
    """Write files whose rows share ids, slugs and titles, repeat and correct each other, or have no title column."""
    chance, long = random.Random(7), "a-path-to-build-a-united-and-inclusive-society-the-city-adopts-its-guid"
    pages = ("", "", "", "https://x.org/-/p1", f"https://x.org/-/{long}elines")

    def row(number: int) -> dict[str, str]:
        return practice(
            chance.choice(("", "", f"p{chance.randrange(30)}", "007", "7", long, "open-kitchen-bilbao")),
            lang=chance.choice(("en", "fr")),
            title=chance.choice(("Open kitchen", "Open library", "Garden", "", f"Number {number}")),
            country=chance.choice(("Spain", "Spian", "Atlantis", "")),
            date=chance.choice(("2019", "someday")),
            summary=f"{SUMMARY} {chance.randrange(3)}",
            source_url=chance.choice(pages),
        )

    first, second = [row(number) for number in range(40)], [row(number) for number in range(40)]
    corrected = [
        {**first[number], "title": "Right", "_origin": f"a.csv#{number + 2}"} for number in (3, 8, 3)
    ]
    corrected.append({**first[9], "_origin": "z.csv#9"})
    files = {
        "a.csv": first,
        "b.csv": [*second, *first[:5]],
        "a.quarantine.csv": corrected,
        "c.csv": [{"id": f"u{number}", "country": "Spain", "city": "Bilbao"} for number in range(3)],
        "corrections.csv": [{"column": "country", "wrong": "Spian", "right": "Spain"}],
    }
    folder.mkdir()
    for name, rows in files.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return [folder / name for name in files]


def test_a_cluster_joins_tangled_rows_and_gives_slugs_as_one_machine_does(
    spark: Cluster, builder: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    *sources, corrections = _tangled(tmp_path / "tangled")
    newer = write_table(
        tmp_path / "newer.csv", [practice("7", title="Garden"), practice("", title="Open kitchen")]
    )
    address, assembled = ("--output", (tmp_path / "parts").as_uri()), tmp_path / "assembled"
    for given in ((*sources, "--corrections", corrections), (newer, "--add", "--allow-withdrawals")):
        here = run("build", *given, "--output", tmp_path / "here")
        built = builder.run(*_build(spark.master, *given, *address, "--assemble", assembled))
        assert (here.exit_code, built.code) == (0, 0), built
        assert _published(assembled) == _published(tmp_path / "here")


def _lines(folder: Path) -> list[bytes]:
    parts = sorted(folder.glob("part-*"))
    return [line for part in parts for line in gzip.decompress(part.read_bytes()).splitlines(keepends=True)]


def _tables(builder: Driver, *paths: Path) -> list[list[dict[str, object]]]:
    """Return the rows of Parquet files as Spark reads them, all values as text and without those that are not there."""
    tables = json.loads(builder.run("rows", *paths).stdout, parse_int=str, parse_float=str)
    return [[_filled(row) for row in rows] for rows in tables]


def _csv(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [_filled(row) for row in csv.DictReader(file)]


def _filled(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value not in (None, "")}


def test_json_lines_parquet_and_strange_names_are_read_by_the_executors(
    spark: Cluster, builder: Driver, tmp_path: Path
) -> None:
    records = [practice(f"p{number}") for number in range(20)]
    lines, other = tmp_path / "lines.jsonl", tmp_path / "other.jsonl"
    for path, some in ((lines, records[:5]), (other, records[5:10])):
        path.write_text("".join(json.dumps(record) + "\n" for record in some), encoding="utf-8")
    parquet, empty = tmp_path / "rows.parquet", tmp_path / "empty.csv"
    builder.run("parquet", other, parquet)
    table = write_table(tmp_path / "practices.csv", records[10:15])
    strange = write_table(tmp_path / "my file [1] é#.csv", records[15:])
    empty.touch()
    sources = (lines, parquet, table.as_uri(), empty, strange)
    built = builder.run(*_build(spark.master, *sources, "--output", tmp_path / "output", "--dry-run"))
    assert "20 added" in built.stdout, built
    assert "empty.csv is empty" in built.stderr
    broken = tmp_path / "broken.jsonl"
    broken.write_text("{", encoding="utf-8")
    refused = builder.run(*_build(spark.master, broken, "--output", tmp_path / "output"))
    assert refused.code == 1
    assert "broken.jsonl" in refused.stderr


def test_a_master_that_does_not_answer_is_named(builder: Driver, tmp_path: Path) -> None:
    source = write_table(tmp_path / "practices.csv", [practice("p1")])
    built = builder.run(*_build("spark://127.0.0.1:9", source, "--output", tmp_path / "output"))
    assert built.code == 3
    assert "spark://127.0.0.1:9" in built.stderr


def test_a_worker_that_dies_costs_no_record_and_a_cluster_that_goes_away_is_named(
    spark: Cluster, builder: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This is the last test: the cluster does not live through it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    source = tmp_path / "practices.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, 2000, bad=0.005, seed=1)
    parts, here = tmp_path / "parts", tmp_path / "here"

    def begun() -> bool:
        return any(parts.glob("release-*/.stage/*/part-*"))

    build = _build(spark.master, source, "--output", parts.as_uri(), "--brief")
    builder.start(*build, "--assemble", tmp_path / "assembled")
    assert eventually(begun, 240)
    spark.processes[0].kill()
    built = builder.done()
    assert built.code == 0, built
    builder.start(*build)
    assert eventually(begun, 240)
    for process in spark.processes:
        process.kill()
    gone = builder.done()
    assert gone.code == 3, gone
    assert f"{spark.master} went away" in gone.stderr
    assert len(list(parts.glob("release-*"))) == 1
    assert not (parts / "build.lock").exists()
    assert run("build", source, "--output", here).exit_code == 0
    for name in ("dataset.nt.gz", "catalogue.csv"):
        same = (tmp_path / "assembled" / "current" / name).read_bytes()
        assert same == (here / "current" / name).read_bytes()
