"""What harvesters find: the rules of docs/harvesting.md, DCAT-AP, CKAN, udata, VoID and the sitemap, over HTTP."""

import csv
import gzip
import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import locations
import pyshacl
import pytest
from building import run
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse
from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SH, VOID
from running import Reply, Running
from samples import build_release

ROOT = locations.ROOT
GUIDE = ROOT / "docs" / "harvesting.md"
SUITE = ROOT.parent / "shared" / "suites" / "dcat-ap-3.0.1"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
EU = "http://publications.europa.eu/resource/authority/"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

PUBLISHER = """
[dataset]
publisher = "Network of cities"
publisher-type = "NonGovernmentalOrganisation"
contact = "data@network.example.org"
"""

needs_shapes = pytest.mark.skipif(
    not SUITE.is_dir(), reason="the shapes of DCAT-AP are not beside the project"
)


@dataclass(frozen=True, slots=True)
class Site:
    server: Running
    base: str
    slug: str
    version: str

    def get(self, path: str, accept: str = "text/html") -> Reply:
        """Return the last answer, redirects followed."""
        reply = self.server.send("GET", path.removeprefix(self.base), headers={"Accept": accept})
        if reply.status in (301, 302, 303):
            return self.get(reply.headers["Location"], accept)
        return reply

    def graph(self, path: str) -> Graph:
        return Graph().parse(data=self.get(path).body, format="turtle", publicID=self.base)

    def count(self, pattern: str) -> int:
        reply = self.server.ask(f"SELECT (COUNT(*) AS ?n) {pattern}", "application/sparql-results+json")
        return int(reply.json()["results"]["bindings"][0]["n"]["value"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server at its own base IRI, with the second of two releases of the real practices by a named publisher."""
    output = tmp_path_factory.mktemp("harvested")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    source = ROOT / "data" / "practices.csv"
    shorter = output / "practices.csv"
    shorter.write_text("".join(source.read_text(encoding="utf-8").splitlines(True)[:20]), encoding="utf-8")
    config = output / "practicegraph.toml"
    config.write_text(PUBLISHER, encoding="utf-8")
    for each in (shorter, source):
        where = ("--output", output / "published", "--base-iri", base, "--jobs", 1)
        result = run("--config", config, "build", each, *where)
        assert result.exit_code == 0, result.output
    with (output / "published" / "current" / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        slug = next(row["slug"] for row in csv.DictReader(lines) if "/-/" in row["sources"])
    manifest = json.loads((output / "published" / "current" / "manifest.json").read_text(encoding="utf-8"))
    with Running(output / "published", port=port, query_timeout=20) as server:
        yield Site(server, base, slug, manifest["version"])


def table() -> list[list[str]]:
    text = GUIDE.read_text(encoding="utf-8").partition("| Rule | Met |")[2]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()[2:]]


ROWS = [row for row in table() if len(row) == 5]


def shown(reply: Reply) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in reply.headers.items())
    return f"{reply.status}\n{headers}\n{reply.body.decode(errors='replace')}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].split()[0])
def test_a_published_rule_is_met_as_the_table_says(site: Site, row: list[str]) -> None:
    _, met, how, ask, find = row
    if met == "no":
        assert how
        assert not ask
        return
    assert met in ("yes", "in part")
    known = {"slug": site.slug, "version": site.version, "base": site.base}
    path, _, accept = re.sub(r"\{(\w+)\}", lambda name: known[name[1]], ask.strip("`")).partition(" ")
    answer = shown(site.get(path, accept or "text/html"))
    wanted = re.findall(r"`([^`]+)`", find)
    assert wanted
    for text in wanted:
        assert re.sub(r"\{(\w+)\}", lambda name: known[name[1]], text) in answer


def test_the_table_leaves_out_no_rule() -> None:
    rules = {row[0].split()[0] for row in ROWS}
    assert len(rules) == len(ROWS) == len(table())
    assert rules >= {f"BP{number}" for number in range(1, 36)}
    assert len([rule for rule in rules if rule.startswith("FsF-")]) == 17
    assert len([rule for rule in rules if rule.startswith("FC-")]) == 8


def results(data: Graph, *names: str) -> list[tuple[str, str, str]]:
    """Return severity, focus node and path of each result of some of the shape files."""
    shapes = Graph()
    for name in names:
        shapes.parse(SUITE / f"{name}.ttl")
    for shape, part in list(shapes.subject_objects(SH.property)):
        if (part, None, None) not in shapes:
            shapes.remove((shape, SH.property, part))
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True)
    assert isinstance(report, Graph)
    return [
        tuple(str(report.value(result, each)) for each in (SH.resultSeverity, SH.focusNode, SH.resultPath))
        for result in report.objects(None, SH.result)
    ]


@needs_shapes
@pytest.mark.parametrize("address", ["/catalog.ttl", "/dataset.ttl"])
def test_the_live_description_breaks_no_rule_of_dcat_ap_and_misses_no_recommendation(
    site: Site, address: str
) -> None:
    data = site.graph(address)
    assert results(data, "shapes", "range") == []
    assert results(data, "shapes_recommended") == []
    assert results(data, "deprecateduris") == []


@needs_shapes
def test_where_no_publisher_is_named_only_its_kind_is_missed(tmp_path: Path) -> None:
    build_release(tmp_path, stated={})
    with Running(tmp_path) as server:
        data = Graph().parse(data=server.send("GET", "/catalog.ttl").body, format="turtle")
    assert results(data, "shapes", "range") == []
    (missed,) = results(data, "shapes_recommended")
    assert missed[1].endswith("/agent/publisher")
    assert missed[2] == str(DCTERMS.type)


@needs_shapes
def test_of_the_controlled_vocabularies_only_the_publisher_is_not_a_body_of_the_union(site: Site) -> None:
    found = results(site.graph("/catalog.ttl"), "mdr-vocabularies.shape")
    assert {(severity, path) for severity, _, path in found} == {(str(SH.Warning), str(DCTERMS.publisher))}


def canonical(data: bytes, form: RdfFormat) -> set[Quad]:
    dataset = Dataset(parse(data, format=form))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # of rdflib, by rdflib's JSON-LD parser
def test_every_form_of_the_catalogue_is_the_same_graph(site: Site) -> None:
    turtle = canonical(site.get("/catalog.ttl").body, RdfFormat.TURTLE)
    assert canonical(site.get("/catalog.rdf").body, RdfFormat.RDF_XML) == turtle
    assert canonical(site.get("/catalog.nt").body, RdfFormat.N_TRIPLES) == turtle
    by_rdflib = Graph().parse(f"{site.base}/catalog.jsonld", format="json-ld")
    assert set(by_rdflib) == set(site.graph("/catalog.ttl"))


def test_every_address_that_the_catalogue_gives_answers(site: Site) -> None:
    data = site.graph("/catalog.ttl")
    ways = (DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription, DCAT.landingPage)
    addresses = {str(each) for way in (*ways, FOAF.homepage) for each in data.objects(None, way)}
    own = {each for each in addresses if each.startswith(site.base)}
    assert len(own) >= 8
    assert {each: site.get(each or "/", "*/*").status for each in own} == dict.fromkeys(own, 200)


LDES = URIRef("https://w3id.org/ldes/specification")
ATOM = URIRef("https://www.rfc-editor.org/rfc/rfc4287")


@pytest.mark.parametrize(
    ("standard", "wanted"), [(LDES, "ldes:EventStream"), (ATOM, 'xmlns="http://www.w3.org/2005/Atom"')]
)
def test_who_reads_the_catalogue_finds_how_to_follow_the_dataset(
    site: Site, standard: URIRef, wanted: str
) -> None:
    data = site.graph("/catalog.ttl")
    (way,) = set(data.subjects(DCTERMS.conformsTo, standard)) & set(data.objects(None, DCAT.distribution))
    kind = str(data.value(way, DCAT.mediaType)).partition("/media-types/")[2]
    reply = site.get(str(data.value(way, DCAT.accessURL)), kind)
    assert (reply.status, reply.type.partition(";")[0]) == (200, kind)
    assert wanted in reply.text
    assert data.value(standard, DCTERMS.title)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
@pytest.mark.parametrize("form", ["xml", "turtle", "json-ld"])
def test_ckan_reads_one_dataset_with_all_its_fields(site: Site, form: str) -> None:
    suffix = {"xml": "rdf", "turtle": "ttl", "json-ld": "jsonld"}[form]
    data = Graph().parse(f"{site.base}/catalog.{suffix}", format=form)
    (dataset,) = data.subjects(RDF.type, DCAT.Dataset)
    assert dataset == URIRef(f"{site.base}/dataset")
    for field in (DCTERMS.title, DCTERMS.description, DCTERMS.identifier, DCTERMS.issued, DCTERMS.modified):
        assert isinstance(data.value(dataset, field, any=True), Literal)
    for field in (DCAT.landingPage, DCTERMS.accrualPeriodicity, DCAT.theme, DCTERMS.language, DCAT.version):
        assert data.value(dataset, field, any=True)
    assert len(list(data.objects(dataset, DCAT.keyword))) > 4
    contact, publisher = data.value(dataset, DCAT.contactPoint), data.value(dataset, DCTERMS.publisher)
    assert str(data.value(contact, VCARD.hasEmail)).startswith("mailto:")
    assert data.value(contact, VCARD.fn, any=True)
    assert data.value(publisher, FOAF.name, any=True)
    period = data.value(dataset, DCTERMS.temporal)
    years = [int(str(data.value(period, each))[:4]) for each in (DCAT.startDate, DCAT.endDate)]
    assert 1900 < years[0] < years[1] < 2100
    (catalog,) = data.subjects(RDF.type, DCAT.Catalog)
    places = {str(data.value(each, SKOS.inScheme)) for each in data.objects(catalog, DCTERMS.spatial)}
    assert places == {f"{EU}country"}
    for resource in data.objects(dataset, DCAT.distribution):
        assert data.value(resource, DCAT.downloadURL) or data.value(resource, DCAT.accessURL)
        for field in (DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS["format"], DCAT.mediaType):
            assert data.value(resource, field, any=True), (resource, field)
        if data.value(resource, DCAT.downloadURL):
            assert int(str(data.value(resource, DCAT.byteSize))) > 0
            assert data.value(data.value(resource, SPDX.checksum), SPDX.checksumValue)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_udata_reads_years_boxes_frequency_and_media_types(site: Site) -> None:
    data = site.graph("/catalog.ttl")
    (dataset,) = data.subjects(RDF.type, DCAT.Dataset)
    # udata fetches a period that has an IRI, and reads the dates of what it gets.
    period = data.value(dataset, DCTERMS.temporal)
    fetched = Graph().parse(str(period))
    assert isinstance(fetched.value(period, DCAT.startDate).toPython(), date)
    (place,) = data.objects(dataset, DCTERMS.spatial)
    boxes = [data.value(each, DCAT.bbox) for each in (place, *data.objects(None, DCTERMS.spatial))]
    assert len(boxes) > 20
    assert all(re.fullmatch(r"POLYGON\(\((-?[\d.]+ -?[\d.]+(, )?){5}\)\)", str(box)) for box in boxes)
    assert data.value(dataset, DCTERMS.accrualPeriodicity) == URIRef(f"{EU}frequency/IRREG")
    # udata knows a licence by its name, and takes the label for it.
    assert str(data.value(data.value(dataset, DCTERMS.license), RDFS.label)) == "Creative Commons Attribution"
    kinds = {
        "/".join(str(kind).split("/")[-2:])
        for resource in data.objects(dataset, DCAT.distribution)
        for kind in data.objects(resource, DCAT.mediaType)
    }
    assert kinds >= {"text/csv", "text/turtle", "application/n-triples", "application/ld+json", "text/html"}
    services = set(data.objects(None, DCAT.accessService))
    assert services == {URIRef(f"{site.base}/{name}") for name in ("sparql", "dataset#stream")}
    for service in services:
        # udata makes a data service of its own of each, by these three.
        assert (service, RDF.type, DCAT.DataService) in data
        assert data.value(service, DCTERMS.title, any=True)
        assert data.value(service, DCAT.endpointURL)
        assert data.value(service, DCAT.servesDataset) == dataset


def test_readers_of_void_find_counts_that_are_those_of_the_endpoint(site: Site) -> None:
    reply = site.server.send("GET", "/.well-known/void", headers={"Accept": "text/turtle"})
    assert (reply.status, reply.headers["Location"]) == (302, "/void")
    data = site.graph("/void.ttl")
    (document,) = data.subjects(RDF.type, VOID.DatasetDescription)
    dataset = data.value(document, FOAF.primaryTopic)
    for field in (VOID.dataDump, VOID.sparqlEndpoint, VOID.exampleResource, VOID.uriSpace, VOID.vocabulary):
        assert data.value(dataset, field, any=True)
    assert site.get(str(data.value(dataset, VOID.exampleResource)), "text/turtle").status == 200
    told = {
        str(data.value(part, VOID["class"])): int(str(data.value(part, VOID.entities)))
        for part in data.objects(dataset, VOID.classPartition)
    }
    assert len(told) == int(str(data.value(dataset, VOID.classes)))
    for kind in ("GoodPractice", "City", "Topic"):
        iri = f"https://w3id.org/intercultural-practices/ns#{kind}"
        assert told[iri] == site.count(f"{{ GRAPH ?g {{ ?s a <{iri}> }} }}")
    used = {
        str(data.value(part, VOID.property)): int(str(data.value(part, VOID.triples)))
        for part in data.objects(dataset, VOID.propertyPartition)
    }
    graphs = f"FROM <{site.base}/graph/practices> FROM <{site.base}/graph/vocabulary>"
    assert used[str(DCTERMS.title)] == site.count(f"{graphs} {{ ?s <{DCTERMS.title}> ?o }}")
    assert sum(used.values()) == int(str(data.value(dataset, VOID.triples)))


def test_a_dump_holds_exactly_the_practices_and_the_vocabulary(site: Site) -> None:
    lines = gzip.decompress(site.get("/dumps/dataset.nt.gz").body).count(b"\n")
    graphs = f"FROM <{site.base}/graph/practices> FROM <{site.base}/graph/vocabulary>"
    assert lines == site.count(f"{graphs} {{ ?s ?p ?o }}")


def addresses(site: Site, path: str) -> dict[str, str | None]:
    reply = site.get(path)
    assert reply.type.startswith("application/xml")
    tree = ElementTree.fromstring(reply.body)
    found = {
        each.findtext("s:loc", "", SITEMAP): each.findtext("s:lastmod", None, SITEMAP)
        for kind in ("s:url", "s:sitemap")
        for each in tree.findall(kind, SITEMAP)
    }
    assert 0 < len(found) <= 50_000
    return found


def test_robots_and_sitemap_lead_to_every_practice_with_the_date_of_its_record(site: Site) -> None:
    (index,) = re.findall(r"^Sitemap: (.*)$", site.get("/robots.txt").text, re.MULTILINE)
    listed = {loc: when for part in addresses(site, index) for loc, when in addresses(site, part).items()}
    practices = {loc: when for loc, when in listed.items() if "/doc/practice/" in loc}
    reply = site.server.ask(
        "SELECT ?record ?when { GRAPH ?g { ?record a <https://w3id.org/intercultural-practices/ns#PracticeRecord> ; "
        f"<{DCTERMS.modified}> ?when }} }}",
        "application/sparql-results+json",
    )
    rows = reply.json()["results"]["bindings"]
    records = {row["record"]["value"]: row["when"]["value"] for row in rows}
    french = {loc.replace(site.base, f"{site.base}/fr", 1): when for loc, when in records.items()}
    assert practices == records | french
    assert len(practices) == 2 * 222


def test_every_page_in_the_sitemap_is_there_is_canonical_and_may_be_crawled(site: Site) -> None:
    parts = addresses(site, "/sitemap.xml")
    every = [loc for part in parts for loc in addresses(site, part)]
    assert len(every) == len(set(every))
    practices = [loc for loc in every if "/doc/practice/" in loc]
    for loc in (*practices[::20], *(loc for loc in every if loc not in practices)):
        reply = site.server.send("GET", loc.removeprefix(site.base), headers={"Accept": "text/html"})
        assert reply.status == 200, loc
        assert f'<link rel="canonical" href="{loc}">' in reply.text, loc
        assert not re.search('name="robots"[^>]*(noindex|nofollow)', reply.text), loc


def test_the_page_of_the_catalogue_calls_things_by_the_names_that_it_gives_them(site: Site) -> None:
    page = site.get("/catalog").text
    for path, name in (
        (f"{EU}country/ESP", "Spain"),
        (f"{EU}data-theme/SOCI", "Population and society"),
        ("/dataset#csv", "All practices as CSV"),
        ("/agent/publisher", "Network of cities"),
    ):
        assert re.search(rf'<a href="{path}"[^>]*>{name}<', page), path
    assert re.search(rf'<a href="{EU}country/ESP"[^>]*>Espagne<', site.get("/fr/catalog").text)


def test_the_page_of_the_dataset_names_its_licence(site: Site) -> None:
    name = "Creative Commons Attribution 4.0 International"
    licence = rf'<a href="https://creativecommons.org/licenses/by/4.0/"[^>]*>(<span[^>]*>)?{name}<'
    assert re.search(licence, site.get("/dataset").text)


def test_catalogue_and_dataset_lead_to_each_other(site: Site) -> None:
    assert f'<{site.base}/dataset>; rel="item"' in site.get("/catalog").headers["Link"]
    assert 'rel="collection"' not in site.get("/catalog").headers["Link"]
    assert f'<{site.base}/catalog>; rel="collection"' in site.get("/dataset").headers["Link"]


def test_programs_find_descriptions_and_feed_from_any_page(site: Site) -> None:
    for path in ("/", "/explore", f"/doc/practice/{site.slug}"):
        page = site.get(path).text
        assert '<link rel="alternate" type="application/atom+xml"' in page
    link = site.get("/").headers["Link"]
    for suffix in ("ttl", "jsonld", "rdf"):
        assert f'</catalog.{suffix}>; rel="describedby"' in link
    assert '</sparql>; rel="service-desc"' in link


def test_the_releases_are_datasets_with_files_of_their_own(site: Site) -> None:
    data = site.graph(f"/dataset/{site.version}.ttl")
    release = URIRef(f"{site.base}/dataset/{site.version}")
    assert data.value(release, DCAT.previousVersion)
    assert data.value(release, DCAT.isVersionOf) == URIRef(f"{site.base}/dataset")
    resources = list(data.objects(release, DCAT.distribution))
    assert len(resources) == 4
    for resource in resources:
        url = str(data.value(resource, DCAT.downloadURL))
        assert url.startswith(f"{site.base}/dumps/{site.version}/")
        assert len(site.get(url).body) == int(str(data.value(resource, DCAT.byteSize)))


def test_downloads_are_checked_by_the_usual_program(site: Site, tmp_path: Path) -> None:
    sums = site.get("/dumps/latest/SHA256SUMS").body
    (tmp_path / "SHA256SUMS").write_bytes(sums)
    for line in sums.decode().splitlines():
        name = line.split("  ")[1]
        (tmp_path / name).write_bytes(site.get(f"/dumps/latest/{name}").body)
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_guide_get_a_dump_and_check_it(site: Site, tmp_path: Path) -> None:
    (commands,) = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    program = commands.replace("http://localhost:8000", site.base)
    done = subprocess.run(["bash", "-eu", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "dataset.nt.gz: OK\n"), done.stderr


def test_a_site_below_a_path_is_found_from_the_root_of_its_host(tmp_path: Path) -> None:
    base = "https://data.example.org/practices"
    build_release(tmp_path, base=base)
    with Running(tmp_path) as server:
        for root in ("", "/practices"):
            assert server.send("GET", f"{root}/.well-known/void").headers["Location"] == "/practices/void"
            robots = server.send("GET", f"{root}/robots.txt").text
            assert f"Sitemap: {base}/sitemap.xml" in robots
            assert "Disallow: /practices/sparql\n" in robots
        parts = re.findall(r"<loc>(.*?)</loc>", server.send("GET", "/practices/sitemap.xml").text)
        assert parts
        assert {part.startswith((f"{base}/sitemap/", f"{base}/fr/sitemap/")) for part in parts} == {True}


def test_an_empty_dataset_is_described_without_years_and_places(tmp_path: Path) -> None:
    build_release(tmp_path, ())
    with Running(tmp_path) as server:
        data = Graph().parse(data=server.send("GET", "/catalog.ttl").body, format="turtle")
        (dataset,) = data.subjects(RDF.type, DCAT.Dataset)
        assert not list(data.objects(dataset, DCTERMS.temporal))
        assert not list(data.objects(dataset, DCTERMS.spatial))
        index = server.send("GET", "/sitemap.xml").text
        assert "practices-1" not in index
        assert server.send("GET", "/sitemap/pages.xml").status == 200
        assert server.send("GET", "/sitemap/practices-1.xml").status == 404
        if SUITE.is_dir():
            assert results(data, "shapes", "range") == []


def test_a_line_of_robots_ends_where_the_next_begins(site: Site) -> None:
    assert site.get("/robots.txt").text.endswith(f"\nSitemap: {site.base}/sitemap.xml\n")


def is_allowed(robots: str, path: str) -> bool:
    """Tell whether a path may be crawled: the longest rule that fits decides (RFC 9309)."""
    rules = re.findall(r"^(Allow|Disallow): (.*)$", robots, re.MULTILINE)
    fitting = [
        (len(rule), kind) for kind, rule in rules if re.match(re.escape(rule).replace(r"\*", ".*"), path)
    ]
    return max(fitting, key=lambda rule: rule[0], default=(0, "Allow"))[1] == "Allow"


def test_robots_may_read_all_but_filtered_lists_and_queries(site: Site) -> None:
    robots = site.get("/robots.txt").text
    simple = RobotFileParser()
    simple.parse(robots.splitlines())
    for path in (
        "/",
        "/practices",
        "/practices?page=2",
        "/practices?collection=covid-19",
        "/practices.atom",
        "/catalog.rdf",
        "/dumps/dataset.nt.gz",
    ):
        assert is_allowed(robots, path)
        assert simple.can_fetch("*", path), path
    for path in ("/practices?topic=education", "/fr/practices?q=x", "/sparql?query=ASK%7B%7D", "/en/sparql"):
        assert not is_allowed(robots, path)
    for bot, may in (("Googlebot", True), ("GPTBot", False)):
        assert simple.can_fetch(bot, "/practices?topic=education") is may
        assert not simple.can_fetch(bot, "/sparql?query=ASK%7B%7D")


def test_a_crawler_that_follows_links_and_robots_txt_comes_to_no_dead_end(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    build_release(tmp_path, base=base)
    with Running(tmp_path, port=port) as server:
        robots = server.send("GET", "/robots.txt").text
        dead, seen, waiting = {}, set(), {"/"}
        while waiting:
            path = waiting.pop()
            seen.add(path)
            reply = server.send("GET", path, headers={"Accept": "text/html"})
            found = [reply.headers["Location"]] if reply.status in (301, 302, 303) else []
            if reply.status >= 400:
                dead[path] = reply.status
            if reply.type.startswith("text/html"):
                found += [
                    unescape(link) for link in re.findall(r'<(?:a|link) [^>]*href="([^"#]+)', reply.text)
                ]
            paths = {link.removeprefix(base) or "/" for link in found}
            # The same pages again, each in one language, are left to another day.
            own = {link for link in paths if re.match(r"/(?!/|(en|fr)/)", link)}
            waiting |= {link for link in own if is_allowed(robots, link)} - seen
        assert dead == {}
        listed = {
            loc
            for part in re.findall(r"<loc>(.*?)</loc>", server.send("GET", "/sitemap.xml").text)
            for loc in re.findall(r"<loc>(.*?)</loc>", server.send("GET", part.removeprefix(base)).text)
        }
        assert {loc.removeprefix(base).removeprefix("/fr") or "/" for loc in listed} <= seen
