import csv
import json
import re
import subprocess
import sys
from functools import cache

import locations
import pyoxigraph as ox
import pyshacl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from rdflib import OWL, RDF, SKOS, Graph, Literal, Namespace, URIRef

from pipeline.description.describe import describe, describe_city, describe_state
from pipeline.model.practice import City, Period, Practice
from pipeline.rdf import iris, vocabulary
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import NAMED, Term, iri, string, tagged_literal, write

SHARED = locations.SHARED
LANGUAGES = ("en", "fr", "es", "it", "de", "pt")
BASE = "https://data.example.org/"

needs_tables = pytest.mark.skipif(
    not (SHARED / "data" / "topics.csv").is_file(), reason="the source tables are not beside the project"
)
needs_dcat_ap = pytest.mark.skipif(
    not (SHARED / "suites" / "dcat-ap-3.0.1").is_dir(), reason="the DCAT-AP shapes are not beside the project"
)


@cache
def graph_of(name: str) -> Graph:
    return Graph().parse(vocabulary.ontology_directory() / name, publicID=BASE)


def table(name: str) -> list[dict[str, str]]:
    with (SHARED / "data" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def labels(graph: Graph, concept: URIRef, *predicates: URIRef) -> set[str]:
    return {str(label) for predicate in predicates for label in graph.objects(concept, predicate)}


def sample() -> str:
    city = City(
        "kr-ansan", "KOR", (("en", "Ansan"), ("ko", "안산")), "city", 37.32, 126.83, 1846918, "kr-gyeonggi"
    )
    practice = Practice(
        slug="ansan-support-centres",
        titles=(("en", 'Support "centres" </script>'), ("fr", "Centres de soutien"), ("pt-br", "Centros")),
        identifier="support-centres",
        descriptions=(("en", "Ansan runs centres that help pupils.\nThey learn."),),
        sections=tuple((name, (("en", f"About {name}."),)) for name in ("purpose", "stimulus", "references")),
        topics=("education", "multilingualism"),
        countries=("KOR",),
        cities=(city,),
        date_texts=(("en", "since March 2018"),),
        period=Period("2018-03", None, True, "2018-03/..", (2018,)),
        sources=("https://www.coe.int/en/web/interculturalcities/-/support-centres",),
        inferred=("city", "country"),
        issued="2021-02-25T00:00:00Z",
        modified="2021-02-25T00:00:00Z",
        held_back=True,
    )
    deployment = Deployment(BASE.rstrip("/"))
    parts = (
        describe(practice, deployment),
        describe_state(practice, deployment),
        describe_city(city, deployment),
    )
    return write([triple for part in parts for triple in part])


def dataset_of(text: str | bytes, form: ox.RdfFormat) -> ox.Dataset:
    return ox.Dataset(ox.parse(text, format=form, base_iri=BASE))


def same(one: ox.Dataset, other: ox.Dataset) -> bool:
    for dataset in (one, other):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {_lowered(quad) for quad in one} == {_lowered(quad) for quad in other}


def _lowered(quad: ox.Quad) -> str:
    value = quad.object
    if isinstance(value, ox.Literal) and value.language:
        value = ox.Literal(value.value, language=value.language.lower())
    return str(ox.Triple(quad.subject, quad.predicate, value))


def compacted(dataset: ox.Dataset) -> dict[str, object]:
    expanded = json.loads(ox.serialize(dataset, format=ox.RdfFormat.JSON_LD))
    document: dict[str, object] = jsonld.compact(natively(expanded), vocabulary.context(), {"graph": True})
    return document


def natively(expanded: object) -> object:
    """Write numbers, booleans and types as JSON-LD has them with useNativeTypes and without useRdfType."""
    if isinstance(expanded, list):
        return [natively(item) for item in expanded]
    if not isinstance(expanded, dict):
        return expanded
    if expanded.get("@type") in (vocabulary.XSD + "integer", vocabulary.XSD + "boolean"):
        return {"@value": json.loads(expanded["@value"])}
    rest = {key: natively(value) for key, value in expanded.items() if key != vocabulary.RDF + "type"}
    types = [kind["@id"] for kind in expanded.get(vocabulary.RDF + "type", ())]
    return {**rest, "@type": types} if types else rest


def test_the_namespaces_are_those_in_which_iris_are_minted() -> None:
    assert NAMED["icgp:topic"] == f"<{vocabulary.ICGP}topic>"
    assert iris.topic("roma") == f"<{vocabulary.TOPIC}roma>"
    assert iris.country("KOR") == f"<{vocabulary.COUNTRY}KOR>"
    assert iris.year(2020) == f"<{vocabulary.YEAR}2020>"
    assert f"<{vocabulary.SHAPES_IRI}>" == iris.SHAPES


def test_every_file_is_there() -> None:
    files = (
        *vocabulary.vocabulary_files(),
        *vocabulary.shapes_files(),
        vocabulary.dataset_file(),
        vocabulary.known_file(),
        vocabulary.extents_file(),
        vocabulary.context_file(),
    )
    assert [file for file in files if not file.is_file()] == []


def test_the_version_is_what_the_ontology_says() -> None:
    stated = graph_of("ns.ttl").value(URIRef(vocabulary.ONTOLOGY_IRI), OWL.versionInfo)
    assert vocabulary.ontology_version() == str(stated)


def test_a_caller_may_change_what_it_got() -> None:
    vocabulary.context()["@context"].clear()
    vocabulary.prefixes().clear()
    assert vocabulary.context()["@context"]["title"]
    assert vocabulary.prefixes()["dct"] == vocabulary.DCT


def test_knowing_the_vocabulary_needs_no_rdf_library() -> None:
    code = "import sys, pipeline.rdf.vocabulary; print([m for m in ('rdflib', 'pyoxigraph') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_prefixes_name_different_namespaces() -> None:
    prefixes = vocabulary.prefixes()
    assert len(set(prefixes.values())) == len(prefixes)
    assert all(namespace.endswith(("#", "/")) for namespace in prefixes.values())


@needs_tables
def test_topics_carry_all_that_their_table_says() -> None:
    graph = graph_of("topics.ttl")
    rows = table("topics.csv")
    assert {str(concept) for concept in graph.subjects(RDF.type, SKOS.Concept)} == {
        vocabulary.TOPIC + row["slug"] for row in rows
    }
    for row in rows:
        topic = URIRef(vocabulary.TOPIC + row["slug"])
        for language in LANGUAGES:
            label = row[f"label_{language}"].replace("'", "’" if language == "fr" else "'")
            assert (topic, SKOS.prefLabel, Literal(label, language)) in graph
        keywords = graph.objects(topic, URIRef(vocabulary.SCHEMA + "keywords"))
        assert {str(word) for word in keywords if word.language == "en"} == set(row["keywords_en"].split("|"))
        assert (topic, SKOS.scopeNote, Literal(row["scope_note"], "en")) in graph
        matches = [match.split()[:2] for match in row["eurovoc_or_wikidata_match"].split("|") if match]
        for relation, other in matches:
            predicate = URIRef(vocabulary.SKOS + relation.removeprefix("skos:"))
            assert (topic, predicate, URIRef(other)) in graph


@needs_tables
def test_countries_carry_all_that_their_table_says() -> None:
    graph = graph_of("countries.ttl")
    rows = table("countries.csv")
    members = set(graph.objects(URIRef(vocabulary.COUNTRY_FACET), SKOS.member))
    assert members == {URIRef(vocabulary.COUNTRY + row["iso3"]) for row in rows}
    for row in rows:
        country = URIRef(vocabulary.COUNTRY + row["iso3"])
        assert (country, SKOS.prefLabel, Literal(row["label_en"], "en")) in graph
        assert (country, SKOS.prefLabel, Literal(row["label_fr"], "fr")) in graph
        known = labels(graph, country, SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
        assert set(row["aliases"].split("|")) <= known
        codes = {
            (str(code), str(code.datatype).removeprefix(vocabulary.ICGP))
            for code in graph.objects(country, SKOS.notation)
            if isinstance(code, Literal)
        }
        assert codes == {(row["iso2"], "Alpha2Code"), (row["iso3"], "Alpha3Code")}
        assert (country, SKOS.exactMatch, URIRef(row["eu_authority_iri"])) in graph
        match = SKOS.closeMatch if row["iso3"] in ("DNK", "NLD") else SKOS.exactMatch
        assert (country, match, URIRef(f"http://www.wikidata.org/entity/{row['wikidata_qid']}")) in graph


@pytest.mark.parametrize("name", ["topics.ttl", "countries.ttl"])
def test_concepts_are_labelled_in_six_languages_and_explained_in_two(name: str) -> None:
    graph = graph_of(name)
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        spoken = [label.language for label in graph.objects(concept, SKOS.prefLabel)]
        assert sorted(spoken) == sorted(LANGUAGES)
        assert sorted(text.language for text in graph.objects(concept, SKOS.definition)) == ["en", "fr"]


def test_a_topic_that_joins_subjects_has_no_exact_match() -> None:
    graph = graph_of("topics.ttl")
    assert list(graph.subject_objects(SKOS.exactMatch)) == []


def test_each_topic_says_which_labels_were_translated_here() -> None:
    graph = graph_of("topics.ttl")
    for topic in graph.subjects(RDF.type, SKOS.Concept):
        notes = {note.language: str(note) for note in graph.objects(topic, SKOS.editorialNote)}
        assert "translated here" in notes["en"]
        assert "traduits ici" in notes["fr"]


def test_years_run_from_1900_to_2050() -> None:
    graph = graph_of("years.ttl")
    years = range(1900, 2051)
    scheme = URIRef(vocabulary.SPACE + "year")
    assert set(graph.subjects()) == {scheme, *(URIRef(f"{vocabulary.YEAR}{year}") for year in years)}
    for year in years:
        subject = URIRef(f"{vocabulary.YEAR}{year}")
        assert graph.value(subject, SKOS.prefLabel) == Literal(str(year))
        assert graph.value(subject, SKOS.inScheme) == graph.value(subject, SKOS.topConceptOf) == scheme
        assert graph.value(subject, URIRef(vocabulary.ICGP + "yearNumber")) == Literal(year)


@pytest.mark.parametrize("name", ["topics.ttl", "countries.ttl", "years.ttl", "dataset.ttl", "known.ttl"])
def test_published_data_has_no_blank_nodes(name: str) -> None:
    text = (vocabulary.ontology_directory() / name).read_bytes()
    dataset = dataset_of(text, ox.RdfFormat.TURTLE)
    assert not [
        quad
        for quad in dataset
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
    ]


def test_the_description_follows_the_base_iri() -> None:
    text = vocabulary.dataset_file().read_text(encoding="utf-8")
    for base in ("http://localhost:8000/", "https://example.org/practices/"):
        graph = Graph().parse(data=text, publicID=base)
        assert (URIRef(base + "dataset"), RDF.type, URIRef(vocabulary.DCAT + "Dataset")) in graph
        assert (URIRef(base + "catalog"), URIRef(vocabulary.FOAF + "homepage"), URIRef(base)) in graph


@needs_dcat_ap
@pytest.mark.parametrize("name", ["shapes.ttl", "range.ttl", "deprecateduris.ttl"])
def test_the_description_breaks_no_rule_of_dcat_ap(name: str) -> None:
    sh = Namespace(vocabulary.SH)
    shapes = Graph().parse(SHARED / "suites" / "dcat-ap-3.0.1" / name)
    for shape, part in list(shapes.subject_objects(sh.property)):
        if (part, None, None) not in shapes:
            shapes.remove((shape, sh.property, part))
    described = graph_of("dataset.ttl") + graph_of("known.ttl") + graph_of("topics.ttl") + graph_of("ns.ttl")
    _, report, text = pyshacl.validate(described, shacl_graph=shapes)
    violations = [
        result
        for result in report.objects(None, sh.result)
        if report.value(result, sh.resultSeverity) == sh.Violation
    ]
    assert violations == [], text


def test_what_the_pipeline_writes_is_defined_in_the_ontology() -> None:
    ontology = graph_of("ns.ttl")
    used = set(re.findall(re.escape(vocabulary.ICGP) + r"\w+", sample()))
    assert len(used) > 15
    assert [term for term in used if (URIRef(term), RDF.type, None) not in ontology] == []


def test_the_context_loses_nothing_of_a_practice_and_of_the_vocabulary() -> None:
    dataset = dataset_of(sample(), ox.RdfFormat.N_TRIPLES)
    for file in (*vocabulary.vocabulary_files(), vocabulary.dataset_file()):
        for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=BASE):
            dataset.add(quad)
    document = compacted(dataset)
    by_pyoxigraph = dataset_of(json.dumps(document), ox.RdfFormat.JSON_LD)
    by_pyld = dataset_of(jsonld.to_rdf(document, {"format": "application/n-quads"}), ox.RdfFormat.N_QUADS)
    assert same(dataset, by_pyoxigraph)
    assert same(dataset, by_pyld)


def test_the_context_reads_as_people_would_write() -> None:
    document = compacted(dataset_of(sample(), ox.RdfFormat.N_TRIPLES))
    nodes = {node["id"]: node for node in document["@graph"]}
    practice = nodes[BASE + "practice/ansan-support-centres"]
    record = nodes[BASE + "doc/practice/ansan-support-centres"]
    city = nodes[BASE + "city/kr-ansan"]
    assert sorted(practice["type"]) == ["Activity", "GoodPractice"]
    assert practice["title"]["fr"] == "Centres de soutien"
    assert practice["city"] == [BASE + "city/kr-ansan"]
    assert (practice["startYear"], practice["ongoing"], practice["edtf"]) == (2018, True, "2018-03/..")
    assert sorted(record["inferredProperty"]) == ["city", "country"]
    assert record["modified"] == "2021-02-25T00:00:00Z"
    assert (city["lat"], city["kind"]) == ("37.32", "city")
    assert not [key for node in nodes.values() for key in node if ":" in key]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TAGS = st.sampled_from(["en", "fr", "pt-br", "zh-hant", "sr-cyrl-rs"])
PROPERTIES = st.sampled_from(["title", "description", "identifier"])


@settings(max_examples=60)
@given(st.lists(st.tuples(PROPERTIES, TEXTS, st.none() | TAGS), min_size=1, max_size=6))
def test_the_context_keeps_any_text_in_any_language(said: list[tuple[str, str, str | None]]) -> None:
    subject = iri(BASE + "practice/x")
    triples: list[tuple[Term, Term, Term]] = [
        (subject, iri(vocabulary.DCT + name), string(text) if tag is None else tagged_literal(text, tag))
        for name, text, tag in said
    ]
    dataset = dataset_of(write(triples), ox.RdfFormat.N_TRIPLES)
    document = compacted(dataset)
    assert same(dataset, dataset_of(json.dumps(document), ox.RdfFormat.JSON_LD))


def rewrite_rules() -> list[tuple[re.Pattern[str], str]]:
    text = (vocabulary.ontology_directory() / "w3id" / ".htaccess").read_text(encoding="utf-8")
    rules = re.findall(r"^RewriteRule (\S+) %\{ENV:PUBLISHER\}(\S+) \[", text, re.MULTILINE)
    return [(re.compile(pattern), target) for pattern, target in rules]


def redirected(path: str) -> str | None:
    for pattern, target in rewrite_rules():
        if found := pattern.search(path):
            return re.sub(r"\$(\d)", lambda number: found[int(number[1])] or "", target)
    return None


def test_every_permanent_address_is_redirected_to_its_local_copy() -> None:
    named = {
        str(subject).partition("#")[0]
        for name in ("ns.ttl", "topics.ttl", "countries.ttl", "years.ttl")
        for subject in graph_of(name).subjects()
        if str(subject).startswith(vocabulary.SPACE)
    }
    assert len(named) > 200
    for address in named:
        path = address.removeprefix(vocabulary.SPACE)
        assert redirected(path) == f"/{path}"
    assert redirected("ns/0.1.0") == "/ns"
    assert redirected("shapes") == "/shapes"
    assert redirected("context/v1.jsonld") == "/context/v1.jsonld"
    assert redirected("country/FRA") == "/country/FRA"
    assert redirected("nothing/here") is None
