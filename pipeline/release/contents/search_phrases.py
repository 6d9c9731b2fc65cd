"""Phrases: the names and keywords that lead a search to a topic, a country or a city."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.language.stemming import fold_word, stemmed_phrase, words_of
from pipeline.language.text_matching import fold
from pipeline.model.practice import City
from pipeline.rdf.vocabulary import COUNTRY, SCHEMA, SKOS, TOPIC
from pipeline.recognition.places.countries import LANGUAGES, names_of_countries
from pipeline.recognition.places.gazetteer import other_names
from pipeline.recognition.topics import names_in_other_languages
from pipeline.release.contents.facet_labels import split_literal
from pipeline.release.contents.nodes import read_nodes

LONGEST_PHRASE = 6
"""How many words a phrase has at most; longer ones are left out, since people do not type them."""

OTHER_LANGUAGES = ("ca", "da", "el", "eu", "fi", "hu", "nl", "no", "pl", "ro", "ru", "sr", "sv", "tr")
"""The languages besides those of the vocabulary in which keywords are found by their stems."""

_SHORTEST_NAME = 4
"""Shorter names of places in other languages are mostly codes of airports, or common words."""

_UMLAUT = re.compile("([aou])e")
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
    """Yield the phrases of topics and countries, from the N-Triples lines of the vocabulary, and of cities.

    To their names are added those in other languages, which the vocabulary does not have.
    """
    for subject, pairs in read_nodes(vocabulary):
        for facet, namespace in _NAMESPACES.items():
            if subject.startswith(namespace):
                value = subject[len(namespace) : -1]
                for name, text in pairs:
                    if name in _NAMES:
                        yield from _phrases(*split_literal(text), facet, value)
    for key, city in cities.items():
        for language, name in city.names:
            yield from _phrases(language, name, "city", key)
    yield from _in_other_languages(cities)


def _in_other_languages(cities: Mapping[str, City]) -> Iterator[Phrase]:
    for language, name, slug in names_in_other_languages():
        yield from _phrases(language, name, "topic", slug)
    for name, code in names_of_countries():
        if len(name) >= _SHORTEST_NAME:
            yield from _phrases("", name, "country", code)
    keys = {city.geonames: key for key, city in cities.items() if city.geonames}
    for identifier, name in other_names(keys, {city.country for city in cities.values()}):
        if len(name) >= _SHORTEST_NAME and not name.isupper():
            yield from _phrases("", name, "city", keys[identifier])


def _phrases(language: str, text: str, facet: str, value: str) -> Iterator[Phrase]:
    words = words_of(text)
    if 0 < len(words) <= LONGEST_PHRASE:
        # Names of places have no other forms; a stem would make others of them.
        is_topic = facet == "topic"
        spoken = key_language(language.partition("-")[0])
        key = stemmed_phrase(map(fold_word, words), spoken) if is_topic else place_key(" ".join(words))
        yield key, facet, value


def key_language(language: str) -> str:
    """Return the language of the key of a phrase, none where a search does not look for stems in it."""
    return language if language in LANGUAGES or language in OTHER_LANGUAGES else ""


def place_key(name: str) -> str:
    """Return the key of a place's name in any script, the same for "Zürich" and "Zuerich"."""
    return " " + _UMLAUT.sub(r"\1", fold(name))
