"""Fingerprints of releases: whether a build would only repeat the release that is there."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from pipeline.rdf import vocabulary
from pipeline.release.folder.build_facts import ReleaseFacts
from pipeline.release.folder.folders import current, releases
from pipeline.release.folder.manifest import FORMAT, facts_of, read_manifest
from pipeline.release.inspection import verify
from pipeline.release.switch import pinned_name

_WRITTEN = ("report.json", "report.ttl", "ledger.csv", "vocabulary.nt")


def fingerprint(folder: Path, version: str, facts: ReleaseFacts) -> str:
    """Return a hash over all that makes a release what it is, times apart.

    The version covers the practices, but not what is said about them, nor the software that says it.
    """
    stated = [folder / name for name in _WRITTEN]
    stated += [vocabulary.dataset_file(), vocabulary.known_file(), vocabulary.extents_file()]
    stated += [vocabulary.context_file()]
    parts = [
        version,
        FORMAT,
        facts.software,
        [asdict(source) for source in facts.sources],
        [asdict(gone) for gone in facts.gone],
        sorted(facts.dataset.items()),
        [facts_of(path).sha256 if path.exists() else None for path in stated],
    ]
    return sha256(json.dumps(parts).encode()).hexdigest()


def same_release(output: Path, print_of_release: str) -> Path | None:
    """Return the sound release with this fingerprint: the current one, while one is pinned the newest."""
    known = releases(output)
    here = current(output) if pinned_name(output) is None else next(iter(known), None)
    if here is None or here not in known:
        return None
    return here if read_manifest(here).fingerprint == print_of_release and not verify(here) else None
