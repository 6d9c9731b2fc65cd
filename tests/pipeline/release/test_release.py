"""A release: what is in its folder, when it is a new one, and which one is current."""

import csv
import gzip
import json
import sqlite3
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import locations
import pyshacl
import pytest
import rdflib
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from pipeline.model.errors import DataRefused, UsageError
from pipeline.model.practice import City, Period
from pipeline.rdf import vocabulary
from pipeline.release.contents.index_entries import sort_key
from pipeline.release.contents.nodes import Vocabulary, load_vocabulary
from pipeline.release.folder.build_facts import ReleaseSettings, RetiredRecord, SourceFacts
from pipeline.release.folder.folders import current, releases
from pipeline.release.folder.manifest import read_manifest
from pipeline.release.inspection import verify
from pipeline.release.release_writer import PENDING_RUN, ReleaseWriter
from pipeline.release.switch import rollback, unpin
from tests.cases.release import builds

pytestmark = pytest.mark.thorough

_PRACTICES = (
    builds.practice(1),
    builds.practice(
        2,
        slug="à-propos".replace("à", "a"),
        titles=(("fr", "À propos | des voisins"), ("de", "Über Nachbarn")),
        descriptions=(),
        countries=("ITA", "XKX"),
        cities=(),
        date_texts=(("fr", "Depuis toujours"),),
        period=Period(ongoing=True),
    ),
    builds.practice(3, titles=(("en", '"Zebra" & <script>'),), date_texts=(), period=None, topics=()),
)
_FACTS = replace(
    builds.FACTS,
    sources=(SourceFacts("practices.csv", "ab" * 32, 1234, 4),),
    counts={"rows": 4, "used": 3},
    report={"findings": [{"code": "é"}]},
    report_turtle="# nothing\n",
    ledger=("slug\n", "practice-1\n"),
    provenance=(f"{PENDING_RUN} <{vocabulary.RDF}type> <{vocabulary.PROV}Activity> .\n",),
    gone=(
        RetiredRecord("old", "withdrawn", "Old", "2026-01-01T00:00:00Z"),
        RetiredRecord("m", "merged", "M", "2026", "practice-1"),
    ),
)


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Path:
    return builds.build(tmp_path_factory.mktemp("output"), _PRACTICES, _FACTS).path


@pytest.fixture(scope="module")
def index(release):
    found = sqlite3.connect(f"{(release / 'index.sqlite').as_uri()}?mode=ro", uri=True)
    yield found
    found.close()


def test_the_folder_holds_what_the_manifest_lists_and_nothing_else(release):
    manifest = read_manifest(release)
    found = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    assert found - {"store/LOG", "store/LOCK"} == {"manifest.json", *manifest.files}
    assert {
        "dataset.nt.gz",
        "catalogue.csv-metadata.json",
        "description.ttl",
        "report.ttl",
        "ledger.csv",
        "profile.json",
    } <= found


def test_the_manifest_tells_inputs_counts_and_hashes(release):
    manifest = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["version"] == manifest["release"] == release.name
    assert manifest["inputs"] == [{"name": "practices.csv", "sha256": "ab" * 32, "size": 1234, "rows": 4}]
    assert manifest["counts"]["practices"] == 3
    assert manifest["counts"]["records"] == {"rows": 4, "used": 3}
    assert manifest["counts"]["quads"] == sum(manifest["counts"]["graphs"].values())
    ledger = (release / "ledger.csv").read_bytes()
    assert manifest["files"]["ledger.csv"] == {"sha256": sha256(ledger).hexdigest(), "bytes": len(ledger)}


def test_the_version_is_the_hash_that_the_rules_name(release):
    digest = sha256()
    lines = {line for made in _PRACTICES for line in builds.lines(made).split("\n") if line}
    for line in sorted(line.encode() for line in lines):
        digest.update(line + b"\n")
    digest.update(f"{vocabulary.ontology_version()}\n{builds.BASE}\n".encode())
    assert digest.hexdigest()[:16] == release.name


