"""Practice pages: what the page of a practice shows, read from its document graph."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from babel.lists import format_list

from endpoint.catalogue.open_release import Release
from endpoint.catalogue.release_history import Version, versions_of
from endpoint.citations.citation import Citation, read_citation
from endpoint.graphs.document_graphs import Graph
from endpoint.graphs.resource_names import Link, link, links
from endpoint.language.graph_facts import Facts, Text, preferred
from endpoint.language.interface_languages import interface, say
from endpoint.language.text_filters import NO_LANGUAGE, language_name
from endpoint.pages.maps import SmallMap, map_of
from endpoint.pages.source_page import row_address
from pipeline.model.fields import FIELDS, SECTIONS, VALUES
from pipeline.model.practice import Period
from pipeline.rdf.term_texts import heading_of
from pipeline.rdf.vocabulary import DCAT, DCT, ICGP, PROV, RDFS, expand
from pipeline.recognition.dates.edtf import describe_period

MOST_VERSIONS = 3
"""How many versions of its record the page of a practice names; its history has them all."""

_CATALOGUE = "coe.int"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a practice's text, in the languages there are, with its heading as the ontology has it."""

    name: str
    heading: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class FieldValues:
    """A field that is shown under its name; ``is_link`` says whether its values are web addresses."""

    heading: str
    values: tuple[str, ...]
    is_link: bool


@dataclass(frozen=True, slots=True)
class PracticeSource:
    """Where a record comes from: its own page at a host, or the list in which it stands."""

    url: str
    host: str
    is_own_page: bool


@dataclass(frozen=True, slots=True)
class PracticePage:
    """A practice as people read it; ``inferred`` names what was found in the text and not stated.

    ``origins`` are the rows that it was made from, ``corrections`` the lines that were applied to them;
    ``map`` is where it is, ``versions`` are the last ones of its record, ``citation`` is how to cite it; a brief
    goes without them.
    """

    slug: str
    title: Text
    other_titles: tuple[Text, ...]
    summaries: tuple[Text, ...]
    cities: tuple[Link, ...]
    countries: tuple[Link, ...]
    topics: tuple[Link, ...]
    years: tuple[str, ...]
    date_texts: tuple[Text, ...]
    period: str
    sections: tuple[Section, ...]
    values: tuple[FieldValues, ...]
    sources: tuple[PracticeSource, ...]
    rights: tuple[Link, ...]
    origins: tuple[Link, ...]
    corrections: tuple[Link, ...]
    inferred: frozenset[str]
    issued: str
    modified: str
    held_back: bool
    map: SmallMap | None = None
    versions: tuple[Version, ...] = ()
    citation: Citation | None = None

    @property
    def language_note(self) -> str:
        """Return the languages of title, summary and text, empty if all are in that of the page."""
        texts = tuple(text for section in self.sections for text in section.texts)
        parts = ((self.title,), self.summaries, texts)
        if self.title.lang in NO_LANGUAGE or {_languages(part) for part in parts} <= {(), (interface(),)}:
            return ""
        title, summary, text = map(_in_languages, parts)
        named = {"title": title, "summary": summary, "text": text}
        if summary and text:
            return say("Title in %(title)s, summary in %(summary)s, text in %(text)s.", **named)
        if summary:
            return say("Title in %(title)s, summary in %(summary)s.", **named)
        return say("Title in %(title)s, text in %(text)s.", **named) if text else ""


def practice_page(release: Release, slug: str, graph: Graph) -> PracticePage:
    """Return what the page of a practice shows."""
    page = brief(release, slug, graph)
    facts = Facts(graph)
    return replace(
        page,
        map=next((city_map for city in page.cities if (city_map := map_of(facts, city.iri))), None),
        versions=versions_of(release, slug)[:MOST_VERSIONS],
        citation=read_citation(release, slug, graph),
    )


