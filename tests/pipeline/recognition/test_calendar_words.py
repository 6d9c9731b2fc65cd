"""The table of calendar words that is made from CLDR: months, weekdays, quarters and eras."""

import csv
import os
import re
from collections.abc import Iterator

import locations
import pytest
from babel import Locale
from cldr import LANGUAGES, fresh_locale

TABLE = locations.ROOT / "pipeline" / "recognition" / "dates" / "calendar_words.csv"
_PARTICLE = re.compile(r"^(?:de |d['’]|da |dhen )")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def tag(language: str) -> str:
    return {"nb": "no", "nn": "no", "sr_Latn": "sr"}.get(language, language)


def months(locale: Locale) -> Iterator[tuple[str, int, str]]:
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                word = _PARTICLE.sub("", name.casefold()).rstrip(".")
                if len(word) > 2 and not any(c.isdigit() for c in word):
                    yield "month", number, word


def others(locale: Locale) -> Iterator[tuple[str, int, str]]:
    for name in locale.days["format"]["wide"].values():
        yield "filler", 0, name.casefold()
    for width in ("wide", "abbreviated"):
        names = locale.quarters["format"][width].values()
        shared = set.intersection(*(set(_LETTERS.findall(name.casefold())) for name in names))
        yield from (("quarter", 0, word) for word in sorted(shared) if len(word) > 1)
        era = locale.eras[width].get(1, "").casefold().rstrip(".")
        if era and not any(c.isdigit() for c in era):
            yield "filler", 0, era


def table() -> list[dict[str, str]]:
    words: dict[tuple[str, int, str], dict[str, None]] = {}
    for language in LANGUAGES:
        locale = fresh_locale(language)
        for kind, value, word in (*months(locale), *others(locale)):
            words.setdefault((kind, value, tag(language)), {})[word] = None
    return [
        {"kind": kind, "value": str(value), "language": language, "words": "|".join(found)}
        for (kind, value, language), found in words.items()
    ]


@pytest.mark.slow
def test_the_table_of_calendar_words_is_what_cldr_has() -> None:
    if os.environ.get("PRACTICEGRAPH_WRITE_CASES"):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ("kind", "value", "language", "words"), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table())
    with TABLE.open(encoding="utf-8", newline="") as lines:
        assert list(csv.DictReader(lines)) == table()
