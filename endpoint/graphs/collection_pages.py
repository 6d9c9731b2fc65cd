"""Pages that gather others, as schema.org describes them for search engines: where each is, and what it lists."""

from collections.abc import Iterable
from typing import Any

from endpoint.catalogue.open_release import Release
from endpoint.language.interface_languages import interface, own_path, say

Entry = tuple[str, str]
"""The name and the path of a page."""


def collection_page(release: Release, path: str, name: str, entries: Iterable[Entry] = ()) -> dict[str, Any]:
    """Return what a page is called, where it is below the start page, and the pages that it lists."""
    spoken = f"{release.base}{own_path()}"
    this = spoken + path
    listed = [_item(number, name, spoken + to) for number, (name, to) in enumerate(entries, 1)]
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "@id": this,
        "url": this,
        "name": name,
        "inLanguage": interface(),
        "isPartOf": {"@type": "Dataset", "@id": release.iris.dataset()[1:-1]},
        "breadcrumb": {
            "@type": "BreadcrumbList",
            "@id": f"{this}#breadcrumb",
            "itemListElement": [_item(1, say("Practices"), f"{spoken}/practices"), _item(2, name, this)],
        },
    }
    if listed:
        page["mainEntity"] = {
            "@type": "ItemList",
            "@id": f"{this}#list",
            "numberOfItems": len(listed),
            "itemListElement": listed,
        }
    return page


def _item(position: int, name: str, address: str) -> dict[str, Any]:
    return {"@type": "ListItem", "position": position, "name": name, "item": address}
