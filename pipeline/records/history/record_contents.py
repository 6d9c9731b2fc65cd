"""Contents: what a version of a record says, as N-Triples lines without its dates and its cities' descriptions."""

import zlib
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store, serialize

from pipeline.rdf.iris import Deployment
from pipeline.rdf.ntriples import iri
from pipeline.rdf.vocabulary import DCT, ICGP
from pipeline.release.folder.manifest import read_manifest

_STATE = frozenset(iri(name) for name in (DCT + "issued", DCT + "modified", ICGP + "heldBack"))
_BASE = "<base:/"


class Contents:
    """What the records of a release say; nothing if its store cannot be read."""

    def __init__(self, release: Path | None) -> None:
        self._store: Store | None = None
        try:
            if release is not None:
                self.deployment = Deployment(read_manifest(release).base_iri)
                self._store = Store.read_only(str(release / "store"))
        except (OSError, ValueError):
            return

    def of(self, slug: str) -> str:
        """Return what a record says, with neutral names; empty if that is not known."""
        if self._store is None:
            return ""
        return neutral(stored_content(self._store, self.deployment, slug), self.deployment)


def stored_content(store: Store, deployment: Deployment, slug: str) -> str:
    """Return the sorted lines that a store holds of a record's content."""
    graph = NamedNode(deployment.graph("practices")[1:-1])
    contents = []
    for term in _subjects(deployment, slug):
        quads = store.quads_for_pattern(NamedNode(term[1:-1]), None, None, graph)
        written = serialize((quad.triple for quad in quads), format=RdfFormat.N_TRIPLES)
        contents += written.decode().splitlines(keepends=True) if written else []
    return "".join(sorted(line for line in contents if not _is_state(line)))


def content_of(lines: str, deployment: Deployment, slug: str) -> str:
    """Return the part of a practice's lines that is the content of its record, sorted."""
    subjects = tuple(f"{term} " for term in _subjects(deployment, slug))
    own = (line for line in lines.splitlines(keepends=True) if line.startswith(subjects))
    return "".join(sorted(line for line in own if not _is_state(line)))


def _subjects(deployment: Deployment, slug: str) -> tuple[str, str, str]:
    return deployment.practice(slug), deployment.period(slug), deployment.record(slug)


def _is_state(line: str) -> bool:
    return line.split(" ", 2)[1] in _STATE


def neutral(lines: str, deployment: Deployment) -> str:
    """Return lines whose names say no base IRI, so that a history outlives a move of the site."""
    return lines.replace(f"<{deployment.base}/", _BASE)


def with_base(lines: str, deployment: Deployment) -> str:
    """Return neutral lines with the names of a deployment."""
    return lines.replace(_BASE, f"<{deployment.base}/")


def pack(lines: str) -> bytes:
    """Return lines as a history keeps them."""
    return zlib.compress(lines.encode(), 6)


def unpack(packed: bytes) -> str:
    """Return the lines that a history kept; raise ValueError if they are damaged."""
    try:
        return zlib.decompress(packed).decode()
    except zlib.error as error:
        raise ValueError(f"what a version said cannot be read: {error}") from error
