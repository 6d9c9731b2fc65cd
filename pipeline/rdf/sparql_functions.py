"""Functions of SPARQL: which ones the engine has, and what to say of a query that calls another one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.rdf.vocabulary import XSD

GEOF = "http://www.opengis.net/def/function/geosparql/"

_CASTS = "date dayTimeDuration duration gDay gMonth gMonthDay gYear gYearMonth time yearMonthDuration"
_GEOMETRY = """
    area asGeoJSON centroid convexHull coordinateDimension difference dimension distance ehContains ehCoveredBy ehCovers
    ehDisjoint ehEquals ehInside ehMeet ehOverlap envelope getSRID intersection isEmpty isSimple length perimeter rcc8dc
    rcc8ec rcc8eq rcc8ntpp rcc8ntppi rcc8po rcc8tpp rcc8tppi relate sfContains sfCrosses sfDisjoint sfEquals
    sfIntersects sfOverlaps sfTouches sfWithin spatialDimension symDifference union"""

EXTENSION_FUNCTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {"xsd": (XSD, tuple(_CASTS.split())), "geof": (GEOF, tuple(_GEOMETRY.split()))}
)
"""Prefix → its namespace, and the names in it of functions that SPARQL 1.1 does not define."""

_AGGREGATES = "AVG COUNT GROUP_CONCAT MAX MIN SAMPLE SUM"
_BUILT_IN = f"""
    {_AGGREGATES}
    ABS ADJUST BNODE BOUND CEIL COALESCE CONCAT CONTAINS DATATYPE DAY ENCODE_FOR_URI EXISTS FLOOR HASLANG HASLANGDIR
    HOURS IF IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LCASE MD5 MINUTES MONTH
    NOW OBJECT PREDICATE RAND REGEX REPLACE ROUND SAMETERM SECONDS SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE
    STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR TIMEZONE TRIPLE TZ UCASE URI UUID YEAR"""
BUILT_IN = tuple(_BUILT_IN.split())
"""All functions that SPARQL defines."""

_BEFORE_BRACKET = "A AS ASC BIND BY DESC DISTINCT FILTER HAVING IN REDUCED SELECT VALUES"
_KNOWN_WORDS = frozenset((*BUILT_IN, *_BEFORE_BRACKET.split()))

_REFUSAL = re.compile(r"custom function <([^>]*)> (?:is not supported|requires (.*))", re.DOTALL)
_ARGUMENTS = re.compile(r"between (\d+) and (\d+) arguments, but (\d+) were given")
_LONGEST_SHOWN = 200

_SILENT = re.compile(
    r"""\#[^\r\n]*+ | \'\'\'(?:.*?\'\'\'|.*+) | \"\"\"(?:.*?\"\"\"|.*+)
      | '(?:[^'\\\r\n]|\\.)*+'?+ | "(?:[^"\\\r\n]|\\.)*+"?+ | (<[^<>"{}|^`\\\s]*+>)""",
    re.VERBOSE | re.DOTALL,
)
"""Comments, strings (also those that are not closed, for the time to be linear) and, in a group, IRIs."""
_DECLARED = re.compile(r"\bPREFIX\s*+([^\s:<>]*+)\s*+:\s*+<([^<>]*+)>", re.IGNORECASE)
_CALLED = re.compile(
    r"""(?: <(?P<iri>[^<>\s]*+)>
          | (?<![\w.%\\:?$@-])(?:(?P<prefix>[\w.-]*+):(?P<local>[\w.%\\-]*+) | (?P<word>[A-Za-z]\w*+))
        )\s*+\((?P<distinct>\s*+DISTINCT\b)?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WrongCall:
    """A call of a function that cannot be made: a sentence that says why, and its place in the query."""

    sentence: str
    start: int | None
    iri: str = ""


def is_about_a_call(message: str) -> bool:
    """Return whether an error message of the engine is about the call of a function."""
    return _REFUSAL.search(message) is not None


def wrong_call(message: str, query: str) -> WrongCall | None:
    """Return the call that an error message of the engine is about, None if it is about another thing."""
    refusal = _REFUSAL.search(message)
    if refusal is None:
        return None
    iri, name = refusal[1], _short_iri(refusal[1])
    start = next((call.start() for call, called in _calls(query) if called == iri), None)
    if refusal[2] is None:
        return WrongCall(
            f"Unknown function {name}. The extension functions are {_function_names()}.", start, iri
        )
    counts = _ARGUMENTS.match(refusal[2])
    if counts is None:
        return WrongCall(f"The function {name} requires {refusal[2]}", start)
    least, most, given = counts.groups()
    wanted = least if least == most else f"{least} to {most}"
    return WrongCall(f"The function {name} takes {wanted} argument{'s' * (most != '1')}, not {given}.", start)


def unknown_call(query: str) -> WrongCall | None:
    """Return the first call of a function or aggregate that does not exist, in a query that the engine cannot read."""
    for call, iri in _calls(query):
        if iri is None:
            if call["word"].upper() not in _KNOWN_WORDS:
                return WrongCall(f"SPARQL has no function {call['word'][:_LONGEST_SHOWN]}.", call.start())
        elif call["distinct"]:
            names = ", ".join(_AGGREGATES.split())
            return WrongCall(
                f"Unknown aggregate {_short_iri(iri)}. The aggregates are {names}.", call.start()
            )
    return None


def _function_names() -> str:
    """Return the names of all extension functions, by prefix."""
    return "; ".join(f"{prefix}: {', '.join(names)}" for prefix, (_, names) in EXTENSION_FUNCTIONS.items())


def _short_iri(iri: str) -> str:
    return f"<{iri[:_LONGEST_SHOWN]}>"


def _calls(query: str) -> Iterator[tuple[re.Match[str], str | None]]:
    """Yield everything that looks like the call of a function, and the function's IRI, None for a word."""
    code = _SILENT.sub(lambda match: match[1] or " " * len(match[0]), query)
    prefixes = dict(_DECLARED.findall(code))
    for call in _CALLED.finditer(code):
        if call["prefix"] is None:
            yield call, call["iri"]
        else:
            yield call, prefixes.get(call["prefix"], "") + call["local"].replace("\\", "")
