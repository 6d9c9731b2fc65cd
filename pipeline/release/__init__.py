"""The release: a folder of store, dumps, index and manifest, put in place by one atomic switch."""

from pipeline.release.facts import Gone, Published, ReleaseFacts, ReleaseSettings, SourceFacts
from pipeline.release.folders import current, releases
from pipeline.release.inspection import newest_good, verify
from pipeline.release.lock import BuildLock
from pipeline.release.switch import rollback, unpin
from pipeline.release.terms import Vocabulary, load_vocabulary
from pipeline.release.writer import PENDING_RUN, ReleaseWriter

__all__ = [
    "PENDING_RUN",
    "BuildLock",
    "Gone",
    "Published",
    "ReleaseFacts",
    "ReleaseSettings",
    "ReleaseWriter",
    "SourceFacts",
    "Vocabulary",
    "current",
    "load_vocabulary",
    "newest_good",
    "releases",
    "rollback",
    "unpin",
    "verify",
]
