"""Checks before publishing: nothing of the demonstration may be left in what the public sees."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from pipeline.model.finding import Finding, Place, Severity
from pipeline.release.dataset.publisher_settings import PUBLISHER_TYPES, is_web_address, misfits

_FILE = Place("practicegraph.toml")
_SETTINGS = (
    ("publisher", "No publisher is named", "the name of the organisation that publishes"),
    ("contact", "No contact is named", "an e-mail address or web address at which people get an answer"),
    ("licence", "The licence is still the demonstration's", "the address of the licence of the dataset"),
)


def check_publication(settings: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what a publisher has not set yet: the keys of ``[dataset]``, and the build's ``base-iri``."""
    for key, said, what in _SETTINGS:
        if not settings.get(key, "").strip():
            message = f"{said}. Set {key} under [dataset]: {what}."
            yield Finding(Severity.VIOLATION, f"{key}-demonstration", message, _FILE)
    for key, message in misfits(settings):
        yield Finding(Severity.VIOLATION, f"{key}-form", message, _FILE)
    if not settings.get("publisher-type", "").strip():
        message = (
            "Portals ask what kind of organisation the publisher is. Set publisher-type under [dataset]: "
            f"{', '.join(PUBLISHER_TYPES)}."
        )
        yield Finding(Severity.WARNING, "publisher-type-missing", message, _FILE)
    yield from _base(settings.get("base-iri", "").strip())


def is_public(base: str) -> bool:
    """Return whether a base IRI is one that others can reach."""
    return is_web_address(base) and not _is_local(urlsplit(base).hostname or "")


def _base(base: str) -> Iterator[Finding]:
    if not is_public(base):
        subject = f'The base IRI "{base}"' if base else "The base IRI"
        message = f"{subject} is this machine's own. Set base-iri under [build] to the site's public address."
        yield Finding(Severity.VIOLATION, "base-iri-local", message, _FILE)
    elif not base.startswith("https://"):
        message = f'The base IRI "{base}" is not https. Use https, since the IRIs cannot be changed later.'
        yield Finding(Severity.WARNING, "base-iri-not-https", message, _FILE)


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host:
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False
