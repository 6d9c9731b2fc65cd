"""The description as plain data: all that somebody needs who writes a query, for programs and for the page."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from endpoint.catalogue.open_release import Release
from endpoint.engine.question import QueryLimits
from endpoint.sparql.class_descriptions import class_descriptions
from endpoint.sparql.examples import examples
from endpoint.sparql.result_formats import offers
from endpoint.syntax.query_checks import MOST_DEPTH, MOST_OPERATORS, MOST_PATTERNS
from endpoint.syntax.query_form import FORMS
from pipeline.rdf.sparql_functions import EXTENSION_FUNCTIONS
from pipeline.rdf.vocabulary import COUNTRY, COUNTRY_FACET, TOPIC, prefixes
from pipeline.system.data_files import tables_of

LANGUAGES = ("SPARQL 1.1", "SPARQL 1.2")
_SPACES = {"topic": TOPIC, "country": COUNTRY}


def description_data(release: Release, limits: QueryLimits, *, is_remote: bool = False) -> dict[str, Any]:
    """Return the description of the endpoint and of its data, which can be written as JSON.

    Of a remote store it is not known which functions it has: then there are none in the description.
    """
    return {
        "endpoint": f"{release.base}/sparql",
        "dataset": _dataset(release),
        "languages": list(LANGUAGES),
        "notes": list(query_notes()),
        "prefixes": prefixes(),
        "graphs": _graphs(release),
        "classes": class_descriptions(release),
        "codes": {facet: _codes(release, facet) for facet in _SPACES},
        "limits": known_limits(limits),
        "formats": {form: list(dict.fromkeys(offer.media_type for offer in offers(form))) for form in FORMS},
        "functions": {} if is_remote else _functions(),
        "examples": _examples(),
    }


def known_limits(limits: QueryLimits) -> list[dict[str, Any]]:
    """Return what a query may have and spend."""
    known = (
        ("query-size", "Size of a query", limits.query_bytes, "bytes"),
        ("query-time", "Time for a query", limits.seconds, "seconds"),
        ("query-memory", "Memory for a query", limits.memory, "bytes"),
        ("query-patterns", "Triple patterns that are joined in one group", MOST_PATTERNS, ""),
        ("query-operators", "Operators in a query (UNION, OPTIONAL, FILTER, ||, + …)", MOST_OPERATORS, ""),
        ("query-depth", "Depth of nested brackets", MOST_DEPTH, ""),
    )
    return [{"id": name, "label": label, "most": most, "unit": unit} for name, label, most, unit in known]


@cache
def query_notes() -> Sequence[dict[str, str]]:
    """Return what to know before writing a query: id, a text in each language, and a query that shows it."""
    return tuple(
        {**note, "query": _with_prefixes(note["query"].strip())}
        for note in tables_of(__package__, "query_notes.toml")["note"]
    )


def _with_prefixes(query: str) -> str:
    """Return a query with the prefixes that it uses declared."""
    used = (prefix for prefix in prefixes() if re.search(rf"\b{prefix}:", query))
    return "".join(f"PREFIX {prefix}: <{prefixes()[prefix]}>\n" for prefix in used) + f"\n{query}\n"


def _dataset(release: Release) -> dict[str, Any]:
    manifest = release.manifest
    return {
        "iri": f"{release.base}/dataset",
        "version": release.version,
        "created": manifest.created,
        "practices": release.practices,
        "triples": manifest.counts.get("quads", 0),
    }


def _graphs(release: Release) -> list[dict[str, Any]]:
    counts: Mapping[str, int] = release.manifest.counts.get("graphs", {})
    return [
        {"iri": f"{release.base}/graph/{name}", "name": name, "triples": count}
        for name, count in counts.items()
    ]


def _codes(release: Release, facet: str) -> list[dict[str, Any]]:
    """Return the values of a facet with their labels, and how many practices have each."""
    return [
        {
            "iri": _SPACES[facet] + value,
            "name": f"{facet}:{value}",
            "labels": labels,
            "practices": release.facets.bits.get((facet, value), 0).bit_count(),
        }
        for (kind, value), labels in sorted(release.labels.items())
        if kind == facet and _SPACES[facet] + value != COUNTRY_FACET
    ]


def _functions() -> dict[str, Any]:
    return {
        prefix: {"namespace": namespace, "names": list(names)}
        for prefix, (namespace, names) in EXTENSION_FUNCTIONS.items()
    }


def _examples() -> list[dict[str, Any]]:
    return [
        {
            "name": example.name,
            "title": dict(example.title),
            "description": dict(example.description),
            "query": example.query,
        }
        for example in examples()
    ]