def test_reports_ledger_and_rows_are_kept_as_given(release):
    assert json.loads((release / "report.json").read_text(encoding="utf-8")) == _FACTS.report
    assert (release / "report.ttl").read_text(encoding="utf-8") == "# nothing\n"
    assert (release / "ledger.csv").read_text(encoding="utf-8") == "slug\npractice-1\n"
    rows = gzip.decompress((release / "rows.jsonl.gz").read_bytes()).decode().splitlines()
    assert [json.loads(row)["slug"] for row in rows] == [practice.slug for practice in _PRACTICES]


def test_no_triple_stands_in_two_graphs_and_none_outside_them(release):
    store = Store.read_only(str(release / "store"))
    triples = [quad.triple for quad in store]
    assert len(set(triples)) == len(triples)
    graphs = {str(graph.value).rpartition("/")[2] for graph in store.named_graphs()}
    assert graphs == {"practices", "vocabulary", "description", "provenance"}


def test_the_run_in_the_provenance_is_named_by_the_version(release):
    store = Store.read_only(str(release / "store"))
    made_by = NamedNode(vocabulary.PROV + "wasGeneratedBy")
    graph = NamedNode(f"{builds.BASE}/graph/provenance")
    runs = {quad.object.value for quad in store.quads_for_pattern(None, made_by, None, graph)}
    assert runs == {f"{builds.BASE}/run/{release.name}"}
    said = store.quads_for_pattern(NamedNode(f"{builds.BASE}/run/{release.name}"), None, None, graph)
    assert [quad.object.value for quad in said] == [vocabulary.PROV + "Activity"]


def test_the_index_lists_practices_in_the_order_of_titles(index):
    rows = index.execute(
        "SELECT position, slug, title_lang, places FROM practice ORDER BY position"
    ).fetchall()
    assert rows == [
        (1, "a-propos", "fr", "Italy, XKX"),
        (2, "practice-1", "en", "Turin, Milan · Italy"),
        (3, "practice-3", "en", "Turin, Milan · Italy"),
    ]


def test_the_index_holds_facets_labels_places_and_tombstones(index):
    def rows(query):
        return index.execute(query).fetchall()

    assert rows("SELECT value, slug FROM facet WHERE facet = 'status' ORDER BY 1, 2") == [
        ("ongoing", "a-propos"),
        ("undated", "a-propos"),
        ("undated", "practice-3"),
    ]
    assert rows("SELECT DISTINCT value FROM facet WHERE facet = 'year' ORDER BY 1") == [("2001",), ("2002",)]
    assert rows("SELECT text FROM label WHERE facet = 'country' AND value = 'ITA' AND lang = 'fr'") == [
        ("Italie",)
    ]
    assert rows("SELECT text FROM label WHERE facet = 'city' AND value = 'it-turin' AND lang = 'it'") == [
        ("Torino",)
    ]
    assert rows("SELECT key, name, country, kind FROM place ORDER BY key") == [
        ("it-milan", "Milan", "ITA", "city"),
        ("it-turin", "Turin", "ITA", "city"),
    ]
    assert rows("SELECT slug, status, replaced_by FROM gone ORDER BY slug") == [
        ("m", "merged", "practice-1"),
        ("old", "withdrawn", None),
    ]
    assert rows("SELECT start_year, end_year, ongoing FROM practice WHERE slug = 'practice-1'") == [
        (2001, 2002, 0)
    ]
    assert rows("SELECT start_year, summary, ongoing FROM practice WHERE slug = 'a-propos'") == [
        (None, None, 1)
    ]


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("nachbarn", ["a-propos"]),
        ("apropos OR propos", ["a-propos"]),
        ("torino", ["practice-1", "practice-3"]),
        ("antirrumores", ["a-propos", "practice-1"]),
        ("zebra", ["practice-3"]),
        ("meet", ["a-propos", "practice-1", "practice-3"]),
        ("nowhere", []),
    ],
)
def test_the_search_finds_words_of_any_language(index, words, slugs):
    found = index.execute("SELECT slug FROM search WHERE search MATCH ? ORDER BY slug", (words,))
    assert [slug for (slug,) in found] == slugs


