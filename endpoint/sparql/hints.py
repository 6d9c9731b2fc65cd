"""Hints on an answer: why it is empty, or else what an unknown name of ours probably means."""

from collections.abc import Iterable
from functools import cache

from endpoint.catalogue.open_release import Release
from endpoint.graphs import document_graphs
from endpoint.hints.hint import Hint, as_json
from endpoint.http.cache import CachedBody
from endpoint.language.graph_facts import name_of_node
from endpoint.sparql.query_service import Stream
from endpoint.syntax.known_names import nearest
from pipeline.rdf.vocabulary import COUNTRY, COUNTRY_FACET, ICGP, TOPIC

_SPACES = {ICGP: "icgp", TOPIC: "topic", COUNTRY: "country"}
_MOST_HINTS = 5
_LONGEST_SHOWN = 60


def hints_of(release: Release, content: CachedBody | Stream) -> str:
    """Return the hints on the query of an answer as JSON, empty where there are none."""
    if content.hints or not content.own_names:
        return content.hints
    return as_json(Hint("term", sentence) for sentence in unknown_terms(release, content.own_names))


def unknown_terms(release: Release, names: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return a sentence for every name in our own namespaces that stands for nothing.

    ``names`` come as they are written and as IRIs. A query with such a name is sound, and its answer empty
    for no reason that would be seen in it.
    """
    sentences: dict[str, None] = {}
    for written, iri in names:
        space = next((space for space in _SPACES if iri.startswith(space)), None)
        if space is None or len(sentences) == _MOST_HINTS:
            continue
        local = iri.removeprefix(space)
        if local and not _is_term(release, space, local):
            sentences[_no_term(release, written[:_LONGEST_SHOWN], space, local)] = None
    return tuple(sentences)


def _is_term(release: Release, space: str, local: str) -> bool:
    if space == ICGP:
        return local in _own_terms()
    return (_SPACES[space], local) in release.labels or space + local == COUNTRY_FACET


def _no_term(release: Release, written: str, space: str, local: str) -> str:
    prefix = _SPACES[space]
    if space == ICGP:
        known: Iterable[str] = _own_terms()
    else:
        known = (value for facet, value in release.labels if facet == prefix)
    near = nearest(local, known)
    remedy = f"did you mean {prefix}:{near}?" if near else f"its terms are listed at {space.rstrip('#/')} ."
    return f"{written} is no term of the vocabulary; {remedy}"


@cache
def _own_terms() -> frozenset[str]:
    names = (name_of_node(triple.subject) for triple in document_graphs.ontology())
    return frozenset(name.removeprefix(ICGP) for name in names if name.startswith(ICGP))
