"""Identity: the keys that show which rows describe the same practice (reference: README, "Who is who")."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from pipeline.language.repair import repair_text
from pipeline.language.text_matching import fold
from pipeline.model.fields import TELLING
from pipeline.model.rows import Row
from pipeline.recognition.places.cities import cities_named_in, recognise_cities
from pipeline.recognition.places.countries import country_named_in, recognise_country

CUT_OFF = 40
"""An id of at least this length may be the cut-off beginning of a slug."""

_SLUG_IN_PATH = re.compile(r"/-/([^/?#]+)")
_CATALOGUE_PATH = re.compile(r"/(?P<language>[a-z]{2})/web/interculturalcities/-/")


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies the practice of a row, strongest first; None if the row does not say."""

    identifier: str | None
    slug: str | None
    title: str | None

    @property
    def is_stated(self) -> bool:
        """Return whether the source itself names the practice, by an id or by a page of its own."""
        return self.identifier is not None or self.slug is not None

    def texts(self) -> tuple[str, ...]:
        """Return the keys as texts that a ledger can keep: ``id:…``, ``slug:…``, ``title:…``."""
        pairs = (("id", self.identifier), ("slug", self.slug), ("title", self.title))
        return tuple(f"{kind}:{key}" for kind, key in pairs if key is not None)

    def stated_texts(self) -> tuple[str, ...]:
        """Return the keys that the source itself states, as texts: those of ``texts`` without the title."""
        return tuple(text for text in self.texts() if not text.startswith("title:"))


def keys_of(row: Row) -> Keys:
    """Return the identity keys of a row; where it states no place, the one that its texts name is taken."""
    if row.keys is not None:
        return Keys(*row.keys)
    texts = row.texts
    identifier = texts.get("id", "").strip().casefold() or None
    slug = slug_in(texts.get("source_url", ""))
    title = texts.get("title")
    if not title:
        return Keys(identifier, slug, None)
    country, city = texts.get("country", ""), texts.get("city", "")
    is_placed = country or city or identifier or slug
    place = _place_key(country, city) if is_placed else _place_in(texts)
    return Keys(identifier, slug, f"{fold(repair_text(title))}|{place}")


def joined_texts(keys: Sequence[Keys]) -> tuple[str, ...]:
    """Return all keys of the rows of one practice, ids first, then slugs, then titles, none twice."""
    texts = dict.fromkeys(text for each in keys for text in each.texts())
    order = {"id": 0, "slug": 1, "title": 2}
    return tuple(sorted(texts, key=lambda text: order[text.partition(":")[0]]))


@lru_cache(maxsize=50_000)
def _place_key(country: str, city: str) -> str:
    codes = recognise_country(country).codes
    if not city:
        return ",".join(codes) or fold(country)
    if not codes:
        return f"{fold(country)},{fold(city)}"
    return ",".join(sorted({place.key for place in recognise_cities(city, *codes).cities}))


def _place_in(texts: Mapping[str, str]) -> str:
    """Return the key of the place that the texts of a row are about, an empty one where they do not say."""
    telling = [text for field in TELLING if (text := texts.get(field))]
    iso3 = next(filter(None, map(country_named_in, telling)), None)
    if iso3 is None:
        return ""
    for text in telling:
        named = cities_named_in(text, iso3)
        outer = {city.part_of for city in named}
        inner = [city.key for city in named if city.key not in outer]
        if len(inner) == 1:
            return inner[0]
    return iso3


def slug_in(url: str) -> str | None:
    """Return the slug after ``/-/`` in the address of a catalogue page, through redirects; None for listings."""
    if "-/" not in url and "redirect=" not in url:
        return None
    match = _SLUG_IN_PATH.search(url)
    if match is None and "redirect=" in url:
        redirect = parse_qs(urlsplit(url).query).get("redirect", [""])[0]
        match = _SLUG_IN_PATH.search(redirect)
    return unquote(match[1]).strip().casefold() or None if match else None


def canonical_source(url: str) -> str:
    """Return the one address of a catalogue page, whatever interface it was saved from; other URLs unchanged."""
    if "coe.int" not in url or (slug := slug_in(url)) is None:
        return url
    match = _CATALOGUE_PATH.search(url)
    language = match["language"] if match and match["language"] in ("en", "fr") else "en"
    return f"https://www.coe.int/{language}/web/interculturalcities/-/{slug}"


def is_cut_off(identifier: str, slug: str) -> bool:
    """Return whether an id is the cut-off beginning of a slug."""
    return len(identifier) >= CUT_OFF and slug.startswith(identifier)
