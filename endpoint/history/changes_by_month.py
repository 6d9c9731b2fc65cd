"""Changes by month: how many practices each month added, changed and withdrew, as a chart with its numbers."""

import re
from collections import Counter

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.figures.figure import Figure, Value
from endpoint.language.interface_languages import say
from endpoint.pages.charts import timeline
from pipeline.records.history.history_log import KINDS

PAGE = "/changes"
NAME = "months"
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)


def changes_by_month(release: Release) -> Figure:
    """Return the changes of all releases by month, with the months between that brought none."""
    counts = {
        _number(month): kinds
        for month, kinds in release_history.months(release).items()
        if _MONTH.fullmatch(month)
    }
    chart = timeline({number: kinds.total() for number, kinds in counts.items()}, _name)
    rows: list[tuple[Value, ...]] = []
    for bar in chart.bars:
        kinds = counts.get(_number(bar.name), Counter())
        rows.append((bar.name, *(kinds[kind] for kind in KINDS)))
    return Figure(PAGE, NAME, say("Changes by month"), "columns", chart, ("month", *KINDS), tuple(rows))


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _name(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
