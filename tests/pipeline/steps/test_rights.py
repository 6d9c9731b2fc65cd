"""Rights in texts: set by the build, named in every format of a record."""

import json
import re
from pathlib import Path

import pytest
from building import SUMMARY, build, practice, run, write_table
from flask.testing import FlaskClient

from endpoint.app import create_app

pytestmark = pytest.mark.thorough

BASE = "http://localhost:8000"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
OWN, PROGRAMME = f"{BASE}/rights/own-text", f"{BASE}/rights/record-text"
PUBLISHER, COUNCIL = f"{BASE}/agent/publisher", f"{BASE}/agent/council-of-europe"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Return the site of three practices: one of a table of the publisher's, one of another's, one of both."""
    folder = tmp_path_factory.mktemp("rights")
    ours = write_table(folder / "ours.csv", [practice("a"), practice("both")])
    theirs = write_table(
        folder / "theirs.csv", [practice("b"), practice("both", summary=f"{SUMMARY} And more.")]
    )
    config = folder / "practicegraph.toml"
    config.write_text('[dataset]\npublisher = "City of Turin"\n', encoding="utf-8")
    built = run(
        "--config",
        config,
        "build",
        ours,
        theirs,
        "--own-texts",
        ours,
        "--output",
        folder / "out",
        "--jobs",
        1,
    )
    assert built.exit_code == 0
    return create_app(folder / "out").test_client()


@pytest.mark.parametrize(
    ("slug", "statements", "holders", "licence"),
    [
        ("a", {OWN}, {PUBLISHER}, CC_BY),
        ("b", {PROGRAMME}, {COUNCIL}, PROGRAMME),
        ("both", {OWN, PROGRAMME}, {PUBLISHER, COUNCIL}, PROGRAMME),
    ],
)
def test_every_form_of_a_record_says_whose_its_text_is(
    site: FlaskClient, slug: str, statements: set[str], holders: set[str], licence: str
) -> None:
    response = site.get(f"/doc/practice/{slug}.html")
    rights = re.search(r"<dt>Rights</dt><dd>(.*?)</dd>", response.text)
    assert rights
    assert {f"{BASE}{path}" for path in re.findall(r'href="([^"]+)"', rights[1])} == statements
    assert ("Text written for this dataset" in rights[1]) == (OWN in statements)
    assert ("© Council of Europe" in rights[1]) == (PROGRAMME in statements)
    links = re.findall(r'<([^>]+)>; rel="(author|license)"', response.headers["Link"])
    assert {target for target, kind in links if kind == "author"} == holders
    assert [target for target, kind in links if kind == "license"] == [licence]
    article = json.loads(re.findall(r'id="schema-org">(.*?)</script>', response.text)[0])
    assert article["license"] == licence
    authors = article["author"] if isinstance(article["author"], list) else [article["author"]]
    names = {"City of Turin": PUBLISHER, "Council of Europe, Intercultural Cities": COUNCIL}
    assert {names[author["name"]] for author in authors} == holders
    turtle = site.get(f"/doc/practice/{slug}.nt").text
    assert set(re.findall(r"terms/rights> <([^>]+)>", turtle)) == statements
    assert set(re.findall(r"terms/rightsHolder> <([^>]+)>", turtle)) == holders
    brief = site.get(f"/shortlist?ids={slug}").text
    assert ("© Council of Europe" in brief) == (PROGRAMME in statements)


def test_the_statements_are_documents_and_the_dataset_points_at_the_one_on_all(site: FlaskClient) -> None:
    own = site.get("/rights/own-text.nt").text
    assert f"terms/license> <{CC_BY}>" in own
    assert f"terms/rightsHolder> <{PUBLISHER}>" in own
    assert "terms/license" not in site.get("/rights/record-text.nt").text
    assert (
        f"{BASE}/dataset> <http://purl.org/dc/terms/rights> <{BASE}/rights/texts>"
        in site.get("/dataset.nt").text
    )
    assert "Each record says" in site.get("/rights/texts").text
    assert f"{BASE}/rights/texts" in site.get("/practices.atom").text


def test_own_texts_are_under_the_licence_that_is_said_of_the_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "https://creativecommons.org/publicdomain/zero/1.0/"
    (tmp_path / "practicegraph.toml").write_text(
        f'[build]\nown-texts = ["ours.csv"]\n[dataset]\nlicence = "{other}"\n', encoding="utf-8"
    )
    write_table(tmp_path / "ours.csv", [practice("a")])
    monkeypatch.chdir(tmp_path)
    assert build(Path("out"), "ours.csv").exit_code == 0
    response = create_app(tmp_path / "out").test_client().get("/doc/practice/a.html")
    assert f'<{other}>; rel="license"' in response.headers["Link"]


def test_a_corrected_row_is_whose_the_row_was_that_it_corrects(tmp_path: Path) -> None:
    ours = write_table(tmp_path / "ours.csv", [practice("a", country="Spaniel"), practice("b")])
    build(tmp_path / "out", ours, "--own-texts", ours)
    quarantine = tmp_path / "out" / "quarantine" / "ours.quarantine.csv"
    quarantine.write_text(
        quarantine.read_text(encoding="utf-8").replace("Spaniel", "Spain"), encoding="utf-8"
    )
    corrected = quarantine.rename(tmp_path / "corrected.csv")
    assert build(tmp_path / "out", ours, corrected, "--own-texts", ours).exit_code == 0
    site = create_app(tmp_path / "out").test_client()
    assert OWN in site.get("/doc/practice/a.nt").text
    assert PROGRAMME not in site.get("/doc/practice/a.nt").text


def test_own_texts_must_be_a_source_unless_records_of_earlier_ones_stay(tmp_path: Path) -> None:
    ours = write_table(tmp_path / "ours.csv", [practice("a")])
    theirs = write_table(tmp_path / "theirs.csv", [practice("b")])
    refused = build(tmp_path / "out", theirs, "--own-texts", ours)
    assert refused.exit_code == 2
    assert "ours.csv is none of the sources" in refused.output
    build(tmp_path / "out", ours, "--own-texts", ours)
    assert build(tmp_path / "out", "--add", theirs, "--own-texts", ours).exit_code == 0
    site = create_app(tmp_path / "out").test_client()
    assert OWN in site.get("/doc/practice/a.nt").text
    assert PROGRAMME in site.get("/doc/practice/b.nt").text


def test_a_source_and_its_release_are_compared_by_the_same_rights(tmp_path: Path) -> None:
    ours = write_table(tmp_path / "ours.csv", [practice("a")])
    build(tmp_path / "out", ours, "--own-texts", ours)
    assert run("diff", ours, tmp_path / "out", "--own-texts", ours).exit_code == 0
    assert run("diff", ours, tmp_path / "out").exit_code == 1


def test_files_of_a_folder_are_own_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    write_table(folder / "a.csv", [practice("a")])
    assert build(tmp_path / "out", folder, "--own-texts", folder).exit_code == 0
    assert OWN in create_app(tmp_path / "out").test_client().get("/doc/practice/a.nt").text


def test_an_article_has_no_author_where_no_publisher_is_named(tmp_path: Path) -> None:
    ours = write_table(tmp_path / "ours.csv", [practice("a")])
    build(tmp_path / "out", ours, "--own-texts", ours)
    page = create_app(tmp_path / "out").test_client().get("/doc/practice/a.html").text
    article = json.loads(re.findall(r'id="schema-org">(.*?)</script>', page)[0])
    assert article["license"] == CC_BY
    assert "author" not in article
