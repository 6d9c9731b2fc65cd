"""Measurements: the numbers of a release's quality as the Data Quality Vocabulary has them."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import BuiltRelease
from endpoint.graphs.document_graphs import Graph
from pipeline.rdf.turtle_templates import triples_of
from pipeline.release.dataset.quality import percent, quality_words
from pipeline.system.data_files import rows_of

_Measurement = dict[str, Any]
"""A number with its name, the dimension of quality that it belongs to, and what it says in English and French."""


def measurements(release: Release, made: BuiltRelease) -> Graph:
    """Return the measurements of a release, each with the metric that says what it counts."""
    measured = _measurements(made.quality)
    facts = {"measured": measured, "made": made}
    return tuple(triples_of(__package__, "measurements.ttl.template", release.base, facts))


def _measurements(numbers: Mapping[str, Any]) -> Iterator[_Measurement]:
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


def _shares(kind: str, numbers: Mapping[str, Any]) -> Iterator[_Measurement]:
    for name, count in numbers[kind].items():
        thing = quality_words().get(name, {"en": name, "fr": name})
        yield _metric(kind, f"{kind}-{name}", percent(count, numbers["practices"]), thing)


def _metric(
    kind: str, name: str, value: int | float, thing: Mapping[str, str] | None = None, /, **values: str
) -> _Measurement:
    """Return a number of a kind in metrics.csv; ``thing`` is by language what it counts."""
    said = _metrics()[kind]
    things = {tag: thing[tag].lower() if thing is not None else "" for tag in ("en", "fr")}
    definition = {tag: said[tag].format(thing=text, **values) for tag, text in things.items()}
    return {"name": name, "value": value, "dimension": said["dimension"], **definition}


@cache
def _metrics() -> Mapping[str, Mapping[str, str]]:
    return {row["kind"]: row for row in rows_of(__package__, "metrics.csv")}
