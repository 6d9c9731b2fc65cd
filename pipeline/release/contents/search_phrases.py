"""Phrases: the names and keywords that lead a search to a topic, a country or a city."""

from collections.abc import Iterable, Iterator, Mapping

from pipeline.language.stemming import folded, stemmed_phrase, words_of
from pipeline.model.practice import City
from pipeline.rdf.vocabulary import COUNTRY, SCHEMA, SKOS, TOPIC
from pipeline.release.contents.facet_labels import tagged
from pipeline.release.contents.nodes import read_nodes

LONGEST_PHRASE = 6
"""How many words a phrase has at most; longer ones are left out, since people do not type them."""

_NAMESPACES = {"topic": f"<{TOPIC}", "country": f"<{COUNTRY}"}
_NAMES = (
    f"<{SKOS}prefLabel>",
    f"<{SKOS}altLabel>",
    f"<{SKOS}hiddenLabel>",
    f"<{SCHEMA}keywords>",
)

Phrase = tuple[str, str, str]
"""The phrase as ``stemmed_phrase`` writes it, facet and value."""


def search_phrases(vocabulary: Iterable[str], cities: Mapping[str, City]) -> Iterator[Phrase]:
    """Yield the phrases of topics and countries, from the N-Triples lines of the vocabulary, and of cities."""
    for subject, pairs in read_nodes(vocabulary):
        for facet, namespace in _NAMESPACES.items():
            if subject.startswith(namespace):
                value = subject[len(namespace) : -1]
                for name, text in pairs:
                    if name in _NAMES:
                        yield from _phrases(*tagged(text), facet, value)
    for key, city in cities.items():
        for language, name in city.names:
            yield from _phrases(language, name, "city", key)


def _phrases(language: str, text: str, facet: str, value: str) -> Iterator[Phrase]:
    words = [folded(word) for word in words_of(text)]
    if 0 < len(words) <= LONGEST_PHRASE:
        # Names of places have no other forms; a stem would make others of them.
        key = stemmed_phrase(words, language.partition("-")[0] if facet == "topic" else "")
        yield key, facet, value
