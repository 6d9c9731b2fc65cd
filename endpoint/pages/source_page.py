"""Source pages: a file that records were made from, row by row, each with the records that came of it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from endpoint.graphs.document_graphs import statements_of, subjects_of
from endpoint.graphs.resource_names import link
from endpoint.language.graph_facts import Facts, Text
from pipeline.rdf.vocabulary import DCT, PROV, RDFS

ROWS_A_PAGE = 500
_ROW = "row="
_CAME_OF = (PROV + "wasDerivedFrom", PROV + "wasInfluencedBy")


def source_page(release: Release, iri: str, first: int = 1) -> dict[str, Any]:
    """Return what the page of a source shows: the rows from one on, and parts that are not counted as rows.

    ``earlier`` and ``later`` are the first rows of other pages, 0 for none.
    """
    facts = Facts(statements_of(release.store, NamedNode(iri)))
    last = first + ROWS_A_PAGE - 1
    rows = [row for number in range(first, last + 1) for row in _row(release, iri, f"{_ROW}{number}")]
    if first == 1:
        rows += _others(release, iri)
    has_more = any(_exists(release, iri, number) for number in range(last + 1, last + 1 + ROWS_A_PAGE))
    return {
        "title": next(iter(facts.texts(iri, RDFS + "label")), Text(iri)),
        "sha256": (facts.value(iri, DCT + "identifier") or "").removeprefix("sha256:"),
        "runs": [
            link(release, run) for run in islice(subjects_of(release.store, PROV + "used", iri), ROWS_A_PAGE)
        ],
        "rows": rows,
        "earlier": max(1, first - ROWS_A_PAGE) if first > 1 else 0,
        "later": last + 1 if has_more else 0,
    }


def row_address(iri: str) -> str:
    """Return where a row is shown: its own IRI, or below it the page of rows on which it stands."""
    source, _, number = iri.partition(f"#{_ROW}")
    if not number.isdecimal() or int(number) <= ROWS_A_PAGE:
        return iri
    first = (int(number) - 1) // ROWS_A_PAGE * ROWS_A_PAGE + 1
    return f"{source}/rows/{first}#{_ROW}{number}"


def _row(release: Release, source: str, fragment: str) -> Iterator[dict[str, Any]]:
    """Yield a part of a source with the practices made from it, if there are any."""
    this = f"{source}#{fragment}"
    came = (iri for relation in _CAME_OF for iri in subjects_of(release.store, relation, this))
    slugs = map(release.iris.slug_of, came)
    practices = (release.iris.practice(slug)[1:-1] for slug in dict.fromkeys(slugs) if slug)
    links = tuple(link(release, practice) for practice in practices)
    if links:
        name = fragment.removeprefix(_ROW) if fragment.startswith(_ROW) else unquote(fragment)
        yield {"fragment": fragment, "name": name, "practices": links}


def _others(release: Release, source: str) -> Iterator[dict[str, Any]]:
    """Yield the parts that are no numbered rows: of sheets, pages and JSON."""
    parts = islice(subjects_of(release.store, PROV + "specializationOf", source), ROWS_A_PAGE)
    fragments = sorted(part.partition("#")[2] for part in parts)
    for fragment in fragments:
        if not fragment.startswith(_ROW):
            yield from _row(release, source, fragment)


def _exists(release: Release, source: str, number: int) -> bool:
    this = NamedNode(f"{source}#{_ROW}{number}")
    return next(iter(release.store.quads_for_pattern(this, None, None, None)), None) is not None
