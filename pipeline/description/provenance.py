"""Provenance: from which rows and corrections a record comes, which run changed it last, and what a run used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pipeline.language.slugs import slugify
from pipeline.model.practice import Practice
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import Term, Triple, iri, string, tagged, typed
from pipeline.rdf.vocabulary import DCT, FOAF, PROV, RDF, RDFS, XSD

_A = iri(RDF + "type")
_LABEL = iri(RDFS + "label")
_GENERATED_BY = iri(PROV + "wasGeneratedBy")
_DERIVED_FROM = iri(PROV + "wasDerivedFrom")
_INFLUENCED_BY = iri(PROV + "wasInfluencedBy")
_USED = iri(PROV + "used")
_ASSOCIATED = iri(PROV + "wasAssociatedWith")
_STARTED = iri(PROV + "startedAtTime")
_ENDED = iri(PROV + "endedAtTime")
_ACTIVITY = iri(PROV + "Activity")
_ENTITY = iri(PROV + "Entity")
_SOFTWARE_AGENT = iri(PROV + "SoftwareAgent")
_SPECIALIZATION_OF = iri(PROV + "specializationOf")
_NAME = iri(FOAF + "name")
_IDENTIFIER = iri(DCT + "identifier")
_DATE_TIME = iri(XSD + "dateTime")
_SOFTWARE = "practicegraph"


@dataclass(frozen=True, slots=True)
class Run:
    """One build: when it ran (xsd:dateTime), with which version of the software, the hashes of its sources by name."""

    started: str
    ended: str
    software: str
    sources: Mapping[str, str]


def describe_record(
    practice: Practice, run: Term, hashes: Mapping[str, str], deployment: Deployment
) -> Iterator[Triple]:
    """Yield from which rows a record comes, which corrections were applied to them, and which run last changed it.

    A row is named in its source by a fragment, ``#row=17`` (RFC 7111), the header being row 1.
    """
    record = deployment.record(practice.slug)
    yield record, _GENERATED_BY, run
    for relation, places in ((_DERIVED_FROM, practice.origins), (_INFLUENCED_BY, practice.corrections)):
        for origin in places:
            name, _, where = origin.rpartition("#")
            if name not in hashes:
                continue
            source = deployment.source(hashes[name])
            row = Term(f"{source[:-1]}#{_fragment(where)}>")
            yield record, relation, row
            yield row, _A, _ENTITY
            yield row, _LABEL, string(origin)
            yield row, _SPECIALIZATION_OF, source


def _fragment(where: str) -> str:
    return f"row={where}" if where.isdigit() else quote(where, safe="=!/")


def describe_run(this: Term, run: Run, deployment: Deployment) -> Iterator[Triple]:
    """Yield when a run was, what it used, and what its sources are."""
    software = deployment.agent(slugify(f"{_SOFTWARE}-{run.software}"))
    yield this, _A, _ACTIVITY
    yield this, _LABEL, tagged(f"Build of {run.started}", "en")
    yield this, _STARTED, typed(run.started, _DATE_TIME)
    yield this, _ENDED, typed(run.ended, _DATE_TIME)
    yield this, _ASSOCIATED, software
    yield software, _A, _SOFTWARE_AGENT
    yield software, _NAME, string(f"{_SOFTWARE} {run.software}")
    for name, sha256 in run.sources.items():
        source = deployment.source(sha256)
        yield this, _USED, source
        yield source, _A, _ENTITY
        yield source, _LABEL, string(name)
        yield source, _IDENTIFIER, string(f"sha256:{sha256}")
