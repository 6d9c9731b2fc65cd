"""RDF that uses the vocabulary: every icgp:GoodPractice is a record, with the line that describes it."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pyoxigraph
from pyoxigraph import RdfFormat

from pipeline.findings.finding_messages import finding_of
from pipeline.findings.messages import say
from pipeline.model.errors import SourceError
from pipeline.model.finding import Finding, Place
from pipeline.model.rows import Row, Spots
from pipeline.rdf.iris import DEFAULT_BASE
from pipeline.rdf.vocabulary import DCT, FOAF, ICGP, RDF
from pipeline.sources.files.cleaning import clean_text
from pipeline.sources.files.sandboxed_source import Event
from pipeline.sources.structured.json_text import MOST_BYTES, decode_json, not_json, parse_json
from pipeline.sources.structured.jsonld_input import localise, pointers
from pipeline.sources.structured.positions import NOWHERE, LineIndex, LocatedStatement, Offsets
from pipeline.sources.structured.rdf_practice import NAMES, FieldText, describe_practice
from pipeline.sources.structured.rdf_statements import Statements, Value, describe_classes, nearest_term
from pipeline.sources.structured.rdfxml_positions import scan_xml
from pipeline.sources.structured.turtle_positions import scan_turtle
from pipeline.sources.structured.xml_encoding import as_utf8

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
_FULL_BUFFER = "buffer maximal size"
_JSON_LD = ".jsonld"
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,99}:)?(?P<name>[A-Za-z_][\w.-]{0,99})")
"""The first element of an XML document, with its name in ASCII."""

SUFFIXES = (*FORMATS, _JSON_LD)


def read(path: Path, name: str) -> Iterator[Event]:
    """Yield the records of a file, with what was found."""
    if path.stat().st_size > MOST_BYTES:
        raise SourceError(f"{name} has more than {MOST_BYTES >> 20} MB. Split it.")
    content = path.read_bytes()
    suffix = path.suffix.lower()
    if suffix == _JSON_LD:
        try:
            value = parse_json(decode_json(content, name))
        except json.JSONDecodeError as error:
            raise not_json(name, error) from error
        yield from read_json_ld(value, name)
        return
    offsets, content = scan(content, FORMATS[suffix], name)
    statements = Statements(offsets.locate(quads_in(content, FORMATS[suffix], name)))
    yield from _records(statements, SubjectPlaces(name, LineIndex(content), offsets))


def scan(content: bytes, chosen: RdfFormat, name: str) -> tuple[Offsets, bytes]:
    """Return where a file that is no JSON-LD states its triples, and its bytes in UTF-8 without a mark of that."""
    content = content.removeprefix(BOM_UTF8)
    if chosen is RdfFormat.RDF_XML:
        content = as_utf8(content, name)
        return scan_xml(content, name, _BASE), content
    return scan_turtle(content, name, _BASE), content


def read_json_ld(value: Any, name: str) -> Iterator[Event]:
    """Yield the records of a JSON-LD document that has been parsed as JSON."""
    document, states_context = localise(value, name)
    if not states_context:
        yield finding_of("context-assumed", Place(name))
    content = json.dumps(document).encode()
    pointers_by_iri = {urljoin(_BASE, iri): at for iri, at in pointers(value).items()}
    statements = Statements(map(LocatedStatement, quads_in(content, RdfFormat.JSON_LD, name)))
    yield from _records(statements, SubjectPlaces(name, pointers=pointers_by_iri))


def quads_in(
    content: bytes, chosen: RdfFormat, name: str, prefixes: dict[str, str] | None = None
) -> Iterator[pyoxigraph.Quad]:
    """Yield what an RDF file says; raise SourceError, with line and column, where it breaks off.

    The prefixes of the file are added to ``prefixes`` once all of it is read.
    """
    if chosen is RdfFormat.RDF_XML:
        content = as_utf8(content, name)
    try:
        with refuse_long_values(name):
            parser = pyoxigraph.parse(content, chosen, base_iri=_BASE)
            yield from parser
            if prefixes is not None:
                prefixes.update(parser.prefixes)
    except SyntaxError as error:
        where = f", line {error.lineno}, column {error.offset}" if error.lineno else ""
        if chosen is RdfFormat.JSON_LD:
            where = ""  # what was parsed is not the file, but the file with its contexts supplied
        root = _ROOT.search(content) if chosen is RdfFormat.RDF_XML else None
        if root is not None and RDF.encode() not in content:
            raise SourceError(
                f"{name} is XML, but not RDF/XML: it begins with <{root['name'].decode()}>. Save the records as a "
                "table (CSV or XLSX), as JSON or as RDF."
            ) from error
        reason = str(error.msg).partition(": ")[2] or str(error.msg)
        raise SourceError(f"{name}{where}: this is no {chosen.name} ({reason}). Correct it there.") from error


@contextmanager
def refuse_long_values(name: str) -> Iterator[None]:
    """Raise SourceError if Oxigraph gives up on a value; its own error looks like a lack of memory."""
    try:
        yield
    except MemoryError as error:
        if _FULL_BUFFER not in str(error):
            raise
        raise SourceError(f"{name}: a text or an IRI in it is longer than 16 MB. Shorten it.") from error


class SubjectPlaces:
    """The places in one file; ``pointers`` is subject → JSON Pointer, where there are no lines."""

    def __init__(
        self,
        name: str,
        lines: LineIndex | None = None,
        offsets: Offsets | None = None,
        pointers: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._lines = lines
        self._is_exact = offsets is not None and offsets.is_exact
        self._starts = offsets.starts if offsets is not None else {}
        self._pointers = pointers or {}

    def of_subject(self, subject: str, start: int, otherwise: str) -> Place:
        """Return where a subject is described, given the offset that the parser's order tells."""
        if self._lines is not None and self._is_exact and start != NOWHERE:
            line, character = self._lines.spot(start)
            return Place(self.name, line=line, character=character, record_line=line)
        if self._lines is not None and subject in self._starts:
            return Place(self.name, line=self._lines.spot(self._starts[subject]).line)
        return Place(self.name, pointer=self._pointers.get(subject, otherwise))

    def of_value(self, record: Place, at: int) -> Place:
        """Return where a value of a record stands; the record's place where no more is known."""
        if self._lines is None or not self._is_exact or at == NOWHERE:
            return record
        line, character = self._lines.spot(at)
        return replace(record, line=line, character=character)

    def spots(self, texts: Mapping[str, FieldText]) -> dict[str, Spots]:
        """Return where the values of each field are, of those where that is known."""
        if self._lines is None or not self._is_exact:
            return {}
        lines = self._lines
        return {
            field: {part: lines.spot(at) for part, at in (("", each.at), *each.several)}
            for field, each in texts.items()
            if each.at != NOWHERE
        }


