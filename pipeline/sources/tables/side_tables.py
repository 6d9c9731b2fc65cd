"""Tables side by side: where, in one header row, a second table begins."""

from collections.abc import Sequence

from pipeline.sources.headings.heading_table import fold_header, table_words

_SHARED = ("country", "city", "date")
"""Fields that a second table has, besides the title."""

_FEWEST = 3
"""Fields that a table names beside which a list is looked for."""


def start_of_second_table(headers: Sequence[str], fields: Sequence[str | None]) -> int | None:
    """Return the place of the first heading of a second table, None where there is one table.

    A second table names the title and another field again, after an empty column or by the same headings.
    What is after an empty column and names nothing that a record still lacks is a list: codes and their meanings.
    """
    titles = [place for place, field in enumerate(fields) if field == "title"]
    for title in titles[1:]:
        gap = next((place for place in range(title, titles[0], -1) if not headers[place]), None)
        start = gap + 1 if gap is not None else _first_repeated(headers)
        if start is None or start > title:
            continue
        before, after = fields[:start], fields[start:]
        if "title" in before and any(field in before and field in after for field in _SHARED):
            return start
    return _start_of_list(headers, fields)


def _start_of_list(headers: Sequence[str], fields: Sequence[str | None]) -> int | None:
    """Return where a list begins, such as a legend: after the last empty column, and with no field of its own."""
    width = max((place for place, header in enumerate(headers, 1) if header), default=0)
    gap = next((place for place in range(width - 1, 0, -1) if not headers[place]), None)
    if gap is None:
        return None
    before, after = fields[:gap], [field for field in fields[gap + 1 : width] if field]
    if "title" not in before or len(set(before) - {None}) < _FEWEST:
        return None
    is_legend = fold_header(headers[gap + 1]) in table_words("code") and set(after) <= {"id", *before}
    return gap + 1 if is_legend or (after and set(after) <= set(before)) else None


def _first_repeated(headers: Sequence[str]) -> int | None:
    """Return the place of the first heading that stands a second time; it is as the first one of all."""
    folded = [fold_header(header) for header in headers]
    repeated = next((place for place, name in enumerate(folded) if name and name in folded[:place]), None)
    return repeated if repeated is not None and folded[repeated] == folded[0] else None
