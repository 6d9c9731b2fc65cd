"""List rows: the data of practices in lists, for pages and exports, read from the index at once; and their date."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.search_index import positions_as_json
from endpoint.catalogue.selection import Selection
from endpoint.language.graph_facts import Text, best, preferred


@dataclass(frozen=True, slots=True)
class ListRow:
    """A practice: its title for display and all its titles by language, and its topics, countries and cities."""

    position: int
    slug: str
    title: Text
    titles: Mapping[str, str]
    summary: Text | None
    date_text: str
    values: Mapping[str, Sequence[str]]

    @property
    def own_title(self) -> Text:
        """Return the title in the reader's language if there is one, else the title for display."""
        title = best(self.titles)
        return title if title and title.lang in preferred.get() else self.title


def read_rows(release: Release, positions: Sequence[int]) -> tuple[ListRow, ...]:
    """Return the practices at some positions, in their order; an unknown position is ignored."""
    wanted = positions_as_json(positions)
    values: dict[int, dict[str, list[str]]] = {}
    for position, facet, value in release.index.rows("listed_facets", positions=wanted):
        values.setdefault(position, {}).setdefault(facet, []).append(value)
    titles: dict[int, dict[str, str]] = {}
    for position, language, title in release.index.rows("listed_titles", positions=wanted):
        titles.setdefault(position, {})[language] = title
    rows = release.index.rows("listed", positions=wanted)
    by_position = {row["position"]: row for row in rows}
    return tuple(
        _list_row(by_position[at], titles.get(at, {}), values.get(at, {}))
        for at in positions
        if at in by_position
    )


def _list_row(row: sqlite3.Row, titles: Mapping[str, str], values: Mapping[str, Sequence[str]]) -> ListRow:
    return ListRow(
        position=row["position"],
        slug=row["slug"],
        title=Text(row["title"], row["title_lang"]),
        titles=titles,
        summary=Text(row["summary"], row["summary_lang"] or "") if row["summary"] else None,
        date_text=row["date_text"] or "",
        values=values,
    )


def list_modified(release: Release, selection: Selection, positions: Iterable[int] = ()) -> str:
    """Return when a page of what a selection finds last changed, which shows the practices at some positions.

    A search, and an order by the latest change, depend on every practice.
    """
    if selection.q or selection.order == "changed":
        return release.list_modified()
    return release.page_modified(positions)
