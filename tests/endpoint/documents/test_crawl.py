import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyld import jsonld as pyld
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from endpoint.app import create_app
from endpoint.catalogue.open_release import Release, open_release
from endpoint.graphs import jsonld_documents
from pipeline.rdf.vocabulary import PROV, SPACE
from tests.endpoint.documents.test_documents import canonical, canonical_json, embedded

pytestmark = pytest.mark.thorough

FORMATS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
SUFFIXES = (*FORMATS, "jsonld", "html")
ELSEWHERE = ("/sparql", "/validate")
"""Services, which answer where the server runs and not in this client."""

LINKED = ("/ldes", "/quality", "/catalog", "/void", "/source/")
"""Pages that link to their JSON-LD: long lists for programs."""


@pytest.fixture(scope="module")
def release(real_output: Path) -> Release:
    return open_release(real_output / "current")


@pytest.fixture(scope="module")
def client(real_output: Path) -> FlaskClient:
    return create_app(real_output).test_client()


@pytest.fixture(scope="module")
def names(release: Release) -> tuple[str, ...]:
    """Return every IRI below the base and of the vocabulary that occurs anywhere in the release."""
    found = set()
    for quad in release.store.quads_for_pattern(None, None, None, None):
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        found |= {term.value for term in terms if isinstance(term, NamedNode)}
    return tuple(sorted(iri for iri in found if iri.startswith((f"{release.base}/", SPACE))))


def local(release: Release, iri: str) -> str:
    path = iri.partition("#")[0]
    return "/" + path.removeprefix(f"{release.base}/").removeprefix(SPACE)


@pytest.fixture(scope="module")
def documents(client: FlaskClient, release: Release, names: tuple[str, ...]) -> dict[str, str]:
    """Return path of the document → its N-Triples, for each document that a crawler finds by its name."""
    found: dict[str, str] = {}
    waiting = {"/dataset", "/catalog", "/practices", *(local(release, iri) for iri in names)}
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(ELSEWHERE):
            continue
        seen.add(path)
        with client.get(
            path, headers={"Accept": "application/n-triples, */*;q=0.1"}, follow_redirects=True
        ) as response:
            assert response.status_code == 200, path
            if response.mimetype == "application/n-triples":
                found[response.headers["Content-Location"]] = response.text
                text = re.findall(rf"<((?:{release.base}|{SPACE[:-1]})/[^>]*)>", response.text)
                waiting |= {local(release, iri) for iri in text}
    return found


def test_every_name_of_the_release_leads_to_something(documents: dict[str, str], release: Release) -> None:
    kinds = {path.split("/")[1].partition(".")[0].partition("?")[0] for path in documents}
    assert kinds >= {"agent", "catalog", "country", "dataset", "doc", "graph", "ns", "practices", "rights"}
    assert kinds >= {"run", "shapes", "source", "topic", "year"}
    assert sum(path.startswith("/doc/practice/") for path in documents) == release.practices


def test_every_name_is_told_of_in_the_document_it_leads_to(
    documents: dict[str, str], names: tuple[str, ...], release: Release
) -> None:
    told = {line.split(" ", 1)[0] for text in documents.values() for line in text.splitlines()}
    said = {str(quad.subject) for quad in release.store.quads_for_pattern(None, None, None, None)}
    missing = {f"<{iri}>" for iri in names} & said - told
    assert missing == set()


@pytest.mark.slow
def test_every_document_is_the_same_graph_in_every_format(
    documents: dict[str, str], client: FlaskClient
) -> None:
    different = []
    for place, text in documents.items():
        path, _, query = place.partition("?")
        if path == "/practices":
            other = {
                suffix: client.get(f"{place.replace('format=nt', f'format={suffix}')}") for suffix in SUFFIXES
            }
        else:
            stem, query = path.removesuffix(".nt"), f"?{query}" if query else ""
            other = {suffix: client.get(f"{stem}.{suffix}{query}") for suffix in SUFFIXES}
        graphs = {canonical(text.encode(), RdfFormat.N_TRIPLES)}
        graphs |= {canonical(other[suffix].data, format) for suffix, format in FORMATS.items()}
        graphs.add(canonical_json(other["jsonld"].json))
        page = other["html"].text
        if path.startswith(LINKED):
            assert re.search(
                r'<link rel="alternate" type="application/ld\+json" href="[^"]+\.jsonld', page
            ), path
        elif embedded(page) != other["jsonld"].json:
            graphs.add(canonical_json(embedded(page)))
        if len(graphs) != 1:
            different.append(place)
    assert different == []


def test_the_practices_graph_is_rebuilt_from_json_ld_triple_for_triple(
    documents: dict[str, str], client: FlaskClient, release: Release
) -> None:
    mine = re.compile(rf"{re.escape(release.base)}/(doc/practice|practice|city)/")
    places = [path.replace(".nt", ".jsonld") for path in documents if path.startswith("/doc/")]
    options = {"format": "application/n-quads", "documentLoader": jsonld_documents.loader(release.base)}
    crawled: set[Triple] = set()
    for place in places:
        quads = pyld.to_rdf(client.get(place).json, options)
        crawled |= {quad.triple for quad in parse(quads, format=RdfFormat.N_QUADS)}
    rebuilt = {
        triple
        for triple in crawled
        if mine.match(triple.subject.value) and not triple.predicate.value.startswith(PROV + "was")
    }
    assert rebuilt == practices_graph(release)


def practices_graph(release: Release) -> set[Triple]:
    graph = NamedNode(f"{release.base}/graph/practices")
    return {quad.triple for quad in release.store.quads_for_pattern(None, None, None, graph)}
