"""The rules for our own vocabulary, run as SPARQL, and the warnings that are accepted with a reason."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions
from rdflib import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, TIME, VANN, VOID, XSD, URIRef

from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf import vocabulary
from pipeline.system.data_files import tables_of, text_of
from pipeline.vocabulary_checks.loaded_vocabulary import (
    GRAPH,
    PREFIXES,
    Acceptance,
    LoadedVocabulary,
    VocabularyFiles,
)
from pipeline.vocabulary_checks.publication import check_publication

_CONSTANTS = {
    "{owl_datatypes}": ", ".join(tables_of(__package__, "rules.toml")["owl_datatypes"].split()),
    "{built_in}": "^(" + "|".join((vocabulary.RDF, vocabulary.RDFS, vocabulary.OWL)) + ")",
    "{instances}": "^("
    + "|".join((vocabulary.ICGP, vocabulary.TOPIC, vocabulary.COUNTRY, vocabulary.YEAR))
    + ").",
    "{space}": vocabulary.SPACE,
    "{ontology}": vocabulary.ONTOLOGY_IRI,
    "{facet}": vocabulary.COUNTRY_FACET,
}


_DEFINED = (DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SDO, SH, SKOS, TIME, VANN, VOID, XSD)


@dataclass(frozen=True, slots=True)
class VocabularyRule:
    """A query whose rows are findings: ``this`` is the focus, all values may be in the message."""

    code: str
    severity: Severity
    message: str
    select: str


def run_checks(
    publish: bool, settings: Mapping[str, str], paths: VocabularyFiles | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with the vocabulary, the worst first; nothing is fetched from anywhere.

    ``settings`` holds the keys of ``[dataset]`` and the build's ``base-iri``; they count when ``publish``.
    """
    loaded = LoadedVocabulary(paths or VocabularyFiles.of_the_project())
    findings = tuple(loaded.unreadable) or check_vocabulary(loaded)
    return tuple(sorted((*findings, *(check_publication(settings) if publish else ())), key=_rank))


def check_vocabulary(loaded: LoadedVocabulary) -> tuple[Finding, ...]:
    """Return what all rules find, each once; accepted warnings become infos that give the reason."""
    loaded.derive()
    of_rules = chain.from_iterable(_findings(loaded, rule) for rule in rules())
    findings = dict.fromkeys((*of_rules, *unknown_terms(loaded)))
    return tuple(_apply_acceptances(loaded.accepted, findings, loaded.places))


@cache
def rules() -> tuple[VocabularyRule, ...]:
    """Return the rules of rules.toml, in their order."""
    table = tables_of(__package__, "rules.toml")
    return tuple(
        VocabularyRule(
            rule["code"], Severity(rule["severity"]), rule["message"], _fill_constants(rule["select"])
        )
        for rule in table["rule"]
    )


def _fill_constants(select: str) -> str:
    for name, value in _CONSTANTS.items():
        select = select.replace(name, value)
    return select


def _findings(loaded: LoadedVocabulary, rule: VocabularyRule) -> Iterator[Finding]:
    solutions = loaded.store.query(rule.select, prefixes=PREFIXES)
    assert isinstance(solutions, QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        values = {name: _format_term(solution[name]) for name in names}
        focus = solution["this"] if "this" in names else None
        name = focus.value if isinstance(focus, NamedNode) else None
        place = loaded.context_place if rule.code.startswith("context-") else loaded.places.get(name or "")
        yield Finding(
            rule.severity, rule.code, rule.message.format_map(values), place, name or values.get("term")
        )


def _format_term(term: object) -> str:
    """Return a value as messages name it: an IRI by its prefix where it has one."""
    if not isinstance(term, NamedNode):
        return term.value if isinstance(term, Literal | BlankNode) else str(term)
    fitting = [(iri, prefix) for prefix, iri in PREFIXES.items() if term.value.startswith(iri)]
    iri, prefix = max(fitting, default=("", ""))
    return f"{prefix}:{term.value[len(iri) :]}" if prefix else term.value


def _apply_acceptances(
    accepted: Iterable[Acceptance], findings: Iterable[Finding], places: Mapping[str, Place]
) -> Iterator[Finding]:
    reasons = {(entry.code, entry.focus): entry.reason for entry in accepted}
    for finding in findings:
        key = finding.code, finding.focus or ""
        if finding.severity is Severity.WARNING and key in reasons:
            fact, _, _ = finding.message.partition(". ")
            yield replace(finding, severity=Severity.INFO, message=f"{fact}. Accepted: {reasons.pop(key)}")
        else:
            yield finding
    for code, focus in reasons:
        message = f"The accepted warning {code} of {focus} no longer occurs. Remove its line."
        yield Finding(Severity.WARNING, "acceptance-idle", message, places.get(focus), focus)


def _rank(finding: Finding) -> tuple[int, str, str, str]:
    return finding.severity.weight, str(finding.place or ""), finding.code, finding.message


def unknown_terms(loaded: LoadedVocabulary) -> Iterator[Finding]:
    """Yield the terms in use that their namespace, as rdflib or the list of known terms has it, does not define."""
    used = loaded.store.quads_for_pattern(None, NamedNode(vocabulary.RDF + "type"), NamedNode(GRAPH + "Used"))
    for term in sorted(quad.subject.value for quad in used if isinstance(quad.subject, NamedNode)):
        if not _is_known(term):
            message = f"{term} is not a known term of its namespace. Correct the spelling, or pin the term."
            place = loaded.places.get(term)
            yield Finding(Severity.VIOLATION, "foreign-term-unknown", message, place, term)


def _is_known(term: str) -> bool:
    for namespace in _DEFINED:
        if term.startswith(str(namespace)):
            return term == str(namespace) or URIRef(term) in namespace or term in _known_terms()
    return term in _known_terms() or term in _namespaces() or not term.startswith(_namespaces())


@cache
def _known_terms() -> frozenset[str]:
    text = text_of(__package__, "known_terms.txt")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _namespaces() -> tuple[str, ...]:
    return tuple({re.sub(r"[^/#]*$", "", pinned) for pinned in _known_terms()})
