"""The release: a folder of store, dumps, index and manifest, put in place by one atomic switch."""

from pipeline.release.contents.nodes import Vocabulary, load_vocabulary
from pipeline.release.folder.build_facts import Gone, Published, ReleaseFacts, ReleaseSettings, SourceFacts
from pipeline.release.folder.build_lock import BuildLock
from pipeline.release.folder.folders import current, releases
from pipeline.release.fragment import ReleaseFragment
from pipeline.release.inspection import newest_good, verify
from pipeline.release.release_writer import PENDING_RUN, ReleaseWriter
from pipeline.release.switch import rollback, unpin

__all__ = [
    "PENDING_RUN",
    "BuildLock",
    "Gone",
    "Published",
    "ReleaseFacts",
    "ReleaseFragment",
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
