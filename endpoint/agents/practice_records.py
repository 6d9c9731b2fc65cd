"""Reading: one practice with all its texts, from the record's JSON-LD, by slug, address, identifier or title."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from endpoint.agents.known_values import last_part
from endpoint.agents.practice_search import PracticeSearch, SearchRequest
from endpoint.agents.presentation import MOST_TEXT, best
from endpoint.agents.site_client import NotThere, SiteClient, SiteResponse, is_plain_iri
from endpoint.agents.tool_results import NamedValue, PracticeCard, PracticeSection, PracticeText
from pipeline.rdf.iris import is_slug

MOST_SECTION = 8_000
_SECTIONS = {
    "purpose": "Purpose",
    "stimulus": "Stimulus and rationale",
    "process": "Process",
    "impact": "Impact",
    "keyReferences": "Key reference documents",
    "section": "Further text",
}
"""Term of the context → heading, in the order in which people read them; others come last."""

_NOT_SECTIONS = frozenset({"title", "label", "prefLabel", "description", "dateText", "altLabel"})
_JSON_LD = "application/ld+json"
_LONGEST_SHOWN = 100
_FORM = re.compile(r"\.(html|jsonld|ttl|nt|rdf)$")


class PracticeReader:
    """Reads the practices of a site."""

    def __init__(self, site: SiteClient, search: PracticeSearch) -> None:
        self._site = site
        self._search = search

    async def read(self, name: str, language: str) -> PracticeText:
        """Return a practice; raise NotThere with similar names if none has this name."""
        response = await self.document(name)
        return _practice(response.json(), language)

    async def document(self, name: str, suffix: str = "jsonld") -> SiteResponse:
        """Return the document about a practice in one of its forms."""
        slug = slug_in(name)
        response = await self._fetch(slug, suffix) if slug else None
        if response is None or response.status == 404:
            iris = await self._by_identifier(name)
            if len(iris) != 1:
                raise await self._unknown(name, iris)
            slug = last_part(iris[0])
            response = await self._fetch(slug, suffix)
        if response.status == 410:
            raise NotThere(f"The practice “{slug}” was withdrawn and is no longer published.")
        if response.status != 200:
            raise response.refusal()
        return response

    async def _fetch(self, slug: str, suffix: str) -> SiteResponse:
        return await self._site.get(f"doc/practice/{slug}.{suffix}", accept=_JSON_LD)

    async def _by_identifier(self, name: str) -> list[str]:
        """Return the practices with an identifier, title or source page, some of them where there are many."""
        rows = await self._site.rows("by_identifier", text=_literal(name.strip()))
        return [row["practice"]["value"] for row in rows if is_plain_iri(row["practice"]["value"])]

    async def _unknown(self, name: str, iris: Sequence[str]) -> NotThere:
        head = name[:_LONGEST_SHOWN]
        near = await self._search.cards(iris, "en") or await self._near(name)
        hint = "; ".join(f"{card.slug} ({card.title})" for card in near)
        if iris:
            return NotThere(f"“{head}” is shared by several practices. Choose one: {hint}")
        remedy = (
            f"Did you mean one of these? {hint}" if near else "search_practices finds practices by words."
        )
        return NotThere(f"There is no practice “{head}”. {remedy}")

    async def _near(self, name: str) -> list[PracticeCard]:
        """Return practices with the words of a name, at the end with the longest word alone."""
        words = re.findall(r"\w+", last_part(name))[:8]
        for text in (" ".join(words), " ".join(words[:3]), max(words, key=len, default="")):
            if text.strip():
                results = await self._search.search(SearchRequest(text=text[:200]))
                if results.total:
                    return results.practices[:5]
        return []


def slug_in(name: str) -> str | None:
    """Return the slug in what an agent wrote: a slug, or an IRI or address of a practice, its document or version."""
    path = unquote(urlsplit(name.strip()).path) if "/" in name else name.strip()
    parts = [part for part in path.split("/") if part]
    if "practice" in parts[:-1]:
        parts = parts[parts.index("practice") + 1 :]
    slug = _FORM.sub("", parts[0].removeprefix("practice:")) if len(parts) == 1 else ""
    return slug if is_slug(slug) else None


def as_text(practice: PracticeText) -> str:
    """Return a practice as Markdown, with its facts before its texts."""
    facts = {
        "Cities": _names(practice.cities),
        "Countries": _names(practice.countries),
        "Topics": _names(practice.topics),
        "Date": practice.date,
        "Years": _years(practice),
        "Sources": ", ".join(practice.sources),
        "Rights": " · ".join(filter(None, (practice.rights, practice.rights_holder))),
        "Also in": ", ".join(practice.other_languages),
        "Page": practice.page,
        "IRI": practice.iri,
    }
    lines = [f"# {practice.title}", ""]
    lines += [f"- {name}: {text}" for name, text in facts.items() if text]
    lines += ["", practice.summary] if practice.summary else []
    for section in practice.sections:
        lines += ["", f"## {section.name}", "", section.text]
    lines += ["", practice.note] if practice.note else []
    return "\n".join(lines)


def _practice(practice: Mapping[str, Any], language: str) -> PracticeText:
    titles, record = _texts(practice.get("title")), practice.get("isPrimaryTopicOf") or {}
    slug = last_part(practice["id"])
    used = language if language in titles else "en" if "en" in titles else min(titles, default="")
    sections, is_cut = _sections(practice, language)
    page = str(record.get("id", practice["id"]))
    return PracticeText(
        slug=slug,
        iri=practice["id"],
        page=page,
        title=best(titles, language),
        language=used,
        other_languages=sorted(_languages(practice) - {used, ""}),
        summary=best(_texts(practice.get("description")), language),
        sections=sections,
        cities=_values(practice.get("city"), language),
        countries=_values(practice.get("country"), language),
        topics=_values(practice.get("topic"), language),
        date=best(_texts(practice.get("dateText")), language),
        start_year=_number(practice.get("startYear")),
        end_year=_number(practice.get("endYear")),
        ongoing=practice.get("ongoing") if isinstance(practice.get("ongoing"), bool) else None,
        sources=[each for each in _many(record.get("source")) if isinstance(each, str)],
        rights="; ".join(_labels(record.get("rights"), language)),
        rights_holder="; ".join(_labels(record.get("rightsHolder"), language)),
        modified=str(record.get("modified", "")),
        note=f"Long texts are cut; all of them are at {page}" if is_cut else "",
    )


def _sections(practice: Mapping[str, Any], language: str) -> tuple[list[PracticeSection], bool]:
    """Return the named parts of the text, and whether they were cut to what a result may have."""
    sections, rest, is_cut = list[PracticeSection](), MOST_TEXT - MOST_SECTION, False
    others = [name for name in practice if name not in _NOT_SECTIONS and name not in _SECTIONS]
    for name in (*_SECTIONS, *others):
        text = best(_texts(practice.get(name)), language)
        if not text:
            continue
        most = max(0, min(MOST_SECTION, rest))
        is_cut |= len(text) > most
        rest -= min(len(text), most)
        excerpt = text if len(text) <= most else f"{text[:most]}…"
        sections.append(PracticeSection(name=_SECTIONS.get(name, name), text=excerpt))
    return sections, is_cut


def _texts(value: Any) -> dict[str, str]:
    """Return a language map with one text for each language; empty for any other value."""
    if not isinstance(value, Mapping) or "id" in value or any(key.startswith("@") for key in value):
        return {}
    return {
        "" if tag == "none" else tag: "\n\n".join(part for part in _many(text) if isinstance(part, str))
        for tag, text in value.items()
        if all(isinstance(part, str) for part in _many(text))
    }


def _languages(practice: Mapping[str, Any]) -> set[str]:
    names = {"title", "description", *(name for name in practice if name not in _NOT_SECTIONS)}
    return {tag for name in names for tag in _texts(practice.get(name))}


def _values(value: Any, language: str) -> list[NamedValue]:
    return [
        NamedValue(
            code=last_part(each["id"]), iri=each["id"], name=best(_names_of(each), language) or each["id"]
        )
        for each in _many(value)
        if isinstance(each, Mapping) and "id" in each
    ]


def _names_of(value: Mapping[str, Any]) -> dict[str, str]:
    return {**_texts(value.get("label")), **_texts(value.get("prefLabel")), **_texts(value.get("name"))}


def _labels(value: Any, language: str) -> Iterable[str]:
    return [best(_names_of(each), language) for each in _many(value) if isinstance(each, Mapping)]


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _names(values: Iterable[NamedValue]) -> str:
    return ", ".join(f"{value.name} ({value.code})" for value in values)


def _years(practice: PracticeText) -> str:
    if practice.start_year is None and practice.end_year is None and practice.ongoing is None:
        return ""
    years = f"{practice.start_year or 'start unknown'} to {practice.end_year or 'end unknown'}"
    return f"{practice.start_year or 'start unknown'}, ongoing" if practice.ongoing else years


def _literal(text: str) -> str:
    """Return a text as a string of SPARQL."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return (
        '"' + "".join(escapes.get(char, char) for char in text if char.isprintable() or char in escapes) + '"'
    )
