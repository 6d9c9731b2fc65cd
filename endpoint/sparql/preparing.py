"""Preparing: from an operation of the protocol to a question, and the names of its answer."""

from dataclasses import dataclass, replace

from endpoint.catalogue.open_release import Release
from endpoint.engine.question import QueryLimits, Question
from endpoint.http.negotiation import Offer
from endpoint.sparql import protocol, result_formats
from endpoint.sparql.answers import entity_tag, key_of
from endpoint.sparql.query_service import QueryService
from endpoint.syntax.query_form import form_of


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A question that may be asked, and how its answer is offered.

    ``form`` is SELECT, ASK, CONSTRUCT or DESCRIBE. ``key`` names the answer and ``tag`` what is sent of it, unless it
    turns out to differ each time; without a tag a client cannot come back with it.
    """

    form: str
    offer: Offer
    question: Question
    limits: QueryLimits
    version: str
    key: str
    tag: str | None


def prepare(
    operation: protocol.Operation,
    accept: str | None,
    release: Release,
    asking: QueryService,
    *,
    by_address: bool,
) -> PreparedQuery:
    """Return an operation prepared; raise Problem where it gets no answer. A query came in an address or not.

    Of the query no more than its form is read: the rest is done by who answers it.
    """
    form = form_of(operation.query)
    offer = result_formats.choose_offer(form, accept, operation.formats)
    limits = _limits(operation, asking.limits)
    question = _question(operation, form, offer, release, limits.seconds)
    version = asking.backend.version(release.name, release.base)
    key = key_of(question, version)
    # The page speaks the reader's language: its tag is known once it is written.
    tag = entity_tag(key, offer) if by_address and offer.format != "html" else None
    return PreparedQuery(form, offer, question, limits, version, key, tag)


def _limits(operation: protocol.Operation, limits: QueryLimits) -> QueryLimits:
    """Return what a query may spend: a client may ask for less time than there is, not for more."""
    if operation.seconds is None or operation.seconds >= limits.seconds:
        return limits
    return replace(limits, seconds=operation.seconds)


def _question(
    operation: protocol.Operation, form: str, offer: Offer, release: Release, seconds: float
) -> Question:
    is_graph = form in ("CONSTRUCT", "DESCRIBE")
    return Question(
        query=operation.query,
        format=("ttl" if is_graph else "json") if offer.format == "html" else offer.format,
        store=f"{release.path}/store",
        seconds=seconds,
        base_iri=f"{release.base}/sparql",
        union=operation.default_graphs is None,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
    )
