"""RDF that uses the vocabulary: every icgp:GoodPractice is a record, with the line that describes it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pyoxigraph
from pyoxigraph import RdfFormat

from pipeline.errors import SourceError
from pipeline.findings import Finding, Place, Severity
from pipeline.iris import DEFAULT_BASE
from pipeline.readers.cleaning import clean_text
from pipeline.readers.described import NAMES, describe_practice
from pipeline.readers.jsonld import localised, pointers
from pipeline.readers.jsons import MOST_BYTES, decoded, not_json, parsed
from pipeline.readers.parsed import Event
from pipeline.readers.statements import Statements, nearest_term
from pipeline.readers.subjects import TokenScan, scan_xml
from pipeline.readers.xmltext import as_utf8
from pipeline.rows import Row
from pipeline.sentences import say
from pipeline.vocabulary import DCT, FOAF, ICGP

FORMATS = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
}
"""Format of a file, by the suffix of its name; JSON-LD is read in another way."""

_BASE = DEFAULT_BASE + "/"
_JSON_LD = ".jsonld"

SUFFIXES = (*FORMATS, _JSON_LD)


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield the records of a file, with what was found."""
    if path.stat().st_size > MOST_BYTES:
        raise SourceError(f"{name} has more than {MOST_BYTES >> 20} MB. Split it.")
    content = path.read_bytes()
    suffix = path.suffix.lower()
    if suffix == _JSON_LD:
        try:
            value = parsed(decoded(content, name))
        except json.JSONDecodeError as error:
            raise not_json(name, error) from error
        yield from read_json_ld(value, name)
        return
    chosen = FORMATS[suffix]
    is_xml = chosen is RdfFormat.RDF_XML
    lines = scan_xml(content, name, _BASE) if is_xml else TokenScan(content, name, _BASE).lines
    places = {iri: Place(name, line=line) for iri, line in lines.items()}
    yield from _records(Statements(quads_in(content, chosen, name)), name, places)


def read_json_ld(value: Any, name: str) -> Iterator[Event]:
    """Yield the records of a JSON-LD document that has been parsed as JSON."""
    document, states_context = localised(value, name)
    if not states_context:
        message = say("{file} states no @context; that of the vocabulary was used. State it.", file=name)
        yield Finding(Severity.INFO, "context-assumed", message, Place(name))
    content = json.dumps(document).encode()
    places = {urljoin(_BASE, iri): Place(name, pointer=at) for iri, at in pointers(value).items()}
    yield from _records(Statements(quads_in(content, RdfFormat.JSON_LD, name)), name, places)


def quads_in(content: bytes, chosen: RdfFormat, name: str) -> Iterator[pyoxigraph.Quad]:
    """Yield what an RDF file says; raise SourceError, with line and column, where it breaks off."""
    if chosen is RdfFormat.RDF_XML:
        content = as_utf8(content, name)
    try:
        yield from pyoxigraph.parse(content, chosen, base_iri=_BASE)
    except SyntaxError as error:
        where = f", line {error.lineno}, column {error.offset}" if error.lineno else ""
        if chosen is RdfFormat.JSON_LD:
            where = ""  # what was parsed is not the file, but the file with its contexts supplied
        reason = str(error.msg).partition(": ")[2] or str(error.msg)
        raise SourceError(f"{name}{where}: this is no {chosen.name} ({reason}). Correct it there.") from error


def _records(statements: Statements, name: str, places: Mapping[str, Place]) -> Iterator[Event]:
    subjects = list(statements.of_type(ICGP + "GoodPractice"))
    if not subjects:
        message = say(
            "{file} describes no practice. Give each the class icgp:GoodPractice, <{iri}>.",
            file=name,
            iri=ICGP + "GoodPractice",
        )
        yield Finding(Severity.VIOLATION, "records-missing", message, Place(name))
    yield from _unknown_terms(statements, name, places)
    taken: set[Place] = set()
    for number, subject in enumerate(subjects, 1):
        stable = f"_:{number}" if subject.startswith("_:") else subject  # parsers name blank nodes at random
        place = places.get(subject, Place(name, pointer=stable))
        yield from _literals(subject, statements, place)
        described = describe_practice(subject, statements)
        for field, text in described.left_out:
            where = replace(place, column=NAMES[field], value=text)
            message = say(
                "{place}: a second text in one language, “{text}”, was left out. Keep one.",
                place=where,
                text=text[:60],
            )
            yield Finding(Severity.WARNING, "value-left-out", message, where)
        for nth, texts in enumerate(described.rows):
            own = place if nth == 0 and place not in taken else _pointed(name, stable, nth, texts)
            taken.add(own)
            yield _row(own, texts)


def _pointed(name: str, subject: str, number: int, texts: Mapping[str, str]) -> Place:
    """Return a place that no other row has: by its place a corrected row finds the one it replaces."""
    further = texts.get("lang", "") if "title" in texts else f"{number + 1}"
    return Place(name, pointer=f"{subject}@{further}" if number else subject)


def _row(place: Place, texts: Mapping[str, str]) -> Row:
    clean = {field: text for field, raw in texts.items() if (text := clean_text(raw)[0])}
    columns = NAMES | {field: field for field in texts if field not in NAMES}
    return Row(place, clean, columns, dict(texts))


def _unknown_terms(statements: Statements, name: str, places: Mapping[str, Place]) -> Iterator[Finding]:
    for iri, subject in statements.unknown_terms().items():
        place = places.get(subject, Place(name, pointer=subject))
        suggestion = nearest_term(iri)
        message = say(
            "{place}: {term} is no term of the vocabulary and was left out.{question}",
            place=place,
            term=f"icgp:{iri.removeprefix(ICGP)}",
            question=say(" Did you mean {value}?", value=suggestion.value) if suggestion else "",
        )
        yield Finding(Severity.WARNING, "term-unknown", message, place, path=iri, suggestion=suggestion)


def _literals(subject: str, statements: Statements, place: Place) -> Iterator[Finding]:
    """Yield a finding for each literal about a practice, its period or record that is not of its type."""
    related = (DCT + "temporal", FOAF + "isPrimaryTopicOf")
    nodes = [
        subject,
        *(v.text for name in related for v in statements.values(subject, name) if not v.is_literal),
    ]
    for node in nodes:
        for path, value in statements.all_of(node):
            if value.is_ill_typed:
                type_name = value.datatype.rpartition("#")[2]
                where = replace(place, value=value.text)
                message = say(
                    "{place}: “{text}” is no {type}. Correct the value or its type.",
                    place=place,
                    text=value.text[:60],
                    type=f"xsd:{type_name}",
                )
                yield Finding(Severity.WARNING, "literal-ill-typed", message, where, subject, path)
            elif value.kept_as != value.text:
                where = replace(place, value=value.text)
                message = say(
                    "{place}: the integer “{text}” stands for {value}. Write it so.",
                    place=place,
                    text=value.text,
                    value=value.kept_as,
                )
                yield Finding(Severity.INFO, "literal-not-canonical", message, where, subject, path)
