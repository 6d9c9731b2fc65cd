"""Links: the path at which this server shows an IRI, and the short name by which pages call it."""

import re
from urllib.parse import quote, urlencode, urlsplit

from flask import request
from pyoxigraph import NamedNode

from endpoint.language.interface_languages import site_root
from pipeline.rdf.vocabulary import SPACE, prefixes_of_pages
from pipeline.system.data_files import filled_text

_PREFIXES = sorted(prefixes_of_pages().items(), key=lambda pair: -len(pair[1]))
_OPENABLE = ("http", "https", "mailto")
_THING = re.compile(r"^/(practice|city)/")
"""Things, which are not documents: pages link to the document about each, as a redirect would."""

_DATA = re.compile(
    r"/(?:dumps|context|frames|schemas|static)/|/[^?#]*\.(?:jsonld|ttl|nt|rdf|csv|json|xml|gz)(?:[?#]|$)"
)
"""Files, which are the same in every language."""


def local_path(iri: str, base: str) -> str | None:
    """Return the path of an IRI that this server answers for, None for one that lives elsewhere.

    The vocabulary's namespace is answered by a copy on every server.
    """
    if iri == base:
        return "/"
    for space in (f"{base}/", SPACE):
        # Two slashes at the beginning of a path would make browsers take it for another host.
        if iri.startswith(space) and not iri.startswith(f"{space}/"):
            return "/" + iri[len(space) :]
    return None


def href(iri: str, base: str) -> str | None:
    """Return what a link to an IRI points at: a path where it is ours; None if it must not be opened."""
    path = local_path(iri, base)
    if path is not None:
        root = site_root() if _DATA.match(path) else request.script_root
        return root + quote(_THING.sub(r"/doc/\1/", path), safe="/#?&=%-._~!$'()*+,;:@")
    try:
        scheme = urlsplit(iri).scheme.lower()
    except ValueError:
        return None
    return iri if scheme in _OPENABLE else None


def short(iri: str) -> str:
    """Return an IRI as a prefixed name where a usual prefix fits, else unchanged."""
    for prefix, namespace in _PREFIXES:
        if iri.startswith(namespace) and len(iri) > len(namespace):
            rest = iri[len(namespace) :]
            if "/" not in rest and "#" not in rest:
                return f"{prefix}:{rest}"
    return iri


def query_path(iri: str) -> str:
    """Return the address that asks the SPARQL endpoint for everything about a resource."""
    query = filled_text(__package__, "about.rq", resource=str(NamedNode(iri)))
    return f"{request.script_root}/sparql?{urlencode({'query': query})}"
