"""Citation: what a reference to a practice names, read from its record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from endpoint.catalogue.open_release import Release
from endpoint.graphs.dataset_publisher import Publisher, publisher_of, rights_holders
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.resource_names import name_of
from endpoint.language.graph_facts import Facts, Text, default_languages
from endpoint.language.text_filters import NO_LANGUAGE
from pipeline.rdf.vocabulary import DCT, ICGP, RDFS

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference to a practice, the same on every page and in every file.

    ``authors`` own the rights in the text; nobody is named where nobody is known. ``published`` is the day the
    record was first published, ``version`` the day of its last change, both empty if they are unknown.
    """

    slug: str
    title: Text
    authors: tuple[Publisher, ...]
    publisher: str
    published: str
    version: str
    url: str
    summary: Text | None
    topics: tuple[str, ...]

    @property
    def year(self) -> str:
        """Return the year of publication, empty if it is unknown."""
        return self.published[:4]


def read_citation(release: Release, slug: str, graph: Graph) -> Citation:
    """Return how to cite a practice."""
    facts = Facts(graph)
    this, record = release.iris.practice(slug)[1:-1], release.iris.record(slug)[1:-1]
    with default_languages():
        title = next(iter(facts.texts(this, RDFS + "label")), None) or Text(slug)
        summaries = facts.texts(this, DCT + "description")
        topics = tuple(sorted(_names(release, facts.iris(this, ICGP + "topic"))))
    publisher = publisher_of(release)
    return Citation(
        slug=slug,
        title=one_line(title),
        authors=rights_holders(release, facts, record),
        publisher=publisher.name if publisher.kind else "",
        published=_day(facts.value(record, DCT + "issued")),
        version=_day(facts.value(record, DCT + "modified")),
        url=this,
        summary=next(
            (one_line(text) for text in sorted(summaries, key=lambda text: text.lang != title.lang)), None
        ),
        topics=topics,
    )


def one_line(text: Text) -> Text:
    """Return a text on one line, without control characters, and with the tag of its language if it names one."""
    language = "" if text.lang in NO_LANGUAGE else text.lang
    return Text(" ".join(_CONTROL.sub(" ", text.text).split()), language)


def _names(release: Release, iris: tuple[str, ...]) -> Iterator[str]:
    for iri in iris:
        name = name_of(release, iri)
        if name is not None:
            yield name.text


def _day(moment: str | None) -> str:
    day = _DAY.match(moment or "")
    return day[0] if day else ""
