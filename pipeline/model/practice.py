"""A practice: one record after recognition, with every value typed and resolved."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from pipeline.model.finding import Place
from pipeline.model.rows import Row

Texts = tuple[tuple[str, str], ...]
"""Language-tagged texts: (BCP 47 tag, text) pairs, at most one per language, in order of preference."""

Values = tuple[tuple[str, tuple[str, ...]], ...]
"""Fields with the values that each has, in the lexical form of its kind."""


PROGRAMME = "record-text"
"""The statement on texts taken from the programme's catalogue: what holds unless a build says otherwise."""

OWN = "own-text"
"""The statement on texts that the publisher of the dataset wrote, which are under its licence."""


@dataclass(frozen=True, slots=True)
class Period:
    """What could be read from a date text.

    ``start`` and ``end`` are ISO 8601 dates in the precision found (``2018``, ``2018-03``, ``2019-08-31``);
    ``years`` are those the text names, for a closed span of up to ten years all in it; ``edtf`` is an
    Extended Date/Time Format level 1 string (ISO 8601-2), ``..`` for an open end. ``ongoing`` is None if the
    text does not say, or could not be understood.
    """

    start: str | None = None
    end: str | None = None
    ongoing: bool | None = None
    edtf: str | None = None
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class City:
    """A place below a country: ``kind`` is city, district, municipality, region or island.

    ``key`` is ``{iso2}-{slug}``; ``names`` is ordered, the first one is for display. ``part_of`` is the key
    of the place that contains it. Coordinates are WGS 84 degrees; ``geonames`` is a GeoNames id.
    """

    key: str
    country: str
    names: Texts
    kind: str = "city"
    latitude: float | None = None
    longitude: float | None = None
    geonames: int | None = None
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """A good practice and its record, ready to be described as RDF.

    ``countries`` are ISO 3166-1 alpha-3 codes, ``topics`` slugs of the topic scheme. ``inferred`` names the
    properties (``country``, ``city``) that were found in the body text and not stated. ``origins`` are the
    rows it was made from, as ``file#sheet!row``, ``corrections`` the lines applied to these. ``rights`` are the
    statements on its texts. ``values`` are those of the fields that are handled by their kind alone.
    ``issued`` and ``modified`` are xsd:dateTime in UTC.
    """

    slug: str
    titles: Texts
    identifier: str
    descriptions: Texts = ()
    sections: tuple[tuple[str, Texts], ...] = ()
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    cities: tuple[City, ...] = ()
    date_texts: Texts = ()
    period: Period | None = None
    sources: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    issued: str = ""
    modified: str = ""
    run: str = ""
    held_back: bool = False
    rights: tuple[str, ...] = (PROGRAMME,)
    values: Values = ()


def _pickled_by_place(kind: Any) -> None:
    """Let a frozen class be pickled as its values in order, which takes a third of the time of its default way."""
    values = attrgetter(*kind.__slots__)

    def reduce(self: object) -> tuple[Any, ...]:
        return kind, values(self)

    kind.__reduce__ = reduce


for _kind in (Period, City, Practice):
    _pickled_by_place(_kind)

_values = attrgetter(*Practice.__slots__)
_places = {name: place for place, name in enumerate(Practice.__slots__)}


def replace_values(practice: Practice, **values: Any) -> Practice:
    """Return a copy of a practice with other values, in a third of the time of ``dataclasses.replace``."""
    every = list(_values(practice))
    for name, value in values.items():
        every[_places[name]] = value
    return Practice(*every)


def rights_of(rows: Iterable[Row], own: Collection[str]) -> tuple[str, ...]:
    """Return the statements on the texts of a record; ``own`` are the files and folders that the publisher wrote."""
    return tuple(sorted({OWN if _is_within(_file_of(row), own) else PROGRAMME for row in rows}))


def _file_of(row: Row) -> str:
    """Return the file of a row, of a corrected one that of the row which it corrects."""
    return row.origin.rpartition("#")[0] if row.origin else row.place.file


def _is_within(file: str, own: Collection[str]) -> bool:
    return any(file == name or file.startswith(f"{name}/") for name in own)


RowAt = Callable[[Place], Row | None]
"""What finds the row that is at a place of the sources, while they are being checked."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A practice as it was read, the rows it was read from, and whether it is withheld.

    ``row_at`` finds any row of the sources, until the check has ended.
    """

    practice: Practice
    rows: tuple[Row, ...]
    is_withheld: bool
    row_at: RowAt
