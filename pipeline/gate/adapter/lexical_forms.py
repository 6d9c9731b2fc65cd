"""The lexical forms of the datatypes of XML Schema 1.1 (https://www.w3.org/TR/xmlschema11-2/).

rdflib reads more than they allow, elementpath checks neither ranges nor calendars.
"""

import re
from calendar import isleap
from collections.abc import Mapping
from functools import lru_cache

from pipeline.rdf.vocabulary import XSD

_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_YEARS_MONTHS = r"(?:[0-9]+Y)?(?:[0-9]+M)?"
_DAYS_TIME = r"(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NEXT = _START + "0-9.\u00b7\u0300-\u036f\u203f-\u2040-"
_NCNAME = f"[{_START}][{_NEXT}]*"
_BASE64 = "[A-Za-z0-9+/]"

_FORMS: Mapping[str, str] = {
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "float": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "double": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "date": rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
    "time": rf"{_TIME}{_ZONE}?",
    "dateTime": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}?",
    "dateTimeStamp": rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "gYear": rf"{_YEAR}{_ZONE}?",
    "gYearMonth": rf"{_YEAR}-{_MONTH}{_ZONE}?",
    "gMonth": rf"--{_MONTH}{_ZONE}?",
    "gDay": rf"---{_DAY}{_ZONE}?",
    "gMonthDay": rf"--{_MONTH}-{_DAY}{_ZONE}?",
    "duration": rf"-?P(?=.){_YEARS_MONTHS}{_DAYS_TIME}",
    "yearMonthDuration": rf"-?P(?=.){_YEARS_MONTHS}",
    "dayTimeDuration": rf"-?P(?=.){_DAYS_TIME}",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "base64Binary": rf"(?:(?:{_BASE64} ?){{4}})*(?:(?:{_BASE64} ?){{3}}{_BASE64}"
    rf"|(?:{_BASE64} ?){{2}}[AEIMQUYcgkosw048] ?=|{_BASE64} ?[AQgw] ?= ?=)?",
    "anyURI": r"(?:[^\x00-\x20<>\"{}|\\^`%\x7f]|%[0-9a-fA-F]{2})*",
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
    "NMTOKEN": f"[:{_NEXT}]+",
    "Name": f"[:{_START}][:{_NEXT}]*",
    "NCName": _NCNAME,
    "ID": _NCNAME,
    "IDREF": _NCNAME,
    "ENTITY": _NCNAME,
    "QName": f"{_NCNAME}(?::{_NCNAME})?",
    "NOTATION": f"{_NCNAME}(?::{_NCNAME})?",
}
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
    is_formed = _compiled(name).fullmatch(form) is not None
    return is_formed and (not name.startswith(("date", "gMonthDay")) or _is_in_calendar(form))


@lru_cache(maxsize=len(_FORMS))
def _compiled(name: str) -> "re.Pattern[str]":
    return re.compile(_FORMS[name], re.DOTALL)


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
