"""RIS: a citation in the tagged format that EndNote, Zotero and Mendeley read."""

import re
from collections.abc import Iterator

from endpoint.citations.citation import Citation
from endpoint.graphs.dataset_publisher import Publisher

_SPLIT = re.compile(r"\s*[,;،]\s*")


def write_ris(citation: Citation) -> str:
    """Return the reference, each value on its own line."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _tags(citation))


def name_with_comma(author: Publisher) -> str:
    """Return a name for readers that split names at commas and spaces.

    The comma behind the name of an organisation tells them that all of it is the family name.
    """
    if author.kind == "Person":
        return author.name
    return _SPLIT.sub(" – ", author.name) + ","


def _tags(citation: Citation) -> Iterator[tuple[str, str]]:
    yield "TY", "ELEC"
    yield "TI", citation.title.text
    for author in citation.authors:
        yield "AU", name_with_comma(author)
    if citation.published:
        yield "PY", citation.year
        yield "DA", citation.published.replace("-", "/")
    if citation.publisher:
        yield "PB", citation.publisher
    yield "UR", citation.url
    if citation.title.lang:
        yield "LA", citation.title.lang
    if citation.version and citation.version != citation.published:
        yield "N1", f"Version of {citation.version}"
    for topic in citation.topics:
        yield "KW", topic
    if citation.summary:
        yield "AB", citation.summary.text
    yield "ER", ""
