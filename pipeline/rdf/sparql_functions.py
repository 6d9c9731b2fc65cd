"""Functions of SPARQL: which extension functions the engine has, and what to say of a query that calls another one."""

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

_REFUSAL = re.compile(r"custom function <([^>]*)> (?:is not supported|requires (.*))", re.DOTALL)
_ARGUMENTS = re.compile(r"between (\d+) and (\d+) arguments, but (\d+) were given")
_LONGEST_SHOWN = 200

_SILENT = re.compile(
    r"""\#[^\r\n]* | \'\'\'.*?\'\'\' | \"\"\".*?\"\"\" | '(?:[^'\\\r\n]|\\.)*' | "(?:[^"\\\r\n]|\\.)*"
      | (<[^<>"{}|^`\\\s]*>)""",
    re.VERBOSE | re.DOTALL,
)
_DECLARED = re.compile(r"\bPREFIX\s*+([^\s:<>]*+)\s*+:\s*+<([^<>]*+)>", re.IGNORECASE)
_CALLED = re.compile(r"(?:<([^<>\s]*+)>|(?<![\w.-])([\w.-]*+):([\w.%\\-]*+))\s*+\(")


@dataclass(frozen=True, slots=True)
class WrongCall:
    """A call of a function that the engine refuses: the function's IRI, and a sentence that says why."""

    iri: str
    sentence: str

    def start(self, query: str) -> int | None:
        """Return the place of the first such call in a query, None where it cannot be found."""
        return next((start for start, iri in _calls(query) if iri == self.iri), None)


def wrong_call(message: str) -> WrongCall | None:
    """Return the call that an error message of the engine is about, None where it is about another thing."""
    refusal = _REFUSAL.search(message)
    if refusal is None:
        return None
    iri, shown = refusal[1], f"<{refusal[1][:_LONGEST_SHOWN]}>"
    if refusal[2] is None:
        return WrongCall(iri, f"Unknown function {shown}. The extension functions are {listed_functions()}.")
    counts = _ARGUMENTS.match(refusal[2])
    if counts is None:
        return WrongCall(iri, f"The function {shown} requires {refusal[2]}")
    least, most, given = counts.groups()
    wanted = least if least == most else f"{least} to {most}"
    return WrongCall(iri, f"The function {shown} takes {wanted} arguments, not {given}.")


def listed_functions() -> str:
    """Return the names of all extension functions, those of a namespace together."""
    return "; ".join(
        ", ".join(f"{prefix}:{name}" for name in names) for prefix, (_, names) in EXTENSION_FUNCTIONS.items()
    )


def _calls(query: str) -> Iterator[tuple[int, str]]:
    """Yield the place and the IRI of whatever looks like a call of a function by its IRI."""
    code = _SILENT.sub(lambda match: match[1] or " " * len(match[0]), query)
    prefixes = dict(_DECLARED.findall(code))
    for call in _CALLED.finditer(code):
        iri = call[1] if call[1] is not None else prefixes.get(call[2], "") + call[3].replace("\\", "")
        yield call.start(), iri
