"""Comparison: two sides, each with the records of a release or of sources, and what became of the records."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.rdf.iris import Deployment
from pipeline.records.history.history_fields import Difference, differences
from pipeline.records.history.record_contents import Contents, with_base
from pipeline.records.ledger import COLUMNS, LedgerEntry
from pipeline.release.folder.folders import current, named_release, release_names
from pipeline.release.folder.manifest import MANIFEST, read_manifest

KINDS = ("added", "changed", "withdrawn", "merged")
_LEDGER = "ledger.csv"
_WIDEST_FIELD = 2**27


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: what it is called, its entries by slug, and what each record says.

    ``says`` returns neutral lines, empty if they are not known; ``ledger`` is the file that says who is who,
    None if there was none yet.
    """

    name: str
    entries: Mapping[str, LedgerEntry]
    says: Callable[[str], str]
    ledger: Path | None = None
    base: str = ""

    def public(self) -> Iterator[LedgerEntry]:
        """Yield the entries of records that can be read, by slug."""
        return (self.entries[slug] for slug in sorted(self.entries) if self.entries[slug].is_public)


def find_release(text: str, output: Path) -> Path | None:
    """Return the release that a text names: a release's folder, an output folder's current one, a version there is.

    None if it names none, and may name a source.
    """
    path = Path(text)
    if (path / MANIFEST).is_file():
        return path.resolve()
    if (here := current(path)) is not None:
        return here
    release = named_release(output, text)
    if release is None and not path.exists():
        raise UsageError(
            f"{text} is neither a file nor a release. The releases of {output} are: {release_names(output)}; "
            "--release names another folder."
        )
    return release


def read_release(release: Path) -> Side:
    """Return the records of a release; raise EnvironmentFault if it is damaged."""
    path = release / _LEDGER
    csv.field_size_limit(_WIDEST_FIELD)
    try:
        base = read_manifest(release).base_iri
        with path.open(encoding="utf-8", newline="") as lines:
            entries = {
                row["slug"]: LedgerEntry(**{name: row[name] for name in COLUMNS})
                for row in csv.DictReader(lines)
            }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EnvironmentFault(
            f"The release {release} is damaged ({error}). Compare with another."
        ) from error
    return Side(f"release {release.name}", entries, Contents(release).of, path, base)


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
            yield from _record_changes(before, after, entry)
    gone = [entry for slug, entry in old.items() if slug not in new]
    targets = {entry.slug: _target(after, entry.slug) for entry in gone}
    yield from (RecordChange("withdrawn", each.slug, each.title) for each in gone if not targets[each.slug])
    for each in gone:
        if into := targets[each.slug]:
            yield RecordChange("merged", each.slug, each.title, into=into)


def _record_changes(before: Side, after: Side, entry: LedgerEntry) -> Iterator[RecordChange]:
    """Yield the change of a record whose description is another; none where only the site has moved."""
    old, new = before.says(entry.slug), after.says(entry.slug)
    if old == new and old:
        return
    here = Deployment(after.base or before.base)
    fields = differences(with_base(old, here), with_base(new, here)) if old and new else ()
    yield RecordChange("changed", entry.slug, entry.title, fields)


def _target(side: Side, slug: str) -> str:
    entry = side.entries.get(slug)
    return entry.replaced_by if entry is not None and entry.state == "merged" else ""
