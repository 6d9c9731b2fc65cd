"""Clients that people use, against a real server."""

import json
import subprocess
import warnings
from pathlib import Path

import pytest
import SPARQLWrapper as Wrapper
from node_packages import installed
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from tests.running import Running
from tests.samples import PRACTICES

ICGP = "https://w3id.org/intercultural-practices/ns#"
SELECT = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    f"SELECT ?s ?title {{ ?s a <{ICGP}GoodPractice> ; rdfs:label ?title }} ORDER BY ?s"
)
CONSTRUCT = f"CONSTRUCT {{ ?s a <{ICGP}GoodPractice> }} {{ ?s a <{ICGP}GoodPractice> }}"
DESCRIBE = "DESCRIBE <http://localhost:8000/practice/a-national-practice>"


@pytest.fixture(scope="module")
def comunica() -> Path:
    """Return Comunica's command."""
    return installed("@comunica/query-sparql@4") / "node_modules" / ".bin" / "comunica-sparql"


def wrapped(server: Running, query: str, format_: str, method: str = Wrapper.GET) -> object:
    client = Wrapper.SPARQLWrapper(f"http://127.0.0.1:{server.port}/sparql")
    client.setQuery(query)
    client.setMethod(method)
    client.setReturnFormat(format_)
    with warnings.catch_warnings():
        # It makes graphs by a name that rdflib has given up, and warns where a type is not its first choice.
        warnings.simplefilter("ignore")
        return client.query().convert()


@pytest.mark.parametrize("method", [Wrapper.GET, Wrapper.POST])
@pytest.mark.parametrize("format_", [Wrapper.JSON, Wrapper.XML, Wrapper.CSV, Wrapper.TSV])
def test_sparqlwrapper_reads_rows_in_every_format(server: Running, format_: str, method: str) -> None:
    result = wrapped(server, SELECT, format_, method)

    if format_ == Wrapper.JSON:
        assert isinstance(result, dict)
        assert len(result["results"]["bindings"]) == len(PRACTICES)
    elif format_ == Wrapper.XML:
        assert len(result.getElementsByTagName("result")) == len(PRACTICES)  # type: ignore[attr-defined]
    else:
        assert isinstance(result, bytes)
        assert len(result.splitlines()) == len(PRACTICES) + 1


@pytest.mark.parametrize("query", [CONSTRUCT, DESCRIBE])
@pytest.mark.parametrize(
    "format_", [Wrapper.TURTLE, Wrapper.N3, Wrapper.RDF, Wrapper.RDFXML, Wrapper.XML, Wrapper.JSONLD]
)
def test_sparqlwrapper_reads_graphs_in_every_format(
    server: Running, format_: str, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if format_ == Wrapper.JSONLD:
        # rdflib would fetch our context from where the base IRI leads; here it is served by the test server.
        reply = server.send("GET", "/context/v1.jsonld").text
        monkeypatch.setattr(
            "rdflib.plugins.shared.jsonld.context.source_to_json", lambda *_, **__: (json.loads(reply), None)
        )
    result = wrapped(server, query, format_)
    graph = result if isinstance(result, Graph) else Graph().parse(data=result, format="turtle")  # type: ignore[arg-type]

    expected = Graph().parse(data=server.ask(query, "application/n-triples").body, format="nt")
    assert set(graph) == set(expected)
    assert len(graph) >= 4


@pytest.mark.parametrize("format_", [Wrapper.JSON, Wrapper.XML])
def test_sparqlwrapper_reads_yes_and_no(server: Running, format_: str) -> None:
    result = wrapped(server, "ASK {}", format_)

    if format_ == Wrapper.JSON:
        assert result["boolean"] is True  # type: ignore[index]
    else:
        assert result.getElementsByTagName("boolean")[0].firstChild.data == "true"  # type: ignore[attr-defined]


@pytest.mark.parametrize("format_", ["application/sparql-results+json", "application/sparql-results+xml"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_endpoint_as_a_graph(server: Running, method: str, format_: str) -> None:
    store = SPARQLStore(
        f"http://127.0.0.1:{server.port}/sparql", method=method, returnFormat=format_.split("+")[1]
    )
    graph = Graph(store)
    practice = URIRef("http://localhost:8000/practice/a-national-practice")

    assert len(list(graph.query(SELECT))) == len(PRACTICES)
    assert graph.value(practice, URIRef("http://purl.org/dc/terms/identifier")) == Literal(
        "a-national-practice"
    )
    assert (
        practice,
        URIRef(f"{ICGP}country"),
        URIRef("https://w3id.org/intercultural-practices/country/IRL"),
    ) in graph
    assert bool(graph.query("ASK { ?s a ?o }"))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_rdflib_reads_the_description(server: Running) -> None:
    for media_type, name in (
        ("text/turtle", "turtle"),
        ("application/rdf+xml", "xml"),
        ("application/ld+json", "json-ld"),
    ):
        body = server.send("GET", "/sparql", headers={"Accept": media_type}).body
        graph = Graph().parse(data=body, format=name)
        examples = graph.query(
            "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?query { ?e a sh:SPARQLExecutable ; sh:select ?query }"
        )
        assert len(list(examples)) >= 10
        prefixes = graph.query(
            "PREFIX sh: <http://www.w3.org/ns/shacl#> ASK { [] sh:declare [ sh:prefix 'icgp' ; sh:namespace ?n ] }"
        )
        assert bool(prefixes)
        partitions = graph.query(
            f"PREFIX void: <http://rdfs.org/ns/void#> "
            f"SELECT ?n {{ ?g void:classPartition [ void:class <{ICGP}GoodPractice> ; void:entities ?n ] }}"
        )
        assert [int(row[0]) for row in partitions] == [len(PRACTICES)]  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.parametrize("source", ["", "sparql@"])
def test_comunica_finds_the_endpoint_and_asks_it(server: Running, comunica: Path, source: str) -> None:
    done = subprocess.run(
        [
            comunica,
            f"{source}http://127.0.0.1:{server.port}/sparql",
            SELECT,
            "-t",
            "application/sparql-results+json",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads(done.stdout)["results"]["bindings"]
    assert len(rows) == len(PRACTICES)
