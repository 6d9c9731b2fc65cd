"""What a publisher may say of the dataset, and the form that each of these settings must have."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pipeline.model.errors import UsageError
from pipeline.rdf.ntriples import is_iri

PUBLISHER_TYPES = (
    "Academia-ScientificOrganisation",
    "Company",
    "IndustryConsortium",
    "LocalAuthority",
    "NationalAuthority",
    "NonGovernmentalOrganisation",
    "NonProfitOrganisation",
    "PrivateIndividual",
    "RegionalAuthority",
    "StandardisationBody",
    "SupraNationalAuthority",
)
"""The kinds of publishers that portals distinguish (ADMS)."""

_ADDRESSES = {
    "licence": "the address of the licence itself",
    "homepage": "the address of the site",
    "publisher-homepage": "the address of the publisher's site",
    "cite-as": "the identifier as an address, such as https://doi.org/10.5281/zenodo.1",
}
_EMAIL = re.compile(r"(mailto:)?[^@\s]+@[^@\s]+\.[^@\s.]+")


def misfits(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the key of each setting that has not the form it needs, with a sentence that says what to write."""
    for key, what in _ADDRESSES.items():
        text = settings.get(key, "").strip()
        if text and not is_web_address(text):
            yield key, f'The {key} "{text}" is not a web address. Write {what}.'
    contact = settings.get("contact", "").strip()
    if contact and not _is_email(contact) and not is_web_address(contact):
        yield (
            "contact",
            f'The contact "{contact}" is neither an e-mail address nor a web address. Write one of them.',
        )
    kind = settings.get("publisher-type", "").strip()
    if kind and kind not in PUBLISHER_TYPES:
        known = ", ".join(PUBLISHER_TYPES)
        yield "publisher-type", f'The publisher-type "{kind}" is not known. Write one of {known}.'


def demand_forms(settings: Mapping[str, str]) -> None:
    """Raise UsageError for the first setting of ``[dataset]`` from which no description could be made."""
    for _, sentence in misfits(settings):
        raise UsageError(f"[dataset] {sentence}")


def is_web_address(text: str) -> bool:
    """Return whether a text is an http or https address that can be in RDF."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_iri(text)


def _is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text)) and is_iri(f"mailto:{text.removeprefix('mailto:')}")
