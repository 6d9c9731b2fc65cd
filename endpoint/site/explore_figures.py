"""Figures of the explore page: its maps and charts, each with its numbers."""

from collections.abc import Callable, Mapping

from endpoint.catalogue import filters
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection
from endpoint.figures.figure import Figure, Value
from endpoint.language.interface_languages import say
from endpoint.pages.explore_page import ExplorePage, Map

PAGE = "/explore"
_PLACES = ("kind", "key", "name", "country", "latitude", "longitude", "practices")


def figures(release: Release, selection: Selection, page: ExplorePage) -> dict[str, Figure]:
    """Return the figures of a selection by name."""
    return {name: make(release, selection, page) for name, make in FIGURES.items()}


def _europe(release: Release, selection: Selection, page: ExplorePage) -> Figure:
    title = say("Practices in Europe, by country and city")
    return _map("europe", title, page.europe, page, *_describe_selection(release, selection))


def _world(release: Release, selection: Selection, page: ExplorePage) -> Figure:
    title = say("Practices in the world, by country and city")
    return _map("world", title, page.world, page, *_describe_selection(release, selection))


def _map(name: str, title: str, drawn: Map, page: ExplorePage, query: str, note: str) -> Figure:
    return Figure(PAGE, name, title, "map", drawn, _PLACES, _places(page), query, note)


def _years(release: Release, selection: Selection, page: ExplorePage) -> Figure:
    rows = tuple((int(bar.name), bar.count) for bar in page.years.bars)
    title = say("Practices per year mentioned")
    query, note = _describe_selection(release, selection)
    if page.unnamed_years:
        without = say("Practices without a year: %(n)s", n=page.unnamed_years)
        note = f"{note} · {without}" if note else without
    return Figure(PAGE, "years", title, "columns", page.years, ("year", "practices"), rows, query, note)


def _topics(release: Release, selection: Selection, page: ExplorePage) -> Figure:
    rows = tuple((bar.value, bar.name.text, bar.count) for bar in page.topics)
    columns, title = ("topic", "topic_name", "practices"), say("Practices by topic")
    selected = _describe_selection(release, selection)
    return Figure(PAGE, "topics", title, "bars", page.topics, columns, rows, *selected)


FIGURES: Mapping[str, Callable[[Release, Selection, ExplorePage], Figure]] = {
    "europe": _europe,
    "world": _world,
    "years": _years,
    "topics": _topics,
}


def _places(page: ExplorePage) -> tuple[tuple[Value, ...], ...]:
    """Return all countries and cities, also those that a map does not show."""
    countries = (
        ("country", country.code, country.name.text, country.code, None, None, country.count)
        for country in page.countries
    )
    cities = (
        ("city", place.key, place.name.text, place.country_code, place.latitude, place.longitude, place.count)
        for place in page.places
    )
    return (*countries, *cities)


def _describe_selection(release: Release, selection: Selection) -> tuple[str, str]:
    """Return what a selection is, as the query of its address and in words."""
    names = [label.text for label, _ in filters.active_filters(release, selection)]
    if selection.q:
        names.insert(0, f"“{selection.q}”")
    if selection.ids:
        names.append(say("Shortlist"))
    # No file has control characters, which XML does not allow.
    return selection.at(1).query, "".join(filter(str.isprintable, ", ".join(names)))
