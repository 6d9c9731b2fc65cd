"""History pages: the versions of one record, with the changes of each."""

from functools import partial
from itertools import pairwise
from typing import Any

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version
from endpoint.documents import memento
from endpoint.documents.resolvers import Document
from endpoint.graphs import record_versions, signposts
from endpoint.graphs.resource_names import name_of
from endpoint.graphs.statements import StatementValue
from endpoint.language.graph_facts import Text
from pipeline.rdf.iris import is_slug
from pipeline.rdf.vocabulary import SPACE
from pipeline.recognition.places.cities import city_by_key
from pipeline.records.history.history_fields import Difference, FieldValue, differences


def find(release: Release, slug: str) -> Document | None:
    """Return the document on the history of a record, None for one that never was."""
    versions = release_history.versions_of(release, slug) if is_slug(slug) else ()
    if not versions:
        return None
    iri = f"{release.iris.record(slug)[1:-1]}/history"
    graph = record_versions.of_record(release, slug, versions)
    return Document(
        iri,
        graph,
        (),
        "history.html",
        partial(_page, release, slug, versions),
        modified=versions[0].at,
        signposts=signposts.of_resource(release, iri),
    )


def find_version(release: Release, name: str) -> Document | None:
    """Return the document on one version, by its slug and its stamp with a slash between them."""
    slug, _, stamp = name.partition("/")
    versions = release_history.versions_of(release, slug) if is_slug(slug) else ()
    version = next((each for each in versions if each.stamp == stamp), None)
    if version is None:
        return None
    iri = record_versions.iri_of(release, version).value
    graph = (*record_versions.about(release, version), *record_versions.content(release, version))
    return Document(
        iri,
        graph,
        graph,
        "version.html",
        lambda: (version, release_history.titles(release, [slug]).get(slug, Text(slug))),
        modified=version.at,
        signposts=(*signposts.of_resource(release, iri), *memento.of_record(release, slug)),
    )


def _page(release: Release, slug: str, versions: tuple[Version, ...]) -> dict[str, Any]:
    """Return the history of a record as people read it; ``gaps`` are where it is not known."""
    names = release_history.titles(release, [slug, *(version.replaced_by for version in versions)])
    before = {new.number: old for new, old in pairwise(versions)}
    return {
        "slug": slug,
        "title": names.get(slug, Text(slug)),
        "steps": [_step(release, version, before.get(version.number), names) for version in versions],
        "gaps": release_history.gaps(release),
        "is_public": not versions[0].is_end,
    }


def _step(
    release: Release, version: Version, before: Version | None, names: dict[str, Text]
) -> dict[str, Any]:
    """Return a version, its address, and what it changed; ``is_known`` says whether both sides are known."""
    old = new = ""
    if version.kind == "changed" and before is not None:
        old, new = release_history.content(release, before), release_history.content(release, version)
    is_known = bool(old and new)
    return {
        "version": version,
        "iri": record_versions.iri_of(release, version).value,
        "changes": [_change(release, change) for change in differences(old, new)] if is_known else [],
        "is_known": is_known or version.kind != "changed",
        "into": names.get(version.replaced_by),
    }


def _change(release: Release, difference: Difference) -> dict[str, Any]:
    """Return a field with the values that went and those that came."""
    before, after = (
        [_display_value(release, value) for value in values]
        for values in (difference.before, difference.after)
    )
    return {"field": difference.field, "before": before, "after": after}


def _display_value(release: Release, value: FieldValue) -> StatementValue:
    if not value.iri.startswith((release.base, SPACE)):
        return StatementValue(value.iri or value.text, value.lang, iri=value.iri)
    if name := name_of(release, value.iri):
        return StatementValue(name.text, name.lang, iri=value.iri)
    # A place that no record names today has no page any more.
    city = city_by_key(value.text)
    return StatementValue(city.names[0][1], city.names[0][0]) if city else StatementValue(value.text)
