"""Understood rows: what was read of each practice beside what is in its rows, for the page and as a table."""

import csv
from collections.abc import Iterable
from pathlib import Path

from endpoint.validation.digest_values import FieldReading, RowsPlace, UnderstoodRow
from pipeline.findings.messages import shorten
from pipeline.findings.reports.csv_report import as_cell
from pipeline.model.finding import Place
from pipeline.model.practice import Practice, Understood
from pipeline.model.rows import Row
from pipeline.recognition.dates.edtf import describe_period
from pipeline.recognition.places.countries import country
from pipeline.recognition.topics import topic_label

MOST_SHOWN = 200
"""So many practices are shown on the page; the table contains all of them."""

COLUMNS = (
    "file",
    "sheet",
    "row",
    "published",
    "title",
    "title_language",
    "date",
    "date_understood",
    "date_edtf",
    "country",
    "country_understood",
    "city",
    "city_understood",
    "topics",
    "topics_understood",
    "text_language",
    "inferred",
)
"""The columns of the table; what is understood stands right of what was written.

If shapes from others judge, nothing is published, and the fourth column is called ``passes``.
"""

_SPEECHES = ("en", "fr")
_LONGEST = 300
_BETWEEN = " | "


class Understandings:
    """Writes each practice into a table as it is judged, and holds the first ones for the page."""

    def __init__(self, path: Path, *, by_other_shapes: bool = False) -> None:
        self.rows: list[UnderstoodRow] = []
        self.count = 0
        # A spreadsheet takes a CSV file for UTF-8 only when it begins with a byte order mark.
        self._file = path.open("w", encoding="utf-8-sig", errors="replace", newline="")
        self._table = csv.writer(self._file, lineterminator="\r\n")
        self._table.writerow(
            "passes" if by_other_shapes and name == "published" else name for name in COLUMNS
        )

    def see(self, understood: Understood) -> None:
        """Take note of one practice."""
        self.count += 1
        self._table.writerow([as_cell(text) for text in _cells(understood)])
        if len(self.rows) < MOST_SHOWN:
            self.rows.append(_understood_row(understood))

    def close(self) -> None:
        """Close the table."""
        self._file.close()


def _understood_row(understood: Understood) -> UnderstoodRow:
    practice, rows = understood.practice, understood.rows
    topics = tuple({lang: topic_label(slug, lang) for lang in _SPEECHES} for slug in practice.topics)
    return UnderstoodRow(
        place=_where(rows),
        is_withheld=understood.is_withheld,
        titles=tuple((lang, shorten(text, _LONGEST)) for lang, text in practice.titles),
        dates=_field_texts(rows, "date"),
        period=practice.period,
        country=FieldReading(_field_texts(rows, "country"), _countries(practice)),
        city=FieldReading(_field_texts(rows, "city"), _cities(practice)),
        topics=FieldReading(_field_texts(rows, "topics"), topics),
        text_languages=tuple(lang for lang, _ in practice.descriptions),
        inferred=practice.inferred,
    )


def _cells(understood: Understood) -> Iterable[str]:
    practice, rows = understood.practice, understood.rows
    place, period = rows[0].place, practice.period
    return (
        place.file,
        place.sheet or "",
        ", ".join(map(_spot, (row.place for row in rows))),
        "no" if understood.is_withheld else "yes",
        _BETWEEN.join(text for _, text in practice.titles),
        _BETWEEN.join(lang for lang, _ in practice.titles),
        _BETWEEN.join(_field_texts(rows, "date")),
        describe_period(period, "en") if period is not None else "",
        (period.edtf or "") if period is not None else "",
        _BETWEEN.join(_field_texts(rows, "country")),
        _BETWEEN.join(names["en"] for names in _countries(practice)),
        _BETWEEN.join(_field_texts(rows, "city")),
        _BETWEEN.join(names["en"] for names in _cities(practice)),
        _BETWEEN.join(_field_texts(rows, "topics")),
        _BETWEEN.join(topic_label(slug) for slug in practice.topics),
        _BETWEEN.join(lang for lang, _ in practice.descriptions),
        _BETWEEN.join(practice.inferred),
    )


def _where(rows: tuple[Row, ...]) -> RowsPlace:
    """Return where the rows of a practice are: the place of the first, and all their rows in that sheet."""
    first = rows[0].place
    here = (row.place for row in rows if (row.place.file, row.place.sheet) == (first.file, first.sheet))
    numbers = [place.row for place in here if place.row is not None]
    others = len(rows) - len(numbers) if numbers else len(rows) - 1
    return RowsPlace(first.file, first.sheet, tuple(numbers[:20]), first.line, first.pointer, others)


def _spot(place: Place) -> str:
    spot = place.row if place.row is not None else place.line if place.line is not None else place.pointer
    return str(spot) if spot is not None else ""


def _field_texts(rows: tuple[Row, ...], field: str) -> tuple[str, ...]:
    """Return the texts of a field as the rows have it, none twice."""
    return tuple(dict.fromkeys(shorten(row.texts[field], _LONGEST) for row in rows if row.texts.get(field)))


def _countries(practice: Practice) -> tuple[dict[str, str], ...]:
    return tuple(_country_names(iso3) for iso3 in practice.countries)


def _country_names(iso3: str) -> dict[str, str]:
    known = country(iso3)
    names = dict(known.names) if known is not None else {}
    return {lang: names.get(lang, iso3) for lang in _SPEECHES}


def _cities(practice: Practice) -> tuple[dict[str, str], ...]:
    return tuple(
        {lang: dict(city.names).get(lang, city.names[0][1]) for lang in _SPEECHES} for city in practice.cities
    )
