"""Listing: the classes and properties in use, and the values of filters, with their codes and counts."""

from typing import Literal, get_args

from rapidfuzz import fuzz, process

from endpoint.agents.known_values import KnownValues, plain
from endpoint.agents.presentation import list_names, shorten, table
from endpoint.agents.query_tool import prefixed_name
from endpoint.agents.site_client import SiteClient
from endpoint.agents.tool_results import TermPage, TermRow

Kind = Literal["topic", "country", "city", "year", "class", "property"]
KINDS = get_args(Kind)
PAGE_SIZE = 100

_USES = {"class": "?subject a ?term", "property": "?subject ?term ?object"}
_LONGEST_DEFINITION = 200
_NEAR = 70.0


async def list_terms(
    site: SiteClient, values: KnownValues, kind: Kind, match: str, page: int, language: str
) -> TermPage:
    """Return one page of the terms of a kind whose code or name includes a text."""
    rows = await (_used(site, kind) if kind in _USES else _values(values, kind, language))
    wanted = plain(match)
    chosen = [row for row, names in rows if not wanted or any(wanted in plain(name) for name in names)]
    pages = max(1, -(-len(chosen) // PAGE_SIZE))
    note = ""
    if not chosen:
        names = {number: " ".join(names) for number, (_, names) in enumerate(rows)}
        near = process.extract(
            wanted, names, scorer=fuzz.partial_ratio, processor=plain, score_cutoff=_NEAR, limit=5
        )
        hint = f"Did you mean {list_names([rows[number][0].code for _, _, number in near])}? " if near else ""
        note = f"Nothing matches “{match[:80]}”. {hint}Call again without match to see all {len(rows)}."
    elif page < pages:
        note = f"Ask for page {page + 1} to get more."
    elif page > pages:
        note = f"The last page is {pages}."
    begin = (page - 1) * PAGE_SIZE
    return TermPage(
        kind=kind,
        total=len(chosen),
        page=page,
        pages=pages,
        terms=chosen[begin : begin + PAGE_SIZE],
        note=note,
    )


def as_text(terms: TermPage) -> str:
    """Return a page of terms as Markdown."""
    rows = [
        [term.code, term.name if term.name != term.code else "", str(term.count), term.definition]
        for term in terms.terms
    ]
    heading = f"{terms.total} of kind {terms.kind}; page {terms.page} of {terms.pages}. {terms.note}"
    columns = ["code", "name", "count", "definition"]
    if not any(row[3] for row in rows):
        rows, columns = [row[:3] for row in rows], columns[:3]
    return f"{heading.strip()}\n\n{table(columns, rows)}" if rows else heading.strip()


async def _values(values: KnownValues, kind: str, language: str) -> list[tuple[TermRow, tuple[str, ...]]]:
    """Return the values of a filter, each with all its names; years without practices are left out."""
    return [
        (
            TermRow(code=value.code, name=value.name(language), iri=value.iri, count=value.count),
            (value.code, *value.names.values()),
        )
        for value in await values.of_kind(kind)
        if value.count or kind in ("topic", "country")
    ]


async def _used(site: SiteClient, kind: str) -> list[tuple[TermRow, tuple[str, ...]]]:
    """Return the classes or properties that occur, each with its names."""
    rows = list[tuple[TermRow, tuple[str, ...]]]()
    for row in await site.rows("used_terms", use=_USES[kind]):
        iri, name = row["term"]["value"], row.get("text", {}).get("value", "")
        code = prefixed_name(iri)
        term = TermRow(
            code=code,
            name=name or code,
            iri=iri,
            count=int(row["count"]["value"]),
            definition=shorten(row.get("definition", {}).get("value", ""), _LONGEST_DEFINITION),
        )
        rows.append((term, (code, name, iri)))
    unique = {term.iri: (term, names) for term, names in rows}
    return sorted(unique.values(), key=lambda each: (-each[0].count, each[0].code))
