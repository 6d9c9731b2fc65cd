"""Readings: what was understood of each row in words, beside what stands there, for the page."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from endpoint.language.interface_languages import say
from pipeline.model.practice import Period
from pipeline.recognition.dates.edtf import describe_period

_BETWEEN_ITEMS = re.compile(r"[,|;\n]")


@dataclass(frozen=True, slots=True)
class ReadValue:
    """What was written and what was understood of it; ``is_inferred`` when it was found in the text."""

    written: str
    read: str
    is_inferred: bool = False

    @property
    def is_lost(self) -> bool:
        """Tell whether something was written of which nothing was understood."""
        return bool(self.written) and not self.read

    @property
    def differs(self) -> bool:
        """Tell whether what was understood is in other words than what was written."""
        return bool(self.written) and _items(self.written) != _items(self.read)


@dataclass(frozen=True, slots=True)
class RowReading:
    """What was understood of one practice; ``titles`` are pairs of language tag and text."""

    where: str
    file: str
    is_withheld: bool
    titles: tuple[tuple[str, str], ...]
    date: ReadValue
    country: ReadValue
    city: ReadValue
    topics: ReadValue
    text_languages: tuple[str, ...]


def _items(text: str) -> list[str]:
    return [item.strip().casefold() for item in _BETWEEN_ITEMS.split(text)]


def readings(understood: Iterable[Mapping[str, Any]], speech: str) -> tuple[RowReading, ...]:
    """Return the readings of a digest in a language of the interface."""
    return tuple(_reading(found, speech) for found in understood)


def _reading(found: Mapping[str, Any], speech: str) -> RowReading:
    period = found["date"]["period"]
    read = describe_period(Period(**{**period, "years": tuple(period["years"])}), speech) if period else ""
    return RowReading(
        where=", ".join(_where(found["place"])),
        file=found["place"]["file"],
        is_withheld=found["is_withheld"],
        titles=tuple((title["lang"], title["text"]) for title in found["titles"]),
        date=ReadValue(_joined(found["date"]["written"]), read),
        country=_value(found, "country", speech),
        city=_value(found, "city", speech),
        topics=_value(found, "topics", speech),
        text_languages=tuple(found["text_languages"]),
    )


def _value(found: Mapping[str, Any], field: str, speech: str) -> ReadValue:
    read = _joined(names[speech] for names in found[field]["read"])
    return ReadValue(_joined(found[field]["written"]), read, field in found["inferred"])


def _where(place: Mapping[str, Any]) -> Iterator[str]:
    if place["sheet"] is not None:
        yield place["sheet"]
    rows: Sequence[int] = place["rows"]
    if rows:
        yield ", ".join(map(str, rows))
    elif place["line"] is not None:
        yield say("line %(number)s", number=place["line"])
    elif place["pointer"] is not None:
        yield place["pointer"] or "/"
    if place["others"]:
        yield say("and %(count)s elsewhere", count=place["others"])


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(texts)
