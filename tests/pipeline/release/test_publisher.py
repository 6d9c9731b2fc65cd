from dataclasses import replace
from pathlib import Path

import pytest
from building import build, practice, run, write_table
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from endpoint.app import create_app
from pipeline.model.errors import UsageError
from pipeline.rdf.vocabulary import ADMS, DCAT, DCT, FOAF, RDF, VCARD, dataset_file, known_file
from pipeline.release.dataset.publisher_settings import PUBLISHER_TYPES, demand_forms, misfits
from pipeline.release.dataset.publisher_statements import read_statements
from pipeline.release.folder.folders import current
from pipeline.system.config import DATASET_SETTINGS
from tests.cases.release import builds

pytestmark = pytest.mark.thorough

STATED = {
    "title": "Our practices",
    "publisher": "City of Turin",
    "publisher-type": "LocalAuthority",
    "publisher-homepage": "https://www.comune.torino.it/",
    "contact": "https://www.comune.torino.it/contact",
    "licence": "https://creativecommons.org/publicdomain/zero/1.0/",
    "homepage": "https://practices.torino.example.org/",
    "cite-as": "https://doi.org/10.5281/zenodo.1",
}
PUBLISHER = f"{builds.BASE}/agent/publisher"


def described(folder: Path, stated: dict[str, str]) -> set[Triple]:
    path = builds.build(folder, [builds.practice(1)], replace(builds.FACTS, dataset=stated)).path
    return {quad.triple for quad in parse(path=path / "description.ttl", format=RdfFormat.TURTLE)}


def values(said: set[Triple], subject: str, predicate: str) -> set[str]:
    return {
        each.object.value
        for each in said
        if (each.subject.value, each.predicate.value) == (subject, predicate)
    }


def test_what_a_publisher_says_is_said_wherever_it_holds(tmp_path: Path) -> None:
    said = described(tmp_path, STATED)
    dataset, catalog = f"{builds.BASE}/dataset", f"{builds.BASE}/catalog"
    assert values(said, PUBLISHER, FOAF + "name") == {"City of Turin"}
    assert values(said, PUBLISHER, DCT + "type") == {"http://purl.org/adms/publishertype/LocalAuthority"}
    assert values(said, PUBLISHER, FOAF + "homepage") == {STATED["publisher-homepage"]}
    assert values(said, f"{builds.BASE}/agent/contact", VCARD + "hasURL") == {STATED["contact"]}
    assert values(said, catalog, FOAF + "homepage") == {STATED["homepage"]}
    assert values(said, dataset, ADMS + "identifier") == {STATED["cite-as"]}
    licensed = {each.subject for each in said if each.predicate == NamedNode(DCT + "license")}
    assert {each.object.value for each in said if each.predicate.value == DCT + "license"} == {
        STATED["licence"]
    }
    kinds = {NamedNode(DCAT + kind) for kind in ("Distribution", "DataService", "Catalog", "Dataset")}
    own_texts = NamedNode(f"{builds.BASE}/rights/own-text")
    assert licensed == {each.subject for each in said if each.object in kinds} | {own_texts}
    assert not [each for each in said if "not named" in str(each) or "example.org>" in str(each.object)]


def test_where_nobody_is_set_nobody_is_made_up(tmp_path: Path) -> None:
    said = described(tmp_path, {})
    contact = f"{builds.BASE}/agent/contact"
    assert values(said, PUBLISHER, FOAF + "name") == {"Publisher not named", "Éditeur non indiqué"}
    assert values(said, PUBLISHER, RDF + "type") == {FOAF + "Agent"}
    assert values(said, PUBLISHER, DCT + "type") == values(said, PUBLISHER, FOAF + "homepage") == set()
    assert {each.predicate.value for each in said if each.subject.value == contact} == {RDF + "type"}
    assert not [each for each in said if each.predicate == NamedNode(DCT + "creator")]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://creativecommons.org/licenses/by/4.0", "Creative Commons Attribution"),
        ("https://creativecommons.org/licenses/by/4.0/deed.fr", "Creative Commons Attribution"),
        (
            "https://www.creativecommons.org/licenses/by-sa/4.0/legalcode.de",
            "Creative Commons Attribution Share-Alike",
        ),
        ("http://publications.europa.eu/resource/authority/licence/CC0", "Creative Commons CCZero"),
        (
            "HTTPS://OpenDataCommons.org/licenses/odbl/1.0/?x#top",
            "Open Data Commons Open Database License (ODbL)",
        ),
        ("https://example.org/our-licence", None),
        ("https://example.org/creativecommons.org/licenses/by/4.0/", None),
        ("https://creativecommons.org/licenses/by/4.0/ns", None),
    ],
)
def test_a_licence_has_the_name_that_portals_know_in_whatever_way_its_address_is_written(
    tmp_path: Path, address: str, name: str | None
) -> None:
    said = described(tmp_path, {"licence": address})
    assert values(said, f"{builds.BASE}/dataset", DCT + "license") == {address}
    assert values(said, address, DCT + "title") == ({name} if name else set())


