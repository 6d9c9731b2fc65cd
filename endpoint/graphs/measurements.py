"""Measurements: the numbers of a release's quality as the Data Quality Vocabulary has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import BuiltRelease
from pipeline.rdf.vocabulary import DQV, PROV, RDF, SKOS, XSD
from pipeline.release.dataset.quality import percent, quality_words
from pipeline.system.data_files import rows_of

_LDQD = "http://www.w3.org/2016/05/ldqd#"


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
    yield _metric("practices", "practices", numbers["practices"])
    yield from _shares("present", numbers)
    for name, counts in numbers["languages"].items():
        for language, count in counts.items():
            thing = quality_words()[name]
            yield _metric("languages", f"{name}-{language}", count, thing, name=name, language=language)
    yield from _shares("inferred", numbers)
    for counted in numbers["findings"]:
        yield _metric(
            "findings", f"findings-{counted['severity']}-{counted['code']}", counted["count"], **counted
        )
    yield _metric("quarantined", "quarantined", numbers["quarantined"])
    yield _metric("held-back", "held-back", numbers["held_back"])
    for language, count in numbers["unnamed"].items():
        yield _metric("unnamed", f"unnamed-{language}", count, language=language)


def _shares(kind: str, numbers: Mapping[str, Any]) -> Iterator[_Measured]:
    for name, count in numbers[kind].items():
        thing = quality_words().get(name, {"en": name, "fr": name})
        yield _metric(kind, f"{kind}-{name}", percent(count, numbers["practices"]), thing)


def _metric(
    kind: str, name: str, value: int | float, thing: Mapping[str, str] | None = None, /, **values: str
) -> _Measured:
    """Return a number of a kind in metrics.csv; ``thing`` is by language what it counts."""
    said = _metrics()[kind]
    things = {tag: thing[tag].lower() if thing is not None else "" for tag in ("en", "fr")}
    definition = {tag: said[tag].format(thing=text, **values) for tag, text in things.items()}
    return _Measured(name, value, _LDQD + said["dimension"], definition)


@cache
def _metrics() -> Mapping[str, Mapping[str, str]]:
    return {row["kind"]: row for row in rows_of(__package__, "metrics.csv")}


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))