def test_titles_are_sorted_without_case_marks_and_diacritics():
    titles = ["“Élan”", "elan vital", "#iorispetto", "Zürich", "abc", "…"]
    assert sorted(titles, key=sort_key) == ["…", "abc", "“Élan”", "elan vital", "#iorispetto", "Zürich"]


def test_the_catalogue_file_has_the_columns_of_its_metadata(release):
    metadata = json.loads((release / "catalogue.csv-metadata.json").read_text(encoding="utf-8"))
    columns = [column["name"] for column in metadata["tableSchema"]["columns"]]
    with (release / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == columns
    assert [row["slug"] for row in rows] == ["a-propos", "practice-1", "practice-3"]
    assert rows[0]["title"] == "À propos | des voisins"
    assert rows[0]["other_titles"] == "de:Über Nachbarn"
    assert (rows[1]["cities"], rows[1]["years"], rows[1]["ongoing"]) == (
        "it-turin|it-milan",
        "2001|2002",
        "false",
    )
    assert (rows[2]["start"], rows[2]["ongoing"], rows[2]["date_text"]) == ("", "", "")
    assert metadata["tableSchema"]["aboutUrl"] == builds.BASE + "/practice/{slug}"
    assert ".invalid" not in json.dumps(metadata)


def test_a_separator_in_a_value_of_a_list_becomes_a_slash(tmp_path):
    titles = (("en", "One"), ("fr", "un | deux"))
    path = builds.build(tmp_path, [builds.practice(1, titles=titles)]).path
    assert "fr:un / deux" in (path / "catalogue.csv").read_text(encoding="utf-8")


def _description(path: Path) -> dict[tuple[str, str], str]:
    triples = parse(path=str(path / "description.ttl"), format=RdfFormat.TURTLE)
    return {(str(t.subject.value), str(t.predicate.value)): str(t.object.value) for t in triples}


def test_the_description_tells_size_and_hash_of_each_dump(release):
    said = _description(release)
    for short, name in (("nt", "dataset.nt.gz"), ("jsonld", "dataset.jsonld.gz"), ("csv", "catalogue.csv")):
        this = f"{builds.BASE}/dataset#{short}"
        content = (release / name).read_bytes()
        assert said[this, vocabulary.DCAT + "byteSize"] == str(len(content))
        assert said[f"{this}-checksum", vocabulary.SPDX + "checksumValue"] == sha256(content).hexdigest()
        assert said[this, vocabulary.DCAT + "downloadURL"] == f"{builds.BASE}/dumps/{name}"


def test_the_description_counts_what_the_dumps_hold(release):
    said = _description(release)
    lines = gzip.decompress((release / "dataset.nt.gz").read_bytes()).count(b"\n")
    dataset = f"{builds.BASE}/dataset"
    assert said[dataset, vocabulary.VOID + "triples"] == str(lines)
    assert said[dataset, vocabulary.VOID + "entities"] == "3"
    assert said[dataset, vocabulary.DCAT + "version"] == release.name
    assert said[dataset, vocabulary.DCT + "modified"] == "2026-02-01T00:00:00Z"


@pytest.mark.parametrize("name", ["shapes", "range", "deprecateduris"])
def test_the_description_violates_nothing_of_dcat_ap(release, name):
    shapes = locations.SHARED / "suites" / "dcat-ap-3.0.1" / f"{name}.ttl"
    if not shapes.exists():
        pytest.skip("the shapes of DCAT-AP are not here")
    said = rdflib.Graph().parse(release / "description.ttl")
    conforms, _, text = pyshacl.validate(said, shacl_graph=rdflib.Graph().parse(shapes))
    assert conforms, text


def test_settings_replace_what_the_dataset_file_says(tmp_path):
    stated = {
        "title": "Our practices",
        "publisher": "City of Turin",
        "contact": "data@example.org",
        "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
    }
    said = _description(builds.build(tmp_path, _PRACTICES, replace(_FACTS, dataset=stated)).path)
    assert said[f"{builds.BASE}/dataset", vocabulary.DCT + "title"] == "Our practices"
    assert said[f"{builds.BASE}/dataset", vocabulary.DCT + "license"] == stated["licence"]
    assert said[f"{builds.BASE}/agent/publisher", vocabulary.FOAF + "name"] == "City of Turin"
    assert said[f"{builds.BASE}/agent/contact", vocabulary.VCARD + "hasEmail"] == "mailto:data@example.org"
    assert "not named" not in "".join(said.values())


def test_the_same_practices_in_another_order_give_the_same_dumps(release, tmp_path):
    settings = ReleaseSettings(load_lines=50)
    other = builds.build(tmp_path, reversed(_PRACTICES), _FACTS, settings).path
    for name in ("dataset.nt.gz", "dataset.ttl.gz", "dataset.jsonld.gz", "catalogue.csv", "description.ttl"):
        assert (other / name).read_bytes() == (release / name).read_bytes(), name
    assert verify(other) == ()


def test_unchanged_input_gives_no_new_release(tmp_path):
    first = builds.build(tmp_path, _PRACTICES, _FACTS)
    later = replace(_FACTS, created="2027-01-01T00:00:00Z")
    again = builds.build(tmp_path, _PRACTICES, later)
    assert (first.changed, again.changed, again.is_current) == (True, False, True)
    assert again.path == first.path == current(tmp_path)
    assert [path.name for path in (tmp_path / "releases").iterdir()] == [first.name]
    assert read_manifest(first.path).created == "2026-11-23T12:00:00Z"


@pytest.mark.parametrize(
    "change",
    [
        {"report": {"findings": [1]}},
        {"ledger": ("slug\n",)},
        {"software": "another"},
        {"gone": ()},
        {"dataset": {"publisher": "X"}},
        {"sources": ()},
        {"report_turtle": None},
    ],
)
def test_what_is_said_about_the_same_practices_makes_a_release_of_the_same_version(tmp_path, change):
    first = builds.build(tmp_path, _PRACTICES[:1], _FACTS)
    second = builds.build(tmp_path, _PRACTICES[:1], replace(_FACTS, **change))
    assert (second.changed, second.version, second.name) == (True, first.version, f"{first.version}-2")
    assert current(tmp_path) == second.path
    assert verify(second.path) == ()
    assert read_manifest(second.path).previous == first.name


def test_a_damaged_release_is_built_again(tmp_path):
    first = builds.build(tmp_path, _PRACTICES)
    (first.path / "dataset.nt.gz").write_bytes(b"")
    second = builds.build(tmp_path, _PRACTICES)
    assert second.changed
    assert verify(current(tmp_path)) == ()
    assert second.name == f"{first.name}-2"


def test_only_the_last_releases_stay_and_the_current_one(tmp_path):
    settings = ReleaseSettings(keep=2)
    made = [builds.build(tmp_path, [builds.practice(n)], settings=settings).path for n in range(4)]
    assert releases(tmp_path) == (made[3], made[2])
    assert sorted((tmp_path / "releases").iterdir()) == sorted(made[2:])


def test_a_rollback_pins_until_it_is_released(tmp_path):
    made = [builds.build(tmp_path, [builds.practice(n)]).path for n in range(2)]
    assert rollback(tmp_path) == made[0] == current(tmp_path)
    settings = ReleaseSettings(keep=1)
    pinned = builds.build(tmp_path, [builds.practice(2)], settings=settings)
    assert (pinned.changed, pinned.is_current, current(tmp_path)) == (True, False, made[0])
    assert set(releases(tmp_path)) == {made[0], pinned.path}
    again = builds.build(tmp_path, [builds.practice(2)], settings=settings)
    assert (again.changed, again.is_current, again.path) == (False, False, pinned.path)
    assert unpin(tmp_path) == pinned.path == current(tmp_path)
    assert unpin(tmp_path) is None
    assert builds.build(tmp_path, [builds.practice(3)]).is_current


def test_a_rollback_goes_past_damaged_releases_and_to_named_ones(tmp_path):
    made = [builds.build(tmp_path, [builds.practice(n)]).path for n in range(3)]
    (made[1] / "index.sqlite").unlink()
    assert rollback(tmp_path) == made[0]
    assert rollback(tmp_path, made[2].name) == made[2]
    with pytest.raises(UsageError, match=r"damaged: .*index\.sqlite is missing"):
        rollback(tmp_path, made[1].name)
    with pytest.raises(UsageError, match="holds no release 'nothing'"):
        rollback(tmp_path, "nothing")
    assert current(tmp_path) == made[2]


def test_a_rollback_from_a_release_with_half_a_manifest_goes_to_the_newest_sound_one(tmp_path):
    made = [builds.build(tmp_path, [builds.practice(n)]).path for n in range(2)]
    (made[1] / "manifest.json").write_text("{", encoding="utf-8")
    assert rollback(tmp_path) == made[0] == current(tmp_path)


def test_releasing_the_pin_goes_past_damaged_releases(tmp_path):
    made = [builds.build(tmp_path, [builds.practice(n)]).path for n in range(3)]
    rollback(tmp_path, made[0].name)
    (made[2] / "catalogue.csv").unlink()
    assert unpin(tmp_path) == made[1]


def test_there_is_nothing_to_roll_back_to_before_the_first_release(tmp_path):
    with pytest.raises(UsageError, match="no sound release older"):
        rollback(tmp_path)
    builds.build(tmp_path, [builds.practice(1)])
    with pytest.raises(UsageError, match="no sound release older"):
        rollback(tmp_path)


def test_an_empty_folder_has_no_release(tmp_path):
    assert current(tmp_path) is None
    assert releases(tmp_path) == ()


def test_what_is_not_finished_leaves_no_trace(tmp_path):
    with ReleaseWriter(tmp_path, builds.BASE) as writer:
        builds.add(writer, _PRACTICES[0], builds.lines(_PRACTICES[0]))
        assert len(writer.seal(builds.vocabulary())) == 16
    assert list((tmp_path / "releases").iterdir()) == []
    assert current(tmp_path) is None


def test_a_triple_of_the_vocabulary_among_the_practices_is_refused(tmp_path):
    terms = builds.vocabulary()
    with ReleaseWriter(tmp_path, builds.BASE) as writer:
        builds.add(writer, _PRACTICES[0], builds.lines(_PRACTICES[0]) + terms.lines[0])
        writer.seal(terms)
        with pytest.raises(DataRefused, match="stands in the graphs practices and vocabulary"):
            writer.finish(_FACTS)
    assert current(tmp_path) is None


def test_a_release_without_practices_is_possible(tmp_path):
    path = builds.build(tmp_path, []).path
    assert verify(path) == ()
    assert read_manifest(path).counts["graphs"]["practices"] == 0


def test_countries_outside_the_table_join_the_vocabulary(tmp_path):
    extra = f'<{vocabulary.COUNTRY}MLT> <{vocabulary.SKOS}prefLabel> "Malta"@en .\n'
    terms = load_vocabulary(vocabulary.vocabulary_files(), "1", extra)
    assert extra in terms.lines
    malta = City("mt-valletta", "MLT", (("en", "Valletta"),))
    made = builds.practice(1, countries=("MLT",), cities=(malta,))
    path = builds.build(tmp_path, [made], terms=terms).path
    found = sqlite3.connect(path / "index.sqlite")
    assert found.execute("SELECT places FROM practice").fetchone() == ("Valletta · Malta",)
    found.close()


def test_blank_nodes_of_vocabulary_files_get_the_same_labels_each_time(tmp_path):
    file = tmp_path / "terms.ttl"
    file.write_text("<http://x/a> <http://x/p> [ <http://x/q> ( 1 2 ) ] .", encoding="utf-8")
    assert load_vocabulary([file], "1") == load_vocabulary([file], "1")
    assert isinstance(load_vocabulary([file], "1"), Vocabulary)
