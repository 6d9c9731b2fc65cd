"""The vocabulary in a store: each file a graph, and beside them the terms that the context and queries use."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from pipeline.model.finding import Finding, Place, Severity
from pipeline.rdf import vocabulary
from pipeline.rdf.iris import DEFAULT_BASE
from pipeline.system.data_files import text_of

GRAPH = "urn:practicegraph:check:"
"""The names of the graphs begin so: ``ontology``, ``topics``, ``shapes`` and so on follow."""

PREFIXES = {**vocabulary.prefixes(), "g": GRAPH, "vann": vocabulary.VANN, "shapes": vocabulary.SHAPES}

_SUBJECT = re.compile(r"(?:<(?P<iri>[^>\s]+)>|(?P<prefix>[a-z]*):(?P<local>[\w-]+))\s")
_PREFIX = re.compile(r"@prefix\s+([a-z]*):\s+<([^>]+)>")
_PREFIXED_NAME = re.compile(r"\b([a-z]+):([A-Za-z][\w-]*)")
_TYPE = NamedNode(vocabulary.RDF + "type")


@dataclass(frozen=True, slots=True)
class VocabularyFiles:
    """Paths of everything that a check looks at.

    ``published`` lists the terms that were ever published, one a line; ``accepted`` is a table of warnings
    that are meant to be so, with the reason.
    """

    ontology: Path
    topics: Path
    countries: Path
    years: Path
    dataset: Path
    shapes: tuple[Path, ...]
    context: Path
    published: Path
    accepted: Path

    @classmethod
    def of_the_project(cls) -> Self:
        """Return the files that are published with practicegraph."""
        ontology, topics, countries, years = vocabulary.vocabulary_files()
        directory = vocabulary.ontology_directory()
        return cls(
            ontology,
            topics,
            countries,
            years,
            vocabulary.dataset_file(),
            vocabulary.shapes_files(),
            vocabulary.context_file(),
            directory / "published-terms.txt",
            directory / "accepted-warnings.csv",
        )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A warning that is meant to be so: its code, what it is about, and why."""

    code: str
    focus: str
    reason: str


class LoadedVocabulary:
    """The store, the place of each subject, the accepted warnings, and findings on files that cannot be read."""

    def __init__(self, paths: VocabularyFiles) -> None:
        self.store = Store()
        self.places: dict[str, Place] = {}
        self.unreadable: list[Finding] = []
        self.context_place = Place(paths.context.name)
        for name in ("ontology", "topics", "countries", "years", "dataset"):
            self._load(getattr(paths, name), name)
        for path in paths.shapes:
            self._load(path, "shapes")
        self.set_context(self._context(paths.context))
        self._name("published", map(str, self._text(paths.published).split()), "Listed")
        rows = csv.DictReader(self._text(paths.accepted).splitlines())
        self.accepted = tuple(Acceptance(row["code"], row["focus"], row["reason"]) for row in rows)

    def derive(self) -> None:
        """Add what the rules ask for often: the kinds of our terms, and which terms are used."""
        for quad in self.store.quads_for_pattern(None, NamedNode(vocabulary.SH + "select"), None):
            if isinstance(quad.object, Literal):
                names = _PREFIXED_NAME.findall(quad.object.value)
                self._name(
                    "queries", (PREFIXES[prefix] + local for prefix, local in names if prefix in PREFIXES)
                )
        update = text_of(__package__, "facts.ru")
        self.store.update(update, prefixes=PREFIXES)

    def set_context(self, context: Mapping[str, Any]) -> None:
        """Replace the terms that the JSON-LD context maps keys and datatypes to."""
        self.store.remove_graph(NamedNode(GRAPH + "context"))
        self._name("context", _context_terms(context))

    def _name(self, graph: str, terms: Iterable[str], kind: str = "Mapped") -> None:
        for term in terms:
            self.store.add(Quad(NamedNode(term), _TYPE, NamedNode(GRAPH + kind), NamedNode(GRAPH + graph)))

    def _load(self, path: Path, graph: str) -> None:
        text, base = self._text(path), DEFAULT_BASE + "/"
        try:
            for quad in parse(text, format=RdfFormat.TURTLE, base_iri=base):
                self.store.add(Quad(quad.subject, quad.predicate, quad.object, NamedNode(GRAPH + graph)))
        except SyntaxError as error:
            self._refuse(path, f"{path.name} is not Turtle: {error.msg}. Correct the syntax.", error.lineno)
        for iri, place in _lines_of_subjects(path.name, text):
            self.places.setdefault(iri, place)

    def _text(self, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self._refuse(path, f"{path.name} cannot be read: {error}. Restore the file, in UTF-8.")
            return ""

    def _context(self, path: Path) -> Mapping[str, Any]:
        try:
            context = json.loads(self._text(path))["@context"]
        except (ValueError, KeyError, TypeError, RecursionError):
            context = None
        if isinstance(context, dict):
            return context
        self._refuse(path, f"{path.name} is not a JSON-LD context. It needs one object @context.")
        return {}

    def _refuse(self, path: Path, message: str, line: int | None = None) -> None:
        place = Place(path.name, line=line)
        self.unreadable.append(Finding(Severity.VIOLATION, "file-unreadable", message, place))


def _lines_of_subjects(name: str, text: str) -> Iterator[tuple[str, Place]]:
    prefixes = dict(vocabulary.prefixes())
    for number, line in enumerate(text.splitlines(), start=1):
        if declared := _PREFIX.match(line):
            prefixes[declared[1]] = declared[2]
        elif subject := _SUBJECT.match(line):
            namespace = prefixes.get(subject["prefix"] or "", "")
            yield subject["iri"] or namespace + subject["local"], Place(name, line=number)


def _context_terms(context: Mapping[str, Any]) -> Iterator[str]:
    """Yield the absolute IRIs that a context maps keys and datatypes to, namespaces apart."""
    for value in context.values():
        for name in (value.get("@id"), value.get("@type")) if isinstance(value, dict) else (value,):
            if not isinstance(name, str) or name.startswith("@") or name.endswith(("#", "/")):
                continue
            prefix, _, local = name.partition(":")
            namespace = context.get(prefix)
            yield namespace + local if isinstance(namespace, str) else name
