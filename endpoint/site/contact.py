"""Contact: to whom people send what they have, as the server's settings or the release say it."""

import re
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from flask import current_app
from pyoxigraph import NamedNode

from endpoint.catalogue.service import current_release
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
    node = NamedNode(release.iris.agent("contact")[1:-1])
    quads = chain.from_iterable(
        release.store.quads_for_pattern(node, NamedNode(VCARD + name), None, None) for name in _ADDRESSES
    )
    contacts = (read_contact(quad.object.value) for quad in quads if isinstance(quad.object, NamedNode))
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
