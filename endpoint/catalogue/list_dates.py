"""List dates: when a page of a list of practices last changed."""

from collections.abc import Iterable

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.selection import Selection


def list_changed(release: Release, selection: Selection, positions: Iterable[int] = ()) -> str:
    """Return when a page of what a selection finds last changed, which shows the practices at some positions.

    A search, and an order by the latest change, depend on every practice.
    """
    if selection.q or selection.order == "changed":
        return release.changed()
    return release.arranged(positions)
