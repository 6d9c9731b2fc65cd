"""Quality: how complete the records of a release are, and how much of them was stated, in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pipeline.model.finding import Severity
from pipeline.model.practice import City, Practice
from pipeline.rdf.iris import country, topic
from pipeline.rdf.vocabulary import SKOS
from pipeline.release.contents.completeness import PROPERTIES, inferred_fields, present
from pipeline.system.data_files import rows_of

Numbers = dict[str, Any]
"""Numbers as JSON has them: ``present`` and ``languages`` count practices by property and by language of a text."""

LANGUAGES = ("en", "fr")
"""The languages in which every term should have a name, since the pages speak them."""

_PREF_LABEL = f" <{SKOS}prefLabel> "


class Quality:
    """Counts practices as they pass."""

    def __init__(self) -> None:
        self._practices = 0
        self._held_back = 0
        self._present: Counter[str] = Counter()
        self._titles: Counter[str] = Counter()
        self._summaries: Counter[str] = Counter()
        self._inferred: Counter[str] = Counter()
        self._cities: dict[str, City] = {}
        self._terms: set[str] = set()

    def add(self, practice: Practice) -> None:
        """Count a practice."""
        self._practices += 1
        self._held_back += practice.held_back
        self._present.update(present(practice))
        self._titles.update([language for language, _ in practice.titles])
        self._summaries.update([language for language, _ in practice.descriptions])
        self._inferred.update(inferred_fields(practice))
        for city in practice.cities:
            self._cities[city.key] = city
        self._terms.update(practice.topics)
        self._terms.update(practice.countries)

    def merge(self, other: "Quality") -> None:
        """Add what another has counted."""
        self._practices += other._practices
        self._held_back += other._held_back
        self._present.update(other._present)
        self._titles.update(other._titles)
        self._summaries.update(other._summaries)
        self._inferred.update(other._inferred)
        self._cities.update(other._cities)
        self._terms.update(other._terms)

    def numbers(
        self, findings: Mapping[tuple[Severity, str], int], quarantined: int, vocabulary: Iterable[str]
    ) -> Numbers:
        """Return all numbers; ``vocabulary`` are the lines in which the names of topics and countries stand."""
        return {
            "practices": self._practices,
            "present": {name: self._present[name] for name in PROPERTIES},
            "languages": {"title": _sort_counts(self._titles), "summary": _sort_counts(self._summaries)},
            "inferred": {"any": self._inferred["any"], **_sort_counts(self._inferred)},
            "held_back": self._held_back,
            "quarantined": quarantined,
            "findings": [
                {"severity": severity.value, "code": code, "count": count}
                for (severity, code), count in sorted(findings.items(), key=lambda pair: pair[0][1])
            ],
            "terms": len(self._cities) + len(self._terms),
            "unnamed": self._unnamed_counts(vocabulary),
        }

    def _unnamed_counts(self, vocabulary: Iterable[str]) -> dict[str, int]:
        """Return how many of the topics, countries and cities that are used have no name in a language."""
        labels = [line for line in vocabulary if _PREF_LABEL in line]
        counts = {}
        for language in LANGUAGES:
            named = {line.partition(" ")[0] for line in labels if line.endswith(f'"@{language} .\n')}
            terms = sum(topic(each) not in named and country(each) not in named for each in self._terms)
            cities = sum(language not in dict(city.names) for city in self._cities.values())
            counts[language] = terms + cities
        return counts


def percent(count: int, practices: int) -> float:
    """Return a count in hundredths of the practices, 0 if there are none."""
    return round(100 * count / practices, 1) if practices else 0.0


@cache
def quality_words() -> Mapping[str, Mapping[str, str]]:
    """Return what is counted, by its name here, in English and French."""
    return {row["name"]: row for row in rows_of(__package__, "quality_words.csv")}


def _sort_counts(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items()))
