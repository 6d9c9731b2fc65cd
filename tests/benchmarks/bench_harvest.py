"""Measures harvesting: `python tests/benchmarks/bench_harvest.py [PRACTICES]`; without a number, the real practices.

Prints how much a second harvest gets after one record changed, of two harvesters that obey robots.txt: a crawler, and a
program that takes each address of the sitemap as a page, as Turtle and as JSON-LD. Then how many files `wget --mirror`
takes where wget is installed, and the time and size of an export with one process and with two.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "benchmarks")]

from flask.testing import FlaskClient  # noqa: E402
from generate import write_csv  # noqa: E402
from running import Running  # noqa: E402

from endpoint.app import create_app  # noqa: E402

BASE = "http://localhost:8000"
REAL = TESTS.parent / "data" / "practices.csv"
LINK = re.compile(r'<(?:a|link)\s[^>]*href="([^"#]*)|<loc>([^<]*)')


def command(*arguments: str | Path) -> float:
    """Run a command of practicegraph and return the CPU seconds that it took."""
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)], check=True, capture_output=True
    )
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


Harvest = dict[str, tuple[str, str, int]]
"""Address → ETag, date and size of what it answers."""


def rules_of(client: FlaskClient) -> RobotFileParser:
    """Return what robots.txt allows."""
    rules = RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    return rules


def crawl(client: FlaskClient) -> Harvest:
    """Return all that a crawler finds."""
    rules = rules_of(client)
    harvested, waiting = Harvest(), ["/", "/sitemap.xml"]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        if response.status_code == 200:
            headers = response.headers
            dates = headers.get("ETag", ""), headers.get("Last-Modified", "")
            harvested[path] = *dates, len(response.data)
        links = []
        if response.mimetype in ("text/html", "application/xml"):
            links = [unescape(one or other) for one, other in LINK.findall(response.text)]
        for link in (response.headers.get("Location", ""), *links):
            parts = urlsplit(urljoin(BASE + path, link))
            target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            if (
                f"{parts.scheme}://{parts.netloc}" == BASE
                and target not in seen
                and rules.can_fetch("*", target)
            ):
                seen.add(target)
                waiting.append(target)
        response.close()
    return harvested


def listed(client: FlaskClient) -> Harvest:
    """Return each address of the sitemap as a page, as Turtle and as JSON-LD, with the sitemap itself."""
    paths = ["/sitemap.xml"]
    for part in re.findall(r"<loc>([^<]*)", client.get("/sitemap.xml").text):
        paths.append(part.removeprefix(BASE))
        found = re.findall(r"<loc>([^<]*)", client.get(paths[-1]).text)
        pages = [unescape(address).removeprefix(BASE) or "/" for address in found]
        paths += pages
        if "/fr/" not in part:
            paths += [f"{page}{suffix}" for page in pages for suffix in (".ttl", ".jsonld")]
    rules, harvested = rules_of(client), Harvest()
    for path in filter(lambda path: rules.can_fetch("*", path), paths):
        with client.get(path) as response:
            if response.status_code == 200:
                headers = response.headers
                dates = headers.get("ETag", ""), headers.get("Last-Modified", "")
                harvested[path] = *dates, len(response.data)
    return harvested


def second_harvest(name: str, client: FlaskClient, first: Harvest) -> None:
    """Print what is sent again, by ETag and by date."""
    print(f"{name}:")
    total = sum(size for _, _, size in first.values())
    for number, header in enumerate(("If-None-Match", "If-Modified-Since")):
        sent = documents = 0
        for path, validators in first.items():
            headers = {header: validators[number]} if validators[number] else {}
            with client.get(path, headers=headers) as response:
                documents += response.status_code != 304
                sent += len(response.data) if response.status_code != 304 else 0
        share = 100 * sent / total
        size = f"{sent / 1e6:.1f} of {total / 1e6:.1f} MB ({share:.1f} %)"
        print(f"  {header}: {documents} of {len(first)} documents, {size}")


def change_one(source: Path) -> None:
    """Add a sentence to one summary of a table."""
    with source.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[len(rows) // 2]["summary"] += " Anyone can join."
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def mirror(output: Path, folder: Path) -> None:
    """Print how many files wget takes of a server, obeying its robots.txt."""
    if shutil.which("wget") is None:
        print("wget --mirror: wget is not installed")
        return
    with Running(output) as server:
        address = f"http://localhost:{server.port}/"
        subprocess.run(["wget", "--quiet", "--mirror", "--no-parent", address], cwd=folder, check=False)
    files = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    print(f"wget --mirror: {len(files)} files, {sum(files) / 1e6:.1f} MB")


def export(output: Path, folder: Path) -> None:
    """Print time and size of an export."""
    for jobs in (1, 2):
        begun = time.perf_counter()
        seconds = command("export", "--release", output, "--to", folder / str(jobs), "--jobs", str(jobs))
        taken = time.perf_counter() - begun
        files = [file.stat().st_size for file in (folder / str(jobs)).rglob("*") if file.is_file()]
        size = f"{len(files)} files, {sum(files) / 1e6:.0f} MB"
        print(f"export, {jobs} processes: {taken:.0f} s, {seconds:.0f} CPU s, {size}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, output = folder / "practices.csv", folder / "published"
        if len(sys.argv) > 1:
            with source.open("w", newline="", encoding="utf-8") as file:
                write_csv(file, int(sys.argv[1]))
        else:
            shutil.copy(REAL, source)
        command("build", source, "--output", output, "--base-iri", BASE)
        client = create_app(output).test_client()
        first = {"a crawler": crawl(client), "the sitemap": listed(client)}
        change_one(source)
        command("build", source, "--output", output, "--base-iri", BASE)
        client = create_app(output).test_client()
        for name, harvest in first.items():
            second_harvest(name, client, harvest)
        (folder / "mirror").mkdir()
        mirror(output, folder / "mirror")
        export(output, folder)


if __name__ == "__main__":
    main()
