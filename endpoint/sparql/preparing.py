"""Preparing: from an operation of the protocol to a question, and the names of its answer."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from endpoint.catalogue.open_release import Release
from endpoint.engine.question import Limits, Question
from endpoint.graphs.jsonld_documents import CONTEXT_PATH
from endpoint.http.negotiation import Offer
from endpoint.sparql import checks, protocol, result_formats
from endpoint.sparql.answers import entity_tag, key_of
from endpoint.sparql.checks import Reading
from endpoint.sparql.query_service import Asking

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\\]*")
_REMEMBERED = 2000
"""Characters of a query up to which what can be told of it is remembered."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question that may be asked, and how its answer is offered.

    ``key`` names the answer and ``tag`` what is sent of it; without a key it is another one each time, without
    a tag a client cannot come back with it.
    """

    reading: Reading
    offer: Offer
    question: Question
    limits: Limits
    version: str
    key: str | None
    tag: str | None


def prepare(
    operation: protocol.Operation, accept: str | None, release: Release, asking: Asking, *, by_address: bool
) -> Prepared:
    """Return an operation prepared; raise Problem where it gets no answer. A query came in an address or not."""
    reading = _reading(operation.query)
    offer = result_formats.chosen(reading.form, accept, operation.formats)
    limits = _limits(operation, asking.limits)
    question = _question(operation, reading, offer, release, limits.seconds)
    version = asking.asker.version(release.name, release.base)
    key = None if reading.changes else key_of(question, version)
    # The page speaks the reader's language: its tag is known once it is written.
    has_tag = key is not None and by_address and offer.format != "html"
    tag = entity_tag(key, offer) if key is not None and has_tag else None
    return Prepared(reading, offer, question, limits, version, key, tag)


@lru_cache(maxsize=512)
def _remembered(query: str) -> Reading:
    return checks.read(query)


def _reading(query: str) -> Reading:
    return _remembered(query) if len(query) <= _REMEMBERED else checks.read(query)


def _limits(operation: protocol.Operation, limits: Limits) -> Limits:
    """Return what a query may spend: a client may ask for less time than there is, not for more."""
    if operation.seconds is None or operation.seconds >= limits.seconds:
        return limits
    return replace(limits, seconds=operation.seconds)


def _question(
    operation: protocol.Operation, reading: Reading, offer: Offer, release: Release, seconds: float
) -> Question:
    names_dataset = reading.names_dataset or operation.default_graphs is not None
    is_graph = reading.form in ("CONSTRUCT", "DESCRIBE")
    return Question(
        query=operation.query,
        format=("ttl" if is_graph else "json") if offer.format == "html" else offer.format,
        store=f"{release.path}/store",
        seconds=seconds,
        base_iri=f"{release.base}/sparql",
        union=not names_dataset,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        prefixes=_own_prefixes(reading) if is_graph else {},
        context=release.base + CONTEXT_PATH,
    )


def _own_prefixes(reading: Reading) -> dict[str, str]:
    """Return the prefixes of a query that are absolute, to write its graph with."""
    return {name: iri for name, iri in reading.prefixes.items() if _ABSOLUTE.fullmatch(iri)}
