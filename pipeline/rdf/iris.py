"""IRIs: every IRI of ours is minted here, under the fixed vocabulary namespace or a deployment's base."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.model.errors import UsageError
from pipeline.rdf.ntriples import Term, is_iri
from pipeline.rdf.vocabulary import SPACE

DEFAULT_BASE = "http://localhost:8000"

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def topic(slug: str) -> Term:
    """Return a concept of the topic scheme."""
    return Term(f"<{SPACE}topic/{slug}>")


def country(iso3: str) -> Term:
    """Return a concept of the country scheme, by its ISO 3166-1 alpha-3 code."""
    return Term(f"<{SPACE}country/{iso3}>")


def year(number: int) -> Term:
    """Return a calendar year."""
    return Term(f"<{SPACE}year/{number:04d}>")


SHAPES = Term(f"<{SPACE}shapes>")


def is_slug(text: str) -> bool:
    """Return whether a text can be the last part of an IRI: lower-case letters, digits, single hyphens."""
    return bool(_SLUG.fullmatch(text))


def base_iri(text: str) -> str:
    """Return a deployment's base IRI without its last slash; raise UsageError if it cannot be one."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.netloc and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable or not is_iri(text):
        raise UsageError(
            f"{text!r} cannot be a base IRI: give one such as https://data.example.org, no ? or #."
        )
    return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class Deployment:
    """The IRIs below one base IRI (without a last slash)."""

    base: str

    def practice(self, slug: str) -> Term:
        """Return the practice itself, which is a thing and not a document."""
        return Term(f"<{self.base}/practice/{slug}>")

    def period(self, slug: str) -> Term:
        """Return the period in which a practice was carried out."""
        return Term(f"<{self.base}/practice/{slug}#period>")

    def record(self, slug: str) -> Term:
        """Return the document that describes a practice."""
        return Term(f"<{self.base}/doc/practice/{slug}>")

    def city(self, key: str) -> Term:
        """Return a city by its key, ``{iso2}-{slug}``."""
        return Term(f"<{self.base}/city/{key}>")

    def run(self, version: str) -> Term:
        """Return the run that made a release; it is named by the release's version, not by a time."""
        return Term(f"<{self.base}/run/{version}>")

    def version(self, slug: str, stamp: str) -> Term:
        """Return one version of a practice, which never changes: its stamp is a time and the hash of what it says."""
        return Term(f"<{self.base}/version/{slug}/{stamp}>")

    def source(self, sha256: str) -> Term:
        """Return a source file by the hash of its bytes."""
        return Term(f"<{self.base}/source/{sha256[:16]}>")

    def agent(self, slug: str) -> Term:
        """Return an agent: the publisher, the rights holder, the software."""
        return Term(f"<{self.base}/agent/{slug}>")

    def rights(self, slug: str) -> Term:
        """Return a rights statement."""
        return Term(f"<{self.base}/rights/{slug}>")

    def graph(self, name: str) -> Term:
        """Return a named graph: practices, vocabulary, description or provenance."""
        return Term(f"<{self.base}/graph/{name}>")

    def dataset(self, version: str | None = None) -> Term:
        """Return the dataset, or one release of it."""
        return Term(f"<{self.base}/dataset/{version}>" if version else f"<{self.base}/dataset>")

    def slug_of(self, text: str) -> str | None:
        """Return the slug of a practice IRI of this deployment, of its period or record; None for others."""
        for prefix in (f"{self.base}/practice/", f"{self.base}/doc/practice/"):
            if text.startswith(prefix):
                slug = text[len(prefix) :].partition("#")[0]
                return slug if is_slug(slug) else None
        return None