def test_a_person_that_publishes_is_no_organisation(tmp_path: Path) -> None:
    said = described(tmp_path, {"publisher": "Ada", "publisher-type": "PrivateIndividual"})
    assert values(said, PUBLISHER, RDF + "type") == {FOAF + "Agent"}
    said = described(tmp_path / "other", {"publisher": "City of Turin"})
    assert values(said, PUBLISHER, RDF + "type") == {FOAF + "Agent", FOAF + "Organization"}


def test_feeds_and_search_engines_are_told_of_the_publisher_and_of_no_other(tmp_path: Path) -> None:
    table = write_table(tmp_path / "practices.csv", [practice("a")])
    config = tmp_path / "practicegraph.toml"
    config.write_text('[dataset]\npublisher = "Our <network>"\n', encoding="utf-8")
    run("--config", config, "build", table, "--output", tmp_path / "named", "--jobs", 1)
    build(tmp_path / "unnamed", table)
    for name, author in (("named", "Our &lt;network&gt;"), ("unnamed", "Publisher not named")):
        client = create_app(tmp_path / name).test_client()
        for path in ("/changes.atom", "/practices.atom"):
            assert f"<author><name>{author}</name>" in client.get(path).text
            assert "<name>Council of Europe" not in client.get(path).text
        assert ('"@type":"Organization"' in client.get("/dataset").text) == (name == "named")


def test_a_build_for_the_public_says_that_nobody_is_named(tmp_path: Path) -> None:
    table = write_table(tmp_path / "practices.csv", [practice("a")])
    told = "No publisher is named."
    assert told in build(tmp_path / "a", table, "--base-iri", "https://data.city.org").stdout
    assert told not in build(tmp_path / "b", table).stdout
    config = tmp_path / "practicegraph.toml"
    config.write_text('[dataset]\npublisher = "Our network"\n', encoding="utf-8")
    public = ("--base-iri", "https://data.city.org", "--jobs", 1)
    done = run("--config", config, "build", table, "--output", tmp_path / "c", *public)
    assert (done.exit_code, told in done.stdout) == (0, False)


TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "https://example.org/x",
        "https://[broken",
        "https://a b",
        "http://x/<y>",
        "data@example.org",
        "mailto:data@example.org",
        "a@b.c d",
        "mailto:x",
        '"@b.c',
        "https://x.y/{z}",
        *PUBLISHER_TYPES[:2],
    ]
)


@given(st.dictionaries(st.sampled_from([*DATASET_SETTINGS]), TEXTS.map(str.strip).filter(bool)))
@settings(max_examples=300)
def test_whatever_is_set_is_described_or_refused_with_a_sentence(stated: dict[str, str]) -> None:
    wrong = dict(misfits(stated))
    if wrong:
        with pytest.raises(UsageError, match=r"^\[dataset\] The "):
            demand_forms(stated)
        assert wrong.keys() <= stated.keys()
        return
    triples = {*read_statements(builds.DEPLOYMENT, dataset_file(), stated)}
    said = {each.object.value for each in triples}
    assert {value for key, value in stated.items() if key not in ("contact", "publisher-type")} <= said


def test_what_kind_of_organisation_a_publisher_is_is_never_made_up(tmp_path: Path) -> None:
    said = described(tmp_path, {"publisher": "City of Turin"})
    assert values(said, PUBLISHER, FOAF + "name") == {"City of Turin"}
    assert values(said, PUBLISHER, DCT + "type") == set()
    assert values(said, PUBLISHER, RDF + "type")


def test_every_kind_of_publisher_is_known_by_name(tmp_path: Path) -> None:
    text = known_file().read_text(encoding="utf-8")
    assert all(f"publisher:{kind} a skos:Concept" in text for kind in PUBLISHER_TYPES)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('licence = "CC BY 4.0"', 'The licence "CC BY 4.0" is not a web address'),
        ('contact = "the data desk"', "neither an e-mail address nor a web address"),
        ('publisher-type = "City"', "Write one of Academia-ScientificOrganisation"),
        ('cite-as = "10.5281/zenodo.1"', "such as https://doi.org/"),
    ],
)
def test_a_setting_that_cannot_be_described_stops_the_build_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    (tmp_path / "practicegraph.toml").write_text(f"[dataset]\n{line}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = build(tmp_path / "published", write_table(tmp_path / "practices.csv", [practice("one")]))
    assert (result.exit_code, current(tmp_path / "published")) == (2, None)
    assert told in result.output


def test_a_persistent_identifier_is_what_the_dataset_is_cited_by(tmp_path: Path) -> None:
    described(tmp_path, STATED)
    response = create_app(tmp_path).test_client().get("/dataset", headers={"Accept": "text/html"})
    assert f'<{STATED["cite-as"]}>; rel="cite-as"' in response.headers["Link"]
    assert f'"sameAs":"{STATED["cite-as"]}"' in response.text
