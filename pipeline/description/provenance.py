"""Provenance: from which rows and corrections a record comes, which run changed it last, and what a run used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pipeline.language.slugs import slugify
from pipeline.model.practice import Practice
from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import NAMED, Term, Triple, string, tagged_literal, typed_literal

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
    yield record, NAMED["prov:wasGeneratedBy"], run
    relations = {"prov:wasDerivedFrom": practice.origins, "prov:wasInfluencedBy": practice.corrections}
    for relation, places in relations.items():
        for origin in places:
            name, _, where = origin.rpartition("#")
            if name not in hashes:
                continue
            source = deployment.source(hashes[name])
            row = Term(f"{source[:-1]}#{_fragment(where)}>")
            yield record, NAMED[relation], row
            yield row, NAMED["rdf:type"], NAMED["prov:Entity"]
            yield row, NAMED["rdfs:label"], string(origin)
            yield row, NAMED["prov:specializationOf"], source


def _fragment(where: str) -> str:
    return f"row={where}" if where.isdigit() else quote(where, safe="=!/")


def describe_run(this: Term, run: Run, deployment: Deployment) -> Iterator[Triple]:
    """Yield when a run was, what it used, and what its sources are."""
    software = deployment.agent(slugify(f"{_SOFTWARE}-{run.software}"))
    yield this, NAMED["rdf:type"], NAMED["prov:Activity"]
    yield this, NAMED["rdfs:label"], tagged_literal(f"Build of {run.started}", "en")
    yield this, NAMED["prov:startedAtTime"], typed_literal(run.started, NAMED["xsd:dateTime"])
    yield this, NAMED["prov:endedAtTime"], typed_literal(run.ended, NAMED["xsd:dateTime"])
    yield this, NAMED["prov:wasAssociatedWith"], software
    yield software, NAMED["rdf:type"], NAMED["prov:SoftwareAgent"]
    yield software, NAMED["foaf:name"], string(f"{_SOFTWARE} {run.software}")
    for name, sha256 in run.sources.items():
        source = deployment.source(sha256)
        yield this, NAMED["prov:used"], source
        yield source, NAMED["rdf:type"], NAMED["prov:Entity"]
        yield source, NAMED["rdfs:label"], string(name)
        yield source, NAMED["dct:identifier"], string(f"sha256:{sha256}")
