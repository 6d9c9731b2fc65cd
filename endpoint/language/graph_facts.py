"""Facts: a graph by subject and predicate, for pages."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

Object = NamedNode | BlankNode | Literal | Triple

_DEFAULT = ("en", "fr")

preferred: ContextVar[tuple[str, ...]] = ContextVar("preferred", default=_DEFAULT)
"""The languages in which a text is shown when it need not be shown in all, best first."""


@contextmanager
def default_languages() -> Iterator[None]:
    """Choose texts as for a reader who has no wish, for what is the same for all readers."""
    token = preferred.set(_DEFAULT)
    try:
        yield
    finally:
        preferred.reset(token)


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its language tag, empty if it has none."""

    text: str
    lang: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return the text's paragraphs, which line breaks part."""
        return tuple(stripped for line in self.text.splitlines() if (stripped := line.strip()))


class Facts:
    """The triples of a graph by subject and predicate, in the graph's order."""

    def __init__(self, graph: Sequence[Triple]) -> None:
        self._objects: dict[str, dict[str, list[Object]]] = {}
        for triple in graph:
            said = self._objects.setdefault(name_of_node(triple.subject), {})
            said.setdefault(triple.predicate.value, []).append(triple.object)

    def subjects(self) -> tuple[str, ...]:
        """Return the names of all subjects, IRIs as they are and blank nodes with ``_:``."""
        return tuple(self._objects)

    def statements(self, subject: str) -> Iterator[tuple[str, tuple[Object, ...]]]:
        """Yield each predicate of a subject with its objects."""
        for predicate, objects in self._objects.get(subject, {}).items():
            yield predicate, tuple(objects)

    def objects(self, subject: str, predicate: str) -> tuple[Object, ...]:
        """Return the objects of a subject's predicate."""
        return tuple(self._objects.get(subject, {}).get(predicate, ()))

    def texts(self, subject: str, predicate: str) -> tuple[Text, ...]:
        """Return the literals of a predicate, those in a preferred language first."""
        literals = (node for node in self.objects(subject, predicate) if isinstance(node, Literal))
        return by_preference(Text(node.value, node.language or "") for node in literals)

    def iris(self, subject: str, predicate: str) -> tuple[str, ...]:
        """Return the IRIs of a predicate."""
        return tuple(node.value for node in self.objects(subject, predicate) if isinstance(node, NamedNode))

    def value(self, subject: str, predicate: str) -> str | None:
        """Return the text of a predicate that has at most one value, None if it has none."""
        return next(
            (node.value for node in self.objects(subject, predicate) if isinstance(node, Literal)), None
        )

    def number(self, subject: str, predicate: str) -> int:
        """Return the whole number of a predicate, 0 if it has none."""
        text = self.value(subject, predicate)
        return int(text) if text and text.isdecimal() else 0


def by_preference(texts: Iterator[Text]) -> tuple[Text, ...]:
    """Return the texts, those in a preferred language first, otherwise in their order."""
    return tuple(sorted(texts, key=lambda text: _rank_of(text.lang)))


def in_preferred_language(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    """Return those texts that are in the same language as the first one, which is the preferred one."""
    return tuple(text for text in texts if text.lang == texts[0].lang)


def best(labels: Mapping[str, str]) -> Text | None:
    """Return the label to show where one must do, None if there is none."""
    first = preferred.get()[0]
    lang = first if first in labels else min(labels, key=_rank_of, default=None)
    return None if lang is None else Text(labels[lang], lang)


def _rank_of(lang: str) -> int:
    languages = preferred.get()
    for tag in (lang, lang.partition("-")[0]):
        if tag in languages:
            return languages.index(tag)
    return len(languages)


@lru_cache(maxsize=5000)
def alphabetical(text: str) -> str:
    """Return the key that sorts a name alphabetically: without case and diacritics."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def name_of_node(node: Object) -> str:
    """Return what a node is called in its graph: its IRI, or its label with ``_:``."""
    return node.value if isinstance(node, NamedNode) else str(node)
