"""Changes: what a build does to a record, compared with the last release and noted in the history."""

from pathlib import Path

from pipeline.rdf.iris import Deployment
from pipeline.records.history.history_fields import changed_fields
from pipeline.records.history.history_log import Log
from pipeline.records.history.record_contents import Contents, content_of, neutral


class Changes:
    """Notes in a log what becomes of the records of a release, whose contents it compares with the new ones."""

    def __init__(self, log: Log, last: Path | None, deployment: Deployment) -> None:
        self._log = log
        self._last = last
        self._deployment = deployment
        self._contents: Contents | None = None

    def add(self, slug: str, content_hash: str, *, again: bool) -> None:
        """Note that a record is published: for the first time, or again after it was withdrawn."""
        self._log.note(slug, "restored" if again else "added", content_hash)

    def update(self, slug: str, content_hash: str, lines: str) -> None:
        """Note that a record now says what these lines do; not where only the site has moved."""
        before = self._before(slug)
        after = neutral(content_of(lines, self._deployment, slug), self._deployment)
        if before != after:
            fields = changed_fields(before, after) if before else ()
            self._log.note(slug, "changed", content_hash, fields=fields, before=before)

    def remove(self, slug: str, into: str = "") -> None:
        """Note that a record is withdrawn, or was merged into another."""
        kind = "merged" if into else "withdrawn"
        self._log.note(slug, kind, replaced_by=into, before=self._before(slug))

    def _before(self, slug: str) -> str:
        """Return what the record said in the last release; empty if that is not known."""
        if self._contents is None:
            self._contents = Contents(self._last)
        return self._contents.of(slug)