def brief(release: Release, slug: str, graph: Graph) -> PracticePage:
    """Return what there is to read of a practice, without what leads on from it."""
    facts = Facts(graph)
    this, record = release.iris.practice(slug)[1:-1], release.iris.record(slug)[1:-1]
    titles = facts.texts(this, DCT + "title")
    title = _title(titles, facts.texts(this, RDFS + "label")) or Text(slug)
    inferred = (iri.removeprefix(ICGP) for iri in facts.iris(record, ICGP + "inferredProperty"))
    return PracticePage(
        slug=slug,
        title=title,
        other_titles=tuple(other for other in titles if other != title),
        summaries=facts.texts(this, DCT + "description"),
        cities=tuple(link(release, iri) for iri in facts.iris(this, ICGP + "city")),
        countries=links(release, facts.iris(this, ICGP + "country")),
        topics=links(release, facts.iris(this, ICGP + "topic")),
        years=tuple(iri.rpartition("/")[2] for iri in facts.iris(this, ICGP + "year")),
        date_texts=facts.texts(this, ICGP + "dateText"),
        period=_period(facts, this),
        sections=_sections(facts, this),
        values=tuple(_values(facts, this)),
        sources=tuple(_source(url) for url in facts.iris(record, DCT + "source")),
        rights=links(release, facts.iris(record, DCT + "rights")),
        origins=tuple(_origin(release, iri) for iri in facts.iris(record, PROV + "wasDerivedFrom")),
        corrections=tuple(_origin(release, iri) for iri in facts.iris(record, PROV + "wasInfluencedBy")),
        inferred=frozenset(inferred),
        issued=facts.value(record, DCT + "issued") or "",
        modified=facts.value(record, DCT + "modified") or "",
        held_back=facts.value(record, ICGP + "heldBack") == "true",
    )


def _languages(texts: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.lang for text in texts if text.lang not in NO_LANGUAGE))


def _in_languages(texts: tuple[Text, ...]) -> str:
    """Return the names of the languages of some texts as a list in a sentence, empty without any."""
    names = [language_name(tag, interface()) for tag in _languages(texts)]
    return format_list(names, locale=interface())


def _title(titles: tuple[Text, ...], labels: tuple[Text, ...]) -> Text | None:
    """Return the title in a language that the reader prefers, else the general label."""
    liked = (title for title in titles[:1] if title.lang in preferred.get())
    return next(iter((*liked, *labels, *titles)), None)


def _sections(facts: Facts, this: str) -> tuple[Section, ...]:
    sections = (
        Section(field.property.rpartition(":")[2], heading_of(field, interface()), texts)
        for field in map(FIELDS.__getitem__, SECTIONS)
        if (texts := facts.texts(this, expand(field.property)))
    )
    return tuple(sections)


def _values(facts: Facts, this: str) -> Iterator[FieldValues]:
    for field in map(FIELDS.__getitem__, VALUES):
        is_link, iri = field.kind == "link", expand(field.property)
        values = facts.iris(this, iri) if is_link else tuple(text.text for text in facts.texts(this, iri))
        if values:
            yield FieldValues(heading_of(field, interface()), values, is_link)


def _period(facts: Facts, this: str) -> str:
    """Return in words what was read from the date text, empty if nothing was."""
    ongoing, edtf = facts.value(this, ICGP + "ongoing"), facts.value(this, ICGP + "edtf")
    if ongoing is None and edtf is None:
        return ""
    node = next(iter(facts.iris(this, DCT + "temporal")), "")
    period = Period(
        start=facts.value(node, DCAT + "startDate"),
        end=facts.value(node, DCAT + "endDate"),
        ongoing=None if ongoing is None else ongoing == "true",
        edtf=edtf,
    )
    return describe_period(period, interface())


def _origin(release: Release, iri: str) -> Link:
    """Return the link to a source, named with the row in it that a fragment (RFC 7111) points at."""
    file, _, row = iri.partition("#row=")
    source = link(release, file)
    name = say("%(file)s, row %(row)s", file=source.label.text, row=row) if row else source.label.text
    return Link(Text(name, source.label.lang), row_address(iri))


def _source(url: str) -> PracticeSource:
    try:
        parts = urlsplit(url)
    except ValueError:
        return PracticeSource(url, "", False)
    host = (parts.hostname or "").removeprefix("www.")
    return PracticeSource(url, host, host != _CATALOGUE or "/-/" in parts.path)
