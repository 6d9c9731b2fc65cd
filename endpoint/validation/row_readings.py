"""Readings: what was understood of each row in words, beside what is there, for the page."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from endpoint.language.interface_languages import say
from endpoint.validation.digest_values import FieldReading, RowsPlace, UnderstoodRow
from pipeline.recognition.dates.edtf import describe_period

_BETWEEN_ITEMS = re.compile(r"[,|;\n]")


@dataclass(frozen=True, slots=True)
class ValueReading:
    """What was written and what was understood of it; ``is_inferred`` when it was found in the text."""

    written: str
    read: str
    is_inferred: bool = False

    @property
    def is_lost(self) -> bool:
        """Return whether something was written and none was understood."""
        return bool(self.written) and not self.read

    @property
    def differs(self) -> bool:
        """Return whether what was understood is in other words than what was written."""
        return bool(self.written) and _items(self.written) != _items(self.read)


def _items(text: str) -> list[str]:
    return [item.strip().casefold() for item in _BETWEEN_ITEMS.split(text)]


def readings(understood: Iterable[UnderstoodRow], speech: str) -> list[dict[str, Any]]:
    """Return what was understood of each practice of a digest in a language of the interface."""
    return [_reading(row, speech) for row in understood]


def _reading(row: UnderstoodRow, speech: str) -> dict[str, Any]:
    """Return what was understood of one practice; ``titles`` are pairs of language tag and text."""
    return {
        "where": ", ".join(_where(row.place)),
        "file": row.place.file,
        "is_withheld": row.is_withheld,
        "titles": row.titles,
        "date": ValueReading(_join(row.dates), describe_period(row.period, speech) if row.period else ""),
        "country": _value(row.country, speech, is_inferred="country" in row.inferred),
        "city": _value(row.city, speech, is_inferred="city" in row.inferred),
        "topics": _value(row.topics, speech, is_inferred="topics" in row.inferred),
        "text_languages": row.text_languages,
    }


def _value(values: FieldReading, speech: str, *, is_inferred: bool) -> ValueReading:
    return ValueReading(_join(values.written), _join(names[speech] for names in values.read), is_inferred)


def _where(place: RowsPlace) -> Iterator[str]:
    if place.sheet is not None:
        yield place.sheet
    if place.rows:
        yield ", ".join(map(str, place.rows))
    elif place.line is not None:
        yield say("line %(number)s", number=place.line)
    elif place.pointer is not None:
        yield place.pointer or "/"
    if place.others:
        yield say("and %(count)s elsewhere", count=place.others)


def _join(texts: Iterable[str]) -> str:
    return ", ".join(texts)
