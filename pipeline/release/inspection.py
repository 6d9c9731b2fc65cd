"""Inspection: whether a release is what its manifest says. A store that opens proves nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.model.errors import EnvironmentFault
from pipeline.rdf.iris import Deployment
from pipeline.release.contents.store_loader import count_quads, open_stored
from pipeline.release.folder.file_states import has_same_states
from pipeline.release.folder.folders import current, releases
from pipeline.release.folder.manifest import Manifest, facts_of, read_manifest

GRAPHS = ("practices", "vocabulary", "description", "provenance")


def verify(release: Path) -> tuple[str, ...]:
    """Return what is wrong with a release, a sentence each; nothing when it is sound."""
    try:
        manifest = read_manifest(release)
    except ValueError as error:
        return (f"{error}.",)
    problems = [*_file_problems(release, manifest)]
    if not problems:
        problems += [*_store_problems(release, manifest), *_index_problems(release, manifest)]
    return tuple(problems)


def _file_problems(release: Path, manifest: Manifest) -> list[str]:
    problems = []
    for name, wanted in manifest.files.items():
        path = release / name
        if not path.is_file():
            problems.append(f"{path} is missing.")
        elif path.stat().st_size != wanted.bytes:
            problems.append(f"{path} has {path.stat().st_size} bytes instead of {wanted.bytes}.")
        elif facts_of(path) != wanted:
            problems.append(f"{path} is damaged: its SHA-256 is not the one of the manifest.")
    return problems


def _store_problems(release: Path, manifest: Manifest) -> list[str]:
    deployment = Deployment(manifest.base_iri)
    try:
        counts = count_quads(open_stored(release / "store"), graph_iris(deployment))
    except (OSError, RuntimeError, ValueError) as error:
        return [f"{release / 'store'} cannot be read: {error}."]
    if counts != manifest.counts.get("graphs"):
        return [f"{release / 'store'} holds {counts} triples instead of {manifest.counts.get('graphs')}."]
    return []


def graph_iris(deployment: Deployment) -> dict[str, str]:
    """Return the IRIs of a deployment's graphs by their names."""
    return {name: deployment.graph(name)[1:-1] for name in GRAPHS}


def _index_problems(release: Path, manifest: Manifest) -> list[str]:
    path = release / "index.sqlite"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as index:
            (count,) = index.execute("SELECT count(*) FROM practice").fetchone()
    except sqlite3.Error as error:
        return [f"{path} cannot be read: {error}."]
    if count != manifest.counts.get("practices"):
        return [f"{path} lists {count} practices instead of {manifest.counts.get('practices')}."]
    return []


def newest_good(output: Path) -> Path:
    """Return the current release if it is sound, else the newest sound one; else raise EnvironmentFault.

    A release whose files nothing has touched since its build is taken to be sound.
    """
    here = current(output)
    candidates = ([here] if here else []) + [release for release in releases(output) if release != here]
    problems = []
    for release in candidates:
        faults = () if has_same_states(release) else verify(release)
        if not faults:
            return release
        problems.append(faults[0])
    if not candidates:
        raise EnvironmentFault(
            f"{output} holds no release. Make one: practicegraph build SOURCE --output {output}"
        )
    raise EnvironmentFault(f"{output} holds no sound release; build one again. {' '.join(problems)}")
