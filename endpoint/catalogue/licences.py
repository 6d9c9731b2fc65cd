"""Licences: what may be done with the texts of a record, by the statements on its rights."""

from collections.abc import Iterable

from pyoxigraph import NamedNode

from endpoint.catalogue.open_release import Release
from pipeline.rdf.vocabulary import DCT

_LICENCE = NamedNode(DCT + "license")


def licence_of(release: Release, statements: Iterable[str]) -> str | None:
    """Return the licence of all texts of a record, else the statement on those that have none; None without any."""
    licence = None
    for statement in statements:
        quads = release.store.quads_for_pattern(NamedNode(statement), _LICENCE, None, None)
        licence = next((quad.object.value for quad in quads if isinstance(quad.object, NamedNode)), None)
        if licence is None:
            return statement
    return licence
