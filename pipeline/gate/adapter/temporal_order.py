"""The order of times and durations as XML Schema has it; of some pairs there is none.

rdflib orders durations of different types by their types, and a time without a zone before any that has one. pySHACL
takes NaN for less than any number.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from pipeline.rdf.vocabulary import XSD

_TYPES = frozenset(
    XSD + name
    for name in (
        *("date", "dateTime", "dateTimeStamp", "time", "duration", "dayTimeDuration", "yearMonthDuration"),
        *("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"),
    )
)


def is_temporal(term: Any) -> bool:
    """Return whether one of rdflib's terms is a time or a duration."""
    return str(getattr(term, "datatype", "")) in _TYPES


def is_of_another_kind(left: Any, right: Any) -> bool:
    """Return whether two of rdflib's literals are not both numbers, both times or of one datatype.

    rdflib puts such a pair in the order of their datatypes.
    """
    return _kind(left) != _kind(right)


def _kind(literal: Any) -> str:
    if is_temporal(literal):
        return "time"
    if isinstance(literal.value, int | float | Decimal) and not isinstance(literal.value, bool):
        return "number"
    return "language" if literal.language else str(literal.datatype or XSD + "string")


def holds(left: Any, sign: str, right: Any) -> bool:
    """Return whether two of rdflib's literals are in a relation; those that cannot be compared are in none."""
    return _holds(str(left), str(left.datatype), sign, str(right), str(right.datatype))


@lru_cache(maxsize=10_000)
def _holds(left: str, left_type: str, sign: str, right: str, right_type: str) -> bool:
    one, other = (
        Literal(text, datatype=NamedNode(datatype))
        for text, datatype in ((left, left_type), (right, right_type))
    )
    return bool(Store().query(f"ASK {{ FILTER({one} {sign} {other}) }}"))


def _is_nan(literal: Any) -> bool:
    return str(literal) == "NaN" and str(literal.datatype) in (XSD + "float", XSD + "double")


def compare(left: Any, right: Any) -> int:
    """Return -1, 0 or 1 as pySHACL does; raise TypeError for literals that cannot be compared."""
    from pyshacl.rdfutil.compare import compare_literal

    if _is_nan(left) or _is_nan(right):
        raise TypeError("NaN cannot be compared.")
    if not (is_temporal(left) and is_temporal(right)):
        return int(compare_literal(left, right))  # type: ignore[no-untyped-call]
    order = next((order for order, sign in ((0, "="), (1, ">"), (-1, "<")) if holds(left, sign, right)), None)
    if order is None:
        raise TypeError("These times cannot be compared.")
    return order
