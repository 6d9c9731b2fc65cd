"""History pages: the versions of one record, with the changes of each."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version
from endpoint.documents import memento
from endpoint.documents.resolvers import Document
from endpoint.graphs import record_versions, signposts
from endpoint.graphs.resource_names import name_of
from endpoint.language.graph_facts import Text
from pipeline.rdf.iris import is_slug
from pipeline.rdf.vocabulary import SPACE
from pipeline.recognition.places.cities import city_by_key
from pipeline.records.history.history_fields import Difference, FieldValue, differences


@dataclass(frozen=True, slots=True)
class DisplayedValue:
    """A value as the page shows it: a text in its language, with an address where it is a resource."""

    text: str
    lang: str = ""
    iri: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field with the values that went and those that came."""

    field: str
    before: tuple[DisplayedValue, ...]
    after: tuple[DisplayedValue, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A version of the record, its address, and what it changed; ``is_known`` says whether both sides are known."""

    version: Version
    iri: str
    changes: tuple[FieldChange, ...]
    is_known: bool
    into: Text | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The history of a record as people read it; ``gaps`` are where it is not known."""

    slug: str
    title: Text
    steps: tuple[Step, ...]
    gaps: tuple[release_history.Gap, ...]
    is_public: bool


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


def _page(release: Release, slug: str, versions: tuple[Version, ...]) -> HistoryPage:
    names = release_history.titles(release, [slug, *(version.replaced_by for version in versions)])
    before = {new.number: old for new, old in pairwise(versions)}
    steps = (_step(release, version, before.get(version.number), names) for version in versions)
    return HistoryPage(
        slug, names.get(slug, Text(slug)), tuple(steps), release_history.gaps(release), not versions[0].is_end
    )


def _step(release: Release, version: Version, before: Version | None, names: dict[str, Text]) -> Step:
    iri, into = record_versions.iri_of(release, version).value, names.get(version.replaced_by)
    if version.kind != "changed" or before is None:
        return Step(version, iri, (), version.kind != "changed", into)
    old, new = release_history.content(release, before), release_history.content(release, version)
    if not old or not new:
        return Step(version, iri, (), False, into)
    return Step(version, iri, tuple(_change(release, change) for change in differences(old, new)), True, into)


def _change(release: Release, difference: Difference) -> FieldChange:
    before = tuple(_shown(release, value) for value in difference.before)
    return FieldChange(difference.field, before, tuple(_shown(release, value) for value in difference.after))


def _shown(release: Release, value: FieldValue) -> DisplayedValue:
    if not value.iri.startswith((release.base, SPACE)):
        return DisplayedValue(value.iri or value.text, value.lang, value.iri)
    if name := name_of(release, value.iri):
        return DisplayedValue(name.text, name.lang, value.iri)
    # A place that no record names today has no page any more.
    city = city_by_key(value.text)
    return (
        DisplayedValue(city.names[0][1], city.names[0][0]) if city is not None else DisplayedValue(value.text)
    )