def _records(statements: Statements, places: SubjectPlaces) -> Iterator[Event]:
    name = places.name
    subjects = list(statements.of_type(ICGP + "GoodPractice"))
    if not subjects:
        classes, iri = describe_classes(statements.classes()), ICGP + "GoodPractice"
        yield finding_of("records-missing/rdf", Place(name), classes=classes, iri=iri)
    yield from _unknown_terms(statements, places)
    taken: set[Place] = set()
    for number, subject in enumerate(subjects, 1):
        stable = f"_:{number}" if subject.startswith("_:") else subject  # parsers name blank nodes at random
        place = places.of_subject(subject, statements.start_of(subject), stable)
        yield from _literals(subject, statements, place, places)
        rows, left_out = describe_practice(subject, statements)
        for field, extra in left_out:
            where = replace(places.of_value(place, extra.at), column=NAMES[field], value=extra.text)
            yield finding_of("value-left-out/rdf", where, text=extra.text[:60])
        for nth, texts in enumerate(rows):
            own = (
                place if nth == 0 and place.record not in taken else _distinct_place(name, stable, nth, texts)
            )
            taken.add(own.record)
            yield _row(own, texts, places, is_further=nth > 0)


def _distinct_place(name: str, subject: str, number: int, texts: Mapping[str, FieldText]) -> Place:
    """Return a place that no other row has: by its place a corrected row finds the one it replaces."""
    further = f"{number + 1}"
    if "title" in texts:
        further = texts["lang"].text if "lang" in texts else ""
    return Place(name, pointer=f"{subject}@{further}" if number else subject)


def _row(place: Place, texts: Mapping[str, FieldText], places: SubjectPlaces, *, is_further: bool) -> Row:
    raw = {field: each.text for field, each in texts.items()}
    clean = {field: text for field, each in raw.items() if (text := clean_text(each)[0])}
    columns = NAMES | {field: field for field in texts if field not in NAMES}
    return Row(place, clean, columns, raw, spots=places.spots(texts), is_further=is_further)


def _unknown_terms(statements: Statements, places: SubjectPlaces) -> Iterator[Finding]:
    for iri, (subject, at) in statements.unknown_terms().items():
        place = places.of_value(places.of_subject(subject, statements.start_of(subject), subject), at)
        suggestion = nearest_term(iri)
        question = say(" Did you mean {value}?", value=suggestion.value) if suggestion else ""
        term = f"icgp:{iri.removeprefix(ICGP)}"
        unknown = finding_of("term-unknown", place, suggestion=suggestion, term=term, question=question)
        yield replace(unknown, path=iri)


def _literals(
    subject: str, statements: Statements, record: Place, places: SubjectPlaces
) -> Iterator[Finding]:
    """Yield a finding for each literal about a practice, its period or record that is not of its type."""
    related = (DCT + "temporal", FOAF + "isPrimaryTopicOf")
    nodes = [
        subject,
        *(v.text for name in related for v in statements.values(subject, name) if not v.is_literal),
    ]
    for node in nodes:
        for path, value in statements.all_of(node):
            if value.is_ill_typed or value.canonical_text != value.text:
                place = replace(places.of_value(record, value.at), value=value.text)
                yield replace(_literal_finding(value, place), focus=subject, path=path)


def _literal_finding(value: Value, place: Place) -> Finding:
    if value.is_ill_typed:
        datatype = f"xsd:{value.datatype.rpartition('#')[2]}"
        return finding_of("literal-ill-typed", place, text=value.text[:60], type=datatype)
    return finding_of("literal-not-canonical", place, text=value.text, value=value.canonical_text)
