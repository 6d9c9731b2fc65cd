"""Reads: the one predicate of its focus node that a plain property shape reads.

Most rules look at the values of one property and at nothing else. To judge those, pySHACL needs these values
and what makes the node a target, a twentieth of what is known of a record.
"""

from pyoxigraph import NamedNode

from pipeline.gate.shapes_index import Node, ShapesIndex
from pipeline.rdf.vocabulary import RDF, SH

_CONSTRAINTS = (
    *("minCount", "maxCount", "datatype", "nodeKind", "minLength", "maxLength", "pattern", "flags"),
    *("uniqueLang", "languageIn", "in", "hasValue"),
    *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"),
)
_ABOUT = ("path", "name", "description", "message", "severity", "order", "group", "defaultValue")
_OF_VALUES = frozenset([RDF + "type", *(SH + name for name in (*_CONSTRAINTS, *_ABOUT))])
"""What a property shape may say and still read nothing but the values of its path."""


def only_predicate(index: ShapesIndex, shape: Node) -> str:
    """Return the predicate whose values are all that a property shape reads; empty where it reads more."""
    paths = index.objects(shape, SH + "path")
    if len(paths) != 1 or not isinstance(paths[0], NamedNode) or index.predicates(shape) - _OF_VALUES:
        return ""
    return paths[0].value
