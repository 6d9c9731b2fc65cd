"""Completeness: which fields a practice has and lacks, and the facets that list it for that."""

from collections.abc import Iterable, Iterator

from pipeline.model.practice import Practice

PROPERTIES = ("title", "summary", "sections", "topic", "country", "city", "date", "year", "source")


def present(practice: Practice) -> Iterator[str]:
    """Yield which of PROPERTIES a practice has, stated or inferred."""
    period = practice.period
    values = (
        practice.titles,
        practice.descriptions,
        practice.sections,
        practice.topics,
        practice.countries,
        practice.cities,
        practice.date_texts,
        period is not None and (period.years or period.start or period.end),
        practice.sources,
    )
    return (name for name, value in zip(PROPERTIES, values, strict=True) if value)


def inferred_fields(practice: Practice) -> tuple[str, ...]:
    """Return which fields have a value found in the text, with ``any`` if there is one."""
    return ("any", *practice.inferred) if practice.inferred else ()


def facets(practice: Practice, codes: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the facet values that the numbers on quality count, each with the practice's slug.

    ``codes`` are those of the findings on it.
    """
    has = set(present(practice))
    yield from (("missing", name, practice.slug) for name in PROPERTIES if name not in has)
    yield from (("inferred", name, practice.slug) for name in inferred_fields(practice))
    yield from (("finding", code, practice.slug) for code in codes)
    yield from (("title_language", language, practice.slug) for language, _ in practice.titles)
    yield from (("summary_language", language, practice.slug) for language, _ in practice.descriptions)
