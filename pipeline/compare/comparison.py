"""Comparison: the records that were added, changed, withdrawn or merged from one side to the other."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.compare.inputs import Side
from pipeline.rdf.iris import Deployment
from pipeline.records.history.history_fields import Difference, differences
from pipeline.records.history.record_contents import named
from pipeline.records.ledger import LedgerEntry

KINDS = ("added", "changed", "withdrawn", "merged")


@dataclass(frozen=True, slots=True)
class RecordChange:
    """What became of a record: ``fields`` are in what it changed, ``into`` is the slug it was merged into."""

    kind: str
    slug: str
    title: str
    fields: tuple[Difference, ...] = ()
    into: str = ""


def compare(before: Side, after: Side) -> Iterator[RecordChange]:
    """Yield the changes from one side to the other, those of each kind together and by slug."""
    old = {entry.slug: entry for entry in before.public()}
    new = {entry.slug: entry for entry in after.public()}
    for slug, entry in new.items():
        if slug not in old:
            yield RecordChange("added", slug, entry.title)
    for slug, entry in new.items():
        if slug in old and old[slug].hash != entry.hash:
            yield from _changed(before, after, entry)
    gone = [entry for slug, entry in old.items() if slug not in new]
    targets = {entry.slug: _target(after, entry.slug) for entry in gone}
    yield from (RecordChange("withdrawn", each.slug, each.title) for each in gone if not targets[each.slug])
    for each in gone:
        if into := targets[each.slug]:
            yield RecordChange("merged", each.slug, each.title, into=into)


def _changed(before: Side, after: Side, entry: LedgerEntry) -> Iterator[RecordChange]:
    """Yield the change of a record whose description is another; none where only the site has moved."""
    old, new = before.says(entry.slug), after.says(entry.slug)
    if old == new and old:
        return
    here = Deployment(after.base or before.base)
    fields = differences(named(old, here), named(new, here)) if old and new else ()
    yield RecordChange("changed", entry.slug, entry.title, fields)


def _target(side: Side, slug: str) -> str:
    entry = side.entries.get(slug)
    return entry.replaced_by if entry is not None and entry.state == "merged" else ""
