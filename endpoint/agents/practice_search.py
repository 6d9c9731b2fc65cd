"""Searching: the site's own list of practices, by words and filters, as cards with their texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from endpoint.agents.known_values import KnownValue, KnownValues, last_part
from endpoint.agents.presentation import best, shorten
from endpoint.agents.site_client import Refusal, SiteClient, is_plain_iri
from endpoint.agents.tool_results import PracticeCard, SearchPage
from pipeline.recognition.topics import suggest_topics

PAGE_SIZE = 20
MOST_IN_CITIES = 100

_LONGEST_SUMMARY = 400
_LONGEST_ADDRESS = 400
_EMPTY_NOTE = "No practice matches. Use other words, or remove a filter."


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What an agent searches for, as it wrote it."""

    text: str = ""
    topic: Sequence[str] = ()
    country: Sequence[str] = ()
    city: Sequence[str] = ()
    first_year: int | None = None
    last_year: int | None = None
    active: bool = False
    sort: str = ""
    page: int = 1
    language: str = "en"


class PracticeSearch:
    """Searches the practices of a site."""

    def __init__(self, site: SiteClient, values: KnownValues) -> None:
        self._site = site
        self._values = values

    async def search(self, request: SearchRequest) -> SearchPage:
        """Return one page of the practices that match; raise Refusal for a filter's value that is unknown."""
        topics = await self._values.find("topic", request.topic)
        countries = await self._values.find("country", request.country)
        cities = await self._values.find("city", request.city)
        years = _years(request)
        slugs = await self._in(cities)
        filters = {
            "topic": [value.code for value in topics],
            "country": [value.code for value in countries],
            **years,
        }
        parameters = [(name, value) for name, values in filters.items() for value in values]
        parameters += [("q", request.text)] if request.text.strip() else []
        parameters += [("dates", "running")] if request.active and years else []
        parameters += [("sort", request.sort)] if request.sort else []
        parameters += [("ids", ",".join(slugs))] if slugs else []
        understood = {
            **{name: values for name, values in filters.items() if values and name not in years},
            **({"city": [value.code for value in cities]} if cities else {}),
            **({"years": [_span(request)]} if years else {}),
        }
        if cities and not slugs:
            return await self._empty(request, [], understood)
        listing = await self._list(parameters, request.page)
        if not listing.get("totalItems") or not _keeps_all_groups(parameters, str(listing.get("id", ""))):
            return await self._empty(request, parameters, understood)
        total = int(listing.get("totalItems", 0))
        iris = [item["id"] for item in listing.get("items", []) if is_plain_iri(item.get("id", ""))]
        pages = max(1, -(-total // PAGE_SIZE))
        return SearchPage(
            total=total,
            page=request.page,
            pages=pages,
            practices=await self.cards(iris, request.language),
            filters=understood,
            note=f"Ask for page {request.page + 1} to get more." if request.page < pages else "",
            address=_whole_list(str(listing.get("id", ""))),
        )

    async def cards(self, iris: Sequence[str], language: str) -> list[PracticeCard]:
        """Return the practices with these IRIs as cards, in the same order."""
        if not iris:
            return []
        rows = await self._site.rows("cards", practices=" ".join(f"<{iri}>" for iri in iris))
        texts: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
        for row in rows:
            things = texts.setdefault((row["practice"]["value"], row["field"]["value"]), {})
            tag = row["text"].get("xml:lang", "")
            things.setdefault(row["thing"]["value"], {}).setdefault(tag, row["text"]["value"])

        def names(iri: str, field: str) -> list[str]:
            return [best(each, language) for each in texts.get((iri, field), {}).values()]

        return [
            PracticeCard(
                slug=last_part(iri),
                iri=iri,
                title="".join(names(iri, "title")),
                summary=shorten("".join(names(iri, "summary")), _LONGEST_SUMMARY),
                cities=sorted(names(iri, "city")),
                countries=sorted(names(iri, "country")),
                topics=sorted(names(iri, "topic")),
                date="".join(names(iri, "date")),
            )
            for iri in iris
        ]

    async def _list(self, parameters: Sequence[tuple[str, str]], page: int) -> dict[str, Any]:
        """Return a page of the list as the site has it; raise Refusal where there are fewer pages."""
        asked = [*parameters, ("page", str(page)), ("format", "jsonld")]
        response = await self._site.get("practices", asked, accept="application/ld+json")
        if response.status == 404 and page > 1:
            raise Refusal(f"There is no page {page}. Begin with page 1, which says how many there are.")
        listing: dict[str, Any] = response.json()
        used = parse_qs(urlsplit(str(listing.get("id", ""))).query)
        if any(name in ("from", "to") and name not in used for name, _ in parameters):
            raise Refusal(
                "This site is too old to search by a range of years. Use run_query with icgp:startYear."
            )
        return listing

    async def _in(self, cities: Sequence[KnownValue]) -> list[str]:
        """Return the slugs of the practices in cities and their districts."""
        if not cities:
            return []
        places = " ".join(f"<{city.iri}>" for city in cities if is_plain_iri(city.iri))
        rows = await self._site.rows("in_city", cities=places)
        if len(rows) > MOST_IN_CITIES:
            raise Refusal(
                f"These cities have {len(rows)} practices, more than a search can filter ({MOST_IN_CITIES}). "
                "Name fewer cities, or use run_query with icgp:city."
            )
        return [last_part(row["practice"]["value"]) for row in rows]

    async def _empty(
        self, request: SearchRequest, parameters: Sequence[tuple[str, str]], filters: dict[str, list[str]]
    ) -> SearchPage:
        """Return a page without practices, with what parts of the search would find and which topics may fit."""
        others = [(name, value) for name, value in parameters if name not in ("q", "sort")]
        counts = list[str]()
        if request.text.strip() and filters:
            counts.append(f"{await self._count([('q', request.text)])} with these words and no filter")
        if others:
            counts.append(f"{await self._count(others)} with these filters and no words")
        near = [each.value for each in suggest_topics(request.text)]
        notes = [
            _EMPTY_NOTE,
            f"There are {', '.join(counts)}." if counts else "",
            f"Topics that may fit: {', '.join(near)}." if near else "",
        ]
        note = " ".join(filter(None, notes))
        return SearchPage(total=0, page=1, pages=1, practices=[], filters=filters, note=note)

    async def _count(self, parameters: Sequence[tuple[str, str]]) -> int:
        listing = await self._list(parameters, 1)
        used = _keeps_all_groups(parameters, str(listing.get("id", "")))
        return int(listing.get("totalItems", 0)) if used else 0


def as_text(results: SearchPage) -> str:
    """Return a page of a search as Markdown."""
    matches = "1 practice matches" if results.total == 1 else f"{results.total} practices match"
    lines = [f"{matches}; page {results.page} of {results.pages}.", results.note]
    filters = [f"{name} = {', '.join(values)}" for name, values in results.filters.items()]
    lines += [f"Filters: {'; '.join(filters)}"] if filters else []
    for number, card in enumerate(results.practices, start=(results.page - 1) * PAGE_SIZE + 1):
        place = ", ".join((*card.cities, *card.countries))
        facts = " · ".join(filter(None, (place, card.date, "; ".join(card.topics))))
        lines += ["", f"{number}. **{card.title}** (`{card.slug}`)", f"   {facts}"]
        lines += [f"   {card.summary}"] if card.summary else []
    lines += ["", f"On the website: {results.address}"] if 0 < len(results.address) < _LONGEST_ADDRESS else []
    return "\n".join(lines)


def _years(request: SearchRequest) -> dict[str, list[str]]:
    """Return the range of years as parameters of the list; raise Refusal for one that ends before it begins."""
    first, last = request.first_year, request.last_year
    if first is not None and last is not None and first > last:
        raise Refusal(f"first_year {first} is after last_year {last}. Swap them.")
    return {name: [str(year)] for name, year in (("from", first), ("to", last)) if year is not None}


def _span(request: SearchRequest) -> str:
    first = "…" if request.first_year is None else request.first_year
    last = "…" if request.last_year is None else request.last_year
    return f"{first}-{last} ({'active' if request.active else 'mentioned'})"


def _keeps_all_groups(parameters: Iterable[tuple[str, str]], address: str) -> bool:
    """Return whether the site has used every filter: it leaves out values that no practice has."""
    used = parse_qs(urlsplit(address).query)
    return all(name in used for name, _ in parameters if name != "sort")


def _whole_list(address: str) -> str:
    """Return the address of a list without the page and form."""
    parts = urlsplit(address)
    pairs = [(name, value) for name, value in parse_qsl(parts.query) if name not in ("page", "format")]
    return parts._replace(query=urlencode(pairs)).geturl()
