"""What is checked, read once: the graphs, the context, and the line on which each term stands."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, parse, serialize
from rdflib import Graph
from rdflib.term import Node

from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf import vocabulary
from pipeline.rdf.iris import DEFAULT_BASE
from pipeline.vocabulary_checks.checked_files import VocabularyFiles

_SUBJECT = re.compile(r"(?:<(?P<iri>[^>\s]+)>|(?P<prefix>[a-z]*):(?P<local>[\w-]+))\s")
_PREFIX = re.compile(r"@prefix\s+([a-z]*):\s+<([^>]+)>")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A warning that is meant to be so: its code, what it is about, and why."""

    code: str
    focus: str
    reason: str


@dataclass(frozen=True, slots=True)
class Material:
    """The parsed files: one graph each, the shapes as one graph together."""

    ontology: Graph
    topics: Graph
    countries: Graph
    years: Graph
    dataset: Graph
    shapes: Graph
    context: Mapping[str, Any]
    published: frozenset[str]
    accepted: tuple[Acceptance, ...]
    places: Mapping[str, Place]
    context_name: str

    def schemes(self) -> tuple[Graph, ...]:
        """Return the graphs that hold SKOS schemes."""
        return self.topics, self.countries

    def graphs(self) -> tuple[Graph, ...]:
        """Return all graphs."""
        return self.ontology, self.topics, self.countries, self.years, self.dataset, self.shapes

    def finding(
        self, severity: Severity, code: str, message: str, focus: Node | str | None = None
    ) -> Finding:
        """Return a finding placed at the line on which its focus is described."""
        name = None if focus is None else str(focus)
        return Finding(severity, code, message, self.places.get(name or ""), name)


def read_material(files: VocabularyFiles) -> tuple[Material | None, tuple[Finding, ...]]:
    """Return the material, or None and a finding for each file that cannot be read."""
    reading = _Reading()
    ontology, topics, countries, years, dataset = (
        reading.graph(path)
        for path in (files.ontology, files.topics, files.countries, files.years, files.dataset)
    )
    shapes = Graph("SimpleMemory")
    for path in files.shapes:
        shapes += reading.graph(path)
    context = reading.context(files.context)
    published = frozenset(reading.text(files.published).split())
    accepted = tuple(_acceptances(reading.text(files.accepted)))
    if reading.findings:
        return None, tuple(reading.findings)
    material = Material(
        ontology,
        topics,
        countries,
        years,
        dataset,
        shapes,
        context,
        published,
        accepted,
        reading.places,
        files.context.name,
    )
    return material, ()


class _Reading:
    """Reads files one after another and keeps what went wrong."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.places: dict[str, Place] = {}

    def text(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self._fail(path, f"{path.name} cannot be read: {error}. Restore the file, in UTF-8.")
            return ""

    def graph(self, path: Path) -> Graph:
        text = self.text(path)
        base = DEFAULT_BASE + "/"
        try:
            lines = serialize(parse(text, format=RdfFormat.TURTLE, base_iri=base), format=RdfFormat.N_TRIPLES)
        except SyntaxError as error:
            message = f"{path.name} is not Turtle: {error.msg}. Correct the syntax."
            self._fail(path, message, error.lineno)
            return Graph()
        for iri, place in _lines_of_subjects(path.name, text):
            self.places.setdefault(iri, place)
        return Graph("SimpleMemory").parse(data=lines, format="nt")

    def context(self, path: Path) -> Mapping[str, Any]:
        text = self.text(path)
        try:
            context = json.loads(text)["@context"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            self._fail(path, f"{path.name} is no JSON-LD context ({error}). It needs one object @context.")
            return {}
        if not isinstance(context, dict):
            self._fail(path, f"{path.name} is no JSON-LD context: @context must be an object.")
            return {}
        return context

    def _fail(self, path: Path, message: str, line: int | None = None) -> None:
        place = Place(path.name, line=line)
        self.findings.append(Finding(Severity.VIOLATION, "file-unreadable", message, place))


def _lines_of_subjects(name: str, text: str) -> Iterator[tuple[str, Place]]:
    prefixes = dict(vocabulary.prefixes())
    for number, line in enumerate(text.splitlines(), start=1):
        if declared := _PREFIX.match(line):
            prefixes[declared[1]] = declared[2]
        elif subject := _SUBJECT.match(line):
            namespace = prefixes.get(subject["prefix"] or "", "")
            yield subject["iri"] or namespace + subject["local"], Place(name, line=number)


def _acceptances(text: str) -> Iterator[Acceptance]:
    for row in csv.DictReader(text.splitlines()):
        yield Acceptance(row["code"] or "", row["focus"] or "", row["reason"] or "")
