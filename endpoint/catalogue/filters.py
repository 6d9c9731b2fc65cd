"""Filters: the values that the list can be narrowed to, how many practices each would leave, and ways out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from endpoint.catalogue.facets import QUALITY, Value
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import SearchResult
from endpoint.catalogue.search_query import Unit
from endpoint.catalogue.selection import Selection
from endpoint.language.graph_facts import Text, alphabetical, best
from endpoint.language.interface_languages import interface, say
from endpoint.language.text_filters import language_name
from pipeline.findings.reports.rules import rule
from pipeline.release.dataset.quality import quality_words

FIRST_UNFOLDED_YEAR = "2015"
"""Years before this one are folded away, as the programme's own catalogue leaves them out."""

Counts = Mapping[Value, int]


class Choice(NamedTuple):
    """A value in the filter form: how many practices it would leave, and whether it is wanted now."""

    value: str
    label: Text
    practices: int
    wanted: bool = False


@dataclass(frozen=True, slots=True)
class Wider:
    """A selection with one thing less, and how many practices it finds."""

    dropped: str
    count: int
    selection: Selection


def choices(release: Release, facet: str, counts: Counts, selection: Selection) -> tuple[Choice, ...]:
    """Return the values of a facet that practices have, by the alphabet of their labels."""
    unsorted = (
        Choice(value, name_of(release, facet, value), count, selection.has(facet, value))
        for (kind, value), count in counts.items()
        if kind == facet
    )
    return tuple(sorted(unsorted, key=lambda choice: alphabetical(choice.label.text)))


def years(counts: Counts, selection: Selection) -> tuple[Choice, ...]:
    """Return the years that practices name, or those in which they ran, the latest first."""
    kind = "running" if selection.running else "year"
    listed_years = sorted((value for facet, value in counts if facet == kind), reverse=True)
    return tuple(
        Choice(year, Text(year), counts[kind, year], selection.has("year", year)) for year in listed_years
    )


def statuses(counts: Counts, selection: Selection) -> tuple[Choice, ...]:
    """Return the other filters on dates: ongoing, or no date given."""
    return tuple(
        Choice(value, label, counts["status", value], selection.has("year", value))
        for value, label in _status_names().items()
        if ("status", value) in counts
    )


def _status_names() -> dict[str, Text]:
    language = interface()
    return {"ongoing": Text(say("Ongoing"), language), "undated": Text(say("No date given"), language)}


def name_of(release: Release, group: str, value: str) -> Text:
    """Return the name of a filter's value for people."""
    if group == "year":
        return _status_names().get(value) or Text(value)
    if group in QUALITY:
        return Text(_quality_name(group, value), interface())
    return best(release.labels.get((group, value), {})) or Text(value)


def _quality_name(group: str, value: str) -> str:
    """Return what a filter by quality looks for, in the language of the interface."""
    language = interface()
    if group in ("missing", "inferred"):
        field = quality_words().get(value, {}).get(language, value)
        return (
            say("Missing: %(field)s", field=field)
            if group == "missing"
            else say("Inferred: %(field)s", field=field)
        )
    if group == "finding":
        known = rule(value)
        return known.texts_in(language)[0] or value
    name = language_name(value, language)
    if group == "title_language":
        return say("Title: %(language)s", language=name)
    return say("Summary: %(language)s", language=name)


def active_filters(release: Release, selection: Selection) -> Iterator[tuple[Text, Selection]]:
    """Yield each filter that is on, with the selection that would be left without it."""
    for group, values in selection.values.items():
        for value in values:
            name = name_of(release, group, value)
            if group == "collection":
                name = Text(say("Collection: %(name)s", name=name.text), interface())
            yield name, selection.without(group, value)
    if selection.has_range:
        yield Text(span_in_words(selection.since, selection.until), interface()), selection.without("range")


def span_in_words(since: int | None, until: int | None) -> str:
    """Return a range of years in the language of the interface."""
    if since is not None and until is not None:
        return str(since) if since == until else f"{since}–{until}"
    if since is not None:
        return say("since %(year)s", year=since)
    return say("until %(year)s", year=until)


def understood(release: Release, units: Sequence[Unit]) -> Iterator[Text]:
    """Yield the places and years that the words of a search were taken for, and what it excludes."""
    for unit in units:
        places = [*unit.places, *([("country", unit.nearby)] if unit.nearby else [])]
        names = [name_of(release, facet, value) for facet, value in places]
        if unit.years:
            names = [Text(span_in_words(*unit.years), interface())]
        if unit.is_excluded:
            words = [Text(" ".join(spellings[0].rstrip("*") for spellings in unit.words))]
            names = [Text(say("without %(name)s", name=name.text), interface()) for name in names or words]
        yield from names


def wider(release: Release, selection: Selection, matches: SearchResult) -> Iterator[Wider]:
    """Yield what a selection that finds nothing could do without, where it would then find something."""
    wanted = [group for group, values in selection.values.items() if values]
    if selection.has_range:
        wanted.append("range")
    if not selection.ids and selection.q:
        wanted.append("q")
    for group in wanted:
        rest = selection.without(group)
        within = None if group == "q" else matches.matches
        count = release.facets.matching(rest.filters, within).bit_count()
        if count:
            yield Wider(group, count, rest)
