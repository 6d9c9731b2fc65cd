"""The lexical forms of the datatypes of XML Schema 1.1 (https://www.w3.org/TR/xmlschema11-2/).

rdflib reads more than they allow, elementpath checks neither ranges nor calendars.
"""

import re
from calendar import isleap
from collections.abc import Mapping
from functools import lru_cache

from pipeline.rdf.vocabulary import XSD
from pipeline.system.data_files import tables_of

_FORMS: Mapping[str, str] = tables_of(__package__, "lexical_forms.toml")["forms"]
_RANGES: Mapping[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in (("byte", 8), ("short", 16))},
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in (("int", 32), ("long", 64))},
    **{f"unsigned{name}": (0, (1 << bits) - 1) for name, bits in (("Byte", 8), ("Short", 16))},
    **{f"unsigned{name}": (0, (1 << bits) - 1) for name, bits in (("Int", 32), ("Long", 64))},
}
_LISTS_AND_BASES = ("string", "anyType", "anySimpleType", "anyAtomicType", "NMTOKENS", "IDREFS", "ENTITIES")
XSD_DATATYPES = frozenset((*_FORMS, *_RANGES, *_LISTS_AND_BASES))
"""The local names of all datatypes of XML Schema."""

_INTEGER = re.compile(r"([+-]?)0*([0-9]+)")
_DATE = re.compile(r"(-?[0-9]+)-([0-9]{2})-([0-9]{2})")
_MOST_DIGITS = 20
"""The longest number of a type that has an end has fewer."""


def is_checked(datatype: str) -> bool:
    """Return whether the forms of a datatype are known here, all others are valid or checked elsewhere."""
    name = datatype.removeprefix(XSD)
    return datatype.startswith(XSD) and (name in _FORMS or name in _RANGES)


def is_lexical(form: str, datatype: str) -> bool:
    """Return whether a text is a form of a datatype, given by its IRI; of an unknown datatype every text is one."""
    name = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if name in _RANGES:
        return _is_within(form, *_RANGES[name])
    if name not in _FORMS:
        return True
    is_formed = _pattern(name).fullmatch(form) is not None
    return is_formed and (not name.startswith(("date", "gMonthDay")) or _is_in_calendar(form))


@lru_cache(maxsize=len(_FORMS))
def _pattern(name: str) -> "re.Pattern[str]":
    form = _FORMS[name]
    for part, text in tables_of(__package__, "lexical_forms.toml")["parts"].items():
        form = form.replace(f"{{{part}}}", text)
    return re.compile(form, re.DOTALL)


def _is_within(form: str, least: int | None, most: int | None) -> bool:
    match = _INTEGER.fullmatch(form)
    if match is None:
        return False
    digits = match[2][-_MOST_DIGITS:]
    size = int(digits) if len(match[2]) <= _MOST_DIGITS else 10**_MOST_DIGITS
    number = -size if match[1] == "-" else size
    return (least is None or number >= least) and (most is None or number <= most)


def _is_in_calendar(form: str) -> bool:
    """Return whether the month has the day; 29 February is a day of a month that has no year."""
    if form.startswith("--"):
        month, day, is_leap = int(form[2:4]), int(form[5:7]), True
    else:
        date = _DATE.match(form)
        if date is None:
            return True
        year = int(date[1][-9:]) if len(date[1]) > 9 else int(date[1])
        month, day, is_leap = int(date[2]), int(date[3]), isleap(year)
    return day <= (30 if month in (4, 6, 9, 11) else 31 if month != 2 else 28 + is_leap)
