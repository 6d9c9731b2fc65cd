"""Selection queries: a list of practices as a SPARQL query, made only of known slugs and codes."""

from collections.abc import Iterator
from itertools import islice

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search import matching_bits
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.selection import Selection
from pipeline.system.data_files import filled_text

MOST_PRACTICES = 50
"""How many practices a query names one by one. The others are left out, and the query says so.

An address with more of them in its query would be too long for some proxies.
"""

_CODED = ("topic", "country")
_STATUSES = ("ongoing", "undated")


def selection_query(release: Release, selection: Selection) -> str:
    """Return the SPARQL query that finds what a list shows, on all its pages."""
    groups = set(_groups(selection))
    if groups <= {"topic", "country", "year"} or groups <= {"topic", "country", "span"}:
        conditions = [*_of_values(selection), *_of_dates(selection)]
    else:
        conditions = [_of_practices(release, selection)]
    text = "".join(f"\n{condition}" for condition in conditions)
    return filled_text(__package__, "queries/selection.rq", conditions=text)


def _groups(selection: Selection) -> Iterator[str]:
    """Yield what narrows a selection."""
    yield from (group for group, values in selection.filters.items() if values)
    if selection.q:
        yield "q"
    if selection.ids:
        yield "ids"


def _of_values(selection: Selection) -> Iterator[str]:
    for group in _CODED:
        values = [f"{group}:{value}" for value in selection.filters[group]]
        if values:
            yield _fill_template(f"selection_{group}", values)


def _of_dates(selection: Selection) -> Iterator[str]:
    wanted = selection.filters.get("year", ()) or selection.filters.get("span", ())
    years = [f"year:{value}" for value in wanted if value not in _STATUSES]
    parts = [_fill_template("selection_year", years)] if years else []
    parts += [_fill_template(f"selection_{value}", ()) for value in wanted if value in _STATUSES]
    if parts:
        yield "  " + " UNION ".join([f"{{\n{part}\n  }}" for part in parts])


def _of_practices(release: Release, selection: Selection) -> str:
    bits = matching_bits(release, selection)
    positions = list(islice(release.in_order(bits, "title"), MOST_PRACTICES))
    slugs = {row["slug"] for row in release.index.rows("slugs", positions=positions_as_json(positions))}
    named = _fill_template("selection_practices", [release.iris.practice(slug) for slug in sorted(slugs)])
    left_out = bits.bit_count() - len(slugs)
    return (
        f"{named}\n  # {left_out} more are left out, for this query would be too long." if left_out else named
    )


def _fill_template(name: str, values: object) -> str:
    joined = " ".join(values) if isinstance(values, list) else ""
    return filled_text(__package__, f"queries/{name}.rq", values=joined).rstrip("\n")
