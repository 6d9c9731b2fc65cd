"""What a publisher may say of the dataset, and the form that each of these settings must have."""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from pipeline.model.errors import UsageError
from pipeline.rdf.ntriples import is_iri
from pipeline.system.config import DATASET_SETTINGS

PUBLISHER_TYPES: tuple[str, ...] = tuple(DATASET_SETTINGS["publisher-type"]["kinds"])
"""The kinds of publishers that portals distinguish (ADMS)."""

_EMAIL = re.compile(r"(mailto:)?[^@\s]+@[^@\s]+\.[^@\s.]+")


def misfits(settings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the key of each setting that has not the form it needs, with a sentence that says what to write."""
    for key, form in DATASET_SETTINGS.items():
        text = settings.get(key, "").strip()
        if text and form and not _IS[form["is"]](text):
            yield key, form["otherwise"].format(text=text, known=", ".join(PUBLISHER_TYPES))


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


_IS: Mapping[str, Callable[[str], bool]] = {
    "address": is_web_address,
    "contact": lambda text: _is_email(text) or is_web_address(text),
    "kind": lambda text: text in PUBLISHER_TYPES,
}
