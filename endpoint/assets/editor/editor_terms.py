"""Data for the query editor: the terms for its completion, and their prefixes."""

from typing import Any

from pyoxigraph import QuerySolutions, Store

from endpoint.catalogue.open_release import Release
from pipeline.rdf.vocabulary import prefixes
from pipeline.system.data_files import text_of

_KINDS = {"class": "classes", "property": "properties", "thing": "things"}


def known_terms(release: Release) -> dict[str, Any]:
    """Return prefixes, and for classes, properties and things (topics, countries) each term with its label."""
    return {"prefixes": prefixes(), **_terms(release.store)}


def _terms(store: Store) -> dict[str, list[list[str]]]:
    query = text_of("endpoint.assets.editor", "terms.rq")
    rows = store.query(query, use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    terms: dict[str, list[list[str]]] = {name: [] for name in _KINDS.values()}
    for row in rows:
        label = row["label"]
        terms[_KINDS[row["kind"].value]].append([row["term"].value, label.value if label is not None else ""])
    return terms
