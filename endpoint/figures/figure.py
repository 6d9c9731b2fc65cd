"""Figure: a chart or a map with its numbers, however it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pipeline.system.data_files import rows_of

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """What is drawn, and the same as a table, whose columns are rows of ``figure_columns.csv``.

    ``page`` is the path of the page that shows it, ``query`` what that selects, ``note`` the same in words.
    """

    page: str
    name: str
    title: str
    kind: Literal["columns", "bars", "map"]
    drawing: Any
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    query: str = ""
    note: str = ""

    @property
    def path(self) -> str:
        """Return the path at which its files are, without their endings."""
        return f"{self.page}/{self.name}"


def describe_columns(figure: Figure, base: str, language: str) -> dict[str, Any]:
    """Return the description of a figure's columns as CSV on the Web has it."""
    known = _columns()
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "@id": f"{base}{figure.path}.csv{figure.query}",
        "url": f"{figure.name}.csv{figure.query}",
        "dc:title": figure.title,
        "dc:source": {"@id": f"{base}/dataset"},
        "tableSchema": {
            "columns": [
                {
                    "name": name,
                    "titles": {"und": name, "en": known[name]["en"], "fr": known[name]["fr"]},
                    "datatype": known[name]["datatype"],
                    "dc:description": {"@value": known[name]["description"], "@language": "en"},
                }
                for name in figure.columns
            ]
        },
    }


@cache
def _columns() -> Mapping[str, Mapping[str, str]]:
    return {row["name"]: row for row in rows_of(__package__, "figure_columns.csv")}
