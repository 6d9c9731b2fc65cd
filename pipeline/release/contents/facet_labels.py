"""Labels of facet values: of topics and countries from the vocabulary, of cities from the practices."""

from collections.abc import Iterable, Iterator, Mapping

from pipeline.model.practice import City, Texts
from pipeline.rdf import vocabulary
from pipeline.release.contents.index_entries import IndexEntry, for_display
from pipeline.release.contents.nodes import Vocabulary, read_nodes, unescape

_PREF_LABEL = f"<{vocabulary.SKOS}prefLabel>"
_NAMESPACES = {"topic": f"<{vocabulary.TOPIC}", "country": f"<{vocabulary.COUNTRY}"}


class Labels:
    """The labels of every facet value."""

    def __init__(self, by_value: Mapping[tuple[str, str], Texts]) -> None:
        self._by_value = by_value
        labels = {key: for_display(texts) for key, texts in by_value.items()}
        self._display = {key: text[1] for key, text in labels.items() if text}
        self._words = {
            key: " · ".join(dict.fromkeys(text for _, text in texts)) for key, texts in by_value.items()
        }

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield facet, value, language and text of each label."""
        for (facet, value), texts in self._by_value.items():
            for language, text in texts:
                yield facet, value, language, text

    def display(self, facet: str, value: str) -> str:
        """Return the label to show, or the value itself if there is none."""
        return self._display.get((facet, value), value)

    def words(self, facet: str, values: Iterable[str]) -> str:
        """Return the labels of values in all languages, for the search."""
        return " · ".join([self._words.get((facet, value), value) for value in values])

    def places(self, entry: IndexEntry) -> str:
        """Return an entry's places for display: ``Turin, Milan · Italy``."""
        cities = ", ".join([self.display("city", city) for city in entry.cities])
        countries = ", ".join([self.display("country", country) for country in entry.countries])
        return f"{cities} · {countries}" if cities and countries else cities or countries


def labels_of(terms: Vocabulary, cities: Mapping[str, City]) -> Labels:
    """Return the labels of a release."""
    labels = {("city", key): city.names for key, city in cities.items()}
    for subject, pairs in read_nodes(terms.lines):
        for facet, namespace in _NAMESPACES.items():
            if subject.startswith(namespace):
                value = subject[len(namespace) : -1]
                labels[facet, value] = tuple(
                    split_literal(text) for name, text in pairs if name == _PREF_LABEL
                )
    return Labels(labels)


def split_literal(literal: str) -> tuple[str, str]:
    """Return language and text of a literal with a language, as N-Triples writes it."""
    end = literal.rindex('"')
    return literal[end + 2 :], unescape(literal[1:end])
