"""Measurements: the numbers of a release's quality as the Data Quality Vocabulary has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import BuiltRelease
from pipeline.rdf.vocabulary import DQV, PROV, RDF, SKOS, XSD
from pipeline.release.dataset.quality import percent, quality_words

_LDQD = "http://www.w3.org/2016/05/ldqd#"
_COMPLETE, _ACCURATE, _UNDERSTOOD = (
    _LDQD + n for n in ("completeness", "semanticAccuracy", "understandability")
)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A number, what it says in English and French, and the dimension of quality that it belongs to."""

    name: str
    value: int | float
    dimension: str
    definition: Mapping[str, str]


def measurements(release: Release, made: BuiltRelease) -> Iterator[Triple]:
    """Yield the measurements of a release, each with the metric that says what it counts."""
    dataset = NamedNode(release.iris.dataset()[1:-1])
    page = f"{release.base}/quality"
    for measured in _measured(made.quality):
        measurement, metric = (
            NamedNode(f"{page}#{measured.name}"),
            NamedNode(f"{page}#metric-{measured.name}"),
        )
        kind = "integer" if isinstance(measured.value, int) else "decimal"
        yield Triple(dataset, NamedNode(DQV + "hasQualityMeasurement"), measurement)
        yield Triple(measurement, NamedNode(RDF + "type"), NamedNode(DQV + "QualityMeasurement"))
        yield Triple(measurement, NamedNode(DQV + "computedOn"), dataset)
        yield Triple(measurement, NamedNode(DQV + "isMeasurementOf"), metric)
        yield Triple(measurement, NamedNode(DQV + "value"), _typed(str(measured.value), kind))
        yield Triple(measurement, NamedNode(PROV + "generatedAtTime"), _typed(made.at, "dateTime"))
        yield Triple(metric, NamedNode(RDF + "type"), NamedNode(DQV + "Metric"))
        yield Triple(metric, NamedNode(DQV + "expectedDataType"), NamedNode(XSD + kind))
        yield Triple(metric, NamedNode(DQV + "inDimension"), NamedNode(measured.dimension))
        for language, text in measured.definition.items():
            yield Triple(metric, NamedNode(SKOS + "definition"), Literal(text, language=language))


def _measured(numbers: Mapping[str, Any]) -> Iterator[_Measured]:
    yield _counted("practices", numbers["practices"], _COMPLETE, "Practices", "Pratiques")
    yield from _shares(
        numbers, "present", numbers["present"], "Per cent of practices with", "Pour cent des pratiques avec"
    )
    for name, counts in numbers["languages"].items():
        for language, count in counts.items():
            yield _counted(
                f"{name}-{language}",
                count,
                _COMPLETE,
                f"Practices with a {name} in {language}",
                f"Pratiques avec un {quality_words()[name]['fr'].lower()} en {language}",
            )
    yield from _shares(
        numbers,
        "inferred",
        numbers["inferred"],
        "Per cent of practices with, inferred",
        "Pour cent des pratiques avec, déduit",
    )
    for counts in numbers["findings"]:
        code, severity = counts["code"], counts["severity"]
        yield _counted(
            f"findings-{severity}-{code}",
            counts["count"],
            _ACCURATE,
            f"Findings of the rule {code} ({severity})",
            f"Constats de la règle {code} ({severity})",
        )
    yield _counted(
        "quarantined", numbers["quarantined"], _ACCURATE, "Rows in quarantine", "Lignes en quarantaine"
    )
    yield _counted("held-back", numbers["held_back"], _ACCURATE, "Records held back", "Fiches retenues")
    for language, count in numbers["unnamed"].items():
        yield _counted(
            f"unnamed-{language}",
            count,
            _UNDERSTOOD,
            f"Topics, countries and cities in use without a name in {language}",
            f"Thèmes, pays et villes utilisés sans nom en {language}",
        )


def _counted(name: str, value: int, dimension: str, english: str, french: str) -> _Measured:
    return _Measured(name, value, dimension, {"en": f"{english}.", "fr": f"{french}."})


def _shares(
    numbers: Mapping[str, Any], group: str, counts: Mapping[str, int], english: str, french: str
) -> Iterator[_Measured]:
    words = quality_words()
    for name, count in counts.items():
        labels = words.get(name, {"en": name, "fr": name})
        definition = {
            "en": f"{english}: {labels['en'].lower()}.",
            "fr": f"{french}\u202f: {labels['fr'].lower()}.",
        }
        dimension = _COMPLETE if group == "present" else _ACCURATE
        yield _Measured(f"{group}-{name}", percent(count, numbers["practices"]), dimension, definition)


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))
