"""Memento (RFC 7089): from a record to the version that it had at a time, and the list of all its versions."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.http import http_date, parse_date

from endpoint.catalogue import release_history
from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version
from endpoint.graphs.signposts import Signpost

LINK_FORMAT = "application/link-format"
HEADER = "Accept-Datetime"


def requested_version(release: Release, slug: str) -> Version | None:
    """Return the version that a request asks for by a time, None where it names no time or nothing is known."""
    asked = request.headers.get(HEADER)
    if asked is None:
        return None
    moment = parse_date(asked)
    if moment is None:
        raise BadRequest(
            f"{HEADER} takes a time as HTTP writes it, such as {http_date(datetime(2026, 11, 23, 12, tzinfo=UTC))}."
        )
    return version_at(release_history.versions_of(release, slug), moment)


def version_at(versions: Sequence[Version], moment: datetime) -> Version | None:
    """Return the version that held at a moment, the first one for any earlier; ``versions`` are the latest first."""
    earlier = (version for version in versions if _moment(version) <= moment)
    return next(earlier, versions[-1] if versions else None)


def of_record(release: Release, slug: str) -> tuple[Signpost, ...]:
    """Return the signposts from a record or one of its versions to all its versions; a record is its own TimeGate."""
    record = release.iris.record(slug)[1:-1]
    return (
        Signpost("original timegate", record),
        Signpost("timemap", f"{release.base}/version/{slug}", LINK_FORMAT),
    )


def time_map(release: Release, slug: str, versions: Sequence[Version]) -> str:
    """Return the list of the versions of a record in the link format (RFC 6690), the earliest first."""
    record, own = release.iris.record(slug)[1:-1], f"{release.base}/version/{slug}"
    first, last = (http_date(_moment(version)) for version in (versions[-1], versions[0]))
    links = (
        f'<{record}>; rel="original timegate"',
        f'<{own}>; rel="self"; type="{LINK_FORMAT}"; from="{first}"; until="{last}"',
        *_mementos(release, versions),
    )
    return ",\n".join(links) + "\n"


def _mementos(release: Release, versions: Sequence[Version]) -> Iterator[str]:
    for version in reversed(versions):
        ends = (("first", versions[-1]), ("last", versions[0]))
        relation = " ".join((*(name for name, end in ends if end is version), "memento"))
        iri = release.iris.version(version.slug, version.stamp)[1:-1]
        yield f'<{iri}>; rel="{relation}"; datetime="{http_date(_moment(version))}"'


def _moment(version: Version) -> datetime:
    return datetime.fromisoformat(version.at.replace("Z", "+00:00"))
