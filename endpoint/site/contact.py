"""Contact: to whom people send what they have, as the server's settings or the release say it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

from endpoint.catalogue.service import current_release
from endpoint.graphs.document_graphs import objects_of
from pipeline.rdf.vocabulary import VCARD

_KEY = "practicegraph.contact"
_ADDRESSES = ("hasEmail", "hasURL")
_MAIL = re.compile(r"[^@\s:/?#]+@([^@\s:/?#]+\.[^@\s:/?#]+)")
_RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.\w+)?|invalid|test|localhost)$")
"""Hosts that belong to nobody (RFC 2606), as in the demonstration."""


@dataclass(frozen=True, slots=True)
class Contact:
    """An address that people can write to: the link, and the text shown."""

    href: str
    text: str
    is_mail: bool


def install(extensions: dict[str, object], stated: str | None) -> None:
    """Give an app's extensions the contact that the settings state."""
    extensions[_KEY] = read_contact(stated) if stated else None


def contact() -> Contact | None:
    """Return the contact of this server, else that of the release; None if there is none but an example."""
    stated = current_app.extensions.get(_KEY)
    if isinstance(stated, Contact):
        return stated
    release = current_release()
    agent = release.iris.agent("contact")[1:-1]
    stated_there = (iri for name in _ADDRESSES for iri in objects_of(release.store, agent, VCARD + name))
    contacts = map(read_contact, stated_there)
    return next((each for each in contacts if each is not None and not _is_example(each)), None)


def read_contact(text: str) -> Contact | None:
    """Return the contact that an e-mail address or a web address makes, None for what is neither."""
    address = text.strip().removeprefix("mailto:")
    if _MAIL.fullmatch(address):
        return Contact(f"mailto:{address}", address, True)
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", address):
        return Contact(address, address.partition("://")[2].rstrip("/"), False)
    return None


def _is_example(stated: Contact) -> bool:
    host = stated.text.rpartition("@")[2] if stated.is_mail else urlsplit(stated.href).hostname or ""
    return _RESERVED.search(host) is not None
