"""Views of a result on a page: which ones there are, and what the one that the reader chose needs to be drawn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from endpoint.sparql.result_labels import Labels
from endpoint.sparql.views import result_chart, result_map
from endpoint.sparql.views.result_cells import rows as read_rows
from endpoint.sparql.views.result_chart import Chart, ChartKind, Columns
from endpoint.sparql.views.result_map import ResultMap
from endpoint.tables.table_cells import Row

View = Literal["table", "chart", "map", "raw"]
VIEWS: tuple[View, ...] = get_args(View)

MOST_BYTES = 4 * 1024 * 1024
"""Bytes of an answer that is shown in any view."""

MOST_ROWS = 1000
"""Rows of a table on one page."""

_MOST_DRAWN_ROWS = 5000
_LONGEST_RAW = 200_000
_LONGEST_NAME = 200
_LONGEST_TITLE = 120
_LONGEST_PAGE = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose to see: a view, the columns and the kind of a chart, a page, and a name for the query."""

    view: View | None = None
    category: str = ""
    value: str = ""
    kind: ChartKind | None = None
    page: int = 1
    title: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Choice":
        """Return the choice in an address; what is not understood there is as if it were not there."""
        view = next((name for name in VIEWS if name == arguments.get("view")), None)
        kind = next((name for name in result_chart.KINDS if name == arguments.get("kind")), None)
        page = arguments.get("page", "1")
        number = int(page) if page.isascii() and page.isdigit() and len(page) <= _LONGEST_PAGE else 1
        category, value = (arguments.get(name, "")[:_LONGEST_NAME] for name in ("category", "value"))
        return cls(
            view, category, value, kind, max(number, 1), arguments.get("title", "").strip()[:_LONGEST_TITLE]
        )

    def arguments(self) -> dict[str, str]:
        """Return the choice as it is in an address."""
        given = {
            "view": self.view or "",
            "category": self.category if self.view == "chart" else "",
            "value": self.value if self.view == "chart" else "",
            "kind": (self.kind or "") if self.view == "chart" else "",
            "page": str(self.page) if self.page > 1 and self.view in (None, "table") else "",
            "title": self.title,
        }
        return {name: value for name, value in given.items() if value}

    def address(self, path: str, **more: str) -> str:
        """Return an address with these choices and more."""
        return f"{path}?{urlencode({**more, **self.arguments()})}".removesuffix("?")

    def with_view(self, view: View | None) -> "Choice":
        """Return the same choice with another view, from its first page on."""
        return replace(self, view=view, page=1)

    def turn_page(self, pages: int) -> "Choice":
        """Return the same choice so many pages of the table on."""
        return replace(self, view="table", page=max(1, self.page + pages))


@dataclass(slots=True, frozen=True)
class Table:
    """The rows of one page of a result: the first one's number, and how many rows there are in all."""

    variables: Sequence[str]
    rows: Sequence[Row]
    first: int
    count: int

    @property
    def last(self) -> int:
        """Return the number of the last row on this page."""
        return self.first + len(self.rows) - 1


class Result:
    """The answer to a query: a table of values, a truth value or a graph, read as far as a view needs it."""

    def __init__(self, content: bytes, form: str, query: str) -> None:
        self.form = form
        self._query = query
        self._content = content
        self.is_graph = form in ("CONSTRUCT", "DESCRIBE")

    @cached_property
    def _document(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self._content)
        return parsed

    @property
    def truth(self) -> bool | None:
        """Return the answer to ASK, None for any other form."""
        return None if self.is_graph else self._document.get("boolean")

    @cached_property
    def variables(self) -> list[str]:
        """Return the names of the columns."""
        if self.is_graph:
            return ["subject", "predicate", "object"]
        return list(self._document["head"].get("vars", ()))

    @cached_property
    def _elements(self) -> Sequence[Any]:
        """Return the rows as they came: bindings of a table, triples of a graph."""
        if self.is_graph:
            return [quad.triple for quad in parse(self._content, RdfFormat.TURTLE)]
        bindings: list[dict[str, Any]] = self._document["results"]["bindings"] if self.truth is None else []
        return bindings

    @property
    def count(self) -> int:
        """Return the number of rows."""
        return len(self._elements)

    def rows(self, first: int = 0, end: int | None = None) -> tuple[Row, ...]:
        """Return the rows, from one on and up to another."""
        elements = self._elements[first:end]
        return read_rows(self.variables, map(_binding, elements) if self.is_graph else elements)

    @cached_property
    def _chart_rows(self) -> tuple[Row, ...]:
        """Return the rows that charts and maps are drawn of: reading all of a large result takes too long."""
        return self.rows(0, _MOST_DRAWN_ROWS)

    @cached_property
    def columns(self) -> Columns | None:
        """Return what a chart can be drawn of."""
        if self.is_graph or self.count < 2:
            return None
        return result_chart.columns(self.variables, self._chart_rows, self._query)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """Return the views that there are for this result, the first one by default."""
        if self.is_graph:
            return ("raw", "table")
        if self.truth is not None:
            return ("table", "raw")
        has_map = self.count > 0 and result_map.has_places(self.variables, self._chart_rows)
        offered = {"table": True, "chart": self.columns is not None, "map": has_map, "raw": True}
        return tuple(view for view in VIEWS if offered[view])

    def table(self, page: int, most: int = MOST_ROWS) -> Table:
        """Return a page of the table, the last one for a number beyond it."""
        page = min(page, max(1, -(-self.count // most)))
        first = (page - 1) * most
        return Table(self.variables, self.rows(first, first + most), first + 1, self.count)

    def chart(self, choice: Choice, labels: Labels) -> tuple[Choice, Chart] | None:
        """Return a chart and what it is drawn of: the reader's choice where it fits this result."""
        columns = self.columns
        if columns is None:
            return None
        category = choice.category
        if not category or not result_chart.is_category(category, self.variables):
            category = columns.category
        value = choice.value if choice.value in columns.values else columns.value
        kind = choice.kind or (columns.kind if category == columns.category else "bars")
        drawn = result_chart.chart(self.variables, self._chart_rows, category, value, kind, labels.text)
        chosen = replace(choice, view="chart", category=category, value=value, kind=kind)
        if drawn is None:
            return None
        return chosen, replace(drawn, beyond=drawn.beyond + self.count - len(self._chart_rows))

    def map(self, labels: Labels) -> ResultMap | None:
        """Return a map of the rows."""
        drawn = result_map.result_map(self.variables, self._chart_rows, labels.text)
        if drawn is None:
            return None
        return replace(drawn, beyond=drawn.beyond + self.count - len(self._chart_rows))

    def raw(self) -> tuple[str, int]:
        """Return the beginning of the answer as it came, and how many bytes are left out."""
        head = self._content[:_LONGEST_RAW]
        return head.decode(errors="ignore"), len(self._content) - len(head)


def _binding(triple: Triple) -> dict[str, Any]:
    """Return a triple as a row in SPARQL's JSON."""
    return {name: _term(term) for name, term in zip(("subject", "predicate", "object"), triple, strict=True)}


def _term(term: Any) -> dict[str, Any]:
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if not hasattr(term, "datatype"):
        return {"type": "bnode", "value": str(term)}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}
