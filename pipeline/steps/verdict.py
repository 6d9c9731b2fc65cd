"""Verdicts: SHACL results on a practice as findings at the cell, without repeating what was found before."""

import re
from collections.abc import Iterable, Sequence

from pipeline.description.describe import describe
from pipeline.findings.messages import Wording, say
from pipeline.model.fields import FIELDS
from pipeline.model.finding import Finding, Place, Severity
from pipeline.model.rows import Row
from pipeline.model.shacl_result import ShaclResult
from pipeline.rdf.iris import Deployment
from pipeline.rdf.vocabulary import RDFS, SH, SHAPES, expand
from pipeline.recognition.notes import PATHS, practice_name
from pipeline.recognition.practice_reader import recognise

_FIELDS = {path: name for name, path in PATHS.items()} | {
    expand(path): name for name, field in FIELDS.items() for path in field.follows
}
_OF_ANY_SHAPE = _FIELDS | {RDFS + "label": "title"}
_IRI = re.compile("<([^<>]+)>")
_SEVERITIES = {"Violation": Severity.VIOLATION, "Warning": Severity.WARNING, "Info": Severity.INFO}
_EXCESS = "MaxCountConstraintComponent"


def to_findings(
    results: Iterable[ShaclResult],
    rows: Sequence[Row],
    before: Sequence[Finding],
    deployment: Deployment,
    latest_year: int,
) -> tuple[Finding, ...]:
    """Return the findings that SHACL results add to those made ``before`` on the same practice.

    What is absent because a cell was not understood, or because nothing was there to be read, is no second
    finding, and too many values are reported once: one cause gives one.
    """
    paths = {finding.path for finding in before if finding.severity is not Severity.INFO}
    codes = {finding.code for finding in before}
    fields_told = {_FIELDS.get(path, path) for path in paths if path is not None}
    exceeded: set[tuple[str, str] | None] = set()
    added: list[Finding] = []
    for result in sorted(results, key=_weight):
        field = _field(result)
        code = _code(result)
        excess = (field, result.component) if result.component.endswith(_EXCESS) else None
        if code in codes or excess in exceeded or (result.is_absence and field in fields_told):
            continue
        if result.is_absence and field == "city" and any(row.texts.get("city") for row in rows):
            continue  # a city that stands there is looked up in its country: that is what is missing
        exceeded |= {excess} - {None}
        fields_told.add(field)
        codes |= {code} if result.is_absence else set()
        added.append(_finding(result, code, field, rows, deployment, latest_year))
    return tuple(added)


def _weight(result: ShaclResult) -> tuple[int, int, str]:
    """Order results so that a cause comes before its consequences: the cell's own absence first."""
    order = list(_SEVERITIES)
    direct = _iri(result.path) in PATHS.values()
    return (0 if direct else 1, order.index(_severity_name(result)), result.shape)


def _finding(
    result: ShaclResult, code: str, field: str, rows: Sequence[Row], deployment: Deployment, latest_year: int
) -> Finding:
    message = Wording(dict(result.messages) or {"en": code})
    return Finding(
        severity=_SEVERITIES[_severity_name(result)],
        code=code,
        message=say("“{name}”: {sentence}", name=practice_name(rows), sentence=message) if rows else message,
        place=_place(result, field, rows, deployment, latest_year) if rows else None,
        focus=_iri(result.focus),
        path=_iri(result.path) or None,
    )


def _place(
    result: ShaclResult, field: str, rows: Sequence[Row], deployment: Deployment, latest_year: int
) -> Place:
    """Return the cell that the value came from; for what is absent, the cell where it should stand."""
    with_field = [row for row in rows if field in row.texts]
    if len(with_field) > 1 and result.value is not None:
        for row in with_field:
            practice = recognise([row], latest_year).practice
            if any(str(obj) == result.value for _, _, obj in describe(practice, deployment)):
                return row.place_of(field)
    return (with_field or rows)[0].place_of(field)


def cell_of(result: ShaclResult, rows: Sequence[Row], deployment: Deployment, latest_year: int) -> Place:
    """Return the cell that a result of any shapes is about; the row if its path comes from no cell."""
    if _iri(result.focus).startswith(f"{deployment.base}/city/"):
        return _place(result, "city", rows, deployment, latest_year)
    if result.focus.endswith("#period>"):
        return _place(result, "date", rows, deployment, latest_year)
    named = (_OF_ANY_SHAPE.get(path) for path in _IRI.findall(result.path or ""))
    field = next(filter(None, named), None)
    return _place(result, field, rows, deployment, latest_year) if field is not None else rows[0].place


def _field(result: ShaclResult) -> str:
    path = _iri(result.path)
    if result.focus.endswith("#period>"):
        return "date"
    return _FIELDS.get(path, path or "title")


def _code(result: ShaclResult) -> str:
    """Return the local name of the shape, which is its rule's name; for foreign shapes, of the component."""
    shape = result.shape.strip("<>")
    if shape.startswith(SHAPES):
        return shape.removeprefix(SHAPES)
    return result.component.strip("<>").removeprefix(SH).removesuffix("ConstraintComponent").lower()


def _severity_name(result: ShaclResult) -> str:
    name = result.severity.strip("<>").removeprefix(SH)
    return name if name in _SEVERITIES else "Violation"


def _iri(term: str | None) -> str:
    return (term or "").removeprefix("<").removesuffix(">")
