"""Quality: how complete the records of a release are, what was found against them, and how that has changed."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import BuiltRelease
from endpoint.documents.resolvers import Document
from endpoint.graphs import signposts
from endpoint.graphs.measurements import measurements
from endpoint.pages.charts import ChartLine, line
from pipeline.findings.reports.rules import rule
from pipeline.model.finding import Severity
from pipeline.release.contents.completeness import PROPERTIES
from pipeline.release.dataset.quality import percent

MOST_RELEASES = 40
"""How many releases a trend shows at most; it begins with three."""

_FEWEST = 3
_WHOLE = 100.0


def find(release: Release, _: str) -> Document:
    """Return the document on the quality of a release, which says nothing where that was made without numbers."""
    known = tuple(
        made for made in release_history.built_releases(release, most=MOST_RELEASES) if made.quality
    )
    iri = f"{release.base}/quality"
    return Document(
        iri,
        measurements(release, known[0]) if known else (),
        (),
        "quality.html",
        partial(_page, known) if known else lambda: None,
        is_embedded=False,
        signposts=signposts.of_resource(release, iri),
    )


def _page(known: tuple[BuiltRelease, ...]) -> dict[str, Any]:
    """Return the quality of a release as people read it; ``trend`` is empty until there are three releases."""
    numbers = known[0].quality
    practices = int(numbers["practices"])
    inferred = {name: count for name, count in numbers["inferred"].items() if name != "any" or count}
    return {
        "made": known[0],
        "practices": practices,
        "present": _shares({name: numbers["present"].get(name, 0) for name in PROPERTIES}, practices),
        "titles": _shares(_most_first(numbers["languages"]["title"]), practices),
        "summaries": _shares(_most_first(numbers["languages"]["summary"]), practices),
        "inferred": _shares(inferred, practices),
        "rules": sorted(map(_with_names, numbers["findings"]), key=_weight),
        "quarantined": numbers["quarantined"],
        "held_back": numbers["held_back"],
        "terms": numbers["terms"],
        "unnamed": numbers["unnamed"],
        "trend": [*_trend(known[::-1])] if len(known) >= _FEWEST else [],
        "releases": known[::-1],
    }


def _with_names(counted: dict[str, Any]) -> dict[str, Any]:
    """Return how often sources were found against a rule, with the names of the rule by language."""
    known = rule(counted["code"])
    return counted | {"names": {tag: known.texts_in(tag)[0] for tag in ("en", "fr")}}


def _weight(counted: dict[str, Any]) -> tuple[int, int]:
    return tuple(Severity).index(Severity(counted["severity"])), -counted["count"]


def _most_first(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))


def _shares(counts: dict[str, int], practices: int) -> list[dict[str, Any]]:
    """Return how many of the practices have something, and how many hundredths that is."""
    return [
        {"name": name, "count": count, "percent": percent(count, practices)} for name, count in counts.items()
    ]


def _trend(oldest_first: tuple[BuiltRelease, ...]) -> Iterator[ChartLine]:
    """Yield a line for each property over the releases; properties that all or none have had are left out."""
    for name in PROPERTIES:
        values = [
            percent(made.quality["present"].get(name, 0), made.quality["practices"]) for made in oldest_first
        ]
        if min(values) < _WHOLE and max(values) > 0:
            yield line(name, values)
