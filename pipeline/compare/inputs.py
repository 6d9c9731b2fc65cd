"""Sides: the records of a release or of sources, as a comparison sees them."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.model.errors import EnvironmentFault, UsageError
from pipeline.records.history.record_contents import Contents
from pipeline.records.ledger import COLUMNS, LedgerEntry
from pipeline.release.folder.folders import current, releases
from pipeline.release.folder.manifest import MANIFEST, read_manifest

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
    known = releases(output)
    for release in known:
        if text in (release.name, read_manifest(release).version):
            return release
    if not path.exists():
        names = ", ".join(release.name for release in known) or "none"
        raise UsageError(
            f"{text} is neither a file nor a release. The releases of {output} are: {names}; --release names "
            "another folder."
        )
    return None


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
