"""Labels of facet values: of topics and countries from the vocabulary, of cities from the practices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline import vocabulary
from pipeline.practice import City, Texts
from pipeline.release.entries import Entry, for_display
from pipeline.release.terms import Vocabulary, read_nodes, unescaped

_PREF_LABEL = f"<{vocabulary.SKOS}prefLabel>"
_NAMESPACES = {"topic": f"<{vocabulary.TOPIC}", "country": f"<{vocabulary.COUNTRY}"}


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of every facet value, by facet and value."""

    by_value: Mapping[tuple[str, str], Texts]

    def rows(self) -> Iterable[tuple[str, str, str, str]]:
        """Yield facet, value, language and text of each label."""
        for (facet, value), texts in self.by_value.items():
            for language, text in texts:
                yield facet, value, language, text

    def display(self, facet: str, value: str) -> str:
        """Return the label to show, or the value itself where there is none."""
        shown = for_display(self.by_value.get((facet, value), ()))
        return shown[1] if shown else value

    def words(self, facet: str, values: Iterable[str]) -> str:
        """Return the labels of values in all languages, for the search."""
        texts = [text for value in values for _, text in self.by_value.get((facet, value), ())]
        return " · ".join(dict.fromkeys(texts))

    def places(self, entry: Entry) -> str:
        """Return an entry's places for display: ``Turin, Milan · Italy``."""
        cities = ", ".join(self.display("city", city) for city in entry.cities)
        countries = ", ".join(self.display("country", country) for country in entry.countries)
        return " · ".join(filter(None, (cities, countries)))


def labels_of(terms: Vocabulary, cities: Mapping[str, City]) -> Labels:
    """Return the labels of a release."""
    found = {("city", key): city.names for key, city in cities.items()}
    for subject, pairs in read_nodes(terms.lines):
        for facet, namespace in _NAMESPACES.items():
            if subject.startswith(namespace):
                value = subject[len(namespace) : -1]
                found[facet, value] = tuple(_tagged(text) for name, text in pairs if name == _PREF_LABEL)
    return Labels(found)


def _tagged(literal: str) -> tuple[str, str]:
    end = literal.rindex('"')
    return literal[end + 2 :], unescaped(literal[1:end])
