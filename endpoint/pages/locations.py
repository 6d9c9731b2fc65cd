"""Locations: where a place is, as numbers that people read and as a small map."""

from endpoint.language.graph_facts import Facts
from endpoint.pages.maps import SmallMap, small_map
from pipeline.rdf.vocabulary import ICGP, WGS


def coordinates(facts: Facts, iri: str) -> str:
    """Return where a place is, as people write it; empty if that is not known."""
    latitude, longitude = _degrees(facts, iri)
    if latitude is None or longitude is None:
        return ""
    north = f"{latitude.removeprefix('-')}° {'S' if latitude.startswith('-') else 'N'}"
    return f"{north}, {longitude.removeprefix('-')}° {'W' if longitude.startswith('-') else 'E'}"


def map_of(facts: Facts, iri: str) -> SmallMap | None:
    """Return a small map around a place, None if its place or the land there is not known."""
    latitude, longitude = _degrees(facts, iri)
    if latitude is None or longitude is None:
        return None
    country = next(iter(facts.iris(iri, ICGP + "inCountry")), "")
    return small_map(float(longitude), float(latitude), country.rpartition("/")[2])


def _degrees(facts: Facts, iri: str) -> tuple[str | None, str | None]:
    return facts.value(iri, WGS + "lat"), facts.value(iri, WGS + "long")
