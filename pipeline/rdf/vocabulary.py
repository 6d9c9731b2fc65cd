"""The vocabulary: its namespaces, its files, its context, and the prefixes that dumps and queries use."""

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

SPACE = "https://w3id.org/intercultural-practices/"
"""The stable space of the vocabulary, the same for every deployment."""

ICGP = SPACE + "ns#"
TOPIC = SPACE + "topic/"
COUNTRY = SPACE + "country/"
YEAR = SPACE + "year/"
SHAPES = SPACE + "shapes#"

ONTOLOGY_IRI = SPACE + "ns"
TOPIC_SCHEME = SPACE + "topic"
COUNTRY_SCHEME = SPACE + "country"
COUNTRY_FACET = SPACE + "country/facet"
SHAPES_IRI = SPACE + "shapes"
CONTEXT_IRI = SPACE + "context/v1.jsonld"

ACTIVITY = "https://www.w3.org/ns/activitystreams#"
ADMS = "http://www.w3.org/ns/adms#"
CHANGESET = "http://purl.org/vocab/changeset/schema#"
DCAT = "http://www.w3.org/ns/dcat#"
DCATAP = "http://data.europa.eu/r5r/"
DCT = "http://purl.org/dc/terms/"
DQV = "http://www.w3.org/ns/dqv#"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
FOAF = "http://xmlns.com/foaf/0.1/"
HYDRA = "http://www.w3.org/ns/hydra/core#"
LDES = "https://w3id.org/ldes#"
OWL = "http://www.w3.org/2002/07/owl#"
PROV = "http://www.w3.org/ns/prov#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA = "https://schema.org/"
SD = "http://www.w3.org/ns/sparql-service-description#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SPDX = "http://spdx.org/rdf/terms#"
TIME = "http://www.w3.org/2006/time#"
TREE = "https://w3id.org/tree#"
VANN = "http://purl.org/vocab/vann/"
VCARD = "http://www.w3.org/2006/vcard/ns#"
VOID = "http://rdfs.org/ns/void#"
WGS = "http://www.w3.org/2003/01/geo/wgs84_pos#"
XSD = "http://www.w3.org/2001/XMLSchema#"

_DECLARED = """
    icgp topic country year adms dcat dct foaf hydra owl prov rdf rdfs schema sd sh skos spdx time vcard void wgs xsd"""
_PREFIXES: dict[str, str] = {name: globals()[name.upper()] for name in _DECLARED.split()}
"""Prefix → namespace: the constant above that has its name in capitals."""

_PREFIXES_OF_PAGES = {"as": ACTIVITY, "cs": CHANGESET, "dqv": DQV, "ldes": LDES, "tree": TREE}

_GRAPH_FILES = ("ns.ttl", "topics.ttl", "countries.ttl", "years.ttl")
_SHAPES_FILES = ("practice.ttl", "dataset.ttl")


def prefixes() -> dict[str, str]:
    """Return prefix → namespace, as dumps, the endpoint and `practicegraph query` declare them."""
    return dict(_PREFIXES)


def expand(name: str) -> str:
    """Return the IRI of a prefixed name such as ``dct:title``."""
    prefix, _, local = name.partition(":")
    return _PREFIXES[prefix] + local


def prefixes_of_pages() -> dict[str, str]:
    """Return prefix → namespace with those too that only pages on changes and quality need, and no dataset."""
    return {**_PREFIXES, **_PREFIXES_OF_PAGES}


def vocabulary_files() -> tuple[Path, ...]:
    """Return the Turtle files of the vocabulary graph, the ontology first."""
    return tuple(ontology_directory() / name for name in _GRAPH_FILES)


def dataset_file() -> Path:
    """Return the Turtle file that says what is true of the dataset, relative to a deployment's base IRI."""
    return ontology_directory() / "dataset.ttl"


def known_file() -> Path:
    """Return the Turtle file with facts about foreign IRIs that a description may name."""
    return ontology_directory() / "known.ttl"


def extents_file() -> Path:
    """Return the table of countries with the box around each and a point inside (Natural Earth, public domain)."""
    return ontology_directory() / "extents.csv"


def context_file() -> Path:
    """Return the file of the JSON-LD context, version 1."""
    return ontology_directory() / "context.jsonld"


def shapes_files() -> tuple[Path, ...]:
    """Return the shape files: those that stay within one record first, those across records second."""
    directory = Path(str(files("shapes")))
    return tuple(directory / name for name in _SHAPES_FILES)


def ontology_directory() -> Path:
    """Return the folder with the vocabulary."""
    return Path(str(files("ontology")))


@cache
def ontology_version() -> str:
    """Return the version that the ontology states of itself, such as ``0.1.0``."""
    text = (ontology_directory() / "ns.ttl").read_text(encoding="utf-8")
    stated = re.search(r'owl:versionInfo\s+"([^"]+)"', text)
    assert stated, "ns.ttl states its version"
    return stated[1]


def context() -> dict[str, Any]:
    """Return the JSON-LD context document, a fresh copy at each call."""
    document: dict[str, Any] = json.loads(_context_text())
    return document


@cache
def _context_text() -> str:
    return context_file().read_text(encoding="utf-8")
